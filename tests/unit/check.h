/*
 * A unit test is a program: a function per case, RUN() for each, and one line
 * of TAP a case on stdout.
 */
#ifndef TESTS_UNIT_CHECK_H
#define TESTS_UNIT_CHECK_H

#include <stdbool.h>
#include <stdio.h>
#include <string.h>

static int check_cases, check_failed_cases, check_failures;

static inline void
check_that(bool ok, const char *what, const char *file, int line)
{
	if (ok)
		return;
	check_failures++;
	printf("# %s:%d: %s\n", file, line, what);
}

static inline void
check_text(const char *got, const char *wanted, const char *file, int line)
{
	if (got == wanted ||
	    (got != NULL && wanted != NULL && strcmp(got, wanted) == 0))
		return;
	check_failures++;
	printf("# %s:%d: got    '%s'\n", file, line, got ? got : "(NULL)");
	printf(
	    "# %s:%d: wanted '%s'\n", file, line, wanted ? wanted : "(NULL)");
}

static inline void
check_run(void (*fn)(void), const char *name)
{
	check_failures = 0;
	fn();
	check_cases++;
	if (check_failures > 0)
		check_failed_cases++;
	printf("%s %d - %s\n", check_failures > 0 ? "not ok" : "ok",
	    check_cases, name);
}

static inline int
check_done(void)
{
	printf("1..%d\n", check_cases);
	return check_failed_cases > 0 ? 1 : 0;
}

#define CHECK(x) check_that((x), #x, __FILE__, __LINE__)
#define CHECK_TEXT(got, wanted) check_text((got), (wanted), __FILE__, __LINE__)
#define RUN(fn) check_run((fn), #fn)

#endif
