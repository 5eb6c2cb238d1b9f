/*
 * By Landlock, which Linux has since 5.13: what is not allowed is refused. It
 * restricts neither the network nor descriptors that are open already.
 */
#include "common/process/fence.h"

#include "common/text/address.h"

#include <errno.h>
#include <fcntl.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>
#ifdef __linux__
#include <sys/prctl.h>
#endif

/* A sanitizer build reads /proc and writes reports. */
#if defined(__linux__) && !defined(TWOFA_SANITIZED)

/* The system's numbers and structures, which older headers lack. */
#ifndef SYS_landlock_create_ruleset
#define SYS_landlock_create_ruleset 444
#define SYS_landlock_add_rule 445
#define SYS_landlock_restrict_self 446
#endif

enum {
	CREATE_RULESET_VERSION = 1,
	RULE_PATH_BENEATH = 1,
	SECCOMP_FILTERS = 2,
	/* Access to a file or directory; later versions know more kinds. */
	EXECUTE = 1 << 0,
	WRITE_FILE = 1 << 1,
	READ_FILE = 1 << 2,
	READ_DIR = 1 << 3,
	OF_VERSION_1 = (1 << 13) - 1,
	OF_VERSION_2 = (1 << 14) - 1, /* moving to another directory */
	OF_VERSION_3 = (1 << 15) - 1, /* truncating */
	OF_VERSION_5 = (1 << 16) - 1, /* ioctl of devices */
	OF_FILES = EXECUTE | WRITE_FILE | READ_FILE,
	PROGRAM = EXECUTE | READ_FILE | READ_DIR,
	READ = READ_FILE | READ_DIR,
};

struct ruleset {
	uint64_t handled_fs;
};

struct path_beneath {
	uint64_t allowed;
	int32_t fd;
} __attribute__((packed));

/*
 * What a program needs to run, to resolve names and to check certificates. Of
 * /etc nothing else: the key may be there.
 */
static const char *const programs[] = {"/usr", "/bin", "/sbin", "/lib",
    "/lib32", "/lib64", "/libx32", "/nix/store", "/gnu/store", NULL};

/* Those in /run are where /etc/resolv.conf may lead. */
static const char *const directories[] = {"/etc/alternatives", "/etc/ssl",
    "/etc/pki", "/etc/ca-certificates", "/etc/crypto-policies", "/etc/gnutls",
    "/var/lib/ca-certificates", "/run/systemd/resolve", "/run/resolvconf",
    "/run/NetworkManager", NULL};

/* fips_enabled says which algorithms OpenSSL may use. */
static const char *const files[] = {"/etc/ld.so.cache", "/etc/ld.so.preload",
    "/etc/ld-musl-x86_64.path", "/etc/localtime", "/etc/nsswitch.conf",
    "/etc/host.conf", "/etc/hosts", "/etc/resolv.conf", "/etc/gai.conf",
    "/etc/services", "/etc/protocols", "/etc/passwd", "/etc/group",
    "/proc/sys/crypto/fips_enabled", "/dev/urandom", "/dev/random", NULL};

static const struct {
	const char *const *paths;
	unsigned allowed;
} rules[] = {
    {.paths = programs, .allowed = PROGRAM},
    {.paths = directories, .allowed = READ},
    {.paths = files, .allowed = READ_FILE},
    {.paths = (const char *const[]){"/dev/null", NULL},
	.allowed = READ_FILE | WRITE_FILE},
};

/* A path that does not exist needs no rule. */
static void
allow(int fence, const char *path, unsigned allowed)
{
	struct path_beneath rule = {allowed, -1};
	bool is_dir;

	rule.fd = open(path, O_PATH | O_CLOEXEC | O_DIRECTORY);
	is_dir = rule.fd != -1;
	if (!is_dir)
		rule.fd = open(path, O_PATH | O_CLOEXEC);
	if (rule.fd == -1)
		return;
	if (!is_dir)
		rule.allowed &= OF_FILES;
	/* A directory where a file is expected is a mistake: not allowed. */
	if (!is_dir || (allowed & READ_DIR) != 0)
		(void)syscall(
		    SYS_landlock_add_rule, fence, RULE_PATH_BENEATH, &rule, 0);
	(void)close(rule.fd);
}

