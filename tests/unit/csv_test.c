#include "common/text/csv.h"
#include "common/customer/csv_index.h"
#include "tests/unit/check.h"
#include "tests/unit/quote.h"
#include "tests/unit/scratch.h"

/* All rows as "a|b;", or NULL and the fault. */
static const char *
rows_of(const char *path, struct fault *f)
{
	static char out[65536];
	struct csv c = CSV_INIT;
	size_t i, n = 0;
	int got;

	out[0] = '\0';
	if (csv_open(&c, path, f) == -1)
		return NULL;
	while ((got = csv_next(&c, f)) == 1)
		for (i = 0; i < c.columns; i++)
			n += (size_t)snprintf(out + n, sizeof out - n, "%s%c",
			    csv_field(&c, i), i + 1 == c.columns ? ';' : '|');
	csv_close(&c);
	csv_close(&c);
	return got == 0 ? out : NULL;
}

static void
what_is_read(void)
{
	static const struct {
		const char *text, *wanted;
	} table[] = {
	    {"a", ""},
	    {"a\n", ""},
	    {"a,b\n1,2\n", "1|2;"},
	    {"a,b\n1,2", "1|2;"},
	    {"a,b\r\n1,2\r\n3,4\r\n", "1|2;3|4;"},
	    {"\xef\xbb\xbf"
	     "a,b\n1,2\n",
		"1|2;"},
	    {"\xef\xbb\xbf'a',b\r\n1,2", "1|2;"},
	    {"a,b\n,\n", "|;"},
	    {"a,b\n1,\n,2\n", "1|;|2;"},
	    {"a,b\n\n1,2\n\n\r\n3,4\n\n", "1|2;3|4;"},
	    {"a\n\n1\n", ";1;"},
	    {"a,b\n'1','2'\n", "1|2;"},
	    {"a,b\n'','2'\r\n", "|2;"},
	    {"a,b\n'x,y','z\n1'\n3,4", "x,y|z\n1;3|4;"},
	    {"a,b\n'x\r\ny',1", "x\r\ny|1;"},
	    {"a,b\n'say ''yes''',1", "say \"yes\"|1;"},
	    {"a,b\n'''','''''' \n", NULL},
	    {"a,b\n'''',''''''\n", "\"|\"\";"},
	    {"a,b\n x , y \n", " x | y ;"},
	    {"a,b\n+447700900001,=1+1\n", "+447700900001|=1+1;"},
	    {"a,b\nx\ry,\r\r\n", "x\ry|\r;"},
	    {"a,b\n\xc3\xa9,\xf0\x9f\x98\x80\n", "\xc3\xa9|\xf0\x9f\x98\x80;"},
	    {"'a,1','b\n2'\n1,2", "1|2;"},
	};
	struct fault f;
	size_t i;

	for (i = 0; i < ARRAY_LEN(table); i++) {
		fault_clear(&f);
		scratch_text("x.csv", q(table[i].text));
		CHECK_TEXT(rows_of("x.csv", &f), table[i].wanted);
	}
}

