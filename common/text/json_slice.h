/*
 * Parts of a JSON text by their place in it, so that what is not changed can
 * be copied as it was spelt.
 *
 * Everything here wants text that json_parse() has accepted.
 */
#ifndef COMMON_TASK_SPAN_H
#define COMMON_TASK_SPAN_H

#include <stdbool.h>
#include <stddef.h>

struct span {
	size_t start;
	size_t end; /* behind the last byte; start == end: nothing */
};

/*
 * Copy text without the white space between its tokens into out, which has
 * room for len bytes. Returns the length of the copy.
 */
size_t span_compact(char *out, const char *text, size_t len);

/* Walks over the members of an object or the elements of an array. */
struct span_walk {
	size_t pos;
};

/* Start at the opening bracket, in compact text. */
void span_walk_start(struct span_walk *w, struct span container);

/*
 * The next member or element; false behind the last one. key is empty in an
 * array, else the string with its quotes.
 */
bool span_walk_next(struct span_walk *w, const char *text, struct span *key,
    struct span *value);

#endif
