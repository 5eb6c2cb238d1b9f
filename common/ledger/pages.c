#include "common/ledger/pages.h"

#include "common/base/memory.h"

#include <sodium.h>
#include <sqlite3.h>
#include <string.h>

#define NAME "twofa-pages"

enum {
	PAGE_SIZE_AT = 16, /* in the header */
	RESERVED_AT = 20,
	LOG_HEADER_SIZE = 32,
	FRAME_HEADER_SIZE = 24, /* in front of each page in the log */
	FRAME_SUM_AT = 16,	/* of 8 bytes, at the end of that */
	FRAME_SIZE = FRAME_HEADER_SIZE + PAGES_SIZE,
	SUM_TRIES = 3, /* a page may be read while it is written */
};

/* --- checksums --------------------------------------------------------------
 */

void
page_sum(unsigned char out[PAGES_SUM_BYTES],
    const unsigned char page[PAGES_SIZE], int64_t offset)
{
	const uint32_t number = (uint32_t)(offset / PAGES_SIZE) + 1;
	const unsigned char bytes[4] = {(unsigned char)number,
	    (unsigned char)(number >> 8), (unsigned char)(number >> 16),
	    (unsigned char)(number >> 24)};
	crypto_generichash_state s;

	(void)crypto_generichash_init(&s, NULL, 0, PAGES_SUM_BYTES);
	(void)crypto_generichash_update(&s, page, PAGES_SIZE - PAGES_SUM_BYTES);
	(void)crypto_generichash_update(&s, bytes, sizeof bytes);
	(void)crypto_generichash_final(&s, out, PAGES_SUM_BYTES);
}

bool
page_is_good(const unsigned char page[PAGES_SIZE], int64_t offset)
{
	unsigned char sum[PAGES_SUM_BYTES];

	page_sum(sum, page, offset);
	return memcmp(sum, page + PAGES_SIZE - PAGES_SUM_BYTES, sizeof sum) ==
	    0;
}

bool
page_header_has_room(const unsigned char header[PAGE_HEADER_SIZE])
{
	return memcmp(header, "SQLite format 3", 16) == 0 &&
	    header[PAGE_SIZE_AT] == PAGES_SIZE >> 8 &&
	    header[PAGE_SIZE_AT + 1] == 0 &&
	    header[RESERVED_AT] == PAGES_SUM_BYTES;
}

static uint32_t
word_of(const unsigned char *b, bool is_big)
{
	return is_big ? (uint32_t)b[0] << 24 | (uint32_t)b[1] << 16 |
		(uint32_t)b[2] << 8 | b[3]
		      : (uint32_t)b[3] << 24 | (uint32_t)b[2] << 16 |
		(uint32_t)b[1] << 8 | b[0];
}

static void
sum_words(uint32_t sum[2], const unsigned char *bytes, size_t len, bool is_big)
{
	size_t i;

	for (i = 0; i < len; i += 8) {
		sum[0] += word_of(bytes + i, is_big) + sum[1];
		sum[1] += word_of(bytes + i + 4, is_big) + sum[0];
	}
}

/*
 * The checksum of a frame covers all frames up to it: it continues that of the
 * frame before. The order of bytes is in the header of the log.
 * Source: the file format of SQLite, section 4.2.
 */
static bool
is_sum_of(const unsigned char header[FRAME_HEADER_SIZE],
    const unsigned char *page, const unsigned char before[8], bool is_big)
{
	uint32_t sum[2] = {word_of(before, true), word_of(before + 4, true)};

	sum_words(sum, header, 8, is_big);
	sum_words(sum, page, PAGES_SIZE, is_big);
	return sum[0] == word_of(header + FRAME_SUM_AT, true) &&
	    sum[1] == word_of(header + FRAME_SUM_AT + 4, true);
}

static bool
frame_is_good(const unsigned char header[FRAME_HEADER_SIZE],
    const unsigned char page[PAGES_SIZE], const unsigned char before[8])
{
	return is_sum_of(header, page, before, false) ||
	    is_sum_of(header, page, before, true);
}

/* --- the file below ---------------------------------------------------------
 */

/* In front of the file of the VFS below. */
struct page_file {
	sqlite3_file base;
	bool is_log;
	bool has_sums; /* of a database */
};

static sqlite3_file *
file_below(sqlite3_file *file)
{
	return (sqlite3_file *)((struct page_file *)file + 1);
}

static const sqlite3_io_methods *
methods_below(sqlite3_file *file)
{
	return file_below(file)->pMethods;
}

