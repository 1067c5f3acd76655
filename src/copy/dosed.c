/*
 * Does the work of doses (dose.h). A side with a dose gets a table of hooks of
 * its own. Its hooks do the extra work and call the hooks of the mechanism. The
 * loops always call hooks through a table, so they are the same with and
 * without a dose.
 */
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "base/bytes.h"
#include "base/fd.h"
#include "base/page.h"
#include "base/proc.h"
#include "base/stop.h"
#include "copy/dose.h"
#include "transport/transport.h"

#define MANY_PAGES 256 /* when all are touched, they are given back */
#define OWN_COUNT  2

struct dosed {
	struct transport ops; /* first: tr->ops points here */
	const struct transport *real;
	enum copy_role role;
	int times[DOSE_KINDS];
	size_t message; /* size of a message */
	size_t passed;  /* bytes received of an incomplete message */
	void *own[OWN_COUNT];
	void *slot;  /* the buffer that the mechanism has lent */
	void *spare; /* the kernel copies into it */
	int file;    /* a memfd of the size of a message */
	char *pages;
	size_t page_size;
	size_t next_page; /* the page to touch next */
	int wake_fd[2];   /* to the answering process, and back */
};

static struct dosed *dosed_of(struct tr *tr)
{
	return (struct dosed *)(uintptr_t)tr->ops;
}

/*
 * Gives a sign of life after a piece of work, if the message is long, since the
 * work then takes long.
 */
static void beat_if_long(struct tr *tr, size_t len)
{
	if (len > TR_LONG_BYTES)
		tr_beat(tr);
}

/* --- copies --------------------------------------------------------------- */

static void *new_memory(size_t len)
{
	void *p = mmap(NULL, len, PROT_READ | PROT_WRITE,
		       MAP_PRIVATE | MAP_ANONYMOUS | MAP_POPULATE, -1, 0);

	return p == MAP_FAILED ? NULL : p;
}

static int copies_begin(struct dosed *d, struct tr *tr)
{
	for (int i = 0; i < OWN_COUNT; i++) {
		d->own[i] = new_memory(d->message);
		if (!d->own[i])
			return tr_errno(tr,
					"cannot get memory for --extra-copies");
	}
	return 0;
}

/*
 * Copies the message `times` times, each time to the other one of own[0] and
 * own[1]. Returns the last copy.
 */
static void *copy_on(struct tr *tr, const void *from, size_t len, int times)
{
	struct dosed *d = dosed_of(tr);
	int to = from == d->own[0];

	for (; times > 0 && !stop_requested(); times--, to = !to) {
		bytes_copy(d->own[to], from, len);
		from = d->own[to];
		beat_if_long(tr, len);
	}
	return (void *)(uintptr_t)from;
}

/* --- copies by the kernel ------------------------------------------------- */

static int kernel_copies_begin(struct dosed *d, struct tr *tr)
{
	d->spare = new_memory(d->message);
	if (!d->spare)
		return tr_errno(tr,
				"cannot get memory for --extra-kernel-copies");
	d->file = memfd_create("ipcopy-dose", MFD_CLOEXEC);
	if (d->file < 0 ||
	    pwrite(d->file, d->spare, d->message, 0) != (ssize_t)d->message)
		return tr_errno(tr, "cannot make a file in memory for "
				    "--extra-kernel-copies");
	return 0;
}

/*
 * On the server, copies the message out of its memory, as its send does. On the
 * client, copies it into memory, as receive does.
 */
static int kernel_copy(struct dosed *d, const void *buf, size_t len)
{
	ssize_t n = d->role == COPY_SERVER ? pwrite(d->file, buf, len, 0)
					   : pread(d->file, d->spare, len, 0);

	return n == (ssize_t)len ? 0 : -EIO;
}

/* --- system calls --------------------------------------------------------- */

static int call(struct dosed *d, const void *buf, size_t len)
{
	(void)d;
	(void)buf;
	(void)len;
	/* call the kernel itself: a library may remember the answer */
	return syscall(SYS_getppid) < 0 ? -errno : 0;
}

