/*
 * System V message queue, msgsnd(2) and msgrcv(2).
 *
 * The queue has a key instead of a name. Removing it takes it away from the
 * sides that use it, so it stays until the lease ends. A queue cannot be
 * polled: a side that sleeps does so in msgsnd or msgrcv.
 */
#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/msg.h>
#include <unistd.h>

#include "base/fd.h"
#include "base/hot.h"
#include "base/page.h"
#include "base/size.h"
#include "base/stop.h"
#include "base/sysv.h"
#include "transport/transport.h"

#define KERNEL "/proc/sys/kernel/"

#define MSGMAX_DEFAULT 8192
#define MSGMNB_DEFAULT 16384

/* The receiver asks for any type, so it takes the first message. */
#define TYPE_SENT 1
#define TYPE_ANY  0

struct sysvmq {
	char name[CTL_NAME_MAX]; /* the key, as base/sysv.h writes it */
	int id;
	/* one page, which ends with the type, and then msg_bytes of data */
	char *map;
	char *data;
};

enum { P_SIZE, P_CAPACITY, P_WAIT, P_SPIN, P_END };

static const struct tr_param tr_sysvmq_params[] = {
	[P_SIZE] = TR_PARAM_SIZE(MSGMAX_DEFAULT),
	[P_CAPACITY] = { .name = "capacity",
			 .kind = TR_SIZE,
			 .def = MSGMNB_DEFAULT,
			 .min = 1,
			 .max = 1 << 30,
			 .about = "how many bytes the queue can hold" },
	[P_WAIT] = TR_PARAM_WAIT,
	[P_SPIN] = TR_PARAM_SPIN,
	[P_END] = { .name = NULL },
};

/* --- limits --------------------------------------------------------------- */

static uint64_t tr_sysvmq_message_max(void)
{
	return fd_read_number(KERNEL "msgmax", MSGMAX_DEFAULT);
}

static uint64_t msgmnb(void)
{
	return fd_read_number(KERNEL "msgmnb", MSGMNB_DEFAULT);
}

/*
 * The largest capacity of a queue. If `size` is larger than that, returns
 * `size`, so that the error names the limit for a message and not the limit for
 * a queue.
 */
static uint64_t tr_sysvmq_deepest(uint64_t size)
{
	uint64_t n = msgmnb();

	return n < size ? size : n;
}

static void tr_sysvmq_limits(char *text, size_t size)
{
	char max[32], mnb[32];

	snprintf(text, size,
		 "messages up to %s (kernel.msgmax), queues up to %s "
		 "(kernel.msgmnb)",
		 size_word(tr_sysvmq_message_max(), max, sizeof(max)),
		 size_word(msgmnb(), mnb, sizeof(mnb)));
}

/*
 * If the user gave no capacity, makes the queue large enough for two messages,
 * so that both sides can work at the same time.
 */
static void tr_sysvmq_settle(struct tr_spec *spec)
{
	if (!spec->given[P_CAPACITY] &&
	    2 * spec->value[P_SIZE] > MSGMNB_DEFAULT)
		spec->value[P_CAPACITY] = 2 * spec->value[P_SIZE];
}

static int tr_sysvmq_check(const struct tr_spec *spec, struct err *e)
{
	char size[32], capacity[32];

	if (spec->value[P_SIZE] <= spec->value[P_CAPACITY])
		return 0;
	return err_say(
		e, EINVAL,
		"sysvmq: a message of size=%s never fits into "
		"capacity=%s",
		size_word(spec->value[P_SIZE], size, sizeof(size)),
		size_word(spec->value[P_CAPACITY], capacity, sizeof(capacity)));
}

/*
 * Checks the size here, since msgsnd would report it only during the transfer.
 * No privilege lifts this limit.
 */
static int check_size(const struct tr_spec *spec, struct err *e)
{
	uint64_t size = spec->value[P_SIZE];
	char asked[32], max[32];

	size_word(size, asked, sizeof(asked));
	if (size <= tr_sysvmq_message_max())
		return 0;
	return err_say(e, EPERM,
		       "sysvmq: size=%s is over this machine's limit of %s; "
		       "raise it with: sysctl -w kernel.msgmax=%" PRIu64,
		       asked,
		       size_word(tr_sysvmq_message_max(), max, sizeof(max)),
		       size);
}

