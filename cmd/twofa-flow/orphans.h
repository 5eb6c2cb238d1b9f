/*
 * What a child leaves running when it is killed or dies: its own children.
 */
#ifndef CMD_TWOFA_FLOW_ORPHANS_H
#define CMD_TWOFA_FLOW_ORPHANS_H

/*
 * From now on they become children of this program, not of init(8). Does
 * nothing where the system has no such thing.
 */
void orphans_adopt(void);

/*
 * Kill those that were adopted, and what they leave in turn; all children of
 * this program are taken for such. One that is another user's lives on.
 */
void orphans_kill(void);

#endif
