/* Copies by copy_file_range(2), and says whether any bytes were copied. */
#include "transport/range.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "base/extents.h"
#include "base/size.h"
#include "base/stop.h"
#include "transport/courier.h"

static int copy_failed(struct tr *tr, int code)
{
	if (code == EXDEV)
		return err_say(tr->err, EOPNOTSUPP,
			       "copy_file_range: the files are on different "
			       "file systems, and this kernel does not copy "
			       "between these two");
	if (code == EINVAL || code == EOPNOTSUPP || code == ENOSYS)
		return err_say(tr->err, EOPNOTSUPP,
			       "copy_file_range cannot copy between these "
			       "files (%s)",
			       strerror(code));
	return err_code(tr->err, code, "copy_file_range");
}

/* Copies up to `max` bytes. Returns their number; 0 at the end of the input. */
static ssize_t range_step(struct tr *tr, int in_fd, loff_t *at, int out_fd,
			  uint64_t max)
{
	size_t len = max < tr->msg_bytes ? (size_t)max : tr->msg_bytes;
	ssize_t n;

	/*
	 * pass our own offset, so that the offset of the descriptor, which the
	 * server shares, does not change
	 */
	while ((n = copy_file_range(in_fd, at, out_fd, NULL, len, 0)) < 0) {
		if (stop_requested())
			return -ECANCELED;
		if (errno != EINTR)
			return copy_failed(tr, errno);
	}
	return n;
}

int tr_range_copy(struct tr *tr, int in_fd, int out_fd, uint64_t len_bytes,
		  bool say)
{
	loff_t at = 0;
	ssize_t n;
	int rc;

	while ((uint64_t)at < len_bytes &&
	       (n = range_step(tr, in_fd, &at, out_fd,
			       len_bytes - (uint64_t)at)) != 0) {
		if (n < 0)
			return (int)n;
		rc = tr_moved(tr, (uint64_t)n, len_bytes);
		if (rc == 0 && say)
			rc = tr_courier_say(tr, (uint64_t)at);
		if (rc < 0)
			return rc;
	}
	return 0;
}

/* --- whether anything was copied at all ----------------------------------- */

static void remark_copied(struct tr *tr, const char *why)
{
	snprintf(tr->remark, sizeof(tr->remark), "%s", why);
}

void tr_range_remark(struct tr *tr, int out_fd)
{
	struct extents x;
	char shared[32];

	if (atomic_load(tr->moved_bytes) == 0)
		return;
	if (extents_read(out_fd, &x) < 0)
		remark_copied(tr, "perhaps copied: the file system does not "
				  "say whether extents are shared");
	else if (x.never)
		remark_copied(tr, "copied: tmpfs shares no extents");
	else if (x.shared_bytes == 0)
		remark_copied(tr, "copied: no extents are shared");
	else if (x.shared_bytes == x.all_bytes)
		remark_copied(tr, "not copied: all extents are shared");
	else
		snprintf(tr->remark, sizeof(tr->remark),
			 "copied in part: %s lie in shared extents",
			 size_human((double)x.shared_bytes, shared,
				    sizeof(shared)));
}