static void
what_is_refused(void)
{
	static const struct {
		const char *text, *message;
		int status;
	} table[] = {
	    {"", "x.csv: column 1 of the header has no name", STATUS_CONFIG},
	    {"\n1\n", "x.csv: column 1 of the header has no name",
		STATUS_CONFIG},
	    {"a,\n", "x.csv: column 2 of the header has no name",
		STATUS_CONFIG},
	    {"a,b,a\n", "x.csv: column 'a' stands twice in the header",
		STATUS_CONFIG},
	    {"a,b\n1\n", "x.csv:2: 1 field where the header has 2",
		STATUS_DATA},
	    {"a,b\n1,2\n1,2,3\n", "x.csv:3: 3 fields where the header has 2",
		STATUS_DATA},
	    {"a,b\n'x\ny',1\n1\n", "x.csv:4: 1 field where the header has 2",
		STATUS_DATA},
	    {"a,b\n'x,1\n", "x.csv:2: a quote is not closed", STATUS_DATA},
	    {"a,b\n1,'", "x.csv:2: a quote is not closed", STATUS_DATA},
	    {"a,b\n1,'''", "x.csv:2: a quote is not closed", STATUS_DATA},
	    {"a,b\n1,x'y\n",
		"x.csv:2: a quote inside a field: quote all of it and double "
		"the quote",
		STATUS_DATA},
	    {"a,b\n1, 'y'\n",
		"x.csv:2: a quote inside a field: quote all of it and double "
		"the quote",
		STATUS_DATA},
	    {"a,b\n'1'x,2\n", "x.csv:2: text behind a closing quote",
		STATUS_DATA},
	    {"a,b\n'1' ,2\n", "x.csv:2: text behind a closing quote",
		STATUS_DATA},
	    {"a,b\n'1'\r,2\n", "x.csv:2: text behind a closing quote",
		STATUS_DATA},
	};
	struct fault f;
	size_t i;

	for (i = 0; i < ARRAY_LEN(table); i++) {
		fault_clear(&f);
		scratch_text("x.csv", q(table[i].text));
		CHECK(rows_of("x.csv", &f) == NULL);
		CHECK(f.status == table[i].status);
		CHECK_TEXT(f.message, table[i].message);
	}
	fault_clear(&f);
	CHECK(rows_of("none.csv", &f) == NULL && f.status == STATUS_CONFIG);
	CHECK_TEXT(f.message, "none.csv: No such file or directory");
	fault_clear(&f);
	CHECK(rows_of("/", &f) == NULL && f.status == STATUS_IO);
}

static void
nul_bytes(void)
{
	struct fault f = FAULT_INIT;

	scratch_write("x.csv", "a,b\n1,\0\n", 8, 0600);
	CHECK(rows_of("x.csv", &f) == NULL && f.status == STATUS_DATA);
	CHECK_TEXT(f.message, "x.csv:2: a NUL byte: not a text file");
	fault_clear(&f);
	scratch_write("x.csv", "a\0,b\n", 5, 0600);
	CHECK(rows_of("x.csv", &f) == NULL);
	fault_clear(&f);
	scratch_write("x.csv", "a,b\n1,\"\0\"\n", 10, 0600);
	CHECK(rows_of("x.csv", &f) == NULL);
}

static void
limits(void)
{
	char *text = malloc(CSV_MAX_ROW + 100);
	struct fault f = FAULT_INIT;
	size_t i, len = 0;

	for (i = 0; i < CSV_MAX_FIELDS; i++)
		len += (size_t)snprintf(
		    text + len, 16, "%sc%zu", i > 0 ? "," : "", i);
	scratch_write("x.csv", text, len, 0600);
	CHECK_TEXT(rows_of("x.csv", &f), "");
	len += (size_t)snprintf(text + len, 16, ",more");
	scratch_write("x.csv", text, len, 0600);
	CHECK(rows_of("x.csv", &f) == NULL && f.status == STATUS_DATA);
	fault_clear(&f);
	memset(text, 'x', CSV_MAX_ROW + 100);
	overwrite(text, "a\n\"");
	scratch_write("x.csv", text, CSV_MAX_ROW + 100, 0600);
	CHECK(rows_of("x.csv", &f) == NULL && f.status == STATUS_DATA);
	CHECK_TEXT(
	    f.message, "x.csv:2: row longer than 1 MiB: a quote not closed?");
	free(text);
}

static void
columns(void)
{
	struct csv c = CSV_INIT;
	struct fault f = FAULT_INIT;

	scratch_text("x.csv", q("\xef\xbb\xbf'Number','SMS,Number'\r\n"));
	CHECK(csv_open(&c, "x.csv", &f) == 0);
	CHECK(c.columns == 2);
	CHECK_TEXT(csv_column(&c, 0), "Number");
	CHECK(csv_find_column(&c, "Number") == 0);
	CHECK(csv_find_column(&c, "SMS,Number") == 1);
	CHECK(csv_find_column(&c, "number") == -1);
	CHECK(csv_find_column(&c, "") == -1);
	csv_close(&c);
}