/* What the driver's address may name: file:PATH, credential:NAME, a path. */
static void
allow_reference(int fence, const char *reference)
{
	const char *dir = getenv("CREDENTIALS_DIRECTORY");
	char path[ADDRESS_MAX + 4096];

	if (strncmp(reference, "file:", 5) == 0)
		allow(fence, reference + 5, READ_FILE);
	else if (strncmp(reference, "credential:", 11) == 0 && dir != NULL &&
	    snprintf(path, sizeof path, "%s/%s", dir, reference + 11) <
		(int)sizeof path)
		allow(fence, path, READ_FILE);
	else
		allow(fence, reference, READ_FILE);
}

static void
allow_named(int fence, const char *rest)
{
	struct address a;
	struct fault ignored = FAULT_INIT;
	char text[ADDRESS_MAX + 1];
	int i;

	if (snprintf(text, sizeof text, "driver:%s", rest) >=
		(int)sizeof text ||
	    address_parse(&a, text, &ignored) == -1 ||
	    address_parse_parameters(&a, NULL, &ignored) == -1)
		return;
	if (a.rest[0] != '\0')
		allow_reference(fence, a.rest);
	for (i = 0; i < a.parameter_count; i++)
		allow_reference(fence, a.parameter[i].value);
}

/*
 * A seccomp filter may kill a process for a system call that it does not know:
 * a child tries it.
 */
static bool
may_ask(void)
{
	int status;
	pid_t pid;

	if (prctl(PR_GET_SECCOMP, 0, 0, 0, 0) != SECCOMP_FILTERS)
		return true;
	pid = fork();
	if (pid == 0)
		_exit(syscall(SYS_landlock_create_ruleset, NULL, 0,
			  CREATE_RULESET_VERSION) > 0
			? 0
			: 1);
	if (pid == -1)
		return false;
	while (waitpid(pid, &status, 0) == -1)
		if (errno != EINTR)
			return false;
	return WIFEXITED(status) && WEXITSTATUS(status) == 0;
}

static int
make_empty(void)
{
	static const uint64_t handled[] = {0, OF_VERSION_1, OF_VERSION_2,
	    OF_VERSION_3, OF_VERSION_3, OF_VERSION_5};
	struct ruleset set;
	long version;

	if (!may_ask())
		return -1;
	version = syscall(
	    SYS_landlock_create_ruleset, NULL, 0, CREATE_RULESET_VERSION);
	if (version < 1)
		return -1;
	if (version >= (long)ARRAY_LEN(handled))
		version = (long)ARRAY_LEN(handled) - 1;
	set.handled_fs = handled[version];
	return (int)syscall(SYS_landlock_create_ruleset, &set, sizeof set, 0);
}

int
fence_make(char *const argv[])
{
	const char *slash = strrchr(argv[0], '/');
	const char *const *path;
	char dir[4096];
	size_t i;
	int fence;

	if (argv[1] != NULL && strstr(argv[1], "command:") != NULL)
		return -1;
	fence = make_empty();
	if (fence == -1)
		return -1;
	for (i = 0; i < ARRAY_LEN(rules); i++)
		for (path = rules[i].paths; *path != NULL; path++)
			allow(fence, *path, rules[i].allowed);
	if (slash != NULL &&
	    snprintf(dir, sizeof dir, "%.*s", (int)(slash - argv[0]), argv[0]) <
		(int)sizeof dir)
		allow(fence, dir, PROGRAM);
	if (argv[1] != NULL)
		allow_named(fence, argv[1]);
	return fence;
}

int
fence_enter(int fence)
{
	if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) == -1)
		return -1;
	return (int)syscall(SYS_landlock_restrict_self, fence, 0);
}

#else

int
fence_make(char *const argv[])
{
	(void)argv;
	return -1;
}

int
fence_enter(int fence)
{
	(void)fence;
	return 0;
}

#endif
