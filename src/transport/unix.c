/* A connected pair of AF_UNIX stream sockets, write(2) and read(2). */
#include <sys/socket.h>

#include "transport/transport.h"

static int tr_unix_create(struct tr *tr)
{
	if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, tr->fd) < 0)
		return tr_errno(tr, "socketpair");
	return 0;
}

static const struct tr_param tr_unix_params[] = {
	TR_PARAM_SIZE(1 << 16),
	TR_PARAM_WAIT,
	TR_PARAM_SPIN,
	{ .name = NULL },
};

const struct transport tr_unix = {
	.name = "unix",
	.summary = "AF_UNIX stream socket, write(2) and read(2)",
	.since = "before 2.6",
	.channel = TR_CHANNEL_UNIX,
	.family = TR_FAMILY_UNIX,
	.params = tr_unix_params,
	.path = tr_path_through_kernel,
	.middle = "The sender may use its buffer again as soon as write "
		  "returns. So write copies the bytes into socket buffers, "
		  "which are queued at the receiver, and read copies them out.",
	.reach = TR_REACH_DESCRIPTOR,
	.create = tr_unix_create,
	.offer = tr_offer_read_end,
	.join = tr_join_read_end,
	.attach = tr_attach_write_end,
	.lend = tr_lend_private,
	.send = tr_send_stream,
	.receive = tr_receive_stream,
	.give_back = tr_give_back_private,
	.close = tr_close_ends,
};
