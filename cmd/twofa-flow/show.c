/*
 * twofa-flow show: a built-in workflow, to write another one from.
 * twofa-flow graph: a picture of a workflow, which may still be wrong: an
 * activity that is named but does not exist is red and dashed.
 *
 * Any text of the workflow MUST be shown as it is, but for control characters,
 * and MUST NOT mean anything to the program that draws the picture.
 */
#include "cmd/twofa-flow/commands.h"

#include "common/base/plain.h"
#include "common/base/prog.h"
#include "cmd/twofa-flow/workflow_open.h"

#include <stdio.h>
#include <string.h>

int
flow_show(void *self, struct fault *f)
{
	const struct session *s = self;
	const struct settings *settings = s->settings;
	const char *name =
	    settings->operand_count > 0 ? settings->operands[0] : "call";
	const char *json = builtin_find(name);

	if (settings->operand_count > 1 || json == NULL)
		return fault_set(f, STATUS_USAGE,
		    "show: give call or desk; see %s --help", prog_name());
	(void)fputs(json, stdout);
	return 0;
}

/* --- pictures ------------------------------------------------------------- */

enum shape {
	SHAPE_STEP,
	SHAPE_END,
	SHAPE_MISSING,
	SHAPES,
};

struct language {
	const char *head, *tail, *line_break;
	const char *missing_tail;    /* before tail, when anything is missing */
	const char *start;	     /* its id; no activity has it */
	const char *id_mark[2];	     /* before and after a name */
	const char *node[SHAPES][2]; /* before and after a label */
	void (*put_byte)(char c);
	/* from NULL: the start */
	void (*put_edge)(const struct language *l, const char *from,
	    const struct workflow_exit *e);
};

static void
put(const char *text)
{
	(void)fputs(text, stdout);
}

/* A text of the workflow; '?' for what is not plain_character(). */
static void
put_text(const struct language *l, const char *text)
{
	const char *end;
	bool plain;

	while (*text != '\0') {
		end = text + plain_character(text, &plain);
		if (!plain) {
			l->put_byte('?');
			text = end;
		}
		while (text < end)
			l->put_byte(*text++);
	}
}

static void
put_id(const struct language *l, const char *name)
{
	put(name == NULL ? "" : l->id_mark[0]);
	put(name == NULL ? l->start : name);
	put(name == NULL ? "" : l->id_mark[1]);
}

static void
put_exit(const struct language *l, const struct workflow_exit *e,
    const char *before, const char *behind)
{
	if (e->kind == EXIT_NEXT)
		return;
	put(before);
	if (e->key == NULL) {
		put(member_name(e->kind));
	} else {
		put(e->kind == EXIT_CHOICE ? "key " : "= ");
		put_text(l, e->key);
	}
	put(behind);
}

/* --- Graphviz --- */

/* A label has backslash sequences of its own, and entities of HTML. */
static void
put_dot_byte(char c)
{
	if (c == '"' || c == '\\')
		(void)putchar('\\');
	(void)putchar(c);
	if (c == '&')
		put("amp;");
}

static void
put_dot_edge(
    const struct language *l, const char *from, const struct workflow_exit *e)
{
	put("\t");
	put_id(l, from);
	put(" -> ");
	put_id(l, e->target);
	put_exit(l, e, " [label=\"", "\"]");
	put(e->to == -1 ? " [color=red, style=dashed];\n" : ";\n");
}

/* --- Mermaid --- */

/*
 * Only a character that has no meaning in Mermaid, Markdown and HTML is written
 * as it is. A colon is not: behind "style" it would undo an entity.
 */
