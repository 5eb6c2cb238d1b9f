/*
 * twofa-flow: the call itself. What its commands do stands in common/call.
 */
#include "common/call/call.h"

int
main(int argc, char *argv[])
{
	return call_program(argc, argv);
}
