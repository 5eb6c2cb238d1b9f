/*
 * Addresses of foreign systems: "scheme:rest" or "scheme:rest?key=value&…".
 */
#ifndef COMMON_TEXT_ADDRESS_H
#define COMMON_TEXT_ADDRESS_H

#include "common/base/cdefs.h"
#include "common/base/fault.h"

enum {
	ADDRESS_MAX = 1024,	/* bytes of an address */
	ADDRESS_PARAMETERS = 8, /* after the question mark */
};

struct address {
	char text[ADDRESS_MAX + 1]; /* what the pointers below point into */
	const char *scheme;	    /* [a-z][a-z0-9-]* */
	const char *rest;	    /* up to the question mark */
	struct {
		const char *key;
		const char *value; /* percent-decoded */
	} parameter[ADDRESS_PARAMETERS];
	int parameter_count;
};

/*
 * Take an address apart: scheme and rest alone, or with parameters too.
 * known, ending in NULL, are the parameters allowed; NULL: any.
 *
 * Fails with STATUS_CONFIG: no scheme, too long, unknown or repeated
 * parameter, parameter without '=', wrong percent-encoding.
 */
MUST_USE int address_parse(
    struct address *a, const char *text, struct fault *f);
MUST_USE int address_parse_parameters(
    struct address *a, const char *const known[], struct fault *f);

/* The value of a parameter, or standard if it is not given. */
const char *address_get(
    const struct address *a, const char *key, const char *standard);

#endif
