/*
 * Pages moved through a pipe: the common part of splice, vmsplice and
 * vmsplice-splice.
 */
#include "transport/pages.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdint.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/uio.h>
#include <unistd.h>

#include "base/fd.h"
#include "base/hot.h"
#include "base/page.h"
#include "transport/pipe_size.h"

#define HUGE_BYTES (2UL << 20)

/*
 * Uses huge pages if Linux has some. vmsplice looks into the page tables for
 * each page that it takes, and these are then short. A slot of a pipe still
 * holds at most a small page.
 */
static int make_pool(struct tr *tr, struct page_pool *pool)
{
	size_t huge = round_up(pool->len, HUGE_BYTES);
	void *map;

	pool->map_len = huge + HUGE_BYTES;
	map = mmap(NULL, pool->map_len, PROT_READ | PROT_WRITE,
		   MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	if (map == MAP_FAILED)
		return tr_errno(tr, "buffers of %zu bytes", pool->len);
	pool->map = map;
	pool->base = (char *)round_up((uintptr_t)map, HUGE_BYTES);
	madvise(pool->base, huge, MADV_HUGEPAGE);
	memset(pool->base, 0, pool->len);
	return 0;
}

/*
 * vmsplice(2) puts the pages themselves into the pipe: what is written to them
 * afterwards is what the reader gets. So a page must not be filled again while
 * it may be in the pipe. There is no call that tells, but this bound:
 *
 *   A pipe of capacity C has C/P slots, where P is the size of a page, and is
 *   first in, first out. A page handed over takes a slot of its own, however
 *   little of it is used, since the kernel never appends to such a slot. Once
 *   C/P more pages have been handed over, a page has therefore left the pipe.
 *   The slot is given up, under the pipe's lock, after its bytes were copied
 *   out, by read(2) and by splice(2) into a file alike; so then nobody looks
 *   at the page any more.
 *
 *   Messages take whole pages of the pool one after the other. The next begins
 *   at 0 where a whole message, of R pages, has no room before the pool's end,
 *   so at most R - 1 pages there stay unused in a turn. When page q is lent
 *   again, as one of the R pages from p <= q on, then since it was handed over
 *   at least (L - R + 1) - (q + 1) pages followed behind it, and p > q - R
 *   before it: together L - 2R + 1 or more, for a pool of L pages. With
 *   L = C/P + 2R that is more than C/P.
 *
 * The capacity is that of the pipe as it is, which only the client, at its own
 * risk, could enlarge. SPLICE_F_GIFT would promise never to touch the pages
 * again, which is not so, and gains nothing.
 */
int tr_pages_attach(struct tr *tr)
{
	struct page_pool *pool = tr->priv;
	int capacity = fcntl(tr->fd[TR_WRITE_END], F_GETPIPE_SZ);
	int rc;

	if (capacity < 0)
		return tr_errno(tr, "F_GETPIPE_SZ");
	pool->room = page_round(tr->msg_bytes);
	pool->len = (size_t)capacity + 2 * pool->room;
	rc = make_pool(tr, pool);
	return rc < 0 ? rc : tr_prepare_end(tr, tr->fd[TR_WRITE_END]);
}

int tr_pages_create(struct tr *tr)
{
	if (pipe2(tr->fd, O_CLOEXEC) < 0)
		return tr_errno(tr, "pipe2");
	return tr_pipe_size_set(tr, tr->fd[TR_WRITE_END]);
}

void tr_pages_close(struct tr *tr)
{
	struct page_pool *pool = tr->priv;

	if (pool->map)
		munmap(pool->map, pool->map_len);
	pool->map = NULL;
	tr_close_ends(tr);
}

HOT unsigned int tr_pages_flags(const struct tr *tr)
{
	return waiter_sleeps(&tr->wait) ? 0 : SPLICE_F_NONBLOCK;
}

HOT int tr_pages_lend(struct tr *tr, void **buf)
{
	struct page_pool *pool = tr->priv;

	if (pool->len - pool->at < pool->room)
		pool->at = 0;
	*buf = pool->base + pool->at;
	return 0;
}

static int hand_over(struct tr *tr, char *from, size_t len)
{
	struct iovec left = { .iov_base = from, .iov_len = len };
	uint32_t looked = 0;

	while (left.iov_len > 0) {
		ssize_t n = vmsplice(tr->fd[TR_WRITE_END], &left, 1,
				     tr_pages_flags(tr));
		int rc;

		if (n >= 0) {
			left.iov_base = (char *)left.iov_base + n;
			left.iov_len -= (size_t)n;
			looked = 0;
			continue;
		}
		rc = fd_wait_for_try(tr->fd[TR_WRITE_END], POLLOUT, &tr->wait,
				     &looked);
		if (rc < 0)
			return rc;
	}
	return 0;
}

/*
 * Hands over in steps, each a sign of life, since the receiver may take long to
 * make room for everything.
 */
static int hand_over_long(struct tr *tr, char *from, size_t len)
{
	int rc = 0;

	for (; len > TR_LONG_BYTES && rc == 0;
	     from += TR_LONG_BYTES, len -= TR_LONG_BYTES) {
		rc = hand_over(tr, from, TR_LONG_BYTES);
		tr_beat(tr);
	}
	return rc < 0 ? rc : hand_over(tr, from, len);
}

HOT int tr_pages_send(struct tr *tr, size_t len)
{
	struct page_pool *pool = tr->priv;
	int rc;

	if (len == 0)
		return tr_end_stream(tr);
	rc = hand_over_long(tr, pool->base + pool->at, len);
	pool->at += page_round(len);
	if (rc < 0 && rc != -ECANCELED)
		return err_code(tr->err, rc, "vmsplice");
	return rc;
}

/* EINVAL does not say that the file system is the cause. */
static int into_file_failed(struct tr *tr, int rc)
{
	if (rc == -ECANCELED)
		return rc;
	if (rc == -EINVAL)
		return err_say(tr->err, EOPNOTSUPP,
			       "the output's file system does not take pages "
			       "from a pipe (splice: Invalid argument)");
	return err_code(tr->err, rc, "splice into the output file");
}

ssize_t tr_pages_splice(struct tr *tr, int out_fd, uint64_t max)
{
	size_t len = max < tr->msg_bytes ? (size_t)max : tr->msg_bytes;
	uint32_t looked = 0;
	ssize_t n;
	int rc;

	while ((n = splice(tr->fd[TR_READ_END], NULL, out_fd, NULL, len,
			   tr_pages_flags(tr))) < 0) {
		rc = fd_wait_for_try(tr->fd[TR_READ_END], POLLIN, &tr->wait,
				     &looked);
		if (rc < 0)
			return into_file_failed(tr, rc);
	}
	return n;
}

int tr_pages_into_file(struct tr *tr, int out_fd, uint64_t len_bytes)
{
	uint64_t left = len_bytes;
	ssize_t n;
	int rc = 0;

	while (rc == 0 && left > 0) {
		n = tr_pages_splice(tr, out_fd, left);
		tr->ended = n == 0;
		if (n <= 0)
			return (int)n;
		left -= (uint64_t)n;
		rc = tr_moved(tr, (uint64_t)n, len_bytes);
	}
	return rc;
}
