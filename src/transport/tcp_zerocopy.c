/*
 * TCP over loopback, send(2) with MSG_ZEROCOPY and read(2).
 *
 * The kernel takes the pages of the buffer instead of a copy. When it does not
 * need them any more, it puts a notice into the error queue. Only then is the
 * buffer lent again, so there are several buffers, which take turns. A notice
 * also says whether the kernel had to copy after all. On loopback it always
 * does, since a receiver must not get pages of the sender.
 */
#include <errno.h>
#include <inttypes.h>
#include <linux/capability.h>
#include <netinet/in.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

/* this header needs struct timespec, but does not include <time.h> */
#include <linux/errqueue.h>

#include "base/append.h"
#include "base/fd.h"
#include "base/hot.h"
#include "base/page.h"
#include "base/proc.h"
#include "base/size.h"
#include "transport/sock.h"
#include "transport/tcp_meet.h"

#define MAX_BYTES     (1ULL << 30)
#define LITTLE_BYTES  (512 << 10)
#define LITTLE_BUFFER (64 << 10)
#define LEAST_BUFFER  (4 << 10)

/*
 * The `count` sends of a buffer, which have the numbers from `first` on. For
 * `left` of them no notice has come yet.
 */
struct flight {
	uint32_t first, count;
	uint32_t left;
};

struct zerocopy {
	struct tcp_meet meet; /* first, because tcp_meet.c looks there */
	char *data;           /* `depth` buffers, `stride` bytes apart */
	size_t stride;
	uint32_t depth;
	uint32_t turn;      /* the buffer that is used next */
	uint32_t next_send; /* number of the next send, as the kernel counts */
	uint32_t in_flight;
	struct flight *flight;
	uint64_t told, copied; /* sends with a notice; those copied after all */
};

enum { P_SIZE, P_DEPTH, P_BUFFER, P_WAIT, P_SPIN, P_END };

static const struct tr_param tr_tcp_zerocopy_params[] = {
	/* smaller messages would mostly wait for delayed acknowledgements */
	[P_SIZE] = { .name = "size",
		     .kind = TR_SIZE,
		     .def = 1 << 16,
		     .min = 4096,
		     .max = 1 << 30,
		     .about = "bytes of one message" },
	[P_DEPTH] = { .name = "depth",
		      .kind = TR_COUNT,
		      .def = 8,
		      .min = 1,
		      .max = 1024,
		      .about = "number of buffers, which are used in turn" },
	[P_BUFFER] = TR_PARAM_BUFFER,
	[P_WAIT] = TR_PARAM_WAIT,
	[P_SPIN] = TR_PARAM_SPIN,
	[P_END] = { .name = NULL },
};

/*
 * Asks for a small buffer if few bytes can be in flight. A notice comes with
 * TCP's acknowledgement, which is delayed once the client stops reading. With a
 * large buffer the server would then go on for long, one send after each
 * delayed notice, as if the client still read.
 */
static void tr_tcp_zerocopy_settle(struct tr_spec *spec)
{
	if (!spec->given[P_BUFFER] &&
	    spec->value[P_DEPTH] * spec->value[P_SIZE] < LITTLE_BYTES)
		spec->value[P_BUFFER] = LITTLE_BUFFER;
}

/* --- may it run here? ----------------------------------------------------- */

/* The kernel pins the bytes in flight, and two more pages for each send. */
static int zerocopy_check_locked(const struct tr_spec *spec, struct err *e)
{
	uint64_t one = page_round(spec->value[P_SIZE]) + 2 * page_bytes();

	return proc_may_pin(spec->value[P_DEPTH] * one,
			    "tcp-zerocopy: depth times size, and up to 3 pages "
			    "more for each buffer,",
			    e);
}

/*
 * Checks the buffer. If the kernel reserves less than a page for a socket, the
 * socket takes only a few bytes for each delayed acknowledgement: 5 KiB a
 * second.
 */
