/*
 * Parameters in an array, and a workflow with one activity of everything.
 */
#ifndef TESTS_UNIT_FLOW_FIXTURE_H
#define TESTS_UNIT_FLOW_FIXTURE_H

#include "cmd/twofa-flow/workflow/engine.h"
#include "tests/unit/check.h"

#include <stdlib.h>

enum {
	MAX_PAIRS = 16,
	NOW_S = 1000000,
};

static const struct workflow_settings settings = {
    .identifier_digits = 6, .pin_digits = 4, .max_attempts = 3};

struct pairs {
	char name[MAX_PAIRS][32], value[MAX_PAIRS][64];
	char text[512]; /* of pairs_text() */
	bool fixed;	/* setting is a failure of the test */
};

static inline int
pairs_find(const struct pairs *p, const char *name)
{
	int i;

	for (i = 0; i < MAX_PAIRS; i++)
		if (strcmp(p->name[i], name) == 0)
			return i;
	return -1;
}

static inline const char *
pairs_get(void *self, const char *name)
{
	struct pairs *p = self;
	int i = pairs_find(p, name);

	return i == -1 ? NULL : p->value[i];
}

static inline void
pairs_set(void *self, const char *name, const char *value)
{
	struct pairs *p = self;
	int i = pairs_find(p, name);

	if (i == -1)
		i = pairs_find(p, "");
	CHECK(!p->fixed && i != -1);
	if (i == -1)
		return;
	(void)snprintf(p->name[i], sizeof p->name[i], "%.31s", name);
	(void)snprintf(p->value[i], sizeof p->value[i], "%.63s", value);
}

static inline void
pairs_remove(void *self, const char *name)
{
	struct pairs *p = self;
	int i = pairs_find(p, name);

	if (i != -1)
		p->name[i][0] = '\0';
}

static inline struct parameters
parameters_of(struct pairs *p)
{
	return (struct parameters){p, pairs_get, pairs_set, pairs_remove};
}

/* From "A=1,B=2". */
static inline void
pairs_fill(struct pairs *p, const char *text)
{
	char word[96];
	size_t len;

	*p = (struct pairs){.fixed = false};
	for (; *text != '\0'; text += len + (text[len] == ',')) {
		char *equals;

		len = strcspn(text, ",");
		(void)snprintf(word, sizeof word, "%.*s", (int)len, text);
		equals = strchr(word, '=');
		*equals = '\0';
		pairs_set(p, word, equals + 1);
	}
}

/* As "A=1,B=2", in the order of their places. */
static inline const char *
pairs_text(struct pairs *p)
{
	size_t len = 0;
	int i;

	p->text[0] = '\0';
	for (i = 0; i < MAX_PAIRS; i++)
		if (p->name[i][0] != '\0')
			len += (size_t)snprintf(p->text + len,
			    sizeof p->text - len, "%s%s=%s", len > 0 ? "," : "",
			    p->name[i], p->value[i]);
	return p->text;
}

/* One of everything. A name says where its exit leads. */
static const char everything[] =
    "{'start':'Accept','activities':{"
    "'Accept':{'type':'accept','next':'Menu'},"
    "'Menu':{'type':'input-customer','text':'?','retries':2,"
    "'choices':{'1':'One','*':'Star','#':'Hash'},'noResponse':'NoResponse'},"
    "'Collect':{'type':'collect-information','text':'?','parameter':'X',"
    "'digits':3,'retries':1,'choices':{'*':'Star','7':'One'},"
    "'next':'Next','noInput':'NoInput'},"
    "'Pin':{'type':'collect-information','text':'?','parameter':'PIN',"
    "'digits':'pin_digits','next':'Next','noInput':'NoInput'},"
    "'Twice':{'type':'collect-information','text':'?','parameter':'PIN',"
    "'digits':4,'max':2,'next':'Twice','noInput':'NoInput',"
    "'exceeded':'Exceeded'},"
    "'Save':{'type':'save-parameter','parameter':'X','value':'v',"
    "'next':'Next'},"
    "'Start':{'type':'save-parameter','parameter':'StartValidation',"
    "'value':'Yes','next':'Next'},"
    "'Customer':{'type':'save-parameter','parameter':'CustomerIdentifier',"
    "'value':'9','next':'Next'},"
    "'Wait':{'type':'wait-for-parameter','parameter':'W','seconds':30,"
    "'next':'Next','timeout':'Timeout','failure':'Failure'},"
    "'Ever':{'type':'wait-for-parameter','parameter':'W',"
    "'next':'Next','timeout':'Timeout','failure':'Failure'},"
    "'Check':{'type':'check-parameter','parameter':'C',"
    "'cases':{'Yes':'One','No':'Star'},'otherwise':'Otherwise'},"
    "'Say':{'type':'announcement','text':'!','max':2,'next':'Say',"
    "'exceeded':'Exceeded'},"
    "'Bare':{'type':'wait-for-parameter','parameter':'W','seconds':1},"
    "'Lost':{'type':'accept','next':'Nowhere'},"
    "'Max':{'type':'accept','max':1,'next':'Next'},"
    "'Queue':{'type':'queue'},'Transfer':{'type':'transfer','to':'x'},"
    "'Hang':{'type':'disconnect'},'One':{'type':'disconnect'},"
    "'Star':{'type':'disconnect'},'Hash':{'type':'disconnect'},"
    "'Next':{'type':'disconnect'},'NoResponse':{'type':'disconnect'},"
    "'NoInput':{'type':'disconnect'},'Timeout':{'type':'disconnect'},"
    "'Failure':{'type':'disconnect'},'Otherwise':{'type':'disconnect'},"
    "'Exceeded':{'type':'disconnect'}},"
    "'triggers':{'StartValidation':{'run':['x'],'sets':['S','StartValidation']}"
    ","
    "'PIN':{'run':['x'],'sets':['ValidationCheck']}}}";

static inline char *
json_of(const char *text)
{
	char *json = strdup(text), *at;

	for (at = json; at != NULL && *at != '\0'; at++)
		if (*at == '\'')
			*at = '"';
	return json;
}

static inline void
open_workflow(struct workflow *w, const char *text)
{
	struct fault f = FAULT_INIT;
	char *json = json_of(text);

	CHECK(workflow_parse(w, "w", json, strlen(json), &settings, &f) == 0);
	CHECK_TEXT(f.message, "");
	free(json);
}

static inline struct position
position_at(const struct workflow *w, const char *name, unsigned short visits,
    int64_t passed_s)
{
	struct position p = {.activity = workflow_find(w, name)};

	CHECK(p.activity != -1);
	p.visits[p.activity] = visits;
	p.since_s = NOW_S - passed_s;
	return p;
}

#endif
