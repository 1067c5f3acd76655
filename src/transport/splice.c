/* The file's own pages go through a pipe, by splice(2) at both ends. */
#include <errno.h>
#include <fcntl.h>
#include <poll.h>

#include "base/fd.h"
#include "transport/pages.h"
#include "transport/pipe_size.h"

static int from_file_failed(struct tr *tr, int rc)
{
	if (rc == -ECANCELED)
		return rc;
	if (rc == -EINVAL)
		return err_say(tr->err, EOPNOTSUPP,
			       "the input's file system does not give pages to "
			       "a pipe (splice: Invalid argument)");
	return err_code(tr->err, rc, "cannot splice from the input file");
}

/* Moves up to `max` bytes. Returns their number; 0 at the end of the file. */
static ssize_t splice_step(struct tr *tr, int in_fd, uint64_t max)
{
	size_t len = max < tr->msg_bytes ? (size_t)max : tr->msg_bytes;
	uint32_t looked = 0;
	ssize_t n;
	int rc;

	while ((n = splice(in_fd, NULL, tr->fd[TR_WRITE_END], NULL, len,
			   tr_pages_flags(tr))) < 0) {
		rc = fd_wait_for_try(tr->fd[TR_WRITE_END], POLLOUT, &tr->wait,
				     &looked);
		if (rc < 0)
			return from_file_failed(tr, rc);
	}
	return n;
}

static int tr_splice_send_file(struct tr *tr, int in_fd, uint64_t len_bytes)
{
	return tr_send_steps(tr, in_fd, len_bytes, splice_step);
}

static int tr_splice_attach(struct tr *tr)
{
	return tr_prepare_end(tr, tr->fd[TR_WRITE_END]);
}

static const struct hop tr_splice_path[] = {
	{ "IN", "channel", HOP_KERNEL, "splice", 0 },
	{ "channel", "OUT", HOP_KERNEL, "splice", 1 },
	{ .from = NULL },
};

static const struct tr_param tr_splice_params[] = {
	TR_PARAM_SIZE(1 << 16), TR_PARAM_PIPE_CAPACITY, TR_PARAM_WAIT,
	TR_PARAM_SPIN,          { .name = NULL },
};

const struct transport tr_splice = {
	.name = "splice",
	.summary = "the file's own pages by pipe, splice(2) twice",
	.since = "2.6.17",
	.lifts = "capacity: sysctl -w fs.pipe-max-size=BYTES",
	.channel = TR_CHANNEL_PIPE,
	.family = TR_FAMILY_PAGES,
	.params = tr_splice_params,
	.priv_size = sizeof(struct page_pool),
	.path = tr_splice_path,
	.middle = "The pipe takes references to the file's own pages in place "
		  "of bytes, so nothing is copied on the way to the client. "
		  "The output file must have pages of its own, so moving the "
		  "bytes out of the pipe copies them.",
	.reach = TR_REACH_DESCRIPTOR,
	.limits = tr_pipe_size_limits,
	.deepest = tr_pipe_size_deepest,
	.probe = tr_pipe_size_check,
	.create = tr_pages_create,
	.offer = tr_offer_read_end,
	.join = tr_take_read_end,
	.attach = tr_splice_attach,
	.send_file = tr_splice_send_file,
	.recv_file = tr_pages_into_file,
	.end = tr_end_stream,
	.more = tr_more_in_stream,
	.close = tr_pages_close,
};
