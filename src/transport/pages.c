/* Common to splice, vmsplice, vmsplice-splice: they move pages by a pipe. */
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
 * Makes the buffers, of huge pages if Linux has some: vmsplice looks up each
 * page in the page tables, which are shorter for huge pages. Even then a slot
 * of a pipe holds at most one small page.
 */
static int make_pool(struct tr *tr, struct page_pool *pool)
{
	size_t huge = round_up(pool->len, HUGE_BYTES);
	void *map;

	pool->map_len = huge + HUGE_BYTES;
	map = mmap(NULL, pool->map_len, PROT_READ | PROT_WRITE,
		   MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	if (map == MAP_FAILED)
		return tr_errno(tr, "cannot make %zu bytes of buffers",
				pool->len);
	pool->map = map;
	pool->base = (char *)round_up((uintptr_t)map, HUGE_BYTES);
	madvise(pool->base, huge, MADV_HUGEPAGE);
	memset(pool->base, 0, pool->len);
	return 0;
}

/*
 * vmsplice(2) puts the pages themselves into the pipe. If the server writes to
 * a page before it is read, the reader gets the new bytes. So a page must not
 * be filled again while it may be in the pipe. No call tells when a page has
 * left the pipe, but the following bound does:
 *
 *   A pipe of capacity C has C/P slots, where P is the size of a page, and is
 *   first in, first out. A page that is handed over takes a slot of its own,
 *   however little of the page is used, since the kernel never appends to such
 *   a slot. So a page has left the pipe once C/P more pages have been handed
 *   over. read(2), and splice(2) into a file, give up a slot only after its
 *   bytes have been copied, and hold the lock of the pipe until then. So no
 *   process looks at the page afterwards.
 *
 *   The pool has L pages. Messages of at most R pages take them one after the
 *   other. If fewer than R pages are left before the end of the pool, the next
 *   message begins at page 0. So at most R - 1 pages stay unused in each turn.
 *   Say that page q is lent again, in a message that begins at page p <= q.
 *   Since q was handed over last, at least (L - R + 1) - (q + 1) pages behind
 *   it were handed over, and then the p pages before page p, where p > q - R.
 *   Together these are L - 2R + 1 or more. With L = C/P + 2R this is more than
 *   C/P.
 *
 * C is the capacity that the pipe has now. Only the client could enlarge the
 * pipe, at its own risk. SPLICE_F_GIFT is not used: it would promise that we
 * never touch the pages again, which is false, and it saves nothing.
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
 * Hands over a long message in steps and gives signs of life between them,
 * since it can take long until the receiver has made room for the whole
 * message.
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

/*
 * Explains why splice failed. EINVAL alone does not tell that the file system
 * is the reason.
 */
static int into_file_failed(struct tr *tr, int rc)
{
	if (rc == -ECANCELED)
		return rc;
	if (rc == -EINVAL)
		return err_say(tr->err, EOPNOTSUPP,
			       "the output's file system does not take pages "
			       "from a pipe (splice: Invalid argument)");
	return err_code(tr->err, rc, "cannot splice into the output file");
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