static int check_buffer(const struct tr_spec *spec, struct err *e)
{
	uint64_t buffer = spec->value[P_BUFFER];

	if (buffer == 0 || buffer >= LEAST_BUFFER)
		return 0;
	return err_say(e, EINVAL,
		       "tcp-zerocopy: buffer=%" PRIu64 " is too small to take "
		       "pages; allowed: 0, and 4K or more",
		       buffer);
}

static int ask_zerocopy(int fd, struct err *e)
{
	int one = 1;

	if (setsockopt(fd, SOL_SOCKET, SO_ZEROCOPY, &one, sizeof(one)) == 0)
		return 0;
	return err_say(e, ENOTSUP,
		       "tcp-zerocopy: this kernel has no MSG_ZEROCOPY for TCP; "
		       "Linux 4.14 and newer have it");
}

static int tr_tcp_zerocopy_probe(const struct tr_spec *spec, struct err *e)
{
	char have[32], max[32];
	uint64_t bytes = spec->value[P_DEPTH] * page_round(spec->value[P_SIZE]);
	int fd, rc;

	if (bytes > MAX_BYTES)
		return err_say(e, EINVAL,
			       "tcp-zerocopy: depth times size in whole pages "
			       "makes %s; at most %s is allowed",
			       size_human((double)bytes, have, sizeof(have)),
			       size_human(MAX_BYTES, max, sizeof(max)));
	rc = check_buffer(spec, e);
	if (rc == 0)
		rc = tcp_meet_probe(spec, e);
	if (rc < 0)
		return rc;
	fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
	if (fd < 0)
		return err_sys(e, "socket");
	rc = ask_zerocopy(fd, e);
	fd_close(&fd);
	return rc < 0 ? rc : zerocopy_check_locked(spec, e);
}

static void tr_tcp_zerocopy_limits(char *text, size_t size)
{
	struct rlimit rl = { .rlim_cur = RLIM_INFINITY };
	char max[32] = "none";

	sock_limits_both(text, size);
	getrlimit(RLIMIT_MEMLOCK, &rl);
	if (rl.rlim_cur != RLIM_INFINITY)
		size_word(rl.rlim_cur, max, sizeof(max));
	text_append(text, size,
		    ", limit of pinned memory: %s (ulimit -l; CAP_IPC_LOCK "
		    "lifts it)",
		    max);
}

/* --- making --------------------------------------------------------------- */

static void tr_tcp_zerocopy_init(struct tr *tr)
{
	struct zerocopy *z = tr->priv;

	z->depth = (uint32_t)tr->spec.value[P_DEPTH];
	z->stride = page_round(tr->spec.value[P_SIZE]);
}

static int tr_tcp_zerocopy_attach(struct tr *tr)
{
	struct zerocopy *z = tr->priv;
	int rc = tcp_meet_attach(tr);

	if (rc == 0)
		rc = ask_zerocopy(tr->fd[TR_WRITE_END], tr->err);
	if (rc < 0)
		return rc;
	z->flight = calloc(z->depth, sizeof(*z->flight));
	z->data = page_map(z->depth * z->stride);
	if (!z->flight || !z->data)
		return err_code(tr->err, ENOMEM,
				"cannot get memory for %u buffers of %zu bytes",
				z->depth, z->stride);
	return 0;
}

/* The kernel keeps the pages in flight, so unmapping the buffers is safe. */
static void tr_tcp_zerocopy_close(struct tr *tr)
{
	struct zerocopy *z = tr->priv;

	tr_close_ends(tr);
	if (z->data)
		munmap(z->data, z->depth * z->stride);
	z->data = NULL;
	free(z->flight);
	z->flight = NULL;
}

/* --- the kernel's notices ------------------------------------------------- */

/* Notes that the kernel no longer needs the pages of the sends `lo` to `hi`. */
static void land(struct zerocopy *z, uint32_t lo, uint32_t hi)
{
	for (uint32_t i = 0; i < z->depth; i++) {
		struct flight *f = &z->flight[i];

		/* compare differences, since the numbers wrap */
		for (uint32_t id = lo; f->left && id != hi + 1; id++)
			if (id - f->first < f->count)
				f->left--;
	}
}

