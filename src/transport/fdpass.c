/*
 * The server passes the descriptor of the input, and the client lets the kernel
 * copy the file.
 */
#include <fcntl.h>

#include "base/fd.h"
#include "transport/courier.h"
#include "transport/range.h"

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
	int rc = tr_range_copy(tr, in_fd, out_fd, len_bytes, true);

	if (rc == 0)
		tr_range_remark(tr, out_fd);
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

/* extents that the files share afterwards were not copied (tr->remark) */
static const struct hop tr_fdpass_path[] = {
	{ "IN", "OUT", HOP_KERNEL, "copy_file_range", 1 },
	{ .from = NULL },
};

static const struct tr_param tr_fdpass_params[] = {
	TR_PARAM_SIZE(4 << 20),
	{ .name = NULL },
};

const struct transport tr_fdpass = {
	.name = "fdpass",
	.summary = "input's descriptor to client, copy_file_range(2)",
	.since = "4.5",
	.family = TR_FAMILY_FILE,
	.params = tr_fdpass_params,
	.priv_size = sizeof(struct courier),
	.path = tr_fdpass_path,
	.middle = "Only the input's descriptor passes from the server to the "
		  "client. The client lets the kernel copy from file to file, "
		  "and no byte comes into the memory of either process.",
	.reach = TR_REACH_DESCRIPTOR,
	.create = tr_courier_create,
	.offer = tr_offer_read_end,
	.join = tr_courier_join,
	.send_file = tr_fdpass_send_file,
	.recv_file = tr_fdpass_recv_file,
	.close = tr_close_ends,
};
