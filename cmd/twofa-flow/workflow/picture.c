#include "cmd/twofa-flow/workflow/picture.h"

#include "common/base/plain.h"

#include <string.h>

enum shape {
	SHAPE_STEP,
	SHAPE_END,
	SHAPE_MISSING,
	SHAPES,
};

/* Where a picture goes; the first failure is kept and ends it. */
struct drawing {
	const struct workflow *w;
	const struct language *language;
	struct workflow_exit start; /* of the circle */
	bool missing;		    /* is there a dashed one? */
	struct buf *out;
	struct fault *f;
	int r;
};

struct language {
	const char *head, *tail, *line_break;
	const char *missing_tail;    /* when anything is missing */
	const char *start;	     /* its id; no activity has it */
	const char *id_mark[2];	     /* before and after a name */
	const char *node[SHAPES][2]; /* before and after a label */
	void (*put_byte)(struct drawing *d, char c);
	/* from NULL: the start */
	void (*put_edge)(
	    struct drawing *d, const char *from, const struct workflow_exit *e);
};

static void
put(struct drawing *d, const char *text)
{
	if (d->r == 0)
		d->r = buf_append_text(d->out, text, d->f);
}

static void
put_char(struct drawing *d, char c)
{
	if (d->r == 0)
		d->r = buf_append_char(d->out, c, d->f);
}

/* A text of the workflow, plain_character(). */
static void
put_text(struct drawing *d, const char *text)
{
	const char *end;
	bool plain;

	while (*text != '\0') {
		end = text + plain_character(text, &plain);
		if (!plain) {
			d->language->put_byte(d, '?');
			text = end;
		}
		while (text < end)
			d->language->put_byte(d, *text++);
	}
}

static void
put_id(struct drawing *d, const char *name)
{
	if (name == NULL) {
		put(d, d->language->start);
		return;
	}
	put(d, d->language->id_mark[0]);
	put(d, name);
	put(d, d->language->id_mark[1]);
}

static void
put_exit_label(struct drawing *d, const struct workflow_exit *e)
{
	if (e->kind == EXIT_CHOICE || e->kind == EXIT_CASE) {
		put(d, e->kind == EXIT_CHOICE ? "key " : "= ");
		put_text(d, e->key);
	} else {
		put(d, member_name(e->kind));
	}
}

/* --- Graphviz --------------------------------------------------------------
 */

/* A label has backslashes of its own, and entities of HTML. */
static void
put_dot_byte(struct drawing *d, char c)
{
	if (c == '"' || c == '\\')
		put_char(d, '\\');
	put_char(d, c);
	if (c == '&')
		put(d, "amp;");
}

static void
put_dot_edge(struct drawing *d, const char *from, const struct workflow_exit *e)
{
	put(d, "\t");
	put_id(d, from);
	put(d, " -> ");
	put_id(d, e->target);
	if (e->kind != EXIT_NEXT) {
		put(d, " [label=\"");
		put_exit_label(d, e);
		put(d, "\"]");
	}
	if (e->to == -1)
		put(d, " [color=red, style=dashed]");
	put(d, ";\n");
}

/* --- Mermaid ---------------------------------------------------------------
 */

/*
 * A character that says nothing to Mermaid, to Markdown and to HTML stands for
 * itself. No colon does: behind "style" it would undo an entity.
 */