/* Asked again until it has, as another program may be upgrading the file. */
static bool
has_sums(sqlite3_file *file)
{
	struct page_file *p = (struct page_file *)file;
	sqlite3_file *below = file_below(file);
	unsigned char header[PAGE_HEADER_SIZE];

	if (!p->has_sums)
		p->has_sums = below->pMethods->xRead(below, header,
				  sizeof header, 0) == SQLITE_OK &&
		    page_header_has_room(header);
	return p->has_sums;
}

/* --- the log ----------------------------------------------------------------
 */

/* A page of a frame, as opposed to a header or a whole frame. */
static bool
is_log_page(int len, sqlite3_int64 offset)
{
	return len == PAGES_SIZE && offset > LOG_HEADER_SIZE &&
	    (offset - LOG_HEADER_SIZE) % FRAME_SIZE == FRAME_HEADER_SIZE;
}

static int
check_frame(
    sqlite3_file *below, const unsigned char *page, sqlite3_int64 offset)
{
	const sqlite3_int64 frame = offset - FRAME_HEADER_SIZE;
	/* The last 8 bytes of the log's header, or of the frame's before. */
	const sqlite3_int64 before_at = frame == LOG_HEADER_SIZE
	    ? LOG_HEADER_SIZE - 8
	    : frame - FRAME_SIZE + FRAME_SUM_AT;
	unsigned char header[FRAME_HEADER_SIZE], before[8];
	int code = below->pMethods->xRead(below, header, sizeof header, frame);

	if (code == SQLITE_OK)
		code = below->pMethods->xRead(
		    below, before, sizeof before, before_at);
	if (code != SQLITE_OK)
		return code;
	return frame_is_good(header, page, before) ? SQLITE_OK
						   : SQLITE_IOERR_DATA;
}

/* --- reading and writing ----------------------------------------------------
 */

static int
read_page(sqlite3_file *below, unsigned char *page, sqlite3_int64 offset)
{
	int i, code;

	for (i = 0; i < SUM_TRIES; i++) {
		code = below->pMethods->xRead(below, page, PAGES_SIZE, offset);
		if (code != SQLITE_OK || page_is_good(page, offset))
			return code;
	}
	return SQLITE_IOERR_DATA;
}

/* Read a part of a page, and check all of it. */
static int
read_part(sqlite3_file *below, void *out, int len, sqlite3_int64 offset)
{
	unsigned char page[PAGES_SIZE];
	const sqlite3_int64 begin = offset - offset % PAGES_SIZE;
	int code;

	if (offset + len > begin + PAGES_SIZE)
		return SQLITE_IOERR_READ; /* SQLite does not do that */
	code = read_page(below, page, begin);
	if (code == SQLITE_OK)
		memcpy(out, page + (offset - begin), (size_t)len);
	sodium_memzero(page, sizeof page);
	return code;
}

static int
pages_read(sqlite3_file *file, void *out, int len, sqlite3_int64 offset)
{
	const struct page_file *p = (const struct page_file *)file;
	sqlite3_file *below = file_below(file);
	int code;

	/* SQLite reads the header before it locks the file, then again. */
	if (!p->is_log && offset + len > PAGE_HEADER_SIZE && has_sums(file))
		return len == PAGES_SIZE && offset % PAGES_SIZE == 0
		    ? read_page(below, out, offset)
		    : read_part(below, out, len, offset);
	code = below->pMethods->xRead(below, out, len, offset);
	if (code == SQLITE_OK && p->is_log && is_log_page(len, offset))
		code = check_frame(below, out, offset);
	return code;
}

static int
pages_write(sqlite3_file *file, const void *data, int len, sqlite3_int64 offset)
{
	struct page_file *p = (struct page_file *)file;
	sqlite3_file *below = file_below(file);
	unsigned char page[PAGES_SIZE];
	int code;

	if (!p->is_log && offset == 0 && len >= PAGE_HEADER_SIZE)
		p->has_sums = page_header_has_room(data);
	if (p->is_log || len != PAGES_SIZE || offset % PAGES_SIZE != 0 ||
	    !has_sums(file))
		return below->pMethods->xWrite(below, data, len, offset);
	memcpy(page, data, PAGES_SIZE - PAGES_SUM_BYTES);
	page_sum(page + PAGES_SIZE - PAGES_SUM_BYTES, page, offset);
	code = below->pMethods->xWrite(below, page, len, offset);
	sodium_memzero(page, sizeof page);
	return code;
}

/* --- methods that are passed on unchanged
 * ----------------------------------------
 */

