/*
 * Any bytes as twofa.conf: read or refused with a message, and a setting that
 * was read is one that stands in the file.
 */
#include "common/settings/row.h"
#include "tests/fuzz/fuzz.h"
#include "tests/unit/usages.h"

#include <getopt.h>

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	char path[FUZZ_PATH_SIZE], name[] = "fuzz", flag[] = "-c", line[2000];
	char *argv[] = {name, flag, path, NULL};
	struct settings o = SETTINGS_INIT;
	struct fault f = FAULT_INIT;
	size_t i;
	const char *text;
	int fd = fuzz_file(path, data, size);

	optind = 0;
	MUST(settings_parse(&o, &usage_sendpin, 3, argv, &f) == 0);
	if (config_load(&o, &f) == -1)
		MUST(f.status == STATUS_CONFIG && f.message[0] != '\0');
	for (i = 0; i < settings_table_len; i++) {
		text = o.sources[i].text;
		(void)settings_describe(&o, i, line, sizeof line);
		if (text == NULL || o.sources[i].origin != ORIGIN_FILE)
			continue;
		MUST(text[0] != '\0');
		MUST(memmem(data, size, text, strlen(text)) != NULL);
	}
	MUST(o.pin.digits >= 4 && o.pin.digits <= 10);
	MUST(o.pin.ttl_s >= 1 && o.pin.ttl_s <= 600);
	settings_release(&o);
	(void)close(fd);
	return 0;
}
