/*
 * Any bytes as a CSV file. Each row has as many fields as the header, and is
 * found again by its offset and by the index.
 */
#include "common/text/csv.h"
#include "common/customer/csv_index.h"
#include "tests/fuzz/fuzz.h"

/* FNV-1a over all fields of the row. */
static uint64_t
hash_row(const struct csv *c)
{
	uint64_t h = UINT64_C(14695981039346656037);
	const char *p;
	size_t i;

	for (i = 0; i < c->columns; i++) {
		for (p = csv_field(c, i); *p != '\0'; p++)
			h = (h ^ (unsigned char)*p) * UINT64_C(1099511628211);
		h = (h ^ 256) * UINT64_C(1099511628211);
	}
	return h;
}

static void
check_again(const char *path, int64_t offset, unsigned long line, uint64_t hash)
{
	struct csv c = CSV_INIT;
	struct fault f = FAULT_INIT;

	MUST(csv_open(&c, path, &f) == 0);
	MUST(csv_seek(&c, offset, line, &f) == 0);
	MUST(csv_next(&c, &f) == 1);
	MUST(c.row_offset == offset && c.line == line);
	MUST(hash_row(&c) == hash);
	csv_close(&c);
}

static void
check_index(const char *path, size_t rows)
{
	struct csv c = CSV_INIT, all = CSV_INIT;
	struct csv_index x = CSV_INDEX_INIT;
	struct fault f = FAULT_INIT;
	size_t cursor;

	MUST(csv_open(&c, path, &f) == 0);
	MUST(csv_index_fill(&x, &c, c.columns - 1, &f) == 0);
	MUST(x.rows == rows);
	MUST(csv_open(&all, path, &f) == 0);
	while (csv_next(&all, &f) == 1) {
		cursor = 0;
		MUST(csv_index_next(&x, &c, csv_field(&all, c.columns - 1),
			 &cursor, &f) == 1);
		MUST(strcmp(csv_field(&c, c.columns - 1),
			 csv_field(&all, c.columns - 1)) == 0);
	}
	csv_close(&all);
	csv_index_release(&x);
	csv_close(&c);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	char path[FUZZ_PATH_SIZE];
	struct csv c = CSV_INIT;
	struct fault f = FAULT_INIT;
	size_t rows = 0;
	int got = -1, fd = fuzz_file(path, data, size);

	if (csv_open(&c, path, &f) == 0) {
		MUST(c.columns > 0 && c.columns <= CSV_MAX_FIELDS);
		MUST(csv_find_column(&c, csv_column(&c, c.columns - 1)) ==
		    (int)c.columns - 1);
		while ((got = csv_next(&c, &f)) == 1) {
			rows++;
			if (rows % 64 == 1)
				check_again(
				    path, c.row_offset, c.line, hash_row(&c));
		}
	}
	MUST(got == 0 || (f.status != STATUS_OK && f.message[0] != '\0'));
	csv_close(&c);
	if (got == 0 && rows < 1000)
		check_index(path, rows);
	(void)close(fd);
	return 0;
}
