/*
 * Exit statuses of the suite, after sysexits(3). One table for all programs;
 * twofa(7) explains it to the user.
 */
#ifndef COMMON_BASE_STATUS_H
#define COMMON_BASE_STATUS_H

enum status {
	STATUS_OK = 0,		/* ran, every answer is yes */
	STATUS_NO = 1,		/* ran, some answer is no */
	STATUS_USAGE = 64,	/* wrong command line */
	STATUS_DATA = 65,	/* malformed task */
	STATUS_SERVICE = 69,	/* refused for good by a service */
	STATUS_BUG = 70,	/* something that cannot happen did */
	STATUS_IO = 74,		/* reading or writing failed */
	STATUS_TEMPORARY = 75,	/* temporary: safe to repeat */
	STATUS_PERMISSION = 77, /* file owner or mode unsafe */
	STATUS_CONFIG = 78,	/* wrong configuration */
};

/*
 * Of two statuses that occurred in one run, the one to exit with: the first
 * of 70, 74, 78, 77, 75, 69, 65, 1, 0. Any other value counts as 70.
 */
int status_worse(int a, int b);

#endif
