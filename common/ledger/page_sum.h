/*
 * The checksums in a page of the ledger and in a frame of its write-ahead log.
 */
#ifndef COMMON_LEDGER_PAGE_SUM_H
#define COMMON_LEDGER_PAGE_SUM_H

#include "common/ledger/pages.h"

#include <stdbool.h>
#include <stdint.h>

enum {
	PAGE_HEADER_SIZE = 100, /* of a database; a part of its first page */
	FRAME_HEADER_SIZE = 24, /* in front of each page in the log */
	FRAME_SUM_AT = 16,	/* of 8 bytes, at the end of that */
};

/* The checksum of a page at that offset of the file, but for its own bytes. */
void page_sum(unsigned char out[PAGES_SUM_BYTES],
    const unsigned char page[PAGES_SIZE], int64_t offset);
/* Has the page the checksum of what it holds? */
bool page_is_good(const unsigned char page[PAGES_SIZE], int64_t offset);

/* Has a database with that header room for checksums in its pages? */
bool page_header_has_room(const unsigned char header[PAGE_HEADER_SIZE]);

/*
 * Has the frame the checksum of what it holds? before: the checksum in front of
 * it, the frame's before or the one that ends the header of the log.
 */
bool frame_is_good(const unsigned char header[FRAME_HEADER_SIZE],
    const unsigned char page[PAGES_SIZE], const unsigned char before[8]);

#endif
