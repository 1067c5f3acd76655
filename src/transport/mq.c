/* POSIX message queue, mq_send(3) and mq_receive(3). */
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <mqueue.h>
#include <poll.h>
#include <stdio.h>
#include <string.h>
#include <sys/resource.h>

#include "base/fd.h"
#include "base/hot.h"
#include "base/size.h"
#include "transport/transport.h"

#define MSGSIZE_MAX "/proc/sys/fs/mqueue/msgsize_max"
#define MSG_MAX     "/proc/sys/fs/mqueue/msg_max"

struct mq {
	char name[CTL_NAME_MAX];
};

/* On Linux a queue's descriptor is a file descriptor; fd[0] has it. */
static mqd_t queue(const struct tr *tr)
{
	return (mqd_t)tr->fd[0];
}

static int make_posix_queue(const struct tr_spec *spec, const char *name)
{
	struct mq_attr attr = {
		.mq_maxmsg = (long)tr_spec_value(spec, "depth", 10),
		.mq_msgsize = (long)tr_spec_value(spec, "size", 8192),
	};

	return (int)mq_open(name, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600,
			    &attr);
}

static uint64_t tr_mq_message_max(void)
{
	return fd_read_number(MSGSIZE_MAX, 8192);
}

static uint64_t tr_mq_deepest(uint64_t size)
{
	(void)size;
	return fd_read_number(MSG_MAX, 10);
}

/*
 * True if this process can open another file. If mq_open fails with EMFILE,
 * either this process has too many open files or the queues of the user would
 * be too large.
 */
static bool has_descriptors_left(void)
{
	int fd = open("/", O_PATH | O_CLOEXEC);
	bool left = fd >= 0;

	fd_close(&fd);
	return left;
}

/* Explains why mq_open failed, and names the limit. */
static int refuse_limits(const struct tr_spec *spec, int code, struct err *e)
{
	uint64_t size = tr_spec_value(spec, "size", 0);
	uint64_t depth = tr_spec_value(spec, "depth", 0);
	uint64_t size_max = tr_mq_message_max();
	uint64_t depth_max = tr_mq_deepest(size);
	struct rlimit rl = { 0 };

	if (code == EINVAL && size > size_max)
		return err_say(e, EPERM,
			       "mq: size=%" PRIu64
			       " is over this machine's limit "
			       "of %" PRIu64 "; raise it with: sysctl -w "
			       "fs.mqueue.msgsize_max=%" PRIu64,
			       size, size_max, size);
	if (code == EINVAL && depth > depth_max)
		return err_say(e, EPERM,
			       "mq: depth=%" PRIu64 " is over this machine's "
			       "limit of %" PRIu64 "; raise it with: sysctl -w "
			       "fs.mqueue.msg_max=%" PRIu64,
			       depth, depth_max, depth);
	getrlimit(RLIMIT_MSGQUEUE, &rl);
	if (code == EMFILE && has_descriptors_left())
		return err_say(e, EPERM,
			       "mq: with %" PRIu64 " messages of %" PRIu64
			       " bytes, all queues of this user together would "
			       "exceed the limit of %llu bytes; raise it with: "
			       "ulimit -q %" PRIu64,
			       depth, size, (unsigned long long)rl.rlim_cur,
			       2 * depth * (size + 128));
	return err_code(e, code, "mq_open");
}

/* Every size is allowed with every depth, so there is nothing to check. */
static int tr_mq_check(const struct tr_spec *spec, struct err *e)
{
	(void)spec;
	(void)e;
	return 0;
}

/*
 * Makes a queue with these settings and removes it. Only the kernel knows
 * whether this process has a privilege that lifts a limit.
 */
static int tr_mq_probe(const struct tr_spec *spec, struct err *e)
{
	struct lease lease = LEASE_INIT;
	char name[CTL_NAME_MAX] = "/";
	int fd, rc;

	lease_unique(name + 1, sizeof(name) - 1, "probe");
	rc = lease_note(&lease, LEASE_MQ, name, e);
	if (rc == 0) {
		fd = make_posix_queue(spec, name);
		if (fd < 0)
			rc = refuse_limits(spec, errno, e);
		fd_close(&fd);
	}
	lease_end(&lease);
	return rc;
}

static void tr_mq_limits(char *text, size_t size)
{
	char max[32];

	snprintf(text, size,
		 "messages up to %s (fs.mqueue.msgsize_max), %" PRIu64
		 " of them in a queue (fs.mqueue.msg_max)",
		 size_word(tr_mq_message_max(), max, sizeof(max)),
		 tr_mq_deepest(0));
}

static int tr_mq_create(struct tr *tr)
{
	struct mq *q = tr->priv;
	int rc;

	q->name[0] = '/';
	lease_unique(q->name + 1, sizeof(q->name) - 1, "mq");
	rc = lease_note(tr->lease, LEASE_MQ, q->name, tr->err);
	if (rc < 0)
		return rc;
	tr->fd[0] = make_posix_queue(&tr->spec, q->name);
	if (tr->fd[0] < 0)
		return refuse_limits(&tr->spec, errno, tr->err);
	return 0;
}

