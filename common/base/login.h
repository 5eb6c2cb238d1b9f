/*
 * Who runs the program, for records that somebody will read later.
 */
#ifndef COMMON_BASE_LOGIN_H
#define COMMON_BASE_LOGIN_H

enum {
	LOGIN_SIZE = 256, /* with the NUL; a longer name is cut */
};

/*
 * The login of the real user; run by root under sudo that of SUDO_USER; of a
 * user without a login the user's number. Bytes that are not printable ASCII
 * become '?'. SUDO_USER counts for root only: everybody else could write
 * anything into it.
 *
 * Asks the system's user database, which may take a while: call it only when
 * something is going to be recorded.
 */
void login_name(char out[LOGIN_SIZE]);

#endif