static void
put_mermaid_byte(struct drawing *d, char c)
{
	static const char plain[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
				    "abcdefghijklmnopqrstuvwxyz"
				    "0123456789 _.,/=+-";

	if ((c & 0x80) != 0 || strchr(plain, c) != NULL)
		put_char(d, c);
	else if (d->r == 0)
		d->r = buf_printf(d->out, d->f, "#%d;", c);
}

static void
put_mermaid_edge(
    struct drawing *d, const char *from, const struct workflow_exit *e)
{
	put(d, "\t");
	put_id(d, from);
	put(d, e->to == -1 ? " -.->" : " -->");
	if (e->kind != EXIT_NEXT) {
		put(d, "|\"");
		put_exit_label(d, e);
		put(d, "\"|");
	}
	put(d, " ");
	put_id(d, e->target);
	put(d, "\n");
}

/* --- both -------------------------------------------------------------- */

/* A name alone could be a word of the language, such as end. */
static const struct language languages[] = {
    [GRAPH_DOT] = {.head = "digraph workflow {\n"
			   "\tnode [shape=box];\n"
			   "\t_start [shape=circle, label=\"start\"];\n",
	.tail = "}\n",
	.missing_tail = "",
	.line_break = "\\n",
	.start = "_start",
	.id_mark = {"\"", "\""},
	.node = {[SHAPE_STEP] = {" [label=\"", "\"];\n"},
	    [SHAPE_END] = {" [shape=ellipse, label=\"", "\"];\n"},
	    [SHAPE_MISSING] = {" [color=red, style=dashed, label=\"",
		"\"];\n"}},
	.put_byte = put_dot_byte,
	.put_edge = put_dot_edge},
    [GRAPH_MERMAID] = {.head = "flowchart TD\n"
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
	.put_edge = put_mermaid_edge},
};

/* What is in front of the second line of a label. */
static void
begin_node(struct drawing *d, const char *name, enum shape shape)
{
	put(d, "\t");
	put_id(d, name);
	put(d, d->language->node[shape][0]);
	put(d, name);
	put(d, d->language->line_break);
}

static void
draw_activity(struct drawing *d, const struct activity *a)
{
	bool ends = a->type->outcome != NULL;
	enum shape shape = ends ? SHAPE_END : SHAPE_STEP;
	const char *what = ends ? a->to : a->parameter;
	const struct trigger *t = NULL;

	if (a->type->saves)
		t = workflow_trigger(d->w, a->parameter);
	begin_node(d, a->name, shape);
	put(d, a->type->name);
	if (what != NULL) {
		put(d, ": ");
		put_text(d, what);
	}
	if (a->value != NULL) {
		put(d, " = ");
		put_text(d, a->value);
	}
	if (t != NULL) {
		put(d, d->language->line_break);
		put(d, "runs ");
		put_text(d, t->argv[0]);
	}
	put(d, d->language->node[shape][1]);
}

/* The first that leads there: the start, or an exit. */
static const struct workflow_exit *
first_to(const struct drawing *d, const char *target)
{
	const struct activity *a;
	size_t i, j;

	if (strcmp(d->start.target, target) == 0)
		return &d->start;
	for (i = 0; i < d->w->activity_count; i++) {
		a = &d->w->activities[i];
		for (j = 0; j < a->exit_count; j++)
			if (strcmp(a->exits[j].target, target) == 0)
				return &a->exits[j];
	}
	return NULL;
}

/* An activity that is not there, once. */
static void
draw_missing(struct drawing *d, const struct workflow_exit *e)
{
	if (e->to != -1 || first_to(d, e->target) != e)
		return;
	d->missing = true;
	begin_node(d, e->target, SHAPE_MISSING);
	put(d, "no such activity");
	put(d, d->language->node[SHAPE_MISSING][1]);
}

int
graph_draw(const struct workflow *w, enum graph_language language,
    struct buf *out, struct fault *f)
{
	struct drawing d = {.w = w,
	    .language = &languages[language],
	    .start = {EXIT_NEXT, NULL, w->start_name, w->start},
	    .out = out,
	    .f = f};
	const struct activity *a;
	size_t i, j;

	put(&d, d.language->head);
	for (i = 0; i < w->activity_count; i++)
		draw_activity(&d, &w->activities[i]);
	draw_missing(&d, &d.start);
	for (i = 0; i < w->activity_count; i++)
		for (a = &w->activities[i], j = 0; j < a->exit_count; j++)
			draw_missing(&d, &a->exits[j]);
	d.language->put_edge(&d, NULL, &d.start);
	for (i = 0; i < w->activity_count; i++)
		for (a = &w->activities[i], j = 0; j < a->exit_count; j++)
			d.language->put_edge(&d, a->name, &a->exits[j]);
	if (d.missing)
		put(&d, d.language->missing_tail);
	put(&d, d.language->tail);
	return d.r;
}
