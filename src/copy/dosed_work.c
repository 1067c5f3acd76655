/*
 * Does the extra work of doses (dose.h), except DOSE_COPIES and DOSE_PASSES,
 * which dosed.c does.
 */
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "base/cpu.h"
#include "base/fd.h"
#include "base/page.h"
#include "base/proc.h"
#include "base/stop.h"
#include "copy/dosed.h"
#include "copy/pattern.h"

#define MANY_PAGES 256 /* once all are touched, the kernel gets them back */

/* --- copies ------------------------------------------------------------- */

static int copies_begin(struct dosed *d, struct tr *tr)
{
	for (int i = 0; i < OWN_COUNT; i++) {
		d->own[i] = page_map(d->message);
		if (!d->own[i])
			return tr_errno(tr,
					"cannot get memory for --extra-copies");
	}
	return 0;
}

/* --- copies by the kernel ------------------------------------------------- */

static int kernel_copies_begin(struct dosed *d, struct tr *tr)
{
	d->spare = page_map(d->message);
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
 * On the server, copies the message out of memory, as write(2) does. On the
 * client, copies as many bytes into memory, as read(2) does.
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
 * The answering process: it sends each byte back. It ends when its parent ends,
 * or when no process has the other end of `from` open any more.
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

/*
 * Forks the answering process. It runs on the CPU of the other side, as the
 * process that a message wakes does. If that CPU is not known, the process
 * inherits the CPUs on which this side may run.
 */
static int wakes_begin(struct dosed *d, struct tr *tr)
{
	int there[2], back[2], pidfd;
	pid_t pid;

	if (pipe2(there, O_CLOEXEC) < 0 || pipe2(back, O_CLOEXEC) < 0)
		return tr_errno(tr, "cannot make a pipe for --extra-wakes");
	pid = proc_fork(&pidfd, tr->err);
	if (pid < 0)
		return (int)pid;
	if (pid == 0) {
		if (d->other_cpu >= 0 && cpu_bind(d->other_cpu, tr->err) < 0)
			_exit(1);
		answer(there[0], back[1]);
	}
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

/* --- copies out of the cache ---------------------------------------------- */

#define FAR_MOST   ((uint64_t)256 << 20)
#define FILL_BYTES ((size_t)1 << 20)

/*
 * The size of the memory for far copies or crossings, rounded up to whole
 * messages. It is `file`: for far copies the length of the copied file, so that
 * an equally small part of both files is in the caches; for crossings 8
 * messages. But if that is more than 256 MiB, or not more than twice the CPU's
 * own cache, the size is twice the CPU's own cache. (1 MiB takes the place of
 * twice the cache if the size of the cache is not known.)
 */
static size_t far_bytes(uint64_t file, size_t message)
{
	long own = sysconf(_SC_LEVEL2_CACHE_SIZE);
	uint64_t bytes = own > 0 ? 2 * (uint64_t)own : (uint64_t)1 << 20;

	if (file > bytes && file <= FAR_MOST)
		bytes = file;
	return (size_t)((bytes + message - 1) / message) * message;
}

/*
 * Writes the whole file. Without this, a read would find no bytes in the file
 * and copy a page of zeros, which is always in the cache. It writes 1 MiB at a
 * time, and not one message at a time: with messages of a few bytes, that could
 * take longer than the timeout.
 */
static int far_fill(const struct dosed *d, struct tr *tr)
{
	static const char block[FILL_BYTES];

	for (size_t at = 0; at < d->far.bytes && !stop_requested();) {
		size_t left = d->far.bytes - at;
		ssize_t n = pwrite(d->far.file, block,
				   left < FILL_BYTES ? left : FILL_BYTES,
				   (off_t)at);

		if (n <= 0)
			return -1;
		at += (size_t)n;
		tr_beat(tr);
	}
	return 0;
}

static int far_copies_begin(struct dosed *d, struct tr *tr)
{
	d->far.bytes = far_bytes(tr->file_len, d->message);
	d->far.near = page_map(d->message);
	d->far.file = memfd_create("ipcopy-dose", MFD_CLOEXEC);
	if (!d->far.near || d->far.file < 0 || far_fill(d, tr) < 0)
		return tr_errno(
			tr,
			"cannot make a file in memory for --extra-far-copies");
	return 0;
}

/*
 * The server reads, as from the file that it sends. The client writes, as to
 * the file that it makes.
 */
static int far_copy(struct dosed *d, const void *buf, size_t len)
{
	off_t at = (off_t)d->far.at;
	ssize_t n = d->role == COPY_SERVER
			    ? pread(d->far.file, d->far.near, len, at)
			    : pwrite(d->far.file, d->far.near, len, at);

	(void)buf;
	d->far.at += d->message;
	if (d->far.at >= d->far.bytes)
		d->far.at = 0;
	return n == (ssize_t)len ? 0 : -EIO;
}

/* --- contents ------------------------------------------------------------- */

static int contents_begin(struct dosed *d, struct tr *tr)
{
	d->contents = page_map(d->message);
	if (!d->contents)
		return tr_errno(tr, "cannot get memory for --extra-contents");
	pattern_fill(d->contents, d->message, 0);
	return 0;
}

/* The server makes the contents, and the client checks them, as in a stream. */
static int make_or_check(struct dosed *d, const void *buf, size_t len)
{
	(void)buf;
	if (d->role == COPY_SERVER)
		pattern_fill(d->contents, len, 0);
	else if (pattern_differs(d->contents, len, 0))
		return -EIO;
	return 0;
}

/* --- crossings ------------------------------------------------------------ */

/*
 * As in a deep channel: more memory than the CPU's own cache, and usually room
 * for several messages.
 */
static size_t cross_bytes(size_t message)
{
	return far_bytes(8 * (uint64_t)message, message);
}

size_t dose_shared_bytes(const struct dose *d, size_t message)
{
	const int *times = d->times[DOSE_CROSSINGS];

	if (!times[COPY_SERVER] && !times[COPY_CLIENT])
		return 0;
	return cross_bytes(message) + message;
}

static int crossings_begin(struct dosed *d, struct tr *tr)
{
	d->cross.bytes = cross_bytes(d->message);
	d->cross.own = page_map(d->message);
	if (!d->cross.own)
		return tr_errno(tr, "cannot get memory for --extra-crossings");
	memset(d->cross.region, 1, d->cross.bytes); /* touch its pages */
	return 0;
}

/*
 * The server writes into the memory that the client reads. Neither waits for
 * the other, since the contents do not matter.
 */
static int cross(struct dosed *d, const void *buf, size_t len)
{
	char *at = d->cross.region + d->cross.at;

	(void)buf;
	if (d->role == COPY_SERVER)
		memcpy(at, d->cross.own, len);
	else
		memcpy(d->cross.own, at, len);
	d->cross.at = (d->cross.at + len) % d->cross.bytes;
	return 0;
}

/* --- all of them ---------------------------------------------------------- */

const struct dosed_work dosed_work[DOSE_KINDS] = {
	[DOSE_COPIES] = { copies_begin, NULL },
	[DOSE_KERNEL_COPIES] = { kernel_copies_begin, kernel_copy },
	[DOSE_CALLS] = { NULL, call },
	[DOSE_WAKES] = { wakes_begin, wake },
	[DOSE_PAGES] = { pages_begin, touch_page },
	[DOSE_FAR_COPIES] = { far_copies_begin, far_copy },
	[DOSE_PASSES] = { NULL, NULL },
	[DOSE_CONTENTS] = { contents_begin, make_or_check },
	[DOSE_CROSSINGS] = { crossings_begin, cross },
};
