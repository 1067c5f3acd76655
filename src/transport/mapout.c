/* The server maps the client's output file and reads the input into it. */
#include <errno.h>
#include <fcntl.h>
#include <sys/mman.h>
#include <unistd.h>

#include "base/fd.h"
#include "transport/courier.h"
#include "transport/passed_output.h"

static ssize_t mapout_step(struct tr *tr, int in_fd, char *to, uint64_t max)
{
	size_t len = max < tr->msg_bytes ? (size_t)max : tr->msg_bytes;
	ssize_t n = fd_read_some(in_fd, to, len);

	/* if the output shrank, read(2) fails instead of raising SIGBUS */
	if (n == -EFAULT)
		return err_say(tr->err, EIO,
			       "%s shrank while it was mapped, or its mapping "
			       "cannot be written",
			       tr->map[0].what);
	if (n < 0 && n != -ECANCELED)
		return err_code(tr->err, (int)n, "cannot read the input file");
	return n;
}

static int tr_mapout_send_file(struct tr *tr, int in_fd, uint64_t len_bytes)
{
	uint64_t moved = 0;
	ssize_t n;
	int rc = tr_passed_output_map(tr, in_fd, len_bytes);

	while (rc == 0 && moved < len_bytes) {
		n = mapout_step(tr, in_fd, tr->map[0].base + moved,
				len_bytes - moved);
		if (n == 0)
			break;
		if (n < 0)
			return (int)n;
		moved += (uint64_t)n;
		rc = tr_moved(tr, (uint64_t)n, len_bytes);
		if (rc == 0)
			rc = tr_courier_say(tr, moved);
	}
	tr_unmap_file(tr, 0);
	return rc < 0 ? rc : tr_courier_end(tr, moved, -1);
}

static const struct hop tr_mapout_path[] = {
	{ "IN", "OUT", HOP_KERNEL, "read", 1 },
	{ .from = NULL },
};

static const struct tr_param tr_mapout_params[] = {
	TR_PARAM_SIZE(1 << 20),
	{ .name = NULL },
};

const struct transport tr_mapout = {
	.name = "mapout",
	.summary = "the server maps client's output and reads into it",
	.since = "2.6.23",
	.family = TR_FAMILY_FILE,
	.params = tr_mapout_params,
	.priv_size = sizeof(struct courier),
	.path = tr_mapout_path,
	.middle = "The server has the client's output file mapped, and reads "
		  "the input straight into it. The bytes are then in the "
		  "output file, and no byte passes to the client.",
	.reach = TR_REACH_DESCRIPTOR,
	.create = tr_courier_create,
	.offer = tr_offer_read_end,
	.join = tr_courier_join,
	.send_file = tr_mapout_send_file,
	.recv_file = tr_passed_output_recv_file,
	.close = tr_close_ends,
};
