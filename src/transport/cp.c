/*
 * A control, for comparison: one process copies by read(2) and write(2), as cp
 * did before it used copy_file_range(2).
 */
#include <errno.h>

#include "base/fd.h"
#include "transport/control.h"

/* Copies up to one message. Returns its length; 0 at the end of the file. */
static ssize_t cp_step(struct tr *tr, int in_fd, int out_fd, uint64_t max)
{
	size_t len = max < tr->msg_bytes ? (size_t)max : tr->msg_bytes;
	ssize_t n = fd_read_some(in_fd, tr->buf, len);
	int rc;

	if (n < 0)
		return n == -ECANCELED ? n
				       : err_code(tr->err, (int)n,
						  "cannot read the input file");
	rc = fd_write_all(out_fd, tr->buf, (size_t)n);
	if (rc < 0 && rc != -ECANCELED)
		err_code(tr->err, rc, "cannot write the output file");
	return rc < 0 ? rc : n;
}

static int tr_cp_copy(struct tr *tr, int in_fd, int out_fd, uint64_t len_bytes)
{
	uint64_t left = len_bytes;
	ssize_t n = 0;
	int rc = 0;

	while (left > 0 && rc == 0 &&
	       (n = cp_step(tr, in_fd, out_fd, left)) > 0) {
		left -= (uint64_t)n;
		rc = tr_moved(tr, (uint64_t)n, len_bytes);
	}
	return n < 0 ? (int)n : rc;
}

static int tr_cp_recv_file(struct tr *tr, int out_fd, uint64_t len_bytes)
{
	return control_run(tr, out_fd, len_bytes, tr_cp_copy);
}

static int tr_cp_join(struct tr *tr, struct ctl *ctl)
{
	int rc = control_join(tr, ctl);

	return rc < 0 ? rc : tr_make_buffer(tr);
}

static const struct hop tr_cp_path[] = {
	{ "IN", "client", HOP_KERNEL, "read", 1 },
	{ "client", "OUT", HOP_KERNEL, "write", 1 },
	{ .from = NULL },
};

static const struct tr_param tr_cp_params[] = {
	TR_PARAM_SIZE(1 << 17),
	{ .name = NULL },
};

const struct transport tr_cp = {
	.name = "cp",
	.summary = "one process, read(2) and write(2), one buffer",
	.kind = TR_CONTROL,
	.since = "before 2.6",
	.family = TR_FAMILY_CONTROL,
	.params = tr_cp_params,
	.priv_size = sizeof(struct control),
	.path = tr_cp_path,
	.middle = "One process does it all: it fills its buffer by read and "
		  "writes the buffer out by write. No byte passes to another "
		  "process.",
	.reach = TR_REACH_RELATED,
	.init = control_init,
	.create = tr_courier_create,
	.offer = control_offer,
	.join = tr_cp_join,
	.send_file = control_send_file,
	.recv_file = tr_cp_recv_file,
	.close = control_close,
};
