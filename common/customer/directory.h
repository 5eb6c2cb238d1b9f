/*
 * Customer directories: which number belongs to an identifier?
 *
 *	csv:FILE	  RFC 4180 with a header
 *	sqlite:FILE	  a table Customers
 *	exec:PROGRAM ARG… a driver, twofa-driver(7)
 *	SCHEME:…	  the suite's driver directory-SCHEME
 *
 * csv and sqlite read the columns Number and SMSNumber; parameters name
 * others: sqlite:FILE?table=T&identifier=C&number=C.
 *
 * Nothing is ever written to a directory.
 */
#ifndef COMMON_CUSTOMER_DIRECTORY_H
#define COMMON_CUSTOMER_DIRECTORY_H

#include "common/base/cdefs.h"
#include "common/base/fault.h"
#include "common/settings/settings.h"
#include "common/text/address.h"

#include <stdbool.h>
#include <stddef.h>

enum {
	DIRECTORY_NUMBER_SIZE = 64,
	DIRECTORY_DETAIL_SIZE = 256,
	DIRECTORY_LIST_SIZE = 160,
};

enum directory_outcome {
	DIRECTORY_FOUND,      /* exactly one; number is set */
	DIRECTORY_NOT_FOUND,  /* none */
	DIRECTORY_NOT_UNIQUE, /* two or more */
	DIRECTORY_TEMPORARY,  /* no answer; later there may be one */
	DIRECTORY_PERMANENT,  /* no answer, and there will be none */
};

struct directory_query {
	const char *customer; /* in: valid by identifier_is_valid(); borrowed */
	enum directory_outcome outcome;
	char number[DIRECTORY_NUMBER_SIZE]; /* not checked; may be cut */
	char detail[DIRECTORY_DETAIL_SIZE]; /* why there is no answer */
};

struct directory;

/*
 * Open a directory by its address. Fails with STATUS_CONFIG (no such scheme,
 * file, table, column or driver; a CSV file that is malformed), STATUS_IO.
 */
MUST_USE int directory_open(struct directory **out, const char *address,
    const struct request_settings *settings, struct fault *f);

/* Start a driver, which otherwise the first query does; for --dry-run. */
MUST_USE int directory_start(struct directory *d, struct fault *f);

/*
 * Answer n queries: set the outcome of each. Fails only when no query can be
 * answered (STATUS_CONFIG: a driver does not start).
 */
MUST_USE int directory_find(
    struct directory *d, struct directory_query *q, size_t n, struct fault *f);

void directory_close(struct directory *d);

/* Exactly that many ASCII digits, and nothing else. */
bool identifier_is_valid(const char *text, unsigned long digits);

/* --- for the backends ----------------------------------------------------- */

struct directory_backend {
	const char *scheme;
	/* The names allowed, ending in NULL; NULL: they are left in rest. */
	const char *const *parameters;
	/* address is borrowed until close. */
	int (*open)(void **state, const struct address *address,
	    const struct request_settings *settings, struct fault *f);
	int (*start)(void *state, struct fault *f); /* NULL: nothing to do */
	int (*find)(
	    void *state, struct directory_query *q, size_t n, struct fault *f);
	void (*close)(void *state);
};

extern const struct directory_backend directory_csv;
extern const struct directory_backend directory_sqlite;
extern const struct directory_backend directory_driver;

/* There is a match: the first makes it FOUND, the second NOT_UNIQUE. */
void directory_match(struct directory_query *q, const char *number);

/* There is no answer, and why. */
void directory_fail(struct directory_query *q, enum directory_outcome outcome,
    const char *detail);

/* Add a name to the list for a message; it ends in "..." when it is full. */
void directory_list(char list[DIRECTORY_LIST_SIZE], const char *name);

/* csv: and sqlite: name their columns by these parameters. */
#define DIRECTORY_TABLE "Customers"
#define DIRECTORY_IDENTIFIER "Number"
#define DIRECTORY_NUMBER "SMSNumber"

#endif
