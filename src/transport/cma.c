/*
 * Cross-memory attach: the client reads from the server's private buffers by
 * process_vm_readv(2). A small shared region says whose turn it is.
 *
 * Over the control socket the server sends its pid and the address of its
 * buffers, and the client sends its pid. The region holds no address, and a
 * length in it is checked against the size of a buffer. A hostile client can
 * read what ptrace(2) lets it read of this user's processes, with or without
 * ipcopy. If Yama forbids such reads, the server makes an exception for its
 * client only. The exception ends with the server. A hostile server can make
 * the client copy the memory of another process of the same user into a file.
 * This cannot happen by mistake: the client first looks for a random word in
 * the first buffer.
 */
#include <errno.h>
#include <inttypes.h>
#include <linux/capability.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/random.h>
#include <sys/uio.h>
#include <unistd.h>

#include "base/fd.h"
#include "base/hot.h"
#include "base/page.h"
#include "base/proc.h"
#include "base/size.h"
#include "transport/ring.h"

#define PTRACE_SCOPE "/proc/sys/kernel/yama/ptrace_scope"
#define MAX_BYTES    (1ULL << 30)

/* the values of Yama's ptrace_scope */
enum { SCOPE_ANY, SCOPE_DECLARED, SCOPE_PRIVILEGED, SCOPE_NONE };

struct cma {
	struct ring ring; /* its payload lies in `buffers`, not in the region */
	char *buffers;    /* server: `depth` buffers, `stride` bytes apart */
	/* client: the server's pid and the address of its buffers */
	pid_t server;
	uintptr_t address;
};

enum { P_SIZE, P_DEPTH, P_WAIT, P_SPIN, P_END };

static const struct tr_param tr_cma_params[] = {
	[P_SIZE] = TR_PARAM_SIZE(1 << 16),
	[P_DEPTH] = { .name = "depth",
		      .kind = TR_COUNT,
		      .def = 8,
		      .min = 1,
		      .max = 65536,
		      .about = "number of the server's buffers" },
	[P_WAIT] = TR_PARAM_WAIT,
	[P_SPIN] = TR_PARAM_SPIN,
	[P_END] = { .name = NULL },
};

static size_t region_bytes(const struct tr_spec *spec)
{
	return page_round(sizeof(struct ring_shared) +
			  spec->value[P_DEPTH] * sizeof(struct ring_slot));
}

static size_t buffers_bytes(const struct tr_spec *spec)
{
	return spec->value[P_DEPTH] * page_round(spec->value[P_SIZE]);
}

/* --- may it run here? ----------------------------------------------------- */

static ssize_t read_memory(pid_t pid, void *to, uintptr_t from, size_t len)
{
	struct iovec local = { to, len }, remote = { (void *)from, len };

	return process_vm_readv(pid, &local, 1, &remote, 1, 0);
}

/*
 * Tries the call on this process, which may always read its own memory. So if
 * it fails, the call is missing or forbidden.
 */
static int check_call(struct err *e)
{
	char from = 1, to = 0;

	if (read_memory(getpid(), &to, (uintptr_t)&from, 1) == 1)
		return 0;
	if (errno == ENOSYS)
		return err_say(e, ENOTSUP,
			       "cma: this kernel is built without "
			       "CONFIG_CROSS_MEMORY_ATTACH");
	return err_say(e, EPERM,
		       "cma: process_vm_readv is refused (%s); a container "
		       "needs the option --cap-add=SYS_PTRACE",
		       strerrordesc_np(errno));
}

static int check_scope(struct err *e)
{
	uint64_t scope = fd_read_number(PTRACE_SCOPE, SCOPE_ANY);

	if (scope == SCOPE_NONE)
		return err_say(e, EPERM,
			       "cma: kernel.yama.ptrace_scope=3 forbids "
			       "process_vm_readv to everyone until the next "
			       "boot");
	if (scope == SCOPE_PRIVILEGED && !proc_has_cap(CAP_SYS_PTRACE))
		return err_say(e, EPERM,
			       "cma: kernel.yama.ptrace_scope=2 forbids "
			       "process_vm_readv without CAP_SYS_PTRACE; allow "
			       "it with: sysctl -w kernel.yama.ptrace_scope=1");
	if (prctl(PR_GET_DUMPABLE) != 1 && !proc_has_cap(CAP_SYS_PTRACE))
		return err_say(e, EPERM,
			       "cma: this program cannot be traced: its file "
			       "is set-user-ID, set-group-ID or unreadable, or "
			       "has capabilities; allow it with: "
			       "chmod u-s,g-s,a+r FILE, or setcap -r FILE");
	return 0;
}

static int tr_cma_probe(const struct tr_spec *spec, struct err *e)
{
	char have[32], max[32];
	int rc;

	if (buffers_bytes(spec) > MAX_BYTES)
		return err_say(e, EINVAL,
			       "cma: depth times size in whole pages makes %s; "
			       "at most %s is allowed",
			       size_human((double)buffers_bytes(spec), have,
					  sizeof(have)),
			       size_human(MAX_BYTES, max, sizeof(max)));
	rc = check_call(e);
	return rc < 0 ? rc : check_scope(e);
}

