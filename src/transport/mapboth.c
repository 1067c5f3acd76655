/*
 * The server maps the input and the client's output file, and makes one copy
 * between them.
 */
#include "transport/courier.h"
#include "transport/mapped.h"
#include "transport/passed_output.h"

static int tr_mapboth_send_file(struct tr *tr, int in_fd, uint64_t len_bytes)
{
	uint64_t len = 0;
	int rc = tr_passed_output_map(tr, in_fd, len_bytes);

	if (rc == 0)
		rc = tr_mapped_input(tr, in_fd, len_bytes, &len);
	if (rc == 0)
		rc = tr_mapped_copy(tr, len, true);
	tr_unmap_file(tr, TR_MAP_INPUT);
	tr_unmap_file(tr, TR_MAP_OUTPUT);
	return rc < 0 ? rc : tr_courier_end(tr, len, -1);
}

static const struct hop tr_mapboth_path[] = {
	{ "IN", "OUT", HOP_USER, "memcpy", 1 },
	{ .from = NULL },
};

static const struct tr_param tr_mapboth_params[] = {
	TR_PARAM_SIZE(1 << 20),
	{ .name = NULL },
};

const struct transport tr_mapboth = {
	.name = "mapboth",
	.summary = "both files mapped by the server, one memcpy",
	.since = "2.6.23",
	.family = TR_FAMILY_FILE,
	.params = tr_mapboth_params,
	.priv_size = sizeof(struct courier),
	.path = tr_mapboth_path,
	.middle = "The server has both files mapped, and one memcpy goes from "
		  "page cache to page cache. No byte passes to the client.",
	.reach = TR_REACH_DESCRIPTOR,
	.create = tr_courier_create,
	.offer = tr_offer_read_end,
	.join = tr_courier_join,
	.send_file = tr_mapboth_send_file,
	.recv_file = tr_passed_output_recv_file,
	.close = tr_close_ends,
};
