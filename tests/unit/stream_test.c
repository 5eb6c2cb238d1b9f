#include "common/file/stream.h"
#include "tests/unit/check.h"
#include "tests/unit/quote.h"

#include <fcntl.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <unistd.h>

enum {
	LOG_SIZE = 8192,
};

/* A descriptor at the beginning of data. */
static int
open_data(const char *data, size_t len)
{
	int fd = memfd_create("stream", 0);

	CHECK(fd != -1 && write(fd, data, len) == (ssize_t)len);
	CHECK(lseek(fd, 0, SEEK_SET) == 0);
	return fd;
}

/* Write down what came: "o1{...}" an object of line 1, "m" malformed, "s"
 * skipped (joined to what was before). */
static void
note(char log[LOG_SIZE], enum stream_result r, const struct stream *s)
{
	size_t n = strlen(log);

	if (r == STREAM_SKIPPED)
		(void)snprintf(
		    log + n, LOG_SIZE - n, "%.*s", (int)s->len, s->text);
	else
		(void)snprintf(log + n, LOG_SIZE - n, "%c%lu<%.*s>",
		    r == STREAM_OBJECT ? 'o' : 'm', s->line, (int)s->len,
		    s->text);
}

static void
read_all(char log[LOG_SIZE], int fd, const char *name)
{
	struct stream s;
	struct fault f = FAULT_INIT;
	enum stream_result r;

	log[0] = '\0';
	stream_open(&s, fd, name);
	while ((r = stream_next(&s, true, &f)) != STREAM_END) {
		CHECK(r == STREAM_OBJECT || r == STREAM_MALFORMED ||
		    r == STREAM_SKIPPED);
		if (r == STREAM_FAILED || r == STREAM_WAIT)
			break;
		CHECK((r == STREAM_MALFORMED) == (f.status != STATUS_OK));
		fault_clear(&f);
		note(log, r, &s);
	}
	CHECK(stream_next(&s, true, &f) == STREAM_END);
	stream_release(&s);
}

/* The same, a byte at a time, and the program asks after each. */
static void
read_bytes(char log[LOG_SIZE], const char *data, size_t len)
{
	struct stream s;
	struct fault f = FAULT_INIT;
	enum stream_result r;
	size_t i;
	int fd[2];

	log[0] = '\0';
	CHECK(pipe(fd) == 0);
	stream_open(&s, fd[0], "x");
	for (i = 0; i <= len; i++) {
		if (i < len)
			CHECK(write(fd[1], data + i, 1) == 1);
		else
			CHECK(close(fd[1]) == 0);
		while ((r = stream_next(&s, false, &f)) != STREAM_WAIT &&
		    r != STREAM_END) {
			note(log, r, &s);
			fault_clear(&f);
		}
		CHECK(r == (i < len ? STREAM_WAIT : STREAM_END));
	}
	stream_release(&s);
	(void)close(fd[0]);
}

static void
where_objects_are(void)
{
	static const struct {
		const char *in, *wanted;
	} table[] = {
	    {"", ""},
	    {" \n\t\r\n", ""},
	    {"{}", "o1<{}>"},
	    {"{}\n", "o1<{}>"},
	    {"{}{}", "o1<{}>o1<{}>"},
	    {"\n\n {'a':\n1}\n {}", "o3<{'a':\n1}>o5<{}>"},
	    {"{}\r\n{}\r\n", "o1<{}>o2<{}>"},
	    {"{'a':'\\\"}{'}{}", "o1<{'a':'\\\"}{'}>o1<{}>"},
	    /* malformed up to the next line that begins with a brace */
	    {"x\n{}", "m1<x\n>o2<{}>"},
	    {"x{}\n{}", "m1<x{}\n>o2<{}>"},
	    {"x\n {}\n{}", "m1<x\n {}\n>o3<{}>"},
	    {"x\n\n\n{}", "m1<x\n\n\n>o4<{}>"},
	    {"{}x{}\n{}", "o1<{}>m1<x{}\n>o2<{}>"},
	    {"{}\nx", "o1<{}>m2<x>"},
	    {"x\ny\n[]\n{}", "m1<x\ny\n[]\n>o4<{}>"},
	    {"{'a'\n{'b':1}\n", "m1<{'a'\n>o2<{'b':1}>"},
	    {"{'a':\n{'b':1}\n{}", "m1<{'a':\n>o2<{'b':1}>o3<{}>"},
	    {"{'a':[\n{'b':1}", "m1<{'a':[\n>o2<{'b':1}>"},
	    {"{'a", "m1<{'a>"},
	    {"{'a\n{}", "m1<{'a\n>o2<{}>"},
	    {"{\n{\n{}\n", "m1<{\n>m2<{\n>o3<{}>"},
	    {"{}}\n{}", "o1<{}>m1<}\n>o2<{}>"},
	    {"[{}]\n{}", "m1<[{}]\n>o2<{}>"},
	    {"\xef\xbb\xbf{}\n{}", "m1<\xef\xbb\xbf{}\n>o2<{}>"},
	};
	char log[LOG_SIZE], wanted[LOG_SIZE];
	const char *in;
	size_t i;
	int fd;

	for (i = 0; i < ARRAY_LEN(table); i++) {
		in = q(table[i].in);
		(void)snprintf(wanted, sizeof wanted, "%s", q(table[i].wanted));
		fd = open_data(in, strlen(in));
		read_all(log, fd, "x");
		CHECK_TEXT(log, wanted);
		(void)close(fd);
		/* The m of what is cut there is joined in either case; its
		 * parts come as they arrive. */
		read_bytes(log, in, strlen(in));
		if (strchr(wanted, 'm') == NULL)
			CHECK_TEXT(log, wanted);
		else
			CHECK(strrchr(wanted, 'o') == NULL ||
			    strcmp(strrchr(log, 'o'), strrchr(wanted, 'o')) ==
				0);
	}
}

