/*
 * A control, for comparison: one process lets the kernel copy, by
 * copy_file_range(2).
 */
#include "transport/control.h"
#include "transport/range.h"

static int tr_copy_file_range_copy(struct tr *tr, int in_fd, int out_fd,
				   uint64_t len_bytes)
{
	int rc = tr_range_copy(tr, in_fd, out_fd, len_bytes, false);

	if (rc == 0)
		tr_range_remark(tr, out_fd);
	return rc;
}

static int tr_copy_file_range_recv_file(struct tr *tr, int out_fd,
					uint64_t len_bytes)
{
	return control_run(tr, out_fd, len_bytes, tr_copy_file_range_copy);
}

/* extents that the files share afterwards were not copied (tr->remark) */
static const struct hop tr_copy_file_range_path[] = {
	{ "IN", "OUT", HOP_KERNEL, "copy_file_range", 1 },
	{ .from = NULL },
};

static const struct tr_param tr_copy_file_range_params[] = {
	TR_PARAM_SIZE(4 << 20),
	{ .name = NULL },
};

const struct transport tr_copy_file_range = {
	.name = "copy-file-range",
	.summary = "one process, copy_file_range(2)",
	.kind = TR_CONTROL,
	.since = "4.5",
	.family = TR_FAMILY_CONTROL,
	.params = tr_copy_file_range_params,
	.priv_size = sizeof(struct control),
	.path = tr_copy_file_range_path,
	.middle = "One process asks the kernel to copy from file to file. No "
		  "byte passes to another process.",
	.reach = TR_REACH_RELATED,
	.init = control_init,
	.create = tr_courier_create,
	.offer = control_offer,
	.join = control_join,
	.send_file = control_send_file,
	.recv_file = tr_copy_file_range_recv_file,
	.close = control_close,
};
