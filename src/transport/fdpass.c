/* The input's descriptor is passed; the client has the kernel copy it. */
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "base/extents.h"
#include "base/fd.h"
#include "base/size.h"
#include "base/stop.h"
#include "transport/courier.h"

static int copy_failed(struct tr *tr, int code)
{
	if (code == EXDEV)
		return err_say(
			tr->err, EOPNOTSUPP,
			"copy_file_range: the two files are on different "
			"file systems, and this kernel copies within one "
			"only");
	if (code == EINVAL || code == EOPNOTSUPP || code == ENOSYS)
		return err_say(tr->err, EOPNOTSUPP,
			       "copy_file_range: not between these files (%s)",
			       strerror(code));
	return err_code(tr->err, code, "copy_file_range");
}

/* Up to `max` bytes; 0 at the end of the input. */
static ssize_t step(struct tr *tr, int in_fd, loff_t *at, int out_fd,
		    uint64_t max)
{
	size_t len = max < tr->msg_bytes ? (size_t)max : tr->msg_bytes;
	ssize_t n;

	/* with an offset of our own: the server's stays where it is */
	while ((n = copy_file_range(in_fd, at, out_fd, NULL, len, 0)) < 0) {
		if (stop_requested())
			return -ECANCELED;
		if (errno != EINTR)
			return copy_failed(tr, errno);
	}
	return n;
}

static int copy_file(struct tr *tr, int in_fd, int out_fd, uint64_t len_bytes)
{
	loff_t at = 0;
	ssize_t n;
	int rc;

	while ((uint64_t)at < len_bytes &&
	       (n = step(tr, in_fd, &at, out_fd, len_bytes - (uint64_t)at)) !=
		       0) {
		if (n < 0)
			return (int)n;
		rc = tr_moved(tr, (uint64_t)n, len_bytes);
		if (rc == 0)
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

static void remark_sharing(struct tr *tr, int out_fd)
{
	struct extents x;
	char shared[32];

	if (atomic_load(tr->moved_bytes) == 0)
		return;
	if (extents_read(out_fd, &x) < 0)
		remark_copied(tr,
			      "whether extents are shared, this file system "
			      "does not tell");
	else if (x.never)
		remark_copied(tr, "copied: tmpfs shares no extents");
	else if (x.shared_bytes == 0)
		remark_copied(tr, "copied: no extents are shared");
	else if (x.shared_bytes == x.all_bytes)
		remark_copied(tr, "not copied: all extents are shared");
	else
		snprintf(tr->remark, sizeof(tr->remark),
			 "copied in part: extents of %s are shared",
			 size_human((double)x.shared_bytes, shared,
				    sizeof(shared)));
}

/* --- hooks ---------------------------------------------------------------- */

static int tr_fdpass_send_file(struct tr *tr, int in_fd, uint64_t len_bytes)
{
	uint64_t copied;
	int rc = tr_courier_end(tr, len_bytes, in_fd);

	if (rc < 0)
		return rc;
	return tr_courier_hear(tr, len_bytes, tr->moved_bytes, &copied, NULL);
}

static int copy_passed(struct tr *tr, int in_fd, int out_fd, uint64_t len_bytes)
{
	int rc = copy_file(tr, in_fd, out_fd, len_bytes);

	if (rc == 0)
		remark_sharing(tr, out_fd);
	return rc < 0 ? rc
		      : tr_courier_end(tr, atomic_load(tr->moved_bytes), -1);
}

static int tr_fdpass_recv_file(struct tr *tr, int out_fd, uint64_t len_bytes)
{
	uint64_t len;
	int in_fd = -1;
	int rc = tr_courier_hear(tr, len_bytes, NULL, &len, &in_fd);

	if (rc == 0)
		rc = tr_courier_check_file(tr, "the input file", in_fd,
					   len_bytes, O_RDONLY);
	if (rc == 0)
		rc = copy_passed(tr, in_fd, out_fd, len_bytes);
	fd_close(&in_fd);
	return rc;
}

static const struct hop *tr_fdpass_path(const struct tr_spec *spec)
{
	/* no copy where extents are shared: that is told by the remark */
	static const struct hop path[] = {
		{ "IN", "OUT", HOP_KERNEL, "copy_file_range", 1 },
		{ .from = NULL },
	};

	(void)spec;
	return path;
}

static const struct tr_param tr_fdpass_params[] = {
	TR_PARAM_SIZE(4 << 20),
	{ .name = NULL },
};

const struct transport tr_fdpass = {
	.name = "fdpass",
	.summary = "the input's descriptor passed, copy_file_range(2)",
	.params = tr_fdpass_params,
	.priv_size = sizeof(struct courier),
	.path = tr_fdpass_path,
	.reach = TR_REACH_DESCRIPTOR,
	.create = tr_courier_create,
	.offer = tr_offer_read_end,
	.join = tr_courier_join,
	.send_file = tr_fdpass_send_file,
	.recv_file = tr_fdpass_recv_file,
	.close = tr_close_ends,
};
