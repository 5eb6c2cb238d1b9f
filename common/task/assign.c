#include "common/task/assign.h"

#include "common/io/file.h"

#include <fcntl.h>
#include <string.h>
#include <unistd.h>

bool
name_is_valid(const char *name, size_t len)
{
	static const char letters[] =
	    "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";
	static const char others[] =
	    "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_";

	return len > 0 && name[0] != '\0' && strchr(letters, name[0]) != NULL &&
	    strspn(name, others) >= len;
}

/* The value that stands in a file; NULL: failed. */
static const char *
value_from(struct assignments *a, const char *path, struct fault *f)
{
	struct buf text = BUF_INIT(ASSIGN_VALUE_MAX);
	bool is_stdin = strcmp(path, "-") == 0;
	const char *value = NULL;
	int fd = STDIN_FILENO;

	if (is_stdin && a->reads_stdin) {
		(void)fault_set(f, STATUS_USAGE,
		    "@-: two values cannot both come from stdin");
		return NULL;
	}
	a->reads_stdin |= is_stdin;
	if (!is_stdin)
		fd = open(path, O_RDONLY | O_CLOEXEC | O_NOCTTY);
	if (fd == -1) {
		(void)fault_errno(f, STATUS_IO, "%s", path);
		return NULL;
	}
	if (file_read(fd, path, &text, f) == -1)
		goto out;
	if (text.len > 0 && text.data[text.len - 1] == '\n')
		text.len--;
	if (text.len > 0 && text.data[text.len - 1] == '\r')
		text.len--;
	if (text.len > 0 && memchr(text.data, '\0', text.len) != NULL)
		(void)fault_set(
		    f, STATUS_DATA, "%s: a NUL byte in the value", path);
	else
		value = pool_copy(
		    &a->strings, text.len == 0 ? "" : text.data, text.len, f);
out:
	if (!is_stdin)
		(void)close(fd);
	buf_release(&text);
	return value;
}

int
assignments_read(struct assignments *a, char *const operands[], struct fault *f)
{
	struct assignment *next;
	const char *equals;

	for (; *operands != NULL; operands++, a->operands++) {
		equals = strchr(*operands, '=');
		if (equals == NULL ||
		    !name_is_valid(*operands, (size_t)(equals - *operands)))
			break;
		if (strncmp(*operands, "taskId=", 7) == 0)
			return fault_set(f, STATUS_USAGE,
			    "taskId is no parameter: twofa-task new --id ID "
			    "gives it");
		if (a->count == ASSIGN_MAX)
			return fault_set(f, STATUS_USAGE,
			    "more than %d assignments", ASSIGN_MAX);
		next = &a->list[a->count++];
		next->name = pool_copy(
		    &a->strings, *operands, (size_t)(equals - *operands), f);
		next->value = equals[1] == '@' ? value_from(a, equals + 2, f)
					       : equals + 1;
		if (next->name == NULL || next->value == NULL)
			return -1;
	}
	return 0;
}

void
assignments_release(struct assignments *a)
{
	pool_release(&a->strings);
}
