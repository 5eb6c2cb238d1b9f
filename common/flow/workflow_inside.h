/*
 * The members of a workflow's JSON as data. Not for others.
 */
#ifndef COMMON_FLOW_WORKFLOW_INSIDE_H
#define COMMON_FLOW_WORKFLOW_INSIDE_H

#include "common/flow/workflow.h"

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

extern const struct member_row member_rows[];
extern const size_t member_row_count;

/* The type of that name; ACTIVITY_TYPES: there is none. */
enum activity_type activity_type_find(const char *name);

#endif