static void take_notice(struct zerocopy *z, const struct cmsghdr *cm)
{
	struct sock_extended_err see;
	uint32_t sends;

	if (cm->cmsg_level != SOL_IP || cm->cmsg_type != IP_RECVERR)
		return;
	memcpy(&see, CMSG_DATA(cm), sizeof(see));
	sends = see.ee_data - see.ee_info + 1;
	if (see.ee_origin != SO_EE_ORIGIN_ZEROCOPY || sends > z->in_flight)
		return;
	land(z, see.ee_info, see.ee_data);
	z->in_flight -= sends;
	z->told += sends;
	if (see.ee_code & SO_EE_CODE_ZEROCOPY_COPIED)
		z->copied += sends;
}

/* Reads a notice about one or more sends. -EAGAIN: there is none yet. */
static int read_notice(struct tr *tr)
{
	union {
		char space[CMSG_SPACE(sizeof(struct sock_extended_err) +
				      sizeof(struct sockaddr_in))];
		struct cmsghdr align;
	} control;
	struct msghdr h = { .msg_control = control.space,
			    .msg_controllen = sizeof(control.space) };
	struct cmsghdr *cm;

	if (recvmsg(tr->fd[TR_WRITE_END], &h, MSG_ERRQUEUE | MSG_DONTWAIT) < 0)
		return -errno;
	for (cm = CMSG_FIRSTHDR(&h); cm; cm = CMSG_NXTHDR(&h, cm))
		take_notice(tr->priv, cm);
	return 0;
}

static int wait_notice(struct tr *tr)
{
	uint32_t looked = 0;
	int rc;

	while ((rc = read_notice(tr)) < 0) {
		errno = -rc;
		/* poll reports the error queue even if asked for no event */
		rc = fd_wait_for_try(tr->fd[TR_WRITE_END], 0, &tr->wait,
				     &looked);
		if (rc < 0)
			return tr_broken(tr, rc, "cannot read the error queue");
	}
	return 0;
}

/* --- sending -------------------------------------------------------------- */

static char *buffer(const struct zerocopy *z)
{
	return z->data + z->turn * z->stride;
}

static HOT int tr_tcp_zerocopy_lend(struct tr *tr, void **buf)
{
	struct zerocopy *z = tr->priv;
	int rc = 0;

	while (z->flight[z->turn].left && rc == 0)
		rc = wait_notice(tr);
	*buf = buffer(z);
	return rc;
}

static int no_room(struct tr *tr)
{
	return err_say(tr->err, ENOBUFS,
		       "the kernel refuses to pin memory for MSG_ZEROCOPY; "
		       "raise ulimit -l, or net.core.optmem_max by sysctl -w");
}

/* Waits after a send that failed with errno, until it may be tried again. */
static int try_later(struct tr *tr, uint32_t *looked)
{
	struct zerocopy *z = tr->priv;
	int rc;

	/* too much is pinned or reserved: wait until a send is finished */
	if (errno == ENOBUFS)
		return z->in_flight ? wait_notice(tr) : no_room(tr);
	/* an unread notice would make every later poll return immediately */
	if (errno == EAGAIN) {
		if (read_notice(tr) == 0)
			return 0;
		errno = EAGAIN;
	}
	rc = fd_wait_for_try(tr->fd[TR_WRITE_END], POLLOUT, &tr->wait, looked);
	return rc < 0 ? tr_broken(tr, rc, "cannot send to the channel") : 0;
}

static void count_send(struct zerocopy *z)
{
	struct flight *f = &z->flight[z->turn];

	f->count++;
	f->left++;
	z->next_send++;
	z->in_flight++;
}

