/* TCP over loopback, write(2) and read(2). */
#include "transport/sock.h"
#include "transport/tcp_meet.h"

static int tr_tcp_attach(struct tr *tr)
{
	int rc = tcp_meet_attach(tr);

	return rc < 0 ? rc : tr_make_buffer(tr);
}

static const char *const nagle_names[] = { "off", "on", NULL };

static const struct tr_param tr_tcp_params[] = {
	TR_PARAM_SIZE(1 << 16),
	TR_PARAM_BUFFER,
	{ .name = "nagle",
	  .kind = TR_CHOICE,
	  .max = 1,
	  .choices = nagle_names,
	  .about = "on: TCP gathers small messages until the earlier ones are "
		   "acknowledged; off: TCP_NODELAY is set, and each message is "
		   "sent immediately" },
	TR_PARAM_WAIT,
	TR_PARAM_SPIN,
	{ .name = NULL },
};

const struct transport tr_tcp = {
	.name = "tcp",
	.summary = "TCP over loopback, write(2) and read(2)",
	.since = "before 2.6",
	.lifts = "buffer: sysctl -w net.core.wmem_max=BYTES "
		 "net.core.rmem_max=BYTES",
	.channel = TR_CHANNEL_TCP,
	.family = TR_FAMILY_TCP,
	.params = tr_tcp_params,
	.priv_size = sizeof(struct tcp_meet),
	.path = tr_path_through_kernel,
	.middle = "TCP must be able to send bytes again until they are "
		  "acknowledged, while the sender fills its buffer anew. So "
		  "write copies them into buffers of the connection, and read "
		  "copies them out. Over loopback nothing is lost, but the "
		  "kernel runs the same code.",
	.reach = TR_REACH_NAME,
	.limits = sock_limits_both,
	.probe = tcp_meet_probe,
	.create = tcp_meet_create,
	.offer = tcp_meet_offer,
	.join = tcp_meet_join,
	.attach = tr_tcp_attach,
	.lend = tr_lend_private,
	.send = tr_send_stream,
	.receive = tr_receive_stream,
	.give_back = tr_give_back_private,
	.close = tr_close_ends,
};
