/*
 * The whole of a driver that speaks HTTP: options, address, certificates and
 * proxy, --dry-run, and the protocol of twofa-driver(7). A driver says what is
 * its own.
 */
#ifndef COMMON_NET_DRIVER_PROGRAM_H
#define COMMON_NET_DRIVER_PROGRAM_H

#include "common/net/requests.h"
#include "common/text/address.h"

/* A parameter of the address. */
struct driver_parameter {
	const char *key;
	const char *standard; /* NULL: it is not set */
};

struct driver_program {
	const char *name;   /* "sms-acs" */
	const char *scheme; /* of its addresses: "acs" */
	const char *help;
	/* A NULL behind the last; ca and proxy are every driver's. */
	const struct driver_parameter *parameters;
	const struct request_type *type;
	void *driver;
	/*
	 * Open the driver; its service is at *to, which is the driver's. Fails
	 * with the statuses of prog.h.
	 */
	int (*open)(void *driver, const struct address *address,
	    const struct endpoint **to, struct fault *f);
	/* Wipe and release, also what open() left when it failed. */
	void (*close)(void *driver);
};

/* Returns the exit status: return driver_program(...); */
int driver_program(const struct driver_program *p, int argc, char *argv[]);

#endif
