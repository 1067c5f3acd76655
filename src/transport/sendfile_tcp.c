/*
 * The server puts the pages of the file into a TCP connection by sendfile(2);
 * the client calls read(2).
 */
#include <errno.h>
#include <poll.h>
#include <sys/sendfile.h>

#include "base/fd.h"
#include "transport/sock.h"
#include "transport/tcp_meet.h"

static int sendfile_failed(struct tr *tr, int rc)
{
	if (rc == -ECANCELED)
		return rc;
	if (rc == -EINVAL)
		return err_say(tr->err, EOPNOTSUPP,
			       "the input's file system does not support "
			       "sendfile (Invalid argument)");
	return err_code(tr->err, rc, "sendfile");
}

/* Sends up to `max` bytes. Returns their number; 0 at the end of the file. */
static ssize_t sendfile_step(struct tr *tr, int in_fd, uint64_t max)
{
	size_t len = max < tr->msg_bytes ? (size_t)max : tr->msg_bytes;
	int to_fd = tr->fd[TR_WRITE_END];
	uint32_t looked = 0;
	ssize_t n;
	int rc;

	while ((n = sendfile(to_fd, in_fd, NULL, len)) < 0) {
		rc = fd_wait_for_try(to_fd, POLLOUT, &tr->wait, &looked);
		if (rc < 0)
			return sendfile_failed(tr, rc);
	}
	return n;
}

static int tr_sendfile_tcp_send_file(struct tr *tr, int in_fd,
				     uint64_t len_bytes)
{
	return tr_send_steps(tr, in_fd, len_bytes, sendfile_step);
}

static const struct hop tr_sendfile_tcp_path[] = {
	{ "IN", "channel", HOP_KERNEL, "sendfile", 0 },
	{ "channel", "client", HOP_KERNEL, "read", 1 },
	{ "client", "OUT", HOP_KERNEL, "write", 1 },
	{ .from = NULL },
};

static const struct tr_param tr_sendfile_tcp_params[] = {
	TR_PARAM_SIZE(1 << 16), TR_PARAM_BUFFER,  TR_PARAM_WAIT,
	TR_PARAM_SPIN,          { .name = NULL },
};

const struct transport tr_sendfile_tcp = {
	.name = "sendfile-tcp",
	.summary = "the file's pages by TCP, sendfile(2) and read(2)",
	.since = "2.2",
	.lifts = "buffer: sysctl -w net.core.wmem_max=BYTES "
		 "net.core.rmem_max=BYTES",
	.channel = TR_CHANNEL_TCP,
	.family = TR_FAMILY_TCP,
	.params = tr_sendfile_tcp_params,
	.priv_size = sizeof(struct tcp_meet),
	.path = tr_sendfile_tcp_path,
	.middle = "sendfile puts references to the file's pages into the "
		  "connection, and the server does not touch the bytes. The "
		  "client wants the bytes in memory of its own, so read copies "
		  "them.",
	.reach = TR_REACH_NAME,
	.limits = sock_limits_both,
	.probe = tcp_meet_probe,
	.create = tcp_meet_create,
	.offer = tcp_meet_offer,
	.join = tcp_meet_join,
	.attach = tcp_meet_attach,
	.send_file = tr_sendfile_tcp_send_file,
	.receive = tr_receive_stream, /* the client uses the common loop */
	.give_back = tr_give_back_private,
	.end = tr_end_stream,
	.close = tr_close_ends,
};