/* --- wake-ups ------------------------------------------------------------- */

/*
 * The answering process: it sends back each byte. It ends with its parent, or
 * when no process has the other end of `from` open any more.
 */
static void answer(int from, int to)
{
	unsigned low = (unsigned)(from < to ? from : to);
	unsigned high = (unsigned)(from < to ? to : from);
	char word;

	signal(SIGTERM, SIG_IGN);
	syscall(SYS_close_range, high + 1, ~0U, 0);
	syscall(SYS_close_range, low + 1, high - 1, 0);
	syscall(SYS_close_range, 3, low - 1, 0);
	while (read(from, &word, 1) == 1 && write(to, &word, 1) == 1)
		;
	_exit(0);
}

/* Forks the answering process. It may run on the same CPUs as this side. */
static int wakes_begin(struct dosed *d, struct tr *tr)
{
	int there[2], back[2], pidfd;
	pid_t pid;

	if (pipe2(there, O_CLOEXEC) < 0 || pipe2(back, O_CLOEXEC) < 0)
		return tr_errno(tr, "cannot make a pipe for --extra-wakes");
	pid = proc_fork(&pidfd, tr->err);
	if (pid < 0)
		return (int)pid;
	if (pid == 0)
		answer(there[0], back[1]);
	close(pidfd);
	close(there[0]);
	close(back[1]);
	d->wake_fd[0] = there[1];
	d->wake_fd[1] = back[0];
	return 0;
}

static int wake(struct dosed *d, const void *buf, size_t len)
{
	char word = 'w';

	(void)buf;
	(void)len;
	if (fd_write_all(d->wake_fd[0], &word, 1) == 0 &&
	    fd_read_full(d->wake_fd[1], &word, 1) == 1)
		return 0;
	return stop_requested() ? -ECANCELED : -EIO;
}

/* --- pages ---------------------------------------------------------------- */

