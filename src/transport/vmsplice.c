/* The server's own pages go through a pipe, by vmsplice(2) and read(2). */
#include "transport/pages.h"
#include "transport/pipe_size.h"

static const struct hop tr_vmsplice_path[] = {
	{ "IN", "server", HOP_KERNEL, "read", 1 },
	{ "server", "channel", HOP_KERNEL, "vmsplice", 0 },
	{ "channel", "client", HOP_KERNEL, "read", 1 },
	{ "client", "OUT", HOP_KERNEL, "write", 1 },
	{ .from = NULL },
};

static const struct tr_param tr_vmsplice_params[] = {
	TR_PARAM_SIZE(1 << 16), TR_PARAM_PIPE_CAPACITY, TR_PARAM_WAIT,
	TR_PARAM_SPIN,          { .name = NULL },
};

const struct transport tr_vmsplice = {
	.name = "vmsplice",
	.summary = "the server's pages by pipe, vmsplice(2), read(2)",
	.since = "2.6.17",
	.lifts = "capacity: sysctl -w fs.pipe-max-size=BYTES",
	.channel = TR_CHANNEL_PIPE,
	.family = TR_FAMILY_PAGES,
	.params = tr_vmsplice_params,
	.priv_size = sizeof(struct page_pool),
	.path = tr_vmsplice_path,
	.middle = "The server gives its pages to the pipe by reference, which "
		  "saves one of a pipe's two copies. The client wants the "
		  "bytes in memory of its own, so read copies them.",
	.reach = TR_REACH_DESCRIPTOR,
	.limits = tr_pipe_size_limits,
	.deepest = tr_pipe_size_deepest,
	.probe = tr_pipe_size_check,
	.create = tr_pages_create,
	.offer = tr_offer_read_end,
	.join = tr_join_read_end,
	.attach = tr_pages_attach,
	.lend = tr_pages_lend,
	.send = tr_pages_send,
	.receive = tr_receive_stream,
	.give_back = tr_give_back_private,
	.close = tr_pages_close,
};
