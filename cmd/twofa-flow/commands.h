/*
 * The commands of twofa-flow.
 */
#ifndef CMD_TWOFA_FLOW_COMMANDS_H
#define CMD_TWOFA_FLOW_COMMANDS_H

#include "common/settings/option.h"

/*
 * The whole program: the command is argv[1]. Prints messages. Returns the exit
 * status: return flow_program(argc, argv);
 */
int flow_program(int argc, char *argv[]);

#endif
