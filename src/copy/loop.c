/* The loops that move a file through a channel, the same for every one. */
#include "copy/loop.h"

#include <errno.h>

#include "base/stop.h"

int loop_send(struct tr *tr, struct input *in, struct copy_side *side,
	      struct hash *h)
{
	const struct transport *ops = tr->ops;
	uint64_t moved = 0;
	void *buf;
	ssize_t n;
	int rc;

	do {
		rc = ops->lend(tr, &buf);
		if (rc < 0)
			return rc;
		n = input_read(in, buf, tr->msg_bytes, side);
		if (n < 0)
			return n == -ECANCELED
				       ? -ECANCELED
				       : err_code(tr->err, (int)n,
						  "cannot read %s", in->path);
		if (h)
			hash_add(h, buf, (size_t)n);
		rc = ops->send(tr, (size_t)n);
		if (rc < 0)
			return rc;
		moved += (uint64_t)n;
		atomic_store_explicit(&side->moved_bytes, moved,
				      memory_order_relaxed);
		/* who never has to wait would never look at it otherwise */
		if (n > 0 && stop_requested())
			return -ECANCELED;
		/* a file that grows faster than we copy would never end */
	} while (n > 0 && moved <= in->len);
	return 0;
}

int loop_receive(struct tr *tr, struct output *out, struct copy_side *side,
		 struct hash *h)
{
	const struct transport *ops = tr->ops;
	uint64_t moved = 0;
	const void *buf;
	ssize_t n;
	int rc;

	while ((n = ops->receive(tr, &buf)) > 0) {
		rc = output_write(out, buf, (size_t)n, side);
		if (rc < 0)
			return rc == -ECANCELED
				       ? rc
				       : err_code(tr->err, rc,
						  "cannot write %s", out->path);
		if (h)
			hash_add(h, buf, (size_t)n);
		rc = ops->give_back(tr);
		if (rc < 0)
			return rc;
		moved += (uint64_t)n;
		atomic_store_explicit(&side->moved_bytes, moved,
				      memory_order_relaxed);
		if (stop_requested())
			return -ECANCELED;
	}
	return (int)n;
}
