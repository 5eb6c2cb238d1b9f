#include "cmd/twofa-flow/checker/checker_inside.h"

#include <stdlib.h>
#include <string.h>

enum {
	FIRST_SIZE = 64,
};

/* Twice the room; NULL without memory. */
static void *
grow(void *data, size_t size, size_t item, struct fault *f)
{
	void *grown = reallocarray(data, size, item);

	if (grown == NULL)
		(void)fault_set(f, STATUS_IO, "out of memory");
	return grown;
}

const unsigned char *
state_graph_key(const struct state_graph *s, uint32_t index)
{
	return s->keys + index * s->key_len;
}

/* FNV-1a: nobody gains by a workflow that is slow to look at. */
static size_t
slot_of(const struct state_graph *s, const unsigned char *key)
{
	uint32_t hash = 2166136261U;
	size_t i, slot;

	for (i = 0; i < s->key_len; i++)
		hash = (hash ^ key[i]) * 16777619U;
	slot = hash & (s->slot_count - 1);
	while (s->slots[slot] != 0 &&
	    memcmp(state_graph_key(s, s->slots[slot] - 1), key, s->key_len) !=
		0)
		slot = (slot + 1) & (s->slot_count - 1);
	return slot;
}

/* At most half of the slots are in use. */
static int
grow_states(struct state_graph *s, struct fault *f)
{
	size_t size = s->size == 0 ? FIRST_SIZE : 2 * s->size;
	void *grown;
	uint32_t i;

	grown = grow(s->keys, size, s->key_len, f);
	if (grown == NULL)
		return -1;
	s->keys = grown;
	grown = grow(s->parents, size, sizeof *s->parents, f);
	if (grown == NULL)
		return -1;
	s->parents = grown;
	grown = grow(s->edges_from, size + 1, sizeof *s->edges_from, f);
	if (grown == NULL)
		return -1;
	s->edges_from = grown;
	grown = grow(s->slots, 2 * size, sizeof *s->slots, f);
	if (grown == NULL)
		return -1;
	s->slots = grown;
	s->slot_count = 2 * size;
	s->size = size;
	memset(s->slots, 0, s->slot_count * sizeof *s->slots);
	for (i = 0; i < s->count; i++)
		s->slots[slot_of(s, state_graph_key(s, i))] = i + 1;
	return 0;
}

int
state_graph_add(struct state_graph *s, const unsigned char *key,
    uint32_t parent, uint32_t *out, struct fault *f)
{
	size_t slot;

	if (s->count == s->size && grow_states(s, f) == -1)
		return -1;
	slot = slot_of(s, key);
	if (s->slots[slot] == 0) {
		if (s->count == s->max)
			return fault_set(f, STATUS_CONFIG,
			    "more than %zu states: too many to look at every "
			    "call",
			    s->max);
		memcpy(s->keys + s->count * s->key_len, key, s->key_len);
		s->parents[s->count] = parent;
		s->slots[slot] = (uint32_t)++s->count;
	}
	*out = s->slots[slot] - 1;
	return 0;
}

uint32_t
state_graph_find(const struct state_graph *s, const unsigned char *key)
{
	return s->slots[slot_of(s, key)] - 1;
}

int
state_graph_add_edge(struct state_graph *s, uint32_t to, struct fault *f)
{
	size_t size = s->edge_size == 0 ? FIRST_SIZE : 2 * s->edge_size;
	void *grown;

	if (s->edge_count / EDGES_A_STATE > s->max)
		return fault_set(f, STATUS_CONFIG,
		    "more than %zu ways from state to state: too many to look "
		    "at every call",
		    s->max * EDGES_A_STATE);
	if (s->edge_count == s->edge_size) {
		grown = grow(s->edges, size, sizeof *s->edges, f);
		if (grown == NULL)
			return -1;
		s->edges = grown;
		s->edge_size = size;
	}
	s->edges[s->edge_count++] = to;
	return 0;
}

void
state_graph_release(struct state_graph *s)
{
	free(s->keys);
	free(s->parents);
	free(s->edges_from);
	free(s->edges);
	free(s->slots);
	*s = (struct state_graph){.count = 0};
}
