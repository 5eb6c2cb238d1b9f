/*
 * A checksum in each page of the ledger. SQLite finds damage in a page only
 * where it breaks the form of the page; a bit that is wrong inside of a value
 * makes a message go out twice or a wrong PIN right. So SQLite is given its
 * files through a layer (a VFS) that
 *
 *  1. writes a BLAKE2b of page and page number into the 16 bytes at the end of
 *     each page that SQLite leaves alone, PRAGMA page_size being 4096;
 *  2. compares it whenever a page is read, before SQLite sees it;
 *  3. compares what is read from the write-ahead log with the checksum that
 *     SQLite wrote there, which it only does itself after a crash.
 *
 * A page that differs fails with SQLITE_IOERR_DATA. It finds what disks and
 * memories do, and other programs that write into the file; it is not keyed.
 *
 * A file without that room, as those of version 1 or of somebody else, is read
 * and written as it is.
 */
#ifndef COMMON_LEDGER_PAGES_H
#define COMMON_LEDGER_PAGES_H

enum {
	PAGES_SIZE = 4096,
	PAGES_SUM_BYTES = 16,
};

/* The name to open a database with. */
const char *pages_vfs(void);

#endif