static int refuse_capacity(const struct tr_spec *spec, struct err *e)
{
	uint64_t capacity = spec->value[P_CAPACITY];
	char asked[32], max[32];

	return err_say(e, EPERM,
		       "sysvmq: capacity=%s is over this machine's limit of "
		       "%s; raise it with: sysctl -w kernel.msgmnb=%" PRIu64,
		       size_word(capacity, asked, sizeof(asked)),
		       size_word(msgmnb(), max, sizeof(max)), capacity);
}

static int refuse_queue(int code, struct err *e)
{
	uint64_t mni = fd_read_number(KERNEL "msgmni", 32000);

	if (code == ENOSPC)
		return err_say(
			e, EPERM,
			"sysvmq: this machine has reached its limit of %" PRIu64
			" queues; raise it with: sysctl -w "
			"kernel.msgmni=%" PRIu64,
			mni, 2 * mni);
	return err_code(e, code, "msgget");
}

static int set_capacity(const struct tr_spec *spec, int id, struct err *e)
{
	struct msqid_ds ds;

	if (msgctl(id, IPC_STAT, &ds) < 0)
		return err_sys(e, "msgctl(IPC_STAT)");
	if (ds.msg_qbytes == spec->value[P_CAPACITY])
		return 0;
	ds.msg_qbytes = spec->value[P_CAPACITY];
	if (msgctl(id, IPC_SET, &ds) == 0)
		return 0;
	return errno == EPERM ? refuse_capacity(spec, e)
			      : err_sys(e, "msgctl(IPC_SET)");
}

static int make_sysv_queue(const struct tr_spec *spec, struct lease *lease,
			   char name[CTL_NAME_MAX], struct err *e)
{
	int id = lease_sysv(lease, SYSV_MSG, 0, name, CTL_NAME_MAX, e);
	int rc;

	if (id < 0)
		return refuse_queue(-id, e);
	rc = set_capacity(spec, id, e);
	return rc < 0 ? rc : id;
}

/*
 * Makes a queue with these settings and removes it. Only the kernel knows
 * whether this process has a privilege that lifts a limit.
 */
static int tr_sysvmq_probe(const struct tr_spec *spec, struct err *e)
{
	struct lease lease = LEASE_INIT;
	char name[CTL_NAME_MAX];
	int rc = tr_sysvmq_check(spec, e);

	if (rc == 0)
		rc = check_size(spec, e);
	if (rc < 0)
		return rc;
	rc = make_sysv_queue(spec, &lease, name, e);
	lease_end(&lease);
	return rc < 0 ? rc : 0;
}

/* --- making and joining --------------------------------------------------- */

static void tr_sysvmq_init(struct tr *tr)
{
	((struct sysvmq *)tr->priv)->id = -1;
}

static int tr_sysvmq_create(struct tr *tr)
{
	struct sysvmq *q = tr->priv;

	q->id = make_sysv_queue(&tr->spec, tr->lease, q->name, tr->err);
	return q->id < 0 ? q->id : 0;
}

static int tr_sysvmq_offer(struct tr *tr, struct ctl *ctl)
{
	return ctl_give(ctl, ((struct sysvmq *)tr->priv)->name, -1);
}

/*
 * The kernel needs the type of a message directly before its data. The data
 * begin where a page begins, since files are read and written fastest there.
 */
static int make_message(struct tr *tr)
{
	struct sysvmq *q = tr->priv;
	size_t page = page_bytes();

	q->map = page_map(page + tr->msg_bytes);
	if (!q->map)
		return tr_errno(tr, "cannot make a buffer of %zu bytes",
				tr->msg_bytes);
	q->data = q->map + page;
	return 0;
}

static long *message(const struct sysvmq *q)
{
	return (long *)(void *)q->data - 1;
}

static int tr_sysvmq_join(struct tr *tr, struct ctl *ctl)
{
	struct sysvmq *q = tr->priv;
	char name[CTL_NAME_MAX];
	int rc = ctl_take(ctl, name, NULL);

	if (rc < 0)
		return rc;
	q->id = sysv_find(SYSV_MSG, name, tr->err);
	return q->id < 0 ? q->id : make_message(tr);
}