static void
put_mermaid_byte(char c)
{
	static const char plain[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
				    "abcdefghijklmnopqrstuvwxyz"
				    "0123456789 _.,/=+-";

	if ((c & 0x80) != 0 || strchr(plain, c) != NULL)
		(void)putchar(c);
	else
		(void)printf("#%d;", c);
}

static void
put_mermaid_edge(
    const struct language *l, const char *from, const struct workflow_exit *e)
{
	put("\t");
	put_id(l, from);
	put(e->to == -1 ? " -.->" : " -->");
	put_exit(l, e, "|\"", "\"|");
	put(" ");
	put_id(l, e->target);
	put("\n");
}

/* --- both --- */

/* Names have marks: one could be a keyword of the language, such as end. */
static const struct language dot = {
    .head = "digraph workflow {\n"
	    "\tnode [shape=box];\n"
	    "\t_start [shape=circle, label=\"start\"];\n",
    .tail = "}\n",
    .missing_tail = "",
    .line_break = "\\n",
    .start = "_start",
    .id_mark = {"\"", "\""},
    .node = {[SHAPE_STEP] = {" [label=\"", "\"];\n"},
	[SHAPE_END] = {" [shape=ellipse, label=\"", "\"];\n"},
	[SHAPE_MISSING] = {" [color=red, style=dashed, label=\"", "\"];\n"}},
    .put_byte = put_dot_byte,
    .put_edge = put_dot_edge,
};

static const struct language mermaid = {
    .head = "flowchart TD\n"
	    "\tstart((start))\n",
    .tail = "",
    .missing_tail = "\tclassDef missing stroke:red,stroke-dasharray:5\n",
    .line_break = "<br>",
    .start = "start",
    .id_mark = {"_", ""},
    .node = {[SHAPE_STEP] = {"[\"", "\"]\n"},
	[SHAPE_END] = {"([\"", "\"])\n"},
	[SHAPE_MISSING] = {"[\"", "\"]:::missing\n"}},
    .put_byte = put_mermaid_byte,
    .put_edge = put_mermaid_edge,
};

/* A node up to the second line of its label. */
static void
begin_node(const struct language *l, const char *name, enum shape shape)
{
	put("\t");
	put_id(l, name);
	put(l->node[shape][0]);
	put(name);
	put(l->line_break);
}

static void
draw_activity(const struct language *l, const struct workflow *w,
    const struct activity *a)
{
	bool ends = a->type->outcome != NULL;
	enum shape shape = ends ? SHAPE_END : SHAPE_STEP;
	const char *what = ends ? a->to : a->parameter;
	const struct trigger *t =
	    a->type->saves ? workflow_trigger(w, a->parameter) : NULL;

	begin_node(l, a->name, shape);
	put(a->type->name);
	if (what != NULL) {
		put(": ");
		put_text(l, what);
	}
	if (a->value != NULL) {
		put(" = ");
		put_text(l, a->value);
	}
	if (t != NULL) {
		put(l->line_break);
		put("runs ");
		put_text(l, t->argv[0]);
	}
	put(l->node[shape][1]);
}

/* The first exit that leads there; the start is the first of all. */
static const struct workflow_exit *
first_to(const struct workflow *w, const struct workflow_exit *start,
    const char *target)
{
	const struct activity *a;
	size_t i, j;

	if (strcmp(start->target, target) == 0)
		return start;
	for (i = 0; i < w->activity_count; i++)
		for (a = &w->activities[i], j = 0; j < a->exit_count; j++)
			if (strcmp(a->exits[j].target, target) == 0)
				return &a->exits[j];
	return NULL;
}

/* An activity that does not exist is drawn once, for the first exit to it. */
static bool
draw_missing(const struct language *l, const struct workflow *w,
    const struct workflow_exit *start, const struct workflow_exit *e)
{
	if (e->to != -1 || first_to(w, start, e->target) != e)
		return false;
	begin_node(l, e->target, SHAPE_MISSING);
	put("no such activity");
	put(l->node[SHAPE_MISSING][1]);
	return true;
}

/* First the activities, then the exits, in the order of the workflow. */
static void
draw(const struct language *l, const struct workflow *w)
{
	const struct workflow_exit start = {
	    .kind = EXIT_NEXT, .target = w->start_name, .to = w->start};
	const struct activity *a;
	bool missing;
	size_t i, j;

	put(l->head);
	for (i = 0; i < w->activity_count; i++)
		draw_activity(l, w, &w->activities[i]);
	missing = draw_missing(l, w, &start, &start);
	for (i = 0; i < w->activity_count; i++)
		for (a = &w->activities[i], j = 0; j < a->exit_count; j++)
			missing |= draw_missing(l, w, &start, &a->exits[j]);
	l->put_edge(l, NULL, &start);
	for (i = 0; i < w->activity_count; i++)
		for (a = &w->activities[i], j = 0; j < a->exit_count; j++)
			l->put_edge(l, a->name, &a->exits[j]);
	put(missing ? l->missing_tail : "");
	put(l->tail);
}

int
flow_graph(void *self, struct fault *f)
{
	struct session *s = self;
	const struct settings *settings = s->settings;
	const char *path;

	if (workflow_operand(&path, "graph", settings, f) == -1 ||
	    workflow_open(&s->workflow, settings, path, "call", f) == -1)
		return -1;
	draw(settings->flow.mermaid ? &mermaid : &dot, &s->workflow);
	return 0;
}
