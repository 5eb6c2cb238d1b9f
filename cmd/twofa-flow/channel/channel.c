#include "cmd/twofa-flow/channel/channel.h"

#include <signal.h>
#include <string.h>

static volatile sig_atomic_t hung_up;

const struct face *
channel_find(const char *name)
{
	static const struct face *const faces[] = {
	    &face_tty, &face_lines, &face_agi};
	size_t i;

	for (i = 0; i < ARRAY_LEN(faces); i++)
		if (strcmp(faces[i]->name, name) == 0)
			return faces[i];
	return NULL;
}

static void
note_hang_up(int number)
{
	(void)number;
	hung_up = 1;
}

void
channel_notice_hang_up(void)
{
	struct sigaction action = {.sa_handler = note_hang_up};

	/* Without SA_RESTART: a read that waits comes back. */
	(void)sigaction(SIGHUP, &action, NULL);
}

void
channel_notice_end(void)
{
	struct sigaction action = {.sa_handler = note_hang_up};

	(void)sigaction(SIGINT, &action, NULL);
	(void)sigaction(SIGTERM, &action, NULL);
}

void
channel_hang_up(void)
{
	hung_up = 1;
}

bool
channel_hung_up(void)
{
	return hung_up != 0;
}
