#include "common/filter/item.h"

#include "common/task/names.h"
#include "common/task/reason.h"

#include <stdarg.h>
#include <stdio.h>

void
item_fail(
    struct item *item, int status, const char *reason, const char *format, ...)
{
	va_list ap;

	item->status = status;
	va_start(ap, format);
	(void)vsnprintf(item->problem, sizeof item->problem, format, ap);
	va_end(ap);
	task_set(&item->task, NAME_REASON, reason);
}

void
item_pass_on(struct item *item)
{
	item->status = reason_status(task_get(&item->task, NAME_REASON));
	item->passed_on = item->status != STATUS_OK;
}
