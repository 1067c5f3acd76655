/* The ring's errors. The other code of the ring is in ring.h. */
#include "transport/ring.h"

#include <errno.h>

int ring_refuse(struct tr *tr, uint32_t len)
{
	return err_say(
		tr->err, EPROTO,
		"the ring has a slot of %zu bytes that claims to hold %u bytes",
		tr->msg_bytes, len);
}
