/* A connected pair of AF_UNIX sockets whose messages keep their boundaries. */
#include <sys/socket.h>

#include "base/hot.h"
#include "transport/unix_message.h"

static int tr_unix_seqpacket_probe(const struct tr_spec *spec, struct err *e)
{
	return unix_message_probe(spec, SOCK_SEQPACKET, e);
}

static int tr_unix_seqpacket_create(struct tr *tr)
{
	return unix_message_create(tr, SOCK_SEQPACKET);
}

static int tr_unix_seqpacket_join(struct tr *tr, struct ctl *ctl)
{
	return unix_message_join(tr, ctl, SOCK_SEQPACKET);
}

/*
 * Reads again after an end, to be sure. The kernel looks for a message first
 * and then for the end (Linux 6.18). If the last message arrives between these
 * two steps, the kernel reports the end although there is a message. After the
 * end nothing more can arrive, so the second read is right.
 */
static HOT ssize_t tr_unix_seqpacket_receive(struct tr *tr, const void **buf)
{
	ssize_t n = tr_receive_stream(tr, buf);

	return n == 0 ? tr_receive_stream(tr, buf) : n;
}

/*
 * A write sends one message, and a read takes one message. All else is as with
 * a stream.
 */
const struct transport tr_unix_seqpacket = {
	.name = "unix-seqpacket",
	.summary = "AF_UNIX seqpacket socket, write(2) and read(2)",
	.since = "2.6.4",
	.lifts = "buffer: sysctl -w net.core.wmem_max=BYTES",
	.channel = TR_CHANNEL_UNIX,
	.family = TR_FAMILY_UNIX,
	.params = unix_message_params,
	.path = tr_path_through_kernel,
	.middle = "Each message must arrive as one. So write copies it into a "
		  "socket buffer of its own, which is queued at the receiver, "
		  "and read copies it out.",
	.reach = TR_REACH_DESCRIPTOR,
	.limits = unix_message_limits,
	.settle = unix_message_settle,
	.probe = tr_unix_seqpacket_probe,
	.create = tr_unix_seqpacket_create,
	.offer = tr_offer_read_end,
	.join = tr_unix_seqpacket_join,
	.attach = tr_attach_write_end,
	.lend = tr_lend_private,
	.send = tr_send_stream,
	.receive = tr_unix_seqpacket_receive,
	.give_back = tr_give_back_private,
	.close = tr_close_ends,
};
