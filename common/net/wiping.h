/*
 * Memory for a library that does not wipe what it frees: a request holds a
 * PIN, a signature and a telephone number.
 *
 * The five functions behave as their namesakes in libc; a block of one must be
 * given to no other allocator.
 */
#ifndef COMMON_NET_WIPING_H
#define COMMON_NET_WIPING_H

#include <stddef.h>

void *wiping_malloc(size_t size);
void *wiping_calloc(size_t count, size_t size);
void *wiping_realloc(void *block, size_t size);
char *wiping_strdup(const char *s);
void wiping_free(void *block);

#endif
