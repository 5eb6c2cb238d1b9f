/*
 * Parts of a JSON text by their place in it, so that what is not changed can
 * be copied as it was spelt.
 *
 * Everything here wants text that json_parse() has accepted.
 */
#ifndef COMMON_TEXT_JSON_SLICE_H
#define COMMON_TEXT_JSON_SLICE_H

#include <stdbool.h>
#include <stddef.h>

struct slice {
	size_t start;
	size_t end; /* behind the last byte; start == end: nothing */
};

/*
 * Copy text without the white space between its tokens into out, which has
 * room for len bytes. Returns the length of the copy.
 */
size_t slice_compact(char *out, const char *text, size_t len);

/* Walks over the members of an object or the elements of an array. */
struct slice_walk {
	size_t pos;
};

/* Start at the opening bracket, in compact text. */
void slice_walk_start(struct slice_walk *w, struct slice container);

/*
 * The next member or element; false behind the last one. key is empty in an
 * array, else the string with its quotes.
 */
bool slice_walk_next(struct slice_walk *w, const char *text, struct slice *key,
    struct slice *value);

#endif
