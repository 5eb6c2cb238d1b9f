/*
 * Any bytes as twofa.conf: read or refused with a message, and a setting that
 * was read is one that stands in the file.
 */
#include "common/settings/option.h"
#include "common/settings/config.h"
#include "tests/fuzz/fuzz.h"

#include <getopt.h>

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	char path[FUZZ_PATH_SIZE], name[] = "fuzz", flag[] = "-c", line[2000];
	char *argv[] = {name, flag, path, NULL};
	struct options o = OPTIONS_INIT;
	struct fault f = FAULT_INIT;
	enum option_id id;
	const char *text;
	int fd = fuzz_file(path, data, size);

	optind = 0;
	MUST(options_parse(&o, PROGRAM_SENDPIN, 3, argv, &f) == 0);
	if (config_load(&o, &f) == -1)
		MUST(f.status == STATUS_CONFIG && f.message[0] != '\0');
	for (id = 0; id < OPTION_COUNT; id++) {
		text = option_text(&o, id);
		(void)option_describe(&o, id, line, sizeof line);
		if (text == NULL || o.value[id].origin != ORIGIN_FILE)
			continue;
		MUST(text[0] != '\0');
		MUST(memmem(data, size, text, strlen(text)) != NULL);
	}
	MUST(option_number(&o, OPTION_PIN_DIGITS) >= 4 &&
	    option_number(&o, OPTION_PIN_DIGITS) <= 10);
	MUST(option_number(&o, OPTION_PIN_TTL) >= 1 &&
	    option_number(&o, OPTION_PIN_TTL) <= 600);
	options_release(&o);
	(void)close(fd);
	return 0;
}
