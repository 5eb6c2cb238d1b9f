/*
 * What the files of a batch share.
 */
#ifndef CMD_TWOFA_SENDPIN_BATCH_INSIDE_H
#define CMD_TWOFA_SENDPIN_BATCH_INSIDE_H

#include "cmd/twofa-sendpin/batch.h"

/* The first of the orders for the same send as number i, or NULL: it is that
 * one. */
struct order *batch_find_first(
    const struct batch *b, struct order *const orders[], size_t i);

/* How many can be worked on at once: what was asked for of a send before has
 * its outcome when something else is asked for of the same. */
size_t batch_count_apart(
    const struct batch *b, struct order *const orders[], size_t n);

#endif
