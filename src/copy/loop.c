/*
 * The loops that move a file as messages, for mechanisms without loops of their
 * own.
 */
#include "copy/loop.h"

#include <errno.h>
#include <inttypes.h>

#include "base/hot.h"
#include "base/stop.h"

/*
 * Explains why a file could not be read or written. EFAULT means that the
 * buffer lies in a region that was cut short.
 */
static int file_failed(struct tr *tr, int rc, const char *verb,
		       const char *path)
{
	if (rc == -ECANCELED)
		return rc;
	if (rc == -EFAULT)
		return err_say(
			tr->err, EFAULT,
			"the shared region was cut short while it was mapped");
	return err_code(tr->err, rc, "cannot %s %s", verb, path);
}

HOT int loop_send(struct tr *tr, struct input *in, struct copy_side *side,
		  struct hash *h)
{
	const struct transport *ops = tr->ops;
	uint64_t moved = 0, len = in->len;
	void *buf;
	ssize_t n;
	int rc;

	/* do not go beyond the offered length, however fast the file grows */
	while (moved < len) {
		rc = ops->lend(tr, &buf);
		if (rc < 0)
			return rc;
		n = input_read(in, buf,
			       len - moved < tr->msg_bytes
				       ? (size_t)(len - moved)
				       : tr->msg_bytes,
			       side);
		if (n < 0)
			return file_failed(tr, (int)n, "read", in->path);
		if (h)
			hash_add(h, buf, (size_t)n);
		rc = ops->send(tr, (size_t)n);
		tr->ended = n == 0;
		if (rc < 0 || n == 0)
			return rc;
		moved += (uint64_t)n;
		atomic_store_explicit(&side->moved_bytes, moved,
				      memory_order_relaxed);
		/*
		 * a side that never blocks would otherwise miss a stop request
		 */
		if (stop_requested())
			return -ECANCELED;
	}
	return 0;
}

static int say_surplus(struct tr *tr, struct copy_side *side)
{
	return err_say(tr->err, EPROTO,
		       "the server sends more than the %" PRIu64
		       " bytes it offered",
		       atomic_load(&side->length));
}

HOT int loop_receive(struct tr *tr, struct output *out, struct copy_side *side,
		     struct hash *h)
{
	const struct transport *ops = tr->ops;
	uint64_t moved = 0, len = atomic_load(&side->length);
	const void *buf;
	ssize_t n;
	int rc;

	while (moved < len) {
		n = ops->receive(tr, &buf);
		tr->ended = n == 0;
		if (n <= 0)
			return (int)n;
		rc = output_write(out, buf, (size_t)n, side);
		if (rc < 0)
			return file_failed(tr, rc, "write", out->path);
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
	return moved > len ? say_surplus(tr, side) : 0;
}

int loop_ended(struct tr *tr, struct copy_side *side)
{
	ssize_t n = tr_more(tr);

	return n > 0 ? say_surplus(tr, side) : (int)n;
}
