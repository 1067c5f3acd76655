/*
 * The server's own pages go through a pipe into the output file, by vmsplice(2)
 * and splice(2).
 */
#include <errno.h>
#include <fcntl.h>

#include "base/fd.h"
#include "base/hot.h"
#include "transport/pages.h"
#include "transport/pipe_size.h"

/*
 * Fills one buffer and hands its pages over. Returns the number of bytes; 0 at
 * the end of the file.
 */
static ssize_t vmsplice_step(struct tr *tr, int in_fd, uint64_t max)
{
	size_t len = max < tr->msg_bytes ? (size_t)max : tr->msg_bytes;
	void *buf;
	ssize_t n;
	int rc = tr_pages_lend(tr, &buf);

	if (rc < 0)
		return rc;
	n = fd_read_some(in_fd, buf, len);
	if (n < 0 && n != -ECANCELED)
		return err_code(tr->err, (int)n, "cannot read the input file");
	if (n <= 0)
		return n;
	rc = tr_pages_send(tr, (size_t)n);
	return rc < 0 ? rc : n;
}

static int tr_vmsplice_splice_send_file(struct tr *tr, int in_fd,
					uint64_t len_bytes)
{
	return tr_send_steps(tr, in_fd, len_bytes, vmsplice_step);
}

/* Moves the pages into /dev/null, which is opened the first time. */
static HOT ssize_t tr_vmsplice_splice_discard(struct tr *tr)
{
	/* the client has no write end, so /dev/null is kept there */
	int *nothing = &tr->fd[TR_WRITE_END];

	if (*nothing < 0)
		*nothing = open("/dev/null", O_WRONLY | O_CLOEXEC);
	if (*nothing < 0)
		return tr_errno(tr, "cannot open /dev/null");
	return tr_pages_splice(tr, *nothing, tr->msg_bytes);
}

static const struct hop tr_vmsplice_splice_path[] = {
	{ "IN", "server", HOP_KERNEL, "read", 1 },
	{ "server", "channel", HOP_KERNEL, "vmsplice", 0 },
	{ "channel", "OUT", HOP_KERNEL, "splice", 1 },
	{ .from = NULL },
};

static const struct tr_param tr_vmsplice_splice_params[] = {
	TR_PARAM_SIZE(1 << 16), TR_PARAM_PIPE_CAPACITY, TR_PARAM_WAIT,
	TR_PARAM_SPIN,          { .name = NULL },
};

const struct transport tr_vmsplice_splice = {
	.name = "vmsplice-splice",
	.summary = "server's pages by pipe, vmsplice(2), splice(2)",
	.since = "2.6.17",
	.lifts = "capacity: sysctl -w fs.pipe-max-size=BYTES",
	.channel = TR_CHANNEL_PIPE,
	.family = TR_FAMILY_PAGES,
	.params = tr_vmsplice_splice_params,
	.priv_size = sizeof(struct page_pool),
	.path = tr_vmsplice_splice_path,
	.middle = "The server gives its pages to the pipe by reference, and "
		  "the client moves them on without looking at them. So the "
		  "pipe copies nothing. The output file needs pages of its "
		  "own, so moving the bytes out of the pipe copies them.",
	.reach = TR_REACH_DESCRIPTOR,
	.limits = tr_pipe_size_limits,
	.deepest = tr_pipe_size_deepest,
	.probe = tr_pipe_size_check,
	.create = tr_pages_create,
	.offer = tr_offer_read_end,
	.join = tr_take_read_end,
	.attach = tr_pages_attach,
	.lend = tr_pages_lend,
	.send = tr_pages_send,
	.discard = tr_vmsplice_splice_discard,
	.send_file = tr_vmsplice_splice_send_file,
	.recv_file = tr_pages_into_file,
	.close = tr_pages_close,
};
