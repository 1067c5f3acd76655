/* Sends and receives messages through the second channel of a pair. */
#include "copy/dose_pass.h"

#include <errno.h>

#include "transport/transport.h"

/* The contents do not matter, so the buffer stays as it is. */
int pass_send(struct tr *second, size_t len)
{
	void *buf;
	int rc = second->ops->lend(second, &buf);

	return rc < 0 ? rc : second->ops->send(second, len);
}

int pass_take(struct tr *second, size_t len, size_t *ahead)
{
	const void *buf;
	ssize_t n;
	int rc = 0;

	for (; *ahead < len && rc == 0; *ahead += (size_t)n) {
		n = second->ops->receive(second, &buf);
		if (n <= 0)
			return n < 0 ? (int)n : -EPIPE;
		rc = second->ops->give_back(second);
	}
	*ahead -= rc == 0 ? len : 0;
	return rc;
}
