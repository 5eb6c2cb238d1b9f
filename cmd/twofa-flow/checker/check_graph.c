/*
 * The states that calls can reach, by their keys, and the edges between them.
 */
#include "cmd/twofa-flow/checker/checker_inside.h"

#include "common/base/memory.h"

#include <stdlib.h>
#include <string.h>

enum {
	FIRST_SIZE = 64,
};

const unsigned char *
state_graph_key(const struct state_graph *g, uint32_t index)
{
	return g->keys + index * g->key_len;
}

unsigned char
state_graph_activity(const struct state_graph *g, uint32_t index)
{
	return state_graph_key(g, index)[0];
}

/* FNV-1a: nobody gains by a workflow that takes long to check. */
static size_t
slot_of(const struct state_graph *g, const unsigned char *key)
{
	uint32_t hash = 2166136261U;
	size_t i, slot;

	for (i = 0; i < g->key_len; i++)
		hash = (hash ^ key[i]) * 16777619U;
	slot = hash & (g->slot_count - 1);
	while (g->slots[slot] != 0 &&
	    memcmp(state_graph_key(g, g->slots[slot] - 1), key, g->key_len) !=
		0)
		slot = (slot + 1) & (g->slot_count - 1);
	return slot;
}

/* At most half of the slots are in use. */
static void
grow(struct state_graph *g)
{
	size_t size = g->size == 0 ? FIRST_SIZE : 2 * g->size;
	uint32_t i;

	g->keys = memory_grow(g->keys, size, g->key_len);
	g->parents = memory_grow(g->parents, size, sizeof *g->parents);
	g->edges_from =
	    memory_grow(g->edges_from, size + 1, sizeof *g->edges_from);
	free(g->slots);
	g->slots = memory_new(2 * size, sizeof *g->slots);
	g->slot_count = 2 * size;
	g->size = size;
	for (i = 0; i < g->count; i++)
		g->slots[slot_of(g, state_graph_key(g, i))] = i + 1;
}

uint32_t
state_graph_add(
    struct state_graph *g, const unsigned char *key, uint32_t parent)
{
	size_t slot;

	if (g->count == g->size)
		grow(g);
	slot = slot_of(g, key);
	if (g->slots[slot] == 0) {
		if (g->count == g->max) {
			g->too_many_states = true;
			return NO_STATE;
		}
		memcpy(g->keys + g->count * g->key_len, key, g->key_len);
		g->parents[g->count] = parent;
		g->slots[slot] = (uint32_t)++g->count;
	}
	return g->slots[slot] - 1;
}

uint32_t
state_graph_find(const struct state_graph *g, const unsigned char *key)
{
	return g->slots[slot_of(g, key)] - 1;
}

void
state_graph_add_edge(struct state_graph *g, uint32_t to)
{
	if (g->edge_count / EDGES_A_STATE > g->max) {
		g->too_many_edges = true;
		return;
	}
	g->edges = memory_room(
	    g->edges, g->edge_count, &g->edge_size, sizeof *g->edges);
	g->edges[g->edge_count++] = to;
}

void
state_graph_release(struct state_graph *g)
{
	free(g->keys);
	free(g->parents);
	free(g->edges_from);
	free(g->edges);
	free(g->slots);
	*g = (struct state_graph){.count = 0};
}
