/* Anonymous pipe, write(2) and read(2). */
#include <fcntl.h>
#include <unistd.h>

#include "transport/pipe_size.h"
#include "transport/transport.h"

static int tr_pipe_create(struct tr *tr)
{
	/* no close on failure: fd[] starts at -1, and the session closes it */
	if (pipe2(tr->fd, O_CLOEXEC) < 0)
		return tr_errno(tr, "pipe2");
	return tr_pipe_size_set(tr, tr->fd[TR_WRITE_END]);
}

static const struct tr_param tr_pipe_params[] = {
	TR_PARAM_SIZE(1 << 16), TR_PARAM_PIPE_CAPACITY, TR_PARAM_WAIT,
	TR_PARAM_SPIN,          { .name = NULL },
};

const struct transport tr_pipe = {
	.name = "pipe",
	.summary = "anonymous pipe, write(2) and read(2)",
	.since = "before 2.6; capacity= needs 2.6.35",
	.lifts = "capacity: sysctl -w fs.pipe-max-size=BYTES",
	.channel = TR_CHANNEL_PIPE,
	.family = TR_FAMILY_PIPE,
	.claim = TR_CLAIM_RIVAL,
	.params = tr_pipe_params,
	.path = tr_path_through_kernel,
	.middle = "A pipe is a buffer in the kernel, so the server can go on "
		  "before the client has read. Neither side knows where the "
		  "other's memory is: write copies into the pipe's pages, and "
		  "read copies out of them.",
	.reach = TR_REACH_DESCRIPTOR,
	.limits = tr_pipe_size_limits,
	.deepest = tr_pipe_size_deepest,
	.probe = tr_pipe_size_check,
	.create = tr_pipe_create,
	.offer = tr_offer_read_end,
	.join = tr_join_read_end,
	.attach = tr_attach_write_end,
	.lend = tr_lend_private,
	.send = tr_send_stream,
	.receive = tr_receive_stream,
	.give_back = tr_give_back_private,
	.close = tr_close_ends,
};
