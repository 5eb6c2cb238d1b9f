#include "common/net/driver_program.h"

#include "common/base/prog.h"
#include "common/net/http.h"
#include "common/text/json.h"

#include <stdio.h>
#include <string.h>

static const struct driver_parameter of_all[] = {{"ca", NULL}, {"proxy", NULL}};

static int
parse_address(const struct driver_program *p, struct address *a,
    const char *rest, struct fault *f)
{
	const char *known[ADDRESS_PARAMETERS + 1];
	char text[ADDRESS_MAX + 2];
	size_t i, n = 0;

	for (i = 0; p->parameters[i].key != NULL; i++)
		known[n++] = p->parameters[i].key;
	for (i = 0; i < ARRAY_LEN(of_all); i++)
		known[n++] = of_all[i].key;
	known[n] = NULL;
	/* A text that is cut is still too long. */
	(void)snprintf(text, sizeof text, "%s:%s", p->scheme, rest);
	if (address_parse(a, text, f) == 0 &&
	    address_parse_parameters(a, known, f) == 0)
		return 0;
	f->status = STATUS_CONFIG;
	return -1;
}

static int
open_http(struct http **http, const struct address *a,
    const struct endpoint *to, struct fault *f)
{
	struct http_trust trust = HTTP_TRUST_INIT;
	const char *ca = address_get(a, "ca", NULL);
	const char *proxy = address_get(a, "proxy", NULL);
	int r = 0;

	/* Plain http, which is for tests, needs no certificates. */
	if (to->is_secure || ca != NULL || proxy != NULL)
		r = http_trust_load(&trust, ca, proxy, f);
	if (r == 0)
		r = http_new(http, &trust, f);
	http_trust_release(&trust);
	return r;
}

static void
tell_parameter(const struct address *a, const struct driver_parameter *p)
{
	const char *given = address_get(a, p->key, NULL);

	if (given == NULL && p->standard == NULL)
		prog_message(PROG_WARNING, "%s is not set", p->key);
	else
		prog_message(PROG_WARNING, "%s = %s (%s)", p->key,
		    given == NULL ? p->standard : given,
		    given == NULL ? "default" : "address");
}

/* --dry-run: of the secret where it is, not what it is. */
static void
tell_settings(const struct driver_program *p, const struct address *a,
    const struct endpoint *to)
{
	const char *reference = a->rest[0] == '\0' ? "environment" : a->rest;
	size_t i;

	prog_message(PROG_WARNING, "endpoint = %s://%s (%s)",
	    to->is_secure ? "https" : "http", to->host, reference);
	for (i = 0; p->parameters[i].key != NULL; i++)
		tell_parameter(a, &p->parameters[i]);
	for (i = 0; i < ARRAY_LEN(of_all); i++)
		tell_parameter(a, &of_all[i]);
}

static int
run(const struct driver_program *p, const char *rest, bool dry)
{
	struct fault f = FAULT_INIT;
	const struct endpoint *to;
	struct address address;
	struct http *http = NULL;
	int r;

	json_wipe_freed();
	r = parse_address(p, &address, rest, &f);
	if (r == 0)
		r = p->open(p->driver, &address, &to, &f);
	if (r == 0)
		r = open_http(&http, &address, to, &f);
	if (r == 0 && dry) {
		tell_settings(p, &address, to);
		http_free(http);
	} else if (r == 0) {
		r = serve(p->type, p->driver, http, &f);
	}
	p->close(p->driver);
	return r == 0 ? STATUS_OK : prog_fail(&f);
}

static bool
is_option(const char *word, const char *letter, const char *name)
{
	return strcmp(word, letter) == 0 || strcmp(word, name) == 0;
}

int
driver_program(const struct driver_program *p, int argc, char *argv[])
{
	const bool dry = argc > 1 && strcmp(argv[1], "--dry-run") == 0;
	const char *word = argc > 1 ? argv[1] : "";
	struct fault f = FAULT_INIT;

	prog_start(p->name);
	if (argc == 2 && is_option(word, "-h", "--help")) {
		(void)fputs(p->help, stdout);
		return prog_finish(STATUS_OK);
	}
	if (argc == 2 && is_option(word, "-V", "--version")) {
		(void)printf("%s (twofa) %s\n", p->name, TWOFA_VERSION);
		return prog_finish(STATUS_OK);
	}
	if (dry) {
		argc--;
		word = argc > 1 ? argv[2] : "";
	}
	if (argc > 2 || word[0] == '-') {
		(void)fault_set(&f, STATUS_USAGE,
		    "one argument, an address without %s:; see %s --help",
		    p->scheme, p->name);
		return prog_fail(&f);
	}
	return prog_finish(run(p, word, dry));
}
