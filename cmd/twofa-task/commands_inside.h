/*
 * What the commands share, and the functions of their filters; see filter.h.
 * Not for others.
 */
#ifndef CMD_TWOFA_TASK_COMMANDS_INSIDE_H
#define CMD_TWOFA_TASK_COMMANDS_INSIDE_H

#include "cmd/twofa-task/commands.h"

#define SHELL_TASK_ID "taskId"

/* Does the row that csv is on say something about that column's parameter? */
bool shell_row_sets(const struct shell *s, size_t column);

/*
 * Apply the assignments and, with_row, the row that csv is on; a PIN among them
 * gets a PINEntry.
 */
MUST_USE int shell_apply(
    struct shell *s, struct task *t, bool with_row, struct fault *f);

/* Open --csv FILE; its columns are names of parameters. */
MUST_USE int shell_open_csv(struct shell *s, struct fault *f);

MUST_USE int shell_new_open(
    void *self, struct settings *settings, size_t *window, struct fault *f);
MUST_USE int shell_new_produce(void *self, struct out *out, struct fault *f);

MUST_USE int shell_set_open(
    void *self, struct settings *settings, size_t *window, struct fault *f);
MUST_USE int shell_set_begin(void *self, struct item *item, struct fault *f);
MUST_USE int shell_set_finish(void *self, struct item *item, struct fault *f);
int shell_set_end(void *self);

MUST_USE int shell_get_open(
    void *self, struct settings *settings, size_t *window, struct fault *f);
MUST_USE int shell_get_begin(void *self, struct item *item, struct fault *f);
MUST_USE int shell_get_write(
    void *self, const struct item *item, struct buf *out, struct fault *f);

MUST_USE int shell_show_open(
    void *self, struct settings *settings, size_t *window, struct fault *f);
MUST_USE int shell_show_begin(void *self, struct item *item, struct fault *f);
MUST_USE int shell_show(
    void *self, const struct item *item, struct buf *out, struct fault *f);

#endif
