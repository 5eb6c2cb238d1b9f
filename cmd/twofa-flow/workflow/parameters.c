#include "cmd/twofa-flow/workflow/parameters.h"

#include "common/task/task.h"

static const char *
get(void *self, const char *name)
{
	return task_get(self, name);
}

static int
set(void *self, const char *name, const char *value, struct fault *f)
{
	return task_set(self, name, value, f);
}

static void
take_away(void *self, const char *name)
{
	task_remove(self, name);
}

struct parameters
parameters_of_task(struct task *t)
{
	return (struct parameters){t, get, set, take_away};
}
