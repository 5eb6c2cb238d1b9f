/*
 * sms-acs: the driver for SMS by Azure Communication Services.
 */
#include "common/base/prog.h"
#include "common/text/address.h"
#include "common/text/json.h"
#include "common/settings/secret.h"
#include "cmd/sms-acs/acs.h"
#include "cmd/sms-acs/acs_sender.h"
#include "common/net/http.h"
#include "common/net/http_trust.h"
#include "common/net/serve.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define API_VERSION "2026-01-23"

static const char hello[] =
    "{\"twofa\":1,\"kind\":\"sms\",\"repeat\":true,\"needs\":[\"from\"]}";

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

struct driver {
	struct address address;
	struct acs_account account;
	struct acs_sender sender;
	struct http_trust trust;
	struct http *http;
};

static int
parse_address(struct address *a, const char *rest, struct fault *f)
{
	static const char *const known[] = {
	    "api-version", "delivery-report", "ca", "proxy", NULL};
	struct buf text = BUF_INIT(ADDRESS_MAX);
	int r = -1;

	if (buf_append_text(&text, "acs:", f) == 0 &&
	    buf_append_text(&text, rest, f) == 0 &&
	    address_parse(a, text.data, f) == 0)
		r = address_parse_parameters(a, known, f);
	if (r == -1)
		f->status = STATUS_CONFIG;
	buf_release(&text);
	return r;
}

static int
load_account(
    struct acs_account *account, const char *reference, struct fault *f)
{
	static const char first[] = "COMMUNICATION_SERVICES_CONNECTION_STRING";
	static const char second[] = "AZURE_COMMUNICATION_CONNECTION_STRING";
	struct buf text = BUF_INIT(SECRET_MAX);
	int r = -1;

	if (reference[0] != '\0')
		r = secret_load(reference, &text, f);
	else if (getenv(first) != NULL)
		r = secret_load(
		    "env:COMMUNICATION_SERVICES_CONNECTION_STRING", &text, f);
	else if (getenv(second) != NULL)
		r = secret_load(
		    "env:AZURE_COMMUNICATION_CONNECTION_STRING", &text, f);
	else
		(void)fault_set(f, STATUS_CONFIG,
		    "no connection string: give acs:file:PATH, or set %s",
		    first);
	if (r == 0) {
		r = acs_account_parse(account, buf_text(&text), f);
		if (r == -1)
			fault_prefix(f, "connection string");
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
driver_open(struct driver *d, const char *rest, struct fault *f)
{
	const char *ca, *proxy;
	bool report;

	if (parse_address(&d->address, rest, f) == -1 ||
	    wants_report(&report, &d->address, f) == -1 ||
	    load_account(&d->account, d->address.rest, f) == -1)
		return -1;
	ca = address_get(&d->address, "ca", NULL);
	proxy = address_get(&d->address, "proxy", NULL);
	/* Plain http, which is for tests, needs no certificates. */
	if ((d->account.endpoint.is_secure || ca != NULL || proxy != NULL) &&
	    http_trust_load(&d->trust, ca, proxy, f) == -1)
		return -1;
	if (acs_sender_open(&d->sender, &d->account,
		address_get(&d->address, "api-version", API_VERSION), report,
		f) == -1 ||
	    http_new(&d->http, &d->trust, f) == -1)
		return -1;
	d->sender.http = d->http;
	return 0;
}

static void
tell_parameter(const struct address *a, const char *key, const char *standard)
{
	const char *given = address_get(a, key, NULL);

	if (given == NULL && standard == NULL)
		prog_message(PROG_WARNING, "%s is not set", key);
	else
		prog_message(PROG_WARNING, "%s = %s (%s)", key,
		    given == NULL ? standard : given,
		    given == NULL ? "default" : "address");
}

/* --dry-run: of the secret where it is, not what it is. */
static void
tell_settings(const struct driver *d)
{
	const struct endpoint *e = &d->sender.account.endpoint;
	const char *reference = d->address.rest;

	prog_message(PROG_WARNING, "endpoint = %s://%s (%s)",
	    e->is_secure ? "https" : "http", e->host,
	    reference[0] == '\0' ? "environment" : reference);
	tell_parameter(&d->address, "api-version", API_VERSION);
	tell_parameter(&d->address, "delivery-report", "no");
	tell_parameter(&d->address, "ca", NULL);
	tell_parameter(&d->address, "proxy", NULL);
}

static void
driver_release(struct driver *d)
{
	http_free(d->http);
	acs_sender_release(&d->sender);
	acs_account_wipe(&d->account);
	http_trust_release(&d->trust);
}

static int
run(struct driver *d, const char *rest, bool dry)
{
	struct fault f = FAULT_INIT;
	int r;

	json_wipe_freed();
	r = driver_open(d, rest, &f);
	if (r == 0 && dry)
		tell_settings(d);
	else if (r == 0)
		r = serve(&acs_sender_service, &d->sender, d->http, hello, &f);
	driver_release(d);
	return r == 0 ? STATUS_OK : prog_fail(&f);
}

static bool
is_option(const char *word, const char *letter, const char *name)
{
	return strcmp(word, letter) == 0 || strcmp(word, name) == 0;
}

int
main(int argc, char *argv[])
{
	struct driver d = {.trust = HTTP_TRUST_INIT};
	struct fault f = FAULT_INIT;
	const char *word = argc > 1 ? argv[1] : "";
	const bool dry = strcmp(word, "--dry-run") == 0;

	prog_start("sms-acs");
	if (argc == 2 && is_option(word, "-h", "--help")) {
		(void)fputs(help, stdout);
		return prog_finish(STATUS_OK);
	}
	if (argc == 2 && is_option(word, "-V", "--version")) {
		(void)puts("sms-acs (twofa) " TWOFA_VERSION);
		return prog_finish(STATUS_OK);
	}
	if (dry) {
		argc--;
		argv++;
		word = argc > 1 ? argv[1] : "";
	}
	if (argc > 2 || word[0] == '-') {
		(void)fault_set(&f, STATUS_USAGE,
		    "one argument, an address without acs:; see sms-acs "
		    "--help");
		return prog_fail(&f);
	}
	return prog_finish(run(&d, word, dry));
}
