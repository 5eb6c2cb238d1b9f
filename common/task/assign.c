#include "common/task/assign.h"

#include "common/base/plain.h"
#include "common/file/file.h"
#include "common/process/prompt.h"

#include <fcntl.h>
#include <stdio.h>
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

/* What a person types at the terminal: one line that nobody else sees. */
static int
read_typed(const char *name, struct buf *text, struct fault *f)
{
	char prompt[80], line[1024];
	int r;

	(void)snprintf(prompt, sizeof prompt, "%.60s: ", name);
	r = prompt_line(line, sizeof line, prompt, false, f);
	if (r != -1)
		r = buf_append_text(text, line, f);
	explicit_bzero(line, sizeof line);
	return r;
}

static int
read_from(const char *path, struct buf *text, struct fault *f)
{
	int fd, r;

	fd = open(path, O_RDONLY | O_CLOEXEC | O_NOCTTY);
	if (fd == -1)
		return fault_errno(f, STATUS_IO, "%s", path);
	r = file_read(fd, path, text, f);
	(void)close(fd);
	return r;
}

static int
read_stdin(
    bool *reads_stdin, const char *name, struct buf *text, struct fault *f)
{
	if (*reads_stdin)
		return fault_set(f, STATUS_USAGE,
		    "@-: two values cannot both come from stdin");
	*reads_stdin = true;
	if (isatty(STDIN_FILENO) == 1)
		return read_typed(name, text, f);
	return file_read(STDIN_FILENO, "standard input", text, f);
}

/* The value that stands in a file, or "-"; NULL: failed. */
static const char *
value_from(struct arena *strings, bool *reads_stdin, const char *name,
    const char *path, struct fault *f)
{
	struct buf text = BUF_INIT(ASSIGN_VALUE_MAX);
	const char *value = NULL;
	int r;

	r = strcmp(path, "-") == 0 ? read_stdin(reads_stdin, name, &text, f)
				   : read_from(path, &text, f);
	if (r == -1) {
		if (f->status == STATUS_DATA)
			fault_prefix(f, "%s=@%s", name, path);
		goto out;
	}
	if (text.len > 0 && text.data[text.len - 1] == '\n')
		text.len--;
	if (text.len > 0 && text.data[text.len - 1] == '\r')
		text.len--;
	if (text.len > 0 && memchr(text.data, '\0', text.len) != NULL)
		(void)fault_set(
		    f, STATUS_DATA, "%s: a NUL byte in the value", path);
	else
		value = arena_copy(strings, buf_text(&text), text.len);
out:
	buf_release(&text);
	return value;
}

const char *
value_read(struct arena *strings, bool *reads_stdin, const char *name,
    const char *value, struct fault *f)
{
	if (value[0] == '@')
		value = value_from(strings, reads_stdin, name, value + 1, f);
	if (value == NULL || plain_is_utf8(value))
		return value;
	(void)fault_set(
	    f, STATUS_DATA, "%s: the value is not valid UTF-8", name);
	return NULL;
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
		next->name = arena_copy(
		    &a->strings, *operands, (size_t)(equals - *operands));
		next->value = value_read(
		    &a->strings, &a->reads_stdin, next->name, equals + 1, f);
		if (next->value == NULL)
			return -1;
	}
	return 0;
}

void
assignments_release(struct assignments *a)
{
	arena_release(&a->strings);
}
