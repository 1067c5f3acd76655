/*
 * Transfers nothing. Its times show what the rest of the server's loop costs.
 */
#include "transport/transport.h"

static int tr_null_offer(struct tr *tr, struct ctl *ctl)
{
	(void)tr;
	(void)ctl;
	return 0;
}

static int tr_null_join(struct tr *tr, struct ctl *ctl)
{
	(void)tr;
	(void)ctl;
	return 0;
}

static int tr_null_send(struct tr *tr, size_t len)
{
	(void)tr;
	(void)len;
	return 0;
}

static ssize_t tr_null_receive(struct tr *tr, const void **buf)
{
	*buf = tr->buf;
	return 0;
}

static const struct hop tr_null_path[] = {
	{ "IN", "server", HOP_KERNEL, "read", 1 },
	{ .from = NULL },
};

static void tr_null_close(struct tr *tr)
{
	(void)tr;
}

static const struct tr_param tr_null_params[] = {
	TR_PARAM_SIZE(1 << 16),
	{ .name = NULL },
};

const struct transport tr_null = {
	.name = "null",
	.summary = "no transfer: the cost of everything around it",
	.since = "before 2.6",
	.family = TR_FAMILY_CONTROL,
	.params = tr_null_params,
	.carries_nothing = true,
	.path = tr_null_path,
	.middle = "No byte passes between the two sides. The other mechanisms "
		  "can be compared with null.",
	.reach = TR_REACH_NAME,
	.offer = tr_null_offer,
	.join = tr_null_join,
	.attach = tr_make_buffer,
	.lend = tr_lend_private,
	.send = tr_null_send,
	.receive = tr_null_receive,
	.give_back = tr_give_back_private,
	.close = tr_null_close,
};
