/*
 * The members of a workflow's JSON as data. Not for others.
 */
#ifndef CMD_TWOFA_FLOW_WORKFLOW_WORKFLOW_INSIDE_H
#define CMD_TWOFA_FLOW_WORKFLOW_WORKFLOW_INSIDE_H

#include "cmd/twofa-flow/workflow/workflow.h"
#include "common/text/json.h"

/* How the value of a member is read. */
enum member_form {
	FORM_NAME,    /* of a parameter */
	FORM_VALUE,   /* a text that a parameter can have */
	FORM_PLAIN,   /* a text for a person or a dialplan */
	FORM_TEXT,    /* a wording with parameters in it */
	FORM_AUDIO,   /* a wording of file names */
	FORM_SECONDS, /* 1 to WORKFLOW_MAX_SECONDS */
	FORM_COUNT,   /* 0 to WORKFLOW_MAX_COUNT, or "max_attempts" */
	FORM_DIGITS,  /* 1 to WORKFLOW_MAX_DIGITS, or the name of a setting */
	FORM_EXIT,    /* the name of an activity */
	FORM_CHOICES, /* an object: a key of the telephone: an activity */
	FORM_CASES,   /* an object: a value: an activity */
};

struct member_row {
	const char *name;
	enum member_form form;
	enum exit_kind exit; /* of FORM_EXIT, _CHOICES and _CASES */
	size_t offset;	     /* of the others: where in struct activity */
	unsigned types;	     /* a bit for each type that may have it */
	unsigned needed;     /* and for those that must */
};

enum {
	VALUE_MAX = 200, /* bytes of a value or of a place to transfer to */
};

extern const struct member_row member_rows[];
extern const size_t member_row_count;

/* The type of that name; ACTIVITY_TYPES: there is none. */
enum activity_type activity_type_find(const char *name);

/* --- values (workflow_value.c) -------------------------------------------- */

/* STATUS_CONFIG, "give WANTED". Returns -1. */
int workflow_bad(struct fault *f, const char *wanted);

/* A copy that the workflow owns; NULL and STATUS_IO without memory. */
MUST_USE const char *workflow_keep(
    struct workflow *w, const char *text, struct fault *f);

/* A name of an activity or a parameter? NULL is none. */
bool workflow_is_name(const char *text);
/* 1 to max bytes of UTF-8 without control characters? NULL is not. */
bool workflow_is_plain(const char *text, size_t max);

/* Each fails with STATUS_CONFIG, which says what form is wanted. */
MUST_USE int workflow_read_name(
    struct workflow *w, const char **out, const json_t *value, struct fault *f);
/* A name that is not one of the Flow parameters. */
MUST_USE int workflow_read_parameter(
    struct workflow *w, const char **out, const json_t *value, struct fault *f);
MUST_USE int workflow_read_plain(
    struct workflow *w, const char **out, const json_t *value, struct fault *f);
/* A plain text that sets something. */
MUST_USE int workflow_read_value(
    struct workflow *w, const char **out, const json_t *value, struct fault *f);
MUST_USE int workflow_read_wording(struct workflow *w, struct wording *out,
    json_t *value, bool is_audio, struct fault *f);
MUST_USE int workflow_read_number(unsigned *out, const json_t *value,
    unsigned min, unsigned max, struct fault *f);
/* FORM_COUNT or FORM_DIGITS: a number, or the name of a setting. */
MUST_USE int workflow_read_setting(const struct workflow *w,
    enum member_form form, unsigned *out, const json_t *value, struct fault *f);

#endif
