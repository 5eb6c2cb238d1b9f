/*
 * twofa-flow: the call itself.
 */
#include "cmd/twofa-flow/commands.h"

int
main(int argc, char *argv[])
{
	return flow_program(argc, argv);
}
