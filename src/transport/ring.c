/*
 * An error message of the ring. The ring's other common functions are in
 * ring.h.
 */
#include "transport/ring.h"

#include <errno.h>

int ring_refuse(struct tr *tr, uint32_t len)
{
	return err_say(
		tr->err, EPROTO,
		"the ring has a slot of %zu bytes that claims to hold %u bytes",
		tr->msg_bytes, len);
}