static int tr_sysvmq_attach(struct tr *tr)
{
	return make_message(tr);
}

static void tr_sysvmq_close(struct tr *tr)
{
	struct sysvmq *q = tr->priv;

	if (q->map)
		munmap(q->map, page_bytes() + tr->msg_bytes);
	q->map = q->data = NULL;
}

/* --- messages ------------------------------------------------------------- */

static HOT int tr_sysvmq_lend(struct tr *tr, void **buf)
{
	*buf = ((struct sysvmq *)tr->priv)->data;
	return 0;
}

/*
 * The flags of a first try, which sleeps only if this side does not spin first.
 */
static int first_flags(const struct tr *tr)
{
	return waiter_sleeps(&tr->wait) ? 0 : IPC_NOWAIT;
}

/*
 * For use after a call that failed with errno. Returns the flags for the next
 * try, or -errno.
 */
static int flags_for_try(struct tr *tr, const char *call, uint32_t *looked)
{
	if (stop_requested())
		return -ECANCELED;
	if (errno == EINTR)
		return first_flags(tr);
	if (errno == EAGAIN || errno == ENOMSG)
		return waiter_spins(&tr->wait, looked) ? IPC_NOWAIT : 0;
	/*
	 * If the queue was removed, its identifier is no longer valid. Most
	 * likely the supervisor of a dead server removed it, so this counts as
	 * a broken channel.
	 */
	if (errno == EIDRM || errno == EINVAL)
		return err_say(tr->err, EPIPE,
			       "cannot call %s: the queue was removed while it "
			       "was in use",
			       call);
	return tr_errno(tr, "%s", call);
}

static HOT int tr_sysvmq_send(struct tr *tr, size_t len)
{
	struct sysvmq *q = tr->priv;
	int flags = first_flags(tr);
	uint32_t looked = 0;

	*message(q) = TYPE_SENT;
	while (msgsnd(q->id, message(q), len, flags) < 0) {
		flags = flags_for_try(tr, "msgsnd", &looked);
		if (flags < 0)
			return flags;
	}
	return 0;
}

static HOT ssize_t tr_sysvmq_receive(struct tr *tr, const void **buf)
{
	struct sysvmq *q = tr->priv;
	int flags = first_flags(tr);
	uint32_t looked = 0;
	ssize_t n;

	*buf = q->data;
	while ((n = msgrcv(q->id, message(q), tr->msg_bytes, TYPE_ANY, flags)) <
	       0) {
		flags = flags_for_try(tr, "msgrcv", &looked);
		if (flags < 0)
			return flags;
	}
	return n;
}

const struct transport tr_sysvmq = {
	.name = "sysvmq",
	.summary = "System V message queue, msgsnd(2) and msgrcv(2)",
	.since = "before 2.6",
	.lifts = "size: sysctl -w kernel.msgmax=BYTES; capacity: sysctl -w "
		 "kernel.msgmnb=BYTES, or CAP_SYS_RESOURCE; queues: sysctl "
		 "-w kernel.msgmni=N",
	.channel = TR_CHANNEL_SYSVMQ,
	.family = TR_FAMILY_QUEUE,
	.params = tr_sysvmq_params,
	.priv_size = sizeof(struct sysvmq),
	.path = tr_path_through_kernel,
	.middle = "A queue outlives the processes that use it. Each message "
		  "waits there, whole and with its type, until a process "
		  "receives it. So msgsnd copies the message into memory of "
		  "the kernel, and msgrcv copies it out.",
	.reach = TR_REACH_NAME,
	.limits = tr_sysvmq_limits,
	.message_max = tr_sysvmq_message_max,
	.deepest = tr_sysvmq_deepest,
	.settle = tr_sysvmq_settle,
	.probe = tr_sysvmq_probe,
	.check = tr_sysvmq_check,
	.init = tr_sysvmq_init,
	.create = tr_sysvmq_create,
	.offer = tr_sysvmq_offer,
	.join = tr_sysvmq_join,
	.attach = tr_sysvmq_attach,
	.lend = tr_sysvmq_lend,
	.send = tr_sysvmq_send,
	.receive = tr_sysvmq_receive,
	.give_back = tr_give_back_private,
	.close = tr_sysvmq_close,
};
