/*
 * A checksum in each page of the ledger. SQLite finds damage only in the
 * structure of a page; a wrong bit inside a value could make it send a message
 * twice or take a wrong PIN for right. So SQLite accesses its files through a
 * layer (a VFS) that
 *
 *  1. writes a BLAKE2b of page and page number into the 16 bytes at the end of
 *     each page that SQLite does not use; PRAGMA page_size is 4096;
 *  2. compares it whenever a page is read;
 *  3. compares what is read from the write-ahead log with the checksum that
 *     SQLite wrote there, as SQLite itself does only after a crash.
 *
 * Reading a page that differs fails with SQLITE_IOERR_DATA. This detects faults
 * of disk and memory, and other programs that write into the file; it is not
 * keyed and detects no forgery.
 *
 * A file without room for checksums, such as one of version 1 or another
 * program's, is read and written unchanged.
 */
#ifndef COMMON_LEDGER_PAGES_H
#define COMMON_LEDGER_PAGES_H

#include <stdbool.h>
#include <stdint.h>

enum {
	PAGES_SIZE = 4096,
	PAGES_SUM_BYTES = 16,
};

enum {
	PAGE_HEADER_SIZE = 100, /* of a database; a part of its first page */
};

/* The checksum of a page at that offset of the file, but for its own bytes. */
void page_sum(unsigned char out[PAGES_SUM_BYTES],
    const unsigned char page[PAGES_SIZE], int64_t offset);
/* Has the page the checksum of what it holds? */
bool page_is_good(const unsigned char page[PAGES_SIZE], int64_t offset);

/* Has a database with that header room for checksums in its pages? */
bool page_header_has_room(const unsigned char header[PAGE_HEADER_SIZE]);

/* The name to open a database with. */
const char *pages_vfs(void);

#endif