static int tr_mq_offer(struct tr *tr, struct ctl *ctl)
{
	return ctl_give(ctl, ((struct mq *)tr->priv)->name, -1);
}

static int set_waiting(struct tr *tr)
{
	long flags = waiter_sleeps(&tr->wait) ? 0 : O_NONBLOCK;
	struct mq_attr attr = { .mq_flags = flags };

	if (mq_setattr(queue(tr), &attr, NULL) < 0)
		return tr_errno(tr, "mq_setattr");
	return tr_make_buffer(tr);
}

/* mq_receive needs a buffer as large as the largest message of the queue. */
static int check_sizes(struct tr *tr)
{
	struct mq_attr attr;

	if (mq_getattr(queue(tr), &attr) < 0)
		return tr_errno(tr, "mq_getattr");
	if ((size_t)attr.mq_msgsize == tr->msg_bytes)
		return 0;
	return err_say(tr->err, EPROTO,
		       "the queue has messages of %ld bytes instead of %zu",
		       attr.mq_msgsize, tr->msg_bytes);
}

static int tr_mq_join(struct tr *tr, struct ctl *ctl)
{
	char name[CTL_NAME_MAX];
	int rc;

	fd_close(&tr->fd[0]);
	rc = ctl_take(ctl, name, NULL);
	if (rc == 0)
		rc = lease_check(name, tr->err);
	if (rc < 0)
		return rc;
	tr->fd[0] = (int)mq_open(name, O_RDONLY | O_CLOEXEC);
	if (tr->fd[0] < 0)
		return tr_errno(tr, "mq_open %s", name);
	rc = check_sizes(tr);
	return rc < 0 ? rc : set_waiting(tr);
}

static int tr_mq_attach(struct tr *tr)
{
	lease_unname(LEASE_MQ, ((struct mq *)tr->priv)->name);
	return set_waiting(tr);
}

static int mq_failed(struct tr *tr, int rc, const char *call)
{
	return rc == -ECANCELED ? rc : err_code(tr->err, rc, "%s", call);
}

static HOT int tr_mq_send(struct tr *tr, size_t len)
{
	uint32_t looked = 0;
	int rc;

	while (mq_send(queue(tr), tr->buf, len, 0) < 0) {
		rc = fd_wait_for_try(tr->fd[0], POLLOUT, &tr->wait, &looked);
		if (rc < 0)
			return mq_failed(tr, rc, "mq_send");
	}
	return 0;
}

static HOT ssize_t tr_mq_receive(struct tr *tr, const void **buf)
{
	uint32_t looked = 0;
	ssize_t n;
	int rc;

	*buf = tr->buf;
	while ((n = mq_receive(queue(tr), tr->buf, tr->msg_bytes, NULL)) < 0) {
		rc = fd_wait_for_try(tr->fd[0], POLLIN, &tr->wait, &looked);
		if (rc < 0)
			return mq_failed(tr, rc, "mq_receive");
	}
	return n;
}

static const struct tr_param tr_mq_params[] = {
	TR_PARAM_SIZE(8192),
	{ .name = "depth",
	  .kind = TR_COUNT,
	  .def = 10,
	  .min = 1,
	  .max = 65536,
	  .about = "how many messages the queue can hold" },
	TR_PARAM_WAIT,
	TR_PARAM_SPIN,
	{ .name = NULL },
};

const struct transport tr_mq = {
	.name = "mq",
	.summary = "POSIX message queue, mq_send(3) and mq_receive(3)",
	.since = "2.6.6",
	.lifts = "depth: sysctl -w fs.mqueue.msg_max=N; size: sysctl -w "
		 "fs.mqueue.msgsize_max=BYTES; both: CAP_SYS_RESOURCE; a "
		 "user's queues: ulimit -q BYTES",
	.channel = TR_CHANNEL_MQUEUE,
	.family = TR_FAMILY_QUEUE,
	.claim = TR_CLAIM_RIVAL,
	.params = tr_mq_params,
	.priv_size = sizeof(struct mq),
	.path = tr_path_through_kernel,
	.middle = "A queue keeps each message whole, with its priority, until "
		  "a process receives the message, even if its sender has "
		  "ended by then. So mq_send copies the message into memory of "
		  "the kernel, and mq_receive copies it out.",
	.reach = TR_REACH_NAME,
	.limits = tr_mq_limits,
	.message_max = tr_mq_message_max,
	.deepest = tr_mq_deepest,
	.probe = tr_mq_probe,
	.check = tr_mq_check,
	.create = tr_mq_create,
	.offer = tr_mq_offer,
	.join = tr_mq_join,
	.attach = tr_mq_attach,
	.lend = tr_lend_private,
	.send = tr_mq_send,
	.receive = tr_mq_receive,
	.give_back = tr_give_back_private,
	.close = tr_close_ends,
};
