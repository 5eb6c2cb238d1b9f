/*
 * sms-acs: the driver for SMS by Azure Communication Services.
 */
#include "cmd/sms-acs/message.h"
#include "common/net/driver_program.h"
#include "common/settings/secret.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define API_VERSION "2026-01-23"

static const char help[] =
    "usage: sms-acs [--dry-run] [REFERENCE][?PARAMETER=VALUE&...]\n"
    "Driver for SMS by Azure Communication Services. It is started by\n"
    "twofa-sendpin -s acs:REFERENCE and reads requests on standard input.\n"
    "\n"
    "REFERENCE says where the connection string is: file:PATH,\n"
    "credential:NAME, command:PROGRAM or env:NAME; without it the variable\n"
    "COMMUNICATION_SERVICES_CONNECTION_STRING, else\n"
    "AZURE_COMMUNICATION_CONNECTION_STRING.\n"
    "\n"
    "  api-version=VERSION     of the service's interface (" API_VERSION ")\n"
    "  delivery-report=yes|no  ask for delivery reports (no)\n"
    "  ca=FILE                 PEM in place of the usual certificates\n"
    "  proxy=http://HOST:PORT  connect through it (none)\n"
    "\n"
    "      --dry-run           check and print all this, send nothing\n"
    "  -h, --help              this text\n"
    "  -V, --version           the version\n"
    "See sms-acs(1).\n";

static int
load_account(
    struct acs_account *account, const char *reference, struct fault *f)
{
	static const char *const variables[] = {
	    "env:COMMUNICATION_SERVICES_CONNECTION_STRING",
	    "env:AZURE_COMMUNICATION_CONNECTION_STRING"};
	struct buf text = BUF_INIT(SECRET_MAX);
	size_t i;
	int r;

	for (i = 0; i < ARRAY_LEN(variables) && reference[0] == '\0'; i++)
		if (getenv(variables[i] + 4) != NULL)
			reference = variables[i];
	if (reference[0] == '\0')
		return fault_set(f, STATUS_CONFIG,
		    "no connection string: give acs:file:PATH, or set %s",
		    variables[0] + 4);
	r = secret_load(reference, &text, f);
	if (r == 0) {
		r = acs_account_parse(account, buf_text(&text), f);
		if (r == -1)
			(void)fault_prefix(f, "connection string");
	}
	buf_release(&text);
	return r;
}

static int
wants_report(bool *out, const struct address *a, struct fault *f)
{
	const char *text = address_get(a, "delivery-report", "no");

	*out = strcmp(text, "yes") == 0;
	if (*out || strcmp(text, "no") == 0)
		return 0;
	return fault_set(
	    f, STATUS_CONFIG, "delivery-report is yes or no, not '%s'", text);
}

static int
set_version(struct acs_service *s, const char *version, struct fault *f)
{
	static const char allowed[] = "0123456789abcdefghijklmnopqrstuvwxyz"
				      "ABCDEFGHIJKLMNOPQRSTUVWXYZ.-";
	size_t len = strlen(version);

	if (len < 1 || len > ACS_VERSION_MAX || strspn(version, allowed) != len)
		return fault_set(f, STATUS_CONFIG,
		    "api-version is not a version: give one such "
		    "as " API_VERSION);
	(void)snprintf(
	    s->target, sizeof s->target, "/sms?api-version=%s", version);
	return 0;
}

static int
service_open(void *driver, const struct address *a, const struct endpoint **to,
    struct fault *f)
{
	struct acs_service *s = driver;

	*to = &s->account.endpoint;
	if (wants_report(&s->wants_report, a, f) == -1 ||
	    load_account(&s->account, a->rest, f) == -1)
		return -1;
	return set_version(s, address_get(a, "api-version", API_VERSION), f);
}

static void
service_close(void *driver)
{
	struct acs_service *s = driver;

	acs_account_wipe(&s->account);
}

int
main(int argc, char *argv[])
{
	static const struct driver_parameter parameters[] = {
	    {"api-version", API_VERSION}, {"delivery-report", "no"},
	    {NULL, NULL}};
	struct acs_service service = {.wants_report = false};
	const struct driver_program program = {.name = "sms-acs",
	    .scheme = "acs",
	    .help = help,
	    .parameters = parameters,
	    .type = &message_type,
	    .driver = &service,
	    .open = service_open,
	    .close = service_close};

	return driver_program(&program, argc, argv);
}