static void tr_cma_limits(char *text, size_t size)
{
	char scope[32];

	if (!fd_read_text(PTRACE_SCOPE, scope, sizeof(scope))) {
		snprintf(text, size, "Yama sets no limit on this machine");
		return;
	}
	snprintf(text, size,
		 "kernel.yama.ptrace_scope is %.1s; cma works with 0 and 1, "
		 "and with CAP_SYS_PTRACE also with 2",
		 scope);
}

/* --- making and joining --------------------------------------------------- */

static void tr_cma_init(struct tr *tr)
{
	struct ring *r = &((struct cma *)tr->priv)->ring;

	r->sync = &ring_futex;
	r->region = (struct region)REGION_INIT;
	r->depth = (uint32_t)tr->spec.value[P_DEPTH];
	r->batch = r->depth / 2;
	r->stride = page_round(tr->msg_bytes);
}

static void lay_out_tables(struct ring *r)
{
	r->shared = r->region.base;
	r->slots = (struct ring_slot *)(r->shared + 1);
}

static int tr_cma_create(struct tr *tr)
{
	struct ring *r = &((struct cma *)tr->priv)->ring;
	int rc = region_create(&r->region, REGION_MEMFD,
			       region_bytes(&tr->spec), tr->lease, tr->err);

	if (rc == 0)
		lay_out_tables(r);
	return rc;
}

static int make_buffers(struct tr *tr, struct cma *c)
{
	size_t bytes = buffers_bytes(&tr->spec);

	c->buffers = page_map(bytes);
	if (!c->buffers)
		return tr_errno(tr, "cannot make %zu bytes of buffers", bytes);
	return 0;
}

/* The random word that the client must find in the first buffer. */
struct mark {
	uint64_t word;
};

static int put_mark(struct tr *tr, struct cma *c, struct mark *m)
{
	if (getrandom(&m->word, sizeof(m->word), 0) != sizeof(m->word))
		return tr_errno(tr, "getrandom");
	/* a buffer may be smaller than the mark, but its page is not */
	memcpy(c->buffers, m, sizeof(*m));
	return 0;
}

static int say_where(struct cma *c, const struct mark *m, struct ctl *ctl)
{
	char text[CTL_NAME_MAX];

	snprintf(text, sizeof(text), "%d %" PRIxPTR " %" PRIx64, (int)getpid(),
		 (uintptr_t)c->buffers, m->word);
	return ctl_give(ctl, text, -1);
}

/*
 * Lets the client read our memory. Yama keeps one such exception for each
 * process. Without Yama, prctl fails and no exception is needed.
 */
static int let_client_read(struct tr *tr, struct ctl *ctl)
{
	char text[CTL_NAME_MAX];
	int pid, rc = ctl_take(ctl, text, NULL);

	if (rc < 0)
		return rc;
	if (sscanf(text, "%d", &pid) != 1 || pid <= 0)
		return err_say(tr->err, EPROTO,
			       "the client sent '%.40s', not a process id",
			       text);
	prctl(PR_SET_PTRACER, (unsigned long)pid, 0, 0, 0);
	return ctl_give(ctl, "", -1);
}

static int tr_cma_offer(struct tr *tr, struct ctl *ctl)
{
	struct cma *c = tr->priv;
	struct mark m;
	int rc = make_buffers(tr, c);

	if (rc == 0)
		rc = put_mark(tr, c, &m);
	if (rc == 0)
		rc = region_offer(&c->ring.region, ctl);
	if (rc == 0)
		rc = say_where(c, &m, ctl);
	return rc < 0 ? rc : let_client_read(tr, ctl);
}

static int hear_where(struct tr *tr, struct cma *c, struct mark *m,
		      struct ctl *ctl)
{
	char text[CTL_NAME_MAX];
	int pid, rc = ctl_take(ctl, text, NULL);

	if (rc < 0)
		return rc;
	if (sscanf(text, "%d %" SCNxPTR " %" SCNx64, &pid, &c->address,
		   &m->word) != 3 ||
	    pid <= 0)
		return err_say(tr->err, EPROTO,
			       "the server sent '%.60s', which does not say "
			       "where the buffers are",
			       text);
	c->server = pid;
	return 0;
}

static int say_who(struct ctl *ctl)
{
	char text[CTL_NAME_MAX];
	int rc;

	snprintf(text, sizeof(text), "%d", (int)getpid());
	rc = ctl_give(ctl, text, -1);
	return rc < 0 ? rc : ctl_take(ctl, text, NULL);
}

static int say_refused(struct tr *tr, int code)
{
	if (code == EPERM)
		return err_say(tr->err, EPERM,
			       "the client cannot read the server's memory; "
			       "use kernel.yama.ptrace_scope=0 or 1, and the "
			       "same privileges on both sides");
	return err_code(tr->err, code, "process_vm_readv");
}

/*
 * Looks for the random word. If the server is in another pid namespace, its pid
 * may belong to another process here.
 */
