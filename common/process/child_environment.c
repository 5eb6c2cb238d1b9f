/*
 * Variables that are not named here are not passed on: a connection string or
 * a proxy in the environment is only for the program that needs it.
 */
#include "common/process/child_environment.h"

#include "common/base/memory.h"

#include <ctype.h>
#include <string.h>

extern char **environ;

/* A name that ends in '*' matches all that begin so. */
static const char *const for_all[] = {
    "PATH", "HOME", "TMPDIR", "LANG", "LANGUAGE", "LC_*", "TZ", NULL};

static const char *const for_settings[] = {"TWOFA_*", "XDG_CONFIG_HOME",
    "XDG_STATE_HOME", "STATE_DIRECTORY", "CREDENTIALS_DIRECTORY", "SUDO_USER",
    NULL};

static const char *const for_secrets[] = {"USER", "LOGNAME", "DISPLAY",
    "WAYLAND_DISPLAY", "XAUTHORITY", "DBUS_SESSION_BUS_ADDRESS",
    "XDG_RUNTIME_DIR", "XDG_CONFIG_HOME", "XDG_DATA_HOME", "GNUPGHOME",
    "GPG_TTY", "SSH_AUTH_SOCK", "PASSWORD_STORE_DIR", NULL};

/* For a driver of the suite whose argument names no secret. */
static const struct {
	const char *driver;
	const char *const *names;
} for_drivers[] = {
    {"sms-acs",
	(const char *const[]){"COMMUNICATION_SERVICES_CONNECTION_STRING",
	    "AZURE_COMMUNICATION_CONNECTION_STRING", NULL}},
};

static bool
is_in(const char *const names[], const char *name, size_t len)
{
	size_t n;

	for (; *names != NULL; names++) {
		n = strlen(*names);
		if ((*names)[n - 1] == '*'
			? len >= n - 1 && strncmp(*names, name, n - 1) == 0
			: len == n && strncmp(*names, name, n) == 0)
			return true;
	}
	return false;
}

static bool
is_in_name(char c)
{
	return isalnum((unsigned char)c) != 0 || c == '_';
}

/*
 * Does text contain a reference to that name with the scheme, as "env:NAME"?
 * NULL: to any name.
 */
static bool
refers(const char *text, const char *scheme, const char *name, size_t len)
{
	const char *at = text, *behind;

	for (; (at = strstr(at, scheme)) != NULL; at = behind) {
		behind = at + strlen(scheme);
		if (at > text && (is_in_name(at[-1]) || at[-1] == '-'))
			continue;
		if (name == NULL ||
		    (strncmp(behind, name, len) == 0 &&
			!is_in_name(behind[len])))
			return true;
	}
	return false;
}

/* The same for all arguments. */
static bool
argument_refers(
    char *const argv[], const char *scheme, const char *name, size_t len)
{
	int i;

	for (i = 1; argv[i] != NULL; i++)
		if (refers(argv[i], scheme, name, len))
			return true;
	return false;
}

static bool
is_for_driver(char *const argv[], const char *name, size_t len)
{
	const char *slash = strrchr(argv[0], '/');
	const char *driver = slash == NULL ? argv[0] : slash + 1;
	size_t i;

	if (argv[1] != NULL && argv[1][0] != '\0' && argv[1][0] != '?')
		return false;
	for (i = 0; i < ARRAY_LEN(for_drivers); i++)
		if (strcmp(driver, for_drivers[i].driver) == 0 &&
		    is_in(for_drivers[i].names, name, len))
			return true;
	return false;
}

static bool
receives(enum child_kind kind, char *const argv[], const char *name, size_t len)
{
	static const char *const for_credentials[] = {
	    "CREDENTIALS_DIRECTORY", NULL};

	return kind == CHILD_FILTER || is_in(for_all, name, len) ||
	    (kind == CHILD_TRIGGER && is_in(for_settings, name, len)) ||
	    ((kind == CHILD_SECRET ||
		 argument_refers(argv, "command:", NULL, 0)) &&
		is_in(for_secrets, name, len)) ||
	    (is_in(for_credentials, name, len) &&
		argument_refers(argv, "credential:", NULL, 0)) ||
	    (kind == CHILD_DRIVER && is_for_driver(argv, name, len)) ||
	    argument_refers(argv, "env:", name, len);
}

char **
child_environment(enum child_kind kind, char *const argv[])
{
	size_t n = 0, i, kept = 0;
	char **out;

	while (environ != NULL && environ[n] != NULL)
		n++;
	out = memory_new(n + 1, sizeof *out);
	for (i = 0; i < n; i++)
		if (receives(kind, argv, environ[i], strcspn(environ[i], "=")))
			out[kept++] = environ[i];
	return out;
}
