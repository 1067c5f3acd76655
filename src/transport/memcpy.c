/*
 * A control, for comparison: one process makes one copy by memcpy, from the
 * mapped input to the mapped output.
 *
 * Everything but the copy is done before the start line: the output gets its
 * length and its pages, both files are mapped, and every page is touched. So a
 * copy by one CPU can hardly be faster. Two CPUs can be faster if one of them
 * reads and the other writes.
 */
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/page.h"
#include "transport/control.h"
#include "transport/mapped.h"

struct both {
	struct control control; /* first, because control.c looks there */
	struct stat out;        /* client: the output that is mapped now */
};

#define TOUCH_EVERY (64 << 20) /* give a sign of life after so many bytes */

/*
 * Touches every page: by a store that adds 0 or, if the mapping is read-only,
 * by reading a byte.
 */
static void touch(struct tr *tr, const struct tr_map *m, bool stores)
{
	for (size_t at = 0; at < m->len; at += page_bytes()) {
		if (stores)
			__atomic_fetch_add(m->base + at, 0, __ATOMIC_RELAXED);
		else
			(void)*(volatile char *)(m->base + at);
		if (at % TOUCH_EVERY == 0)
			tr_beat(tr);
	}
}

static int map_both(struct tr *tr, struct both *b)
{
	uint64_t len;
	int rc = tr_mapped_input(tr, b->control.in_fd, tr->file_len, &len);

	if (rc == 0 && fstat(tr->file_fd, &b->out) < 0)
		rc = tr_errno(tr, "cannot examine the output file");
	if (rc < 0)
		return rc;
	if (len == 0) {
		tr->map[TR_MAP_INPUT].len = 0;
		return 0;
	}
	rc = tr_mapped_reserve(tr, tr->file_fd, len, false);
	if (rc == 0)
		rc = tr_map_file(tr, TR_MAP_OUTPUT, "the output file",
				 tr->file_fd, len, PROT_READ | PROT_WRITE);
	if (rc < 0)
		return rc;
	touch(tr, &tr->map[TR_MAP_INPUT], false);
	touch(tr, &tr->map[TR_MAP_OUTPUT], true);
	return 0;
}

static int tr_memcpy_join(struct tr *tr, struct ctl *ctl)
{
	int rc = control_join(tr, ctl);

	return rc < 0 ? rc : map_both(tr, tr->priv);
}

/*
 * Maps the files again if the input has another length now, or if the output is
 * another file. Otherwise the mappings stay, with their page tables.
 */
static int tr_memcpy_again(struct tr *tr)
{
	struct both *b = tr->priv;
	struct stat st;

	if (b->control.in_fd < 0)
		return 0; /* this is the server's end */
	if (fstat(tr->file_fd, &st) < 0)
		return tr_errno(tr, "cannot examine the output file");
	if (st.st_ino == b->out.st_ino && st.st_dev == b->out.st_dev &&
	    tr->file_len == tr->map[TR_MAP_INPUT].len)
		return 0;
	tr_unmap_file(tr, TR_MAP_INPUT);
	tr_unmap_file(tr, TR_MAP_OUTPUT);
	return map_both(tr, b);
}

static int tr_memcpy_copy(struct tr *tr, int in_fd, int out_fd,
			  uint64_t len_bytes)
{
	(void)in_fd;
	(void)out_fd;
	(void)len_bytes;
	return tr_mapped_copy(tr, tr->map[TR_MAP_INPUT].len, false);
}

static int tr_memcpy_recv_file(struct tr *tr, int out_fd, uint64_t len_bytes)
{
	return control_run(tr, out_fd, len_bytes, tr_memcpy_copy);
}

static const struct hop tr_memcpy_path[] = {
	{ "IN", "OUT", HOP_USER, "memcpy", 1 },
	{ .from = NULL },
};

static const struct tr_param tr_memcpy_params[] = {
	TR_PARAM_SIZE(1 << 20),
	{ .name = NULL },
};

const struct transport tr_memcpy = {
	.name = "memcpy",
	.summary = "one process, both files mapped, one memcpy",
	.kind = TR_CONTROL,
	.since = "2.6.23",
	.family = TR_FAMILY_CONTROL,
	.claim = TR_CLAIM_CEILING,
	.params = tr_memcpy_params,
	.priv_size = sizeof(struct both),
	.path = tr_memcpy_path,
	.middle = "One process has both files mapped. No byte passes to "
		  "another process.",
	.reach = TR_REACH_RELATED,
	.init = control_init,
	.create = tr_courier_create,
	.offer = control_offer,
	.join = tr_memcpy_join,
	.send_file = control_send_file,
	.recv_file = tr_memcpy_recv_file,
	.again = tr_memcpy_again,
	.close = control_close,
};
