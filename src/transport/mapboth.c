/* Input and output file mapped, and one copy between them by the server. */
#include <fcntl.h>
#include <sys/mman.h>
#include <sys/stat.h>

#include "base/bytes.h"
#include "transport/courier.h"
#include "transport/passed_output.h"

enum { MAP_OUTPUT, MAP_INPUT };

/* Beyond the end of a file nothing can be touched: so look how long it is. */
static int map_input(struct tr *tr, int in_fd, uint64_t len_bytes,
		     uint64_t *len)
{
	struct stat st;

	if (fstat(in_fd, &st) < 0)
		return tr_errno(tr, "fstat of the input file");
	*len = (uint64_t)st.st_size < len_bytes ? (uint64_t)st.st_size
						: len_bytes;
	if (*len == 0)
		return 0;
	return tr_map_file(tr, MAP_INPUT, "the input file", in_fd, *len,
			   PROT_READ);
}

static int copy_mapped(struct tr *tr, uint64_t len)
{
	uint64_t at = 0;
	size_t step;
	int rc = 0;

	while (at < len && rc == 0) {
		step = len - at < tr->msg_bytes ? (size_t)(len - at)
						: tr->msg_bytes;
		bytes_copy(tr->map[MAP_OUTPUT].base + at,
			   tr->map[MAP_INPUT].base + at, step);
		at += step;
		rc = tr_moved(tr, step, len);
		if (rc == 0)
			rc = tr_courier_say(tr, at);
	}
	return rc;
}

static int tr_mapboth_send_file(struct tr *tr, int in_fd, uint64_t len_bytes)
{
	uint64_t len = 0;
	int rc = tr_passed_output_map(tr, in_fd, len_bytes);

	if (rc == 0)
		rc = map_input(tr, in_fd, len_bytes, &len);
	if (rc == 0)
		rc = copy_mapped(tr, len);
	tr_unmap_file(tr, MAP_INPUT);
	tr_unmap_file(tr, MAP_OUTPUT);
	return rc < 0 ? rc : tr_courier_end(tr, len, -1);
}

static const struct hop *tr_mapboth_path(const struct tr_spec *spec)
{
	static const struct hop path[] = {
		{ "IN", "OUT", HOP_USER, "memcpy", 1 },
		{ .from = NULL },
	};

	(void)spec;
	return path;
}

static const struct tr_param tr_mapboth_params[] = {
	TR_PARAM_SIZE(1 << 20),
	{ .name = NULL },
};

const struct transport tr_mapboth = {
	.name = "mapboth",
	.summary = "both files mapped by the server, one memcpy",
	.params = tr_mapboth_params,
	.priv_size = sizeof(struct courier),
	.path = tr_mapboth_path,
	.reach = TR_REACH_DESCRIPTOR,
	.create = tr_courier_create,
	.offer = tr_offer_read_end,
	.join = tr_courier_join,
	.send_file = tr_mapboth_send_file,
	.recv_file = tr_passed_output_recv_file,
	.close = tr_close_ends,
};