static void
nul_bytes(void)
{
	static const char data[] = "{}\n\0\n{\"a\":\"\0\"}\n{}";
	struct stream s;
	struct fault f = FAULT_INIT;
	int fd = open_data(data, sizeof data - 1);

	stream_open(&s, fd, "x");
	CHECK(stream_next(&s, true, &f) == STREAM_OBJECT);
	CHECK(stream_next(&s, true, &f) == STREAM_MALFORMED);
	CHECK_TEXT(f.message, "x:2: malformed task: not JSON");
	CHECK(s.len == 2 && memcmp(s.text, "\0\n", 2) == 0);
	fault_clear(&f);
	CHECK(stream_next(&s, true, &f) == STREAM_MALFORMED);
	CHECK_TEXT(
	    f.message, "x:3: malformed task: control character in a string");
	CHECK(s.len == 10);
	fault_clear(&f);
	CHECK(stream_next(&s, true, &f) == STREAM_OBJECT);
	CHECK(stream_next(&s, true, &f) == STREAM_END);
	stream_release(&s);
	(void)close(fd);
}

/* An object of that many bytes, and another one behind it. */
static void
check_length(size_t len, bool is_taken)
{
	char *data = malloc(len + 4);
	struct stream s;
	struct fault f = FAULT_INIT;
	enum stream_result r;
	size_t seen = 0;
	int fd;

	memset(data, 'x', len);
	overwrite(data, "{\"a\":\"");
	overwrite(data + len - 2, "\"}\n{}");
	fd = open_data(data, len + 3);
	stream_open(&s, fd, "x");
	r = stream_next(&s, true, &f);
	CHECK(r == (is_taken ? STREAM_OBJECT : STREAM_MALFORMED));
	if (!is_taken)
		CHECK_TEXT(f.message, "x:1: malformed task: longer than 1 MiB");
	seen += s.len;
	while ((r = stream_next(&s, true, &f)) == STREAM_SKIPPED)
		seen += s.len;
	CHECK(r == STREAM_OBJECT && s.len == 2 && s.line == 2);
	/* All of it was given, once. */
	CHECK(seen == (is_taken ? len : len + 1));
	CHECK(stream_next(&s, true, &f) == STREAM_END);
	stream_release(&s);
	(void)close(fd);
	free(data);
}

static void
lengths(void)
{
	check_length(FRAMER_MAX_LEN - 1, true);
	check_length(FRAMER_MAX_LEN, true);
	check_length(FRAMER_MAX_LEN + 1, false);
	check_length(FRAMER_MAX_LEN + 2, false);
	check_length(FRAMER_MAX_LEN + 65536, false);
	check_length(FRAMER_MAX_LEN + 65537, false);
	check_length(FRAMER_MAX_LEN * 3 + 12345, false);
	/* Around the size of a read. */
	check_length(65535, true);
	check_length(65536, true);
	check_length(65537, true);
	check_length(131072, true);
}

static void
blanks_are_no_object(void)
{
	size_t len = FRAMER_MAX_LEN * 2;
	char *data = malloc(len + 2);
	struct stream s;
	struct fault f = FAULT_INIT;
	int fd;

	memset(data, '\n', len);
	overwrite(data + len, "{}");
	fd = open_data(data, len + 2);
	stream_open(&s, fd, "x");
	CHECK(stream_next(&s, true, &f) == STREAM_OBJECT);
	CHECK(s.line == len + 1);
	CHECK(stream_next(&s, true, &f) == STREAM_END);
	stream_release(&s);
	(void)close(fd);
	free(data);
}

static void
waits_only_if_it_may(void)
{
	struct stream s;
	struct fault f = FAULT_INIT;
	int fd[2];

	CHECK(pipe(fd) == 0);
	stream_open(&s, fd[0], "x");
	CHECK(stream_next(&s, false, &f) == STREAM_WAIT);
	CHECK(write(fd[1], "{}{\"a\":", 7) == 7);
	CHECK(stream_next(&s, false, &f) == STREAM_OBJECT);
	CHECK(stream_next(&s, false, &f) == STREAM_WAIT);
	CHECK(stream_next(&s, false, &f) == STREAM_WAIT);
	CHECK(write(fd[1], "1}", 2) == 2);
	CHECK(stream_next(&s, false, &f) == STREAM_OBJECT);
	CHECK(s.len == 7 && memcmp(s.text, "{\"a\":1}", 7) == 0);
	CHECK(close(fd[1]) == 0);
	CHECK(stream_next(&s, false, &f) == STREAM_END);
	stream_release(&s);
	(void)close(fd[0]);
}

static void
what_cannot_be_read(void)
{
	struct stream s;
	struct fault f = FAULT_INIT;
	int fd = open("/", O_RDONLY);

	stream_open(&s, fd, "directory");
	CHECK(stream_next(&s, true, &f) == STREAM_FAILED);
	CHECK(f.status == STATUS_IO);
	CHECK(strncmp(f.message, "directory: ", 8) == 0);
	stream_release(&s);
	(void)close(fd);
}

int
main(void)
{
	RUN(where_objects_are);
	RUN(nul_bytes);
	RUN(lengths);
	RUN(blanks_are_no_object);
	RUN(waits_only_if_it_may);
	RUN(what_cannot_be_read);
	return check_done();
}