static int check_mark(struct tr *tr, const struct cma *c, const struct mark *m)
{
	struct mark found;
	ssize_t n = read_memory(c->server, &found, c->address, sizeof(found));

	if (n < 0)
		return say_refused(tr, errno);
	if (n == sizeof(found) && found.word == m->word)
		return 0;
	return err_say(
		tr->err, EPROTO,
		"the process %d is not the server, or has no buffers where the "
		"server said; run both sides in one pid namespace",
		(int)c->server);
}

static int tr_cma_join(struct tr *tr, struct ctl *ctl)
{
	struct cma *c = tr->priv;
	struct mark m;
	int rc = region_join(&c->ring.region, REGION_MEMFD,
			     region_bytes(&tr->spec), ctl, tr->err);

	if (rc < 0)
		return rc;
	lay_out_tables(&c->ring);
	region_prefault(&c->ring.region);
	rc = hear_where(tr, c, &m, ctl);
	if (rc == 0)
		rc = say_who(ctl);
	if (rc == 0)
		rc = check_mark(tr, c, &m);
	return rc < 0 ? rc : tr_make_buffer(tr);
}

static int tr_cma_attach(struct tr *tr)
{
	region_prefault(&((struct cma *)tr->priv)->ring.region);
	return 0;
}

static void tr_cma_close(struct tr *tr)
{
	struct cma *c = tr->priv;

	region_close(&c->ring.region);
	if (c->buffers)
		munmap(c->buffers, buffers_bytes(&tr->spec));
	c->buffers = NULL;
}

/* --- messages ------------------------------------------------------------- */

static HOT int tr_cma_lend(struct tr *tr, void **buf)
{
	struct cma *c = tr->priv;

	*buf = c->buffers + c->ring.slot * c->ring.stride;
	return c->ring.sync->wait_empty(tr, &c->ring);
}

static HOT int tr_cma_send(struct tr *tr, size_t len)
{
	return ring_post_full(tr, &((struct cma *)tr->priv)->ring, len);
}

/*
 * Reads a message of `len` bytes. The memory of an honest server never ends
 * within the message.
 */
static int fetch(struct tr *tr, const struct cma *c, size_t len)
{
	uintptr_t from = c->address + c->ring.slot * c->ring.stride;
	char *to = tr->buf;

	while (len > 0) {
		ssize_t n = read_memory(c->server, to, from, len);

		if (n < 0 && errno == ESRCH)
			return err_say(tr->err, EPIPE, "the server is gone");
		if (n < 0)
			return say_refused(tr, errno);
		if (n == 0)
			return err_say(tr->err, EPROTO,
				       "the server's buffer is shorter than "
				       "its message");
		to += n;
		from += (uintptr_t)n;
		len -= (size_t)n;
	}
	return 0;
}

/*
 * After fetch() the message is in our own memory, so the server gets its buffer
 * back here, and not only in .give_back.
 */
static HOT ssize_t tr_cma_receive(struct tr *tr, const void **buf)
{
	struct cma *c = tr->priv;
	ssize_t len = ring_wait_full(tr, &c->ring);
	int rc;

	if (len < 0)
		return len;
	*buf = tr->buf;
	rc = fetch(tr, c, (size_t)len);
	if (rc == 0)
		rc = ring_give_back(tr, &c->ring);
	return rc < 0 ? rc : len;
}

/* --- the table's row ------------------------------------------------------ */

static const struct hop tr_cma_path[] = {
	{ "IN", "server", HOP_KERNEL, "read", 1 },
	{ "server", "client", HOP_KERNEL, "process_vm_readv", 1 },
	{ "client", "OUT", HOP_KERNEL, "write", 1 },
	{ .from = NULL },
};

const struct transport tr_cma = {
	.name = "cma",
	.summary = "client reads server's memory, process_vm_readv(2)",
	.since = "3.2",
	.lifts = "reading the server's memory: sysctl -w "
		 "kernel.yama.ptrace_scope=1, or CAP_SYS_PTRACE",
	.family = TR_FAMILY_CALL,
	.params = tr_cma_params,
	.priv_size = sizeof(struct cma),
	.path = tr_cma_path,
	.middle = "The client reads the server's memory itself: the kernel "
		  "finds the pages of both processes and copies each byte "
		  "once, from the server's page to the client's. In return the "
		  "server must not change a buffer before the client has read "
		  "it. A small region that both sides have mapped says which "
		  "buffers are full. At the start the client reads one word of "
		  "the buffers, as a test.",
	.sync = "futex",
	.reach = TR_REACH_DESCRIPTOR,
	.limits = tr_cma_limits,
	.probe = tr_cma_probe,
	.init = tr_cma_init,
	.create = tr_cma_create,
	.offer = tr_cma_offer,
	.join = tr_cma_join,
	.attach = tr_cma_attach,
	.lend = tr_cma_lend,
	.send = tr_cma_send,
	.receive = tr_cma_receive,
	.give_back = tr_give_back_private,
	.close = tr_cma_close,
};
