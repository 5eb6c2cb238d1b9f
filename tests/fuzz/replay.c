/*
 * The seeds of a target in a plain program: one case a file, as TAP.
 */
#include "tests/fuzz/fuzz.h"

enum {
	SEED_MAX = 4 << 20,
};

static uint8_t data[SEED_MAX];

int
main(int argc, char *argv[])
{
	FILE *f;
	size_t size;
	int i;

	printf("1..%d\n", argc - 1);
	for (i = 1; i < argc; i++) {
		f = fopen(argv[i], "rb");
		if (f == NULL) {
			printf("not ok %d - %s\n", i, argv[i]);
			return 1;
		}
		size = fread(data, 1, sizeof data, f);
		(void)fclose(f);
		/* One that aborts is the last line of the output. */
		printf("# %s\n", argv[i]);
		(void)fflush(stdout);
		(void)LLVMFuzzerTestOneInput(data, size);
		printf("ok %d - %s\n", i, argv[i]);
	}
	return argc > 1 ? 0 : 1;
}