/* A file of many reads; each row is found again by its offset. */
static void
seeking(void)
{
	enum {
		ROWS = 5000
	};
	static int64_t offset[ROWS];
	static unsigned long line[ROWS];
	struct csv c = CSV_INIT;
	struct fault f = FAULT_INIT;
	char wanted[32];
	FILE *file = fopen("big.csv", "w");
	int i, j;

	CHECK(file != NULL);
	fprintf(file, "id,text\r\n");
	for (i = 0; i < ROWS; i++)
		fprintf(file, "%d,\"%*s\n\"\r\n", i, i % 50, "x");
	CHECK(fclose(file) == 0);
	CHECK(csv_open(&c, "big.csv", &f) == 0);
	for (i = 0; i < ROWS; i++) {
		CHECK(csv_next(&c, &f) == 1);
		offset[i] = c.row_offset;
		line[i] = c.line;
		CHECK(c.line == (unsigned long)i * 2 + 2);
	}
	CHECK(csv_next(&c, &f) == 0);
	for (j = 0; j < ROWS; j++) {
		i = (int)((unsigned)j * 7919U % ROWS);
		CHECK(csv_seek(&c, offset[i], line[i], &f) == 0);
		CHECK(csv_next(&c, &f) == 1);
		(void)snprintf(wanted, sizeof wanted, "%d", i);
		CHECK_TEXT(csv_field(&c, 0), wanted);
		CHECK(c.line == line[i] && c.row_offset == offset[i]);
	}
	csv_close(&c);
}

static void
an_index(void)
{
	enum {
		ROWS = 3000
	};
	struct csv c = CSV_INIT;
	struct csv_index x = CSV_INDEX_INIT;
	struct fault f = FAULT_INIT;
	FILE *file = fopen("big.csv", "w");
	char key[32];
	size_t cursor;
	int i, first;

	CHECK(file != NULL);
	fprintf(file, "n,key\n");
	for (i = 0; i < ROWS; i++) /* every key twice, but for the last */
		fprintf(file, "%d,k%d\n", i, i / 2);
	fprintf(file, "last,only\n");
	CHECK(fclose(file) == 0);
	CHECK(csv_open(&c, "big.csv", &f) == 0);
	CHECK(csv_index_next(&x, &c, "k1", &(size_t){0}, &f) == 0);
	CHECK(csv_index_fill(&x, &c, 1, &f) == 0);
	CHECK(x.rows == ROWS + 1 && x.found == 0);
	CHECK(x.rows <= x.size / 4 * 3);
	for (i = 0; i < ROWS / 2; i++) {
		(void)snprintf(key, sizeof key, "k%d", i);
		cursor = 0;
		/* Two rows, in any order. */
		CHECK(csv_index_next(&x, &c, key, &cursor, &f) == 1);
		first = (int)strtol(csv_field(&c, 0), NULL, 10);
		CHECK_TEXT(csv_field(&c, 1), key);
		CHECK(csv_index_next(&x, &c, key, &cursor, &f) == 1);
		CHECK_TEXT(csv_field(&c, 1), key);
		CHECK(first / 2 == i &&
		    first != (int)strtol(csv_field(&c, 0), NULL, 10));
		CHECK(csv_index_next(&x, &c, key, &cursor, &f) == 0);
	}
	CHECK(x.found == ROWS);
	cursor = 0;
	CHECK(csv_index_next(&x, &c, "only", &cursor, &f) == 1);
	CHECK_TEXT(csv_field(&c, 0), "last");
	CHECK(csv_index_next(&x, &c, "only", &cursor, &f) == 0);
	cursor = 0;
	CHECK(csv_index_next(&x, &c, "none", &cursor, &f) == 0);
	cursor = 0;
	CHECK(csv_index_next(&x, &c, "", &cursor, &f) == 0);
	csv_index_release(&x);
	csv_index_release(&x);
	csv_close(&c);
}

static void
an_index_of_a_broken_file(void)
{
	struct csv c = CSV_INIT;
	struct csv_index x = CSV_INDEX_INIT;
	struct fault f = FAULT_INIT;

	scratch_text("x.csv", "a,b\n1,2\n3\n");
	CHECK(csv_open(&c, "x.csv", &f) == 0);
	CHECK(csv_index_fill(&x, &c, 0, &f) == -1);
	CHECK(f.status == STATUS_DATA);
	csv_index_release(&x);
	csv_close(&c);
}

int
main(void)
{
	scratch_begin();
	RUN(what_is_read);
	RUN(what_is_refused);
	RUN(nul_bytes);
	RUN(limits);
	RUN(columns);
	RUN(seeking);
	RUN(an_index);
	RUN(an_index_of_a_broken_file);
	return check_done();
}
