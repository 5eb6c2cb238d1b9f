#include "common/ledger/page_sum.h"

#include <sodium.h>
#include <string.h>

enum {
	PAGE_SIZE_AT = 16, /* in the header */
	RESERVED_AT = 20,
};

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
big_endian(const unsigned char *b)
{
	return (uint32_t)b[0] << 24 | (uint32_t)b[1] << 16 |
	    (uint32_t)b[2] << 8 | b[3];
}

static uint32_t
word_of(const unsigned char *b, bool is_big)
{
	return is_big ? big_endian(b)
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
 * Each frame has the checksum of itself and all before it, which goes on from
 * that of the frame before; in which order of bytes says the log's header.
 * Source: the file format of SQLite, section 4.2.
 */
static bool
is_sum_of(const unsigned char header[FRAME_HEADER_SIZE],
    const unsigned char *page, const unsigned char before[8], bool is_big)
{
	uint32_t sum[2] = {big_endian(before), big_endian(before + 4)};

	sum_words(sum, header, 8, is_big);
	sum_words(sum, page, PAGES_SIZE, is_big);
	return sum[0] == big_endian(header + FRAME_SUM_AT) &&
	    sum[1] == big_endian(header + FRAME_SUM_AT + 4);
}

bool
frame_is_good(const unsigned char header[FRAME_HEADER_SIZE],
    const unsigned char page[PAGES_SIZE], const unsigned char before[8])
{
	return is_sum_of(header, page, before, false) ||
	    is_sum_of(header, page, before, true);
}