static int pages_begin(struct dosed *d, struct tr *tr)
{
	d->page_size = page_bytes();
	d->pages = mmap(NULL, MANY_PAGES * d->page_size, PROT_READ | PROT_WRITE,
			MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	if (d->pages == MAP_FAILED)
		return tr_errno(tr, "cannot get memory for --extra-pages");
	madvise(d->pages, MANY_PAGES * d->page_size, MADV_NOHUGEPAGE);
	return 0;
}

static int touch_page(struct dosed *d, const void *buf, size_t len)
{
	(void)buf;
	(void)len;
	((volatile char *)d->pages)[d->next_page * d->page_size] = 1;
	if (++d->next_page < MANY_PAGES)
		return 0;
	d->next_page = 0;
	return madvise(d->pages, MANY_PAGES * d->page_size, MADV_DONTNEED) < 0
		       ? -errno
		       : 0;
}

/* --- all of them ---------------------------------------------------------- */

/*
 * One row for each kind of work. `begin` prepares it. `once` does one piece of
 * it, for each message or, if dose_is_by_byte(), for each part of a message.
 * Copies have no `once`: the hooks below make them on the way between the
 * program's buffer and the mechanism's buffer.
 */
static const struct {
	int (*begin)(struct dosed *d, struct tr *tr);
	int (*once)(struct dosed *d, const void *buf, size_t len);
} work[DOSE_KINDS] = {
	[DOSE_COPIES] = { copies_begin, NULL },
	[DOSE_KERNEL_COPIES] = { kernel_copies_begin, kernel_copy },
	[DOSE_CALLS] = { NULL, call },
	[DOSE_WAKES] = { wakes_begin, wake },
	[DOSE_PAGES] = { pages_begin, touch_page },
};

/*
 * The number of messages that begin in this part. The server sends each message
 * as a whole. A stream may bring it to the client in several parts, and a part
 * may hold several messages. The last message of a file may be short.
 */
static int messages_in(struct dosed *d, size_t len)
{
	size_t all = d->passed + len;
	int begun = d->passed ? -1 : 0;

	if (d->role == COPY_SERVER)
		return 1;
	begun += (int)((all + d->message - 1) / d->message);
	d->passed = all % d->message;
	return begun;
}

static int apply(struct dosed *d, struct tr *tr, const void *buf, size_t len)
{
	int messages = messages_in(d, len), rc = 0;

	for (int k = 0; k < DOSE_KINDS; k++) {
		int n = d->times[k];

		if (!work[k].once || !n)
			continue;
		if (!dose_is_by_byte((enum dose_kind)k))
			n *= messages;
		while (n-- > 0 && rc == 0 && !stop_requested()) {
			rc = work[k].once(d, buf, len);
			beat_if_long(tr, len);
		}
	}
	if (rc == 0 || rc == -ECANCELED)
		return rc;
	return err_code(tr->err, rc, "the extra work failed");
}

/* --- hooks ---------------------------------------------------------------- */

static int dosed_lend(struct tr *tr, void **buf)
{
	struct dosed *d = dosed_of(tr);
	int rc = d->real->lend(tr, &d->slot);

	*buf = d->times[DOSE_COPIES] ? d->own[0] : d->slot;
	return rc;
}

/* The last copy goes into the mechanism's buffer. */
static int dosed_send(struct tr *tr, size_t len)
{
	struct dosed *d = dosed_of(tr);
	int copies = d->times[DOSE_COPIES], rc;
	void *last;

	if (len == 0)
		return d->real->send(tr, 0);
	if (copies) {
		last = copy_on(tr, d->own[0], len, copies - 1);
		bytes_copy(d->slot, last, len);
	}
	rc = apply(d, tr, d->slot, len);
	return rc < 0 ? rc : d->real->send(tr, len);
}

static ssize_t dosed_receive(struct tr *tr, const void **buf)
{
	struct dosed *d = dosed_of(tr);
	ssize_t n = d->real->receive(tr, buf);
	int rc;

	if (n <= 0)
		return n;
	*buf = copy_on(tr, *buf, (size_t)n, d->times[DOSE_COPIES]);
	rc = apply(d, tr, *buf, (size_t)n);
	return rc < 0 ? rc : n;
}

/* Forgets a short last message of the last transfer: no rest will come. */
static int dosed_again(struct tr *tr)
{
	struct dosed *d = dosed_of(tr);

	d->passed = 0;
	return d->real->again ? d->real->again(tr) : 0;
}

static struct dosed *new_dosed(const struct dose *dose, enum copy_role role,
			       const struct tr *tr)
{
	struct dosed *d = calloc(1, sizeof(*d));

	if (!d)
		return NULL;
	d->ops = *tr->ops;
	d->real = tr->ops;
	d->role = role;
	d->message = tr->msg_bytes;
	d->ops.again = dosed_again;
	for (int k = 0; k < DOSE_KINDS; k++)
		d->times[k] = dose->times[k][role];
	if (role == COPY_SERVER) {
		d->ops.lend = dosed_lend;
		d->ops.send = dosed_send;
	} else {
		d->ops.receive = dosed_receive;
		d->ops.discard = NULL;
	}
	return d;
}

static bool has_dose(const struct dose *dose, enum copy_role role)
{
	for (int k = 0; k < DOSE_KINDS; k++)
		if (dose->times[k][role])
			return true;
	return false;
}

int dose_begin(const struct dose *dose, enum copy_role role, struct tr *tr)
{
	struct dosed *d;
	int rc = 0;

	if (!has_dose(dose, role))
		return 0;
	rc = dose_check(dose, tr->ops, tr->err);
	if (rc < 0)
		return rc;
	d = new_dosed(dose, role, tr);
	if (!d)
		return err_code(tr->err, ENOMEM,
				"cannot prepare the extra work");
	for (int k = 0; k < DOSE_KINDS && rc == 0; k++)
		if (d->times[k] && work[k].begin)
			rc = work[k].begin(d, tr);
	tr->ops = &d->ops; /* until this process ends */
	return rc;
}
