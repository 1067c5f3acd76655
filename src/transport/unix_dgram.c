/*
 * A connected pair of AF_UNIX datagram sockets. On Linux they lose nothing: a
 * sender waits while its buffer is full of datagrams that the receiver has not
 * read.
 *
 * These sockets have no end of file. An empty datagram is the end. If a writer
 * dies without sending one, the reader waits until its supervisor stops it. If
 * a reader dies, the writer notices: its next datagram is refused.
 */
#include <poll.h>
#include <sys/socket.h>

#include "base/fd.h"
#include "base/hot.h"
#include "transport/unix_message.h"

static int tr_unix_dgram_probe(const struct tr_spec *spec, struct err *e)
{
	return unix_message_probe(spec, SOCK_DGRAM, e);
}

static int tr_unix_dgram_create(struct tr *tr)
{
	return unix_message_create(tr, SOCK_DGRAM);
}

static int tr_unix_dgram_join(struct tr *tr, struct ctl *ctl)
{
	return unix_message_join(tr, ctl, SOCK_DGRAM);
}

static HOT int tr_unix_dgram_send(struct tr *tr, size_t len)
{
	int fd = tr->fd[TR_WRITE_END], rc;
	uint32_t looked = 0;

	if (len > 0)
		return tr_send_stream(tr, len);
	while (send(fd, tr->buf, 0, 0) < 0) {
		rc = fd_wait_for_try(fd, POLLOUT, &tr->wait, &looked);
		if (rc < 0)
			return tr_broken(tr, rc,
					 "cannot send an empty datagram");
	}
	return 0;
}

const struct transport tr_unix_dgram = {
	.name = "unix-dgram",
	.summary = "AF_UNIX datagram socket, write(2) and read(2)",
	.since = "before 2.6",
	.lifts = "buffer: sysctl -w net.core.wmem_max=BYTES",
	.channel = TR_CHANNEL_UNIX,
	.family = TR_FAMILY_UNIX,
	.params = unix_message_params,
	.path = tr_path_through_kernel,
	.middle = "A datagram stands alone and is delivered whole or not at "
		  "all. So write copies it into a socket buffer of its own, "
		  "which is queued at the receiver, and read copies it out.",
	.reach = TR_REACH_DESCRIPTOR,
	.limits = unix_message_limits,
	.settle = unix_message_settle,
	.probe = tr_unix_dgram_probe,
	.create = tr_unix_dgram_create,
	.offer = tr_offer_read_end,
	.join = tr_unix_dgram_join,
	.attach = tr_attach_write_end,
	.lend = tr_lend_private,
	.send = tr_unix_dgram_send,
	.receive = tr_receive_stream,
	.give_back = tr_give_back_private,
	.close = tr_close_ends,
};