static int send_all(struct tr *tr, const char *p, size_t len)
{
	struct zerocopy *z = tr->priv;
	uint32_t looked = 0;
	int rc;

	z->flight[z->turn] = (struct flight){ .first = z->next_send };
	while (len > 0) {
		size_t step = len < TR_LONG_BYTES ? len : TR_LONG_BYTES;
		ssize_t n = send(tr->fd[TR_WRITE_END], p, step, MSG_ZEROCOPY);

		rc = n < 0 ? try_later(tr, &looked) : 0;
		if (rc < 0)
			return rc;
		if (n < 0)
			continue;
		count_send(z);
		if (len > TR_LONG_BYTES)
			tr_beat(tr);
		p += n;
		len -= (size_t)n;
		looked = 0;
	}
	return 0;
}

/* Waits for all notices, so that the next transfer does not wait for them. */
static int tr_tcp_zerocopy_again(struct tr *tr)
{
	struct zerocopy *z = tr->priv;
	int rc = 0;

	while (z->in_flight && rc == 0)
		rc = wait_notice(tr);
	return rc;
}

static int finish(struct tr *tr)
{
	struct zerocopy *z = tr->priv;
	int rc;

	if (shutdown(tr->fd[TR_WRITE_END], SHUT_WR) < 0)
		return tr_broken(tr, -errno, "shutdown");
	rc = tr_tcp_zerocopy_again(tr);
	snprintf(tr->remark, sizeof(tr->remark),
		 "%" PRIu64 " sends; the kernel copied %" PRIu64 " of them",
		 z->told, z->copied);
	return rc;
}

static HOT int tr_tcp_zerocopy_send(struct tr *tr, size_t len)
{
	struct zerocopy *z = tr->priv;
	int rc;

	if (len == 0)
		return finish(tr);
	rc = send_all(tr, buffer(z), len);
	z->turn = z->turn + 1 == z->depth ? 0 : z->turn + 1;
	return rc;
}

/* --- the table's row ------------------------------------------------------ */

static const struct hop tr_tcp_zerocopy_path[] = {
	{ "IN", "server", HOP_KERNEL, "read", 1 },
	{ "server", "channel", HOP_KERNEL, "send", 0 },
	/* loopback copies here; a network device would not */
	{ "channel", "channel", HOP_KERNEL, "loopback", 1 },
	{ "channel", "client", HOP_KERNEL, "read", 1 },
	{ "client", "OUT", HOP_KERNEL, "write", 1 },
	{ .from = NULL },
};

const struct transport tr_tcp_zerocopy = {
	.name = "tcp-zerocopy",
	.summary = "TCP over loopback, MSG_ZEROCOPY and read(2)",
	.since = "4.14",
	.lifts = "pinned memory: ulimit -l KIB, or CAP_IPC_LOCK; buffer: "
		 "sysctl -w net.core.wmem_max=BYTES net.core.rmem_max=BYTES",
	.channel = TR_CHANNEL_TCP,
	.family = TR_FAMILY_TCP,
	.params = tr_tcp_zerocopy_params,
	.priv_size = sizeof(struct zerocopy),
	.path = tr_tcp_zerocopy_path,
	.middle = "MSG_ZEROCOPY lends the sender's pages to a network card. "
		  "Loopback has no card, and the receiver must not see pages "
		  "that the sender may still change. So the kernel copies "
		  "them, and read copies them once more.",
	.reach = TR_REACH_NAME,
	.limits = tr_tcp_zerocopy_limits,
	.settle = tr_tcp_zerocopy_settle,
	.probe = tr_tcp_zerocopy_probe,
	.init = tr_tcp_zerocopy_init,
	.create = tcp_meet_create,
	.offer = tcp_meet_offer,
	.join = tcp_meet_join,
	.attach = tr_tcp_zerocopy_attach,
	.lend = tr_tcp_zerocopy_lend,
	.send = tr_tcp_zerocopy_send,
	.receive = tr_receive_stream,
	.give_back = tr_give_back_private,
	.again = tr_tcp_zerocopy_again,
	.close = tr_tcp_zerocopy_close,
};