static int
pages_close(sqlite3_file *file)
{
	sqlite3_file *below = file_below(file);

	return below->pMethods == NULL ? SQLITE_OK
				       : below->pMethods->xClose(below);
}

static int
pages_truncate(sqlite3_file *file, sqlite3_int64 size)
{
	return methods_below(file)->xTruncate(file_below(file), size);
}

static int
pages_sync(sqlite3_file *file, int flags)
{
	return methods_below(file)->xSync(file_below(file), flags);
}

static int
pages_size(sqlite3_file *file, sqlite3_int64 *size)
{
	return methods_below(file)->xFileSize(file_below(file), size);
}

static int
pages_lock(sqlite3_file *file, int level)
{
	return methods_below(file)->xLock(file_below(file), level);
}

static int
pages_unlock(sqlite3_file *file, int level)
{
	return methods_below(file)->xUnlock(file_below(file), level);
}

static int
pages_check_lock(sqlite3_file *file, int *is_reserved)
{
	return methods_below(file)->xCheckReservedLock(
	    file_below(file), is_reserved);
}

static int
pages_control(sqlite3_file *file, int op, void *arg)
{
	return methods_below(file)->xFileControl(file_below(file), op, arg);
}

static int
pages_sector_size(sqlite3_file *file)
{
	return methods_below(file)->xSectorSize(file_below(file));
}

static int
pages_characteristics(sqlite3_file *file)
{
	return methods_below(file)->xDeviceCharacteristics(file_below(file));
}

static int
pages_shm_map(
    sqlite3_file *file, int page, int size, int extend, void volatile **out)
{
	return methods_below(file)->xShmMap(
	    file_below(file), page, size, extend, out);
}

static int
pages_shm_lock(sqlite3_file *file, int offset, int n, int flags)
{
	return methods_below(file)->xShmLock(
	    file_below(file), offset, n, flags);
}

static void
pages_shm_barrier(sqlite3_file *file)
{
	methods_below(file)->xShmBarrier(file_below(file));
}

static int
pages_shm_unmap(sqlite3_file *file, int delete)
{
	return methods_below(file)->xShmUnmap(file_below(file), delete);
}

/* Version 2, without xFetch(), which would bypass the checksums. */
static const sqlite3_io_methods methods = {
    .iVersion = 2,
    .xClose = pages_close,
    .xRead = pages_read,
    .xWrite = pages_write,
    .xTruncate = pages_truncate,
    .xSync = pages_sync,
    .xFileSize = pages_size,
    .xLock = pages_lock,
    .xUnlock = pages_unlock,
    .xCheckReservedLock = pages_check_lock,
    .xFileControl = pages_control,
    .xSectorSize = pages_sector_size,
    .xDeviceCharacteristics = pages_characteristics,
    .xShmMap = pages_shm_map,
    .xShmLock = pages_shm_lock,
    .xShmBarrier = pages_shm_barrier,
    .xShmUnmap = pages_shm_unmap,
};

static int
pages_open(sqlite3_vfs *vfs, const char *name, sqlite3_file *file, int flags,
    int *out_flags)
{
	sqlite3_vfs *below = vfs->pAppData;
	struct page_file *p = (struct page_file *)file;
	int code;

	/* Pages of a rollback journal are written with pages_write() again. */
	if ((flags & (SQLITE_OPEN_MAIN_DB | SQLITE_OPEN_WAL)) == 0)
		return below->xOpen(below, name, file, flags, out_flags);
	memset(p, 0, sizeof *p);
	p->is_log = (flags & SQLITE_OPEN_WAL) != 0;
	code = below->xOpen(below, name, file_below(file), flags, out_flags);
	/* SQLite closes what has methods, also after a failure. */
	if (file_below(file)->pMethods != NULL)
		p->base.pMethods = &methods;
	return code;
}

const char *
pages_vfs(void)
{
	static sqlite3_vfs vfs;
	sqlite3_vfs *below = sqlite3_vfs_find(NULL);

	if (sqlite3_vfs_find(NAME) != NULL)
		return NAME;
	/* NULL only when SQLite could not be initialised. */
	if (below != NULL) {
		vfs = *below;
		vfs.pNext = NULL;
		vfs.zName = NAME;
		vfs.pAppData = below;
		vfs.szOsFile += (int)sizeof(struct page_file);
		vfs.xOpen = pages_open;
	}
	if (below == NULL || sqlite3_vfs_register(&vfs, 0) != SQLITE_OK)
		memory_exhausted();
	return NAME;
}
