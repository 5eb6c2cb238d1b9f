#include "common/ledger/mark.h"
#include "common/ledger/pages.h"
#include "tests/unit/check.h"
#include "tests/unit/scratch.h"

#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static const char id[] = "00000000-0000-4000-8000-000000000001";

static void
check_mark(const struct mark *m, const char *wanted_id, int64_t commits)
{
	struct mark_text got = mark_read(m);

	CHECK_TEXT(got.id, wanted_id);
	CHECK(got.commits == commits);
}

static void
what_was_written_is_read(void)
{
	static const int64_t table[] = {
	    0, 1, 9, 10, 2147483648, 4294967296, INT64_MAX, 7};
	struct fault f = FAULT_INIT;
	struct mark m = MARK_INIT, other = MARK_INIT;
	struct stat st;
	size_t i;

	CHECK(mark_open(&m, "ledger.db", false, &f) == 0);
	check_mark(&m, "", 0);
	mark_write(&m, id, 1);
	check_mark(&m, "", 0);
	CHECK(access("ledger.db-mark", F_OK) == -1);
	CHECK(mark_open(&m, "ledger.db", true, &f) == 0);
	CHECK(stat("ledger.db-mark", &st) == 0 && (st.st_mode & 0777) == 0600);
	check_mark(&m, "", 0);
	CHECK(mark_open(&other, "ledger.db", false, &f) == 0);
	for (i = 0; i < ARRAY_LEN(table); i++) {
		mark_write(&m, id, table[i]);
		check_mark(&m, id, table[i]);
		check_mark(&other, id, table[i]);
	}
	mark_close(&other);
	mark_close(&m);
	check_mark(&m, "", 0);
}

/* Each bit of it, cut off at each byte, or with something behind it. */
static void
anything_else_is_none(void)
{
	struct fault f = FAULT_INIT;
	struct mark m = MARK_INIT;
	unsigned char text[256];
	ssize_t len;
	size_t i;

	CHECK(mark_open(&m, "ledger.db", true, &f) == 0);
	mark_write(&m, id, 12);
	len = pread(m.fd, text, sizeof text, 0);
	CHECK(len > 0);
	/* But for the end of the line. */
	for (i = 0; i < ((size_t)len - 1) * 8; i++) {
		text[i / 8] ^= (unsigned char)(1U << i % 8);
		CHECK(pwrite(m.fd, text, (size_t)len, 0) == len);
		check_mark(&m, "", 0);
		text[i / 8] ^= (unsigned char)(1U << i % 8);
	}
	CHECK(pwrite(m.fd, text, (size_t)len, 0) == len);
	check_mark(&m, id, 12);
	CHECK(pwrite(m.fd, text, 1, len) == 1);
	check_mark(&m, "", 0);
	for (i = (size_t)len; i-- > 0;) {
		CHECK(ftruncate(m.fd, (off_t)i) == 0);
		check_mark(&m, "", 0);
	}
	mark_close(&m);
}

static void
not_a_file(void)
{
	struct fault f = FAULT_INIT;
	struct mark m = MARK_INIT;

	CHECK(unlink("ledger.db-mark") == 0);
	CHECK(symlink("elsewhere", "ledger.db-mark") == 0);
	CHECK(mark_open(&m, "ledger.db", true, &f) == -1);
	CHECK(access("elsewhere", F_OK) == -1);
	CHECK(unlink("ledger.db-mark") == 0);
	CHECK(mkfifo("ledger.db-mark", 0600) == 0);
	fault_clear(&f);
	CHECK(mark_open(&m, "ledger.db", true, &f) == -1);
	CHECK(f.status == STATUS_PERMISSION);
	mark_close(&m);
}

/* --- pages ------------------------------------------------------------------
 */

static void
each_bit_of_a_page(void)
{
	unsigned char page[PAGES_SIZE];
	size_t i;

	memset(page, 0, sizeof page);
	CHECK(!page_is_good(page, 0));
	page_sum(page + PAGES_SIZE - PAGES_SUM_BYTES, page, PAGES_SIZE);
	CHECK(page_is_good(page, PAGES_SIZE));
	CHECK(!page_is_good(page, 0));
	CHECK(!page_is_good(page, 2 * PAGES_SIZE));
	for (i = 0; i < sizeof page * 8; i++) {
		page[i / 8] ^= (unsigned char)(1U << i % 8);
		CHECK(!page_is_good(page, PAGES_SIZE));
		page[i / 8] ^= (unsigned char)(1U << i % 8);
	}
}

static void
a_header(void)
{
	unsigned char header[PAGE_HEADER_SIZE] = "SQLite format 3";

	CHECK(!page_header_has_room(header));
	header[16] = PAGES_SIZE >> 8;
	CHECK(!page_header_has_room(header));
	header[20] = PAGES_SUM_BYTES;
	CHECK(page_header_has_room(header));
	header[17] = 1;
	CHECK(!page_header_has_room(header));
	header[17] = 0;
	header[0] = 's';
	CHECK(!page_header_has_room(header));
}

int
main(void)
{
	scratch_begin();
	RUN(what_was_written_is_read);
	RUN(anything_else_is_none);
	RUN(not_a_file);
	RUN(each_bit_of_a_page);
	RUN(a_header);
	return check_done();
}
