/*
 * Memory for libraries that do not wipe what they free: tasks and requests
 * hold PINs, signatures and telephone numbers. Safe in threads, as libc's is.
 *
 * The five functions behave as their namesakes in libc; a block of one must be
 * given to no other allocator.
 */
#ifndef COMMON_BASE_WIPING_H
#define COMMON_BASE_WIPING_H

#include <stddef.h>

void *wiping_malloc(size_t size);
void *wiping_calloc(size_t count, size_t size);
void *wiping_realloc(void *block, size_t size);
char *wiping_strdup(const char *s);
void wiping_free(void *block);

/* How many bytes the block was asked for. */
size_t wiping_size(const void *block);

#endif
