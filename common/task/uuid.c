#include "common/task/uuid.h"

#include <sodium.h>
#include <stdint.h>
#include <stdio.h>

int
uuid_draw(char out[UUID_SIZE], struct fault *f)
{
	uint8_t b[16];

	if (sodium_init() == -1)
		return fault_set(f, STATUS_BUG, "libsodium does not start");
	randombytes_buf(b, sizeof b);
	b[6] = (uint8_t)((b[6] & 0x0f) | 0x40); /* version */
	b[8] = (uint8_t)((b[8] & 0x3f) | 0x80); /* variant */
	(void)snprintf(out, UUID_SIZE,
	    "%02x%02x%02x%02x-%02x%02x-%02x%02x-%02x%02x-"
	    "%02x%02x%02x%02x%02x%02x",
	    b[0], b[1], b[2], b[3], b[4], b[5], b[6], b[7], b[8], b[9], b[10],
	    b[11], b[12], b[13], b[14], b[15]);
	return 0;
}
