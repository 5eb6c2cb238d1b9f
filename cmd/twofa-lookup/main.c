/*
 * twofa-lookup: is the caller's identifier that of exactly one customer?
 */
#include "common/base/memory.h"
#include "common/base/prog.h"
#include "common/customer/directory.h"
#include "common/filter/filter.h"
#include "common/settings/settings.h"
#include "common/task/dependents.h"
#include "common/task/e164.h"
#include "common/task/names.h"

#include <stdlib.h>
#include <string.h>

enum {
	WINDOW = 256, /* tasks for which a database is locked once */
};

struct lookup {
	struct directory *directory;
	unsigned long digits;
	struct directory_query *queries; /* of a window, without gaps */
	struct directory_query **asked;	 /* by slot; NULL: not asked */
};

static const char *
identifier_of(const struct task *t)
{
	if (task_is_event(t))
		return task_event_value(t);
	return task_get(t, NAME_CUSTOMER_IDENTIFIER);
}

static int
lookup_begin(void *self, struct item *item, struct fault *f)
{
	const struct task *t = &item->task;
	const char *name = task_event_name(t);
	const char *known = task_get(t, NAME_CUSTOMER_RECOGNIZED);

	(void)self;
	(void)f;
	if (task_is_event(t)) {
		item->acts =
		    name != NULL && strcmp(name, NAME_CUSTOMER_IDENTIFIER) == 0;
		return 0;
	}
	item->acts = known == NULL && identifier_of(t) != NULL;
	item->answer = known != NULL && strcmp(known, VALUE_YES) == 0
	    ? ANSWER_YES
	    : ANSWER_NO;
	return 0;
}

static int
lookup_work(void *self, struct item *const items[], size_t n, struct fault *f)
{
	struct lookup *l = self;
	const char *identifier;
	size_t i, asked = 0;

	for (i = 0; i < n; i++) {
		identifier = identifier_of(&items[i]->task);
		l->asked[items[i]->slot] = NULL;
		if (identifier == NULL ||
		    !identifier_is_valid(identifier, l->digits))
			continue;
		l->queries[asked].customer = identifier;
		l->asked[items[i]->slot] = &l->queries[asked++];
	}
	return directory_find(l->directory, l->queries, asked, f);
}

static void
recognise(struct item *item, const char *identifier, const char *number)
{
	struct task *t = &item->task;

	item->answer = ANSWER_YES;
	dependents_set(t, NAME_CUSTOMER_IDENTIFIER, identifier);
	task_set(t, NAME_CUSTOMER_RECOGNIZED, VALUE_YES);
	task_set(t, NAME_SMS_NUMBER, number);
}

static void
refuse(struct item *item, const char *identifier, const char *reason)
{
	struct task *t = &item->task;

	item->answer = ANSWER_NO;
	dependents_remove(t, NAME_CUSTOMER_IDENTIFIER);
	/* The event contains it; the task must not grow beyond its limit. */
	if (identifier != NULL && strlen(identifier) > TASK_CUSTOMER_MAX) {
		identifier = NULL;
		task_remove(t, NAME_CUSTOMER_IDENTIFIER);
	}
	if (identifier != NULL)
		task_set(t, NAME_CUSTOMER_IDENTIFIER, identifier);
	task_set(t, NAME_CUSTOMER_RECOGNIZED, VALUE_NO);
	task_set(t, NAME_REASON, reason);
}

static int
lookup_finish(void *self, struct item *item, struct fault *f)
{
	const struct lookup *l = self;
	const struct directory_query *q = l->asked[item->slot];
	const char *identifier = identifier_of(&item->task);

	(void)f;
	if (q == NULL) {
		refuse(item, identifier, REASON_BAD_IDENTIFIER);
		return 0;
	}
	switch (q->outcome) {
	case DIRECTORY_FOUND:
		if (e164_is_valid(q->number))
			recognise(item, identifier, q->number);
		else
			refuse(item, identifier, REASON_BAD_NUMBER);
		break;
	case DIRECTORY_NOT_UNIQUE:
		refuse(item, identifier, REASON_NOT_UNIQUE);
		break;
	case DIRECTORY_TEMPORARY:
		item_fail(item, STATUS_TEMPORARY, REASON_TEMPORARY,
		    "directory: %s: try again later", q->detail);
		break;
	case DIRECTORY_PERMANENT:
		item_fail(item, STATUS_SERVICE, REASON_SERVICE, "directory: %s",
		    q->detail);
		break;
	case DIRECTORY_NOT_FOUND:
		refuse(item, identifier, REASON_NOT_FOUND);
		break;
	}
	return 0;
}

static int
lookup_open(
    void *self, struct settings *settings, size_t *window, struct fault *f)
{
	struct lookup *l = self;

	if (settings->directory == NULL)
		return fault_set(f, STATUS_CONFIG,
		    "no directory: -d csv:FILE or -d sqlite:FILE, or "
		    "directory = in twofa.conf");
	l->digits = settings->identifier_digits;
	*window = WINDOW;
	l->queries = memory_new(*window, sizeof *l->queries);
	l->asked = memory_new(*window, sizeof *l->asked);
	if (directory_open(&l->directory, settings->directory,
		&settings->requests, f) == -1)
		return -1;
	return settings->dry_run ? directory_start(l->directory, f) : 0;
}

static void
lookup_close(void *self)
{
	struct lookup *l = self;

	directory_close(l->directory);
	free(l->queries);
	free(l->asked);
}

static const struct usage usage = {.program = PROGRAM_LOOKUP,
    .name = "twofa-lookup",
    .text = "usage: twofa-lookup [options] [FILE...]\n",
    .purpose = "Look each task's customer up in a directory.",
    .options = "directory identifier-digits open-requests time-allowed "
	       "in-place ref rejects config",
    .keys = "log"};

int
main(int argc, char *argv[])
{
	struct lookup lookup = {.directory = NULL};
	const struct filter filter = {.self = &lookup,
	    .open = lookup_open,
	    .close = lookup_close,
	    .begin = lookup_begin,
	    .work = lookup_work,
	    .finish = lookup_finish,
	    .no_answer = ANSWER_NONE,
	    .answer_name = NAME_CUSTOMER_RECOGNIZED};

	return filter_program(&filter, &usage, argc, argv);
}
