/*
 * A ring in shared memory. Files are read and written in its slots, or with
 * buffers=private in private memory.
 */
#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <unistd.h>

#include "base/bytes.h"
#include "base/hot.h"
#include "base/page.h"
#include "base/size.h"
#include "transport/ring.h"
#include "transport/ring_sysv.h"

/* Enough for experiments, but not so much that it harms a machine. */
#define RING_MAX_BYTES (1ULL << 30)

static const char *const region_names[] = {
	[REGION_ANON] = "anon",       [REGION_DEVZERO] = "devzero",
	[REGION_POSIX] = "posix",     [REGION_FILE] = "file",
	[REGION_MEMFD] = "memfd",     [REGION_SYSV] = "sysv",
	[REGION_HUGETLB] = "hugetlb", NULL,
};

enum {
	SYNC_SEM,
	SYNC_NAMED_SEM,
	SYNC_SYSV_SEM,
	SYNC_MUTEX,
	SYNC_EVENTFD,
	SYNC_FUTEX,
	SYNC_SPIN,
	SYNC_NONE
};

static const char *const sync_names[] = {
	[SYNC_SEM] = "sem",
	[SYNC_NAMED_SEM] = "named-sem",
	[SYNC_SYSV_SEM] = "sysv-sem",
	[SYNC_MUTEX] = "mutex",
	[SYNC_EVENTFD] = "eventfd",
	[SYNC_FUTEX] = "futex",
	[SYNC_SPIN] = "spin",
	[SYNC_NONE] = "none",
	NULL,
};

static const struct ring_sync *const syncs[] = {
	[SYNC_SEM] = &ring_sem,           [SYNC_NAMED_SEM] = &ring_named_sem,
	[SYNC_SYSV_SEM] = &ring_sysv_sem, [SYNC_MUTEX] = &ring_mutex,
	[SYNC_EVENTFD] = &ring_eventfd,   [SYNC_FUTEX] = &ring_futex,
	[SYNC_SPIN] = &ring_futex,        [SYNC_NONE] = &ring_none,
};

static const char *const buffers_names[] = { "slot", "private", NULL };

enum { P_SIZE, P_DEPTH, P_REGION, P_SYNC, P_BUFFERS, P_WAIT, P_SPIN, P_END };

static const struct tr_param tr_shm_params[] = {
	[P_SIZE] = TR_PARAM_SIZE(1 << 16),
	[P_DEPTH] = { .name = "depth",
		      .kind = TR_COUNT,
		      .def = 32,
		      .min = 1,
		      .max = 65536,
		      .about = "number of slots in the ring" },
	[P_REGION] = { .name = "region",
		       .kind = TR_CHOICE,
		       .def = REGION_POSIX,
		       .max = REGION_KINDS - 1,
		       .choices = region_names,
		       .about = "the kind of object behind the shared memory" },
	[P_SYNC] = { .name = "sync",
		     .kind = TR_CHOICE,
		     .def = SYNC_SEM,
		     .max = SYNC_NONE,
		     .choices = sync_names,
		     .about = "the object that tells a side that its turn has "
			      "come" },
	[P_BUFFERS] = { .name = "buffers",
			.kind = TR_CHOICE,
			.max = 1,
			.choices = buffers_names,
			.about = "slot: files are read and written in the slot "
				 "itself; private: in each side's own memory, "
				 "with one more copy on each side, to or from "
				 "the slot" },
	[P_WAIT] = TR_PARAM_WAIT,
	[P_SPIN] = TR_PARAM_SPIN,
	[P_END] = { .name = NULL },
};

static size_t head_bytes(uint32_t depth)
{
	return page_round(sizeof(struct ring_shared) +
			  depth * sizeof(struct ring_slot));
}

static size_t ring_bytes(const struct tr_spec *spec)
{
	uint32_t depth = (uint32_t)spec->value[P_DEPTH];

	return head_bytes(depth) +
	       depth * round_up(spec->value[P_SIZE], RING_LINE);
}

static void tr_shm_settle(struct tr_spec *spec)
{
	if (spec->value[P_SYNC] == SYNC_SPIN && !spec->given[P_WAIT])
		spec->value[P_WAIT] = WAIT_SPIN;
}

static int check_sync(const struct tr_spec *spec, struct err *e)
{
	if (spec->value[P_SYNC] == SYNC_NONE)
		return err_say(e, EINVAL,
			       "shm: sync=none is wrong on purpose and exists "
			       "for the lab only; see it with: ipcopy lab A5");
	if (spec->value[P_SYNC] == SYNC_SPIN &&
	    spec->value[P_WAIT] != WAIT_SPIN)
		return err_say(
			e, EINVAL,
			"shm: sync=spin cannot sleep, so it needs wait=spin; "
			"sync=futex allows every wait");
	if (spec->value[P_SYNC] == SYNC_SYSV_SEM &&
	    spec->value[P_DEPTH] > RING_SYSV_MAX)
		return err_say(e, EINVAL,
			       "shm: sync=sysv-sem counts at most %d slots, "
			       "which are fewer than depth=%" PRIu64,
			       RING_SYSV_MAX, spec->value[P_DEPTH]);
	return 0;
}

static int tr_shm_check(const struct tr_spec *spec, struct err *e)
{
	char have[32], max[32];

	if (ring_bytes(spec) > RING_MAX_BYTES)
		return err_say(
			e, EINVAL,
			"shm: the ring, a little more than depth times size, "
			"has %s; at most %s is allowed",
			size_human((double)ring_bytes(spec), have,
				   sizeof(have)),
			size_human(RING_MAX_BYTES, max, sizeof(max)));
	return check_sync(spec, e);
}

/* Checks the kinds of region that a machine may lack: huge pages, System V. */
static int check_region(const struct tr_spec *spec, struct err *e)
{
	enum region_kind kind = (enum region_kind)spec->value[P_REGION];
	struct err why = { 0 };
	int rc;

	if (kind != REGION_HUGETLB && kind != REGION_SYSV)
		return 0;
	rc = region_probe(kind, ring_bytes(spec), &why);
	return rc < 0 ? err_say(e, why.code, "shm: region=%s: %s",
				region_names[kind], why.text)
		      : 0;
}

static int tr_shm_probe(const struct tr_spec *spec, struct err *e)
{
	int rc = tr_shm_check(spec, e);

	if (rc == 0 && spec->value[P_SYNC] == SYNC_SYSV_SEM)
		rc = ring_sysv_probe(e);
	return rc < 0 ? rc : check_region(spec, e);
}

static enum tr_reach tr_shm_reach(const struct tr_spec *spec)
{
	enum region_kind kind = (enum region_kind)spec->value[P_REGION];

	if (region_is_inherited(kind))
		return TR_REACH_RELATED;
	if (kind == REGION_MEMFD || kind == REGION_HUGETLB ||
	    spec->value[P_SYNC] == SYNC_EVENTFD)
		return TR_REACH_DESCRIPTOR;
	return TR_REACH_NAME;
}

static const struct hop *tr_shm_path(const struct tr_spec *spec)
{
	static const struct hop in_place[] = {
		{ "IN", "ring", HOP_KERNEL, "read", 1 },
		{ "ring", "OUT", HOP_KERNEL, "write", 1 },
		{ .from = NULL },
	};
	static const struct hop private[] = {
		{ "IN", "server", HOP_KERNEL, "read", 1 },
		{ "server", "ring", HOP_USER, "memcpy", 1 },
		{ "ring", "client", HOP_USER, "memcpy", 1 },
		{ "client", "OUT", HOP_KERNEL, "write", 1 },
		{ .from = NULL },
	};

	return spec->value[P_BUFFERS] ? private : in_place;
}

static void tr_shm_limits(char *text, size_t size)
{
	uint64_t bytes = page_bytes() * (uint64_t)sysconf(_SC_PHYS_PAGES);
	char max[32], memory[32];

	snprintf(text, size, "ring up to %s; this machine has %s of memory",
		 size_human(RING_MAX_BYTES, max, sizeof(max)),
		 size_human((double)bytes, memory, sizeof(memory)));
}

static void tr_shm_init(struct tr *tr)
{
	struct ring *r = tr->priv;

	r->sync = syncs[tr->spec.value[P_SYNC]];
	r->region = (struct region)REGION_INIT;
	r->depth = (uint32_t)tr->spec.value[P_DEPTH];
	r->batch = r->depth / 2; /* 0 or 1: each slot is reported by itself */
	r->stride = round_up(tr->msg_bytes, RING_LINE);
	r->private_buffers = tr->spec.value[P_BUFFERS];
	r->sem_id = r->bell[RING_SENDER] = r->bell[RING_RECEIVER] = -1;
}

static void lay_out_slots(struct tr *tr, struct ring *r)
{
	r->shared = r->region.base;
	r->slots = (struct ring_slot *)(r->shared + 1);
	r->data = (char *)r->region.base + head_bytes(r->depth);
	tr->shared = r->region.base;
}

static int tr_shm_create(struct tr *tr)
{
	struct ring *r = tr->priv;
	int rc = region_create(&r->region,
			       (enum region_kind)tr->spec.value[P_REGION],
			       ring_bytes(&tr->spec), tr->lease, tr->err);

	if (rc < 0)
		return rc;
	lay_out_slots(tr, r);
	return r->sync->create ? r->sync->create(tr, r) : 0;
}

static int tr_shm_offer(struct tr *tr, struct ctl *ctl)
{
	struct ring *r = tr->priv;
	int rc = region_offer(&r->region, ctl);

	if (rc == 0 && r->sync->offer)
		rc = r->sync->offer(tr, r, ctl);
	return rc;
}

static int make_ready(struct tr *tr, struct ring *r)
{
	region_prefault(&r->region);
	return r->private_buffers ? tr_make_buffer(tr) : 0;
}

static int tr_shm_join(struct tr *tr, struct ctl *ctl)
{
	struct ring *r = tr->priv;
	int rc = region_join(&r->region,
			     (enum region_kind)tr->spec.value[P_REGION],
			     ring_bytes(&tr->spec), ctl, tr->err);

	if (rc < 0)
		return rc;
	lay_out_slots(tr, r);
	if (r->sync->join)
		rc = r->sync->join(tr, r, ctl);
	return rc < 0 ? rc : make_ready(tr, r);
}

static int tr_shm_attach(struct tr *tr)
{
	struct ring *r = tr->priv;

	region_unname(&r->region);
	if (r->sync->unname)
		r->sync->unname(r);
	return make_ready(tr, r);
}

static void *slot_data(const struct ring *r)
{
	return r->data + r->slot * r->stride;
}

static HOT int tr_shm_lend(struct tr *tr, void **buf)
{
	struct ring *r = tr->priv;

	if (r->private_buffers) {
		*buf = tr->buf;
		return 0;
	}
	*buf = slot_data(r);
	return r->sync->wait_empty(tr, r);
}

static HOT int tr_shm_send(struct tr *tr, size_t len)
{
	struct ring *r = tr->priv;
	int rc;

	if (r->private_buffers) {
		rc = r->sync->wait_empty(tr, r);
		if (rc < 0)
			return rc;
		bytes_copy(slot_data(r), tr->buf, len);
	}
	return ring_post_full(tr, r, len);
}

static HOT ssize_t tr_shm_receive(struct tr *tr, const void **buf)
{
	struct ring *r = tr->priv;
	ssize_t len = ring_wait_full(tr, r);

	if (len < 0)
		return len;
	*buf = slot_data(r);
	if (r->private_buffers) {
		bytes_copy(tr->buf, *buf, (size_t)len);
		*buf = tr->buf;
	}
	return len;
}

static HOT int tr_shm_give_back(struct tr *tr)
{
	struct ring *r = tr->priv;

	return ring_give_back(tr, r);
}

static void tr_shm_close(struct tr *tr)
{
	struct ring *r = tr->priv;

	tr->shared = NULL;
	if (r->sync->close)
		r->sync->close(r);
	region_close(&r->region);
}

const struct transport tr_shm = {
	.name = "shm",
	.summary = "files read and written in a shared-memory ring",
	.since = "2.6.17; sync=eventfd needs 2.6.27, region=memfd 3.17, "
		 "region=hugetlb 4.16",
	.lifts = "region=hugetlb: sysctl -w vm.nr_hugepages=N; region=sysv: "
		 "sysctl -w kernel.shmmax=BYTES kernel.shmmni=N; "
		 "sync=sysv-sem: the last number of kernel.sem, by sysctl -w",
	.family = TR_FAMILY_RING,
	.claim = TR_CLAIM_RING,
	.params = tr_shm_params,
	.priv_size = sizeof(struct ring),
	.path_of = tr_shm_path,
	.middle = "The slots lie in memory that both sides have mapped. The "
		  "client finds the bytes where the server put them, without a "
		  "copy. That saves the two copies that a pipe makes in the "
		  "middle; the two at the files remain. With buffers=private "
		  "each side reads or writes its file in private memory, and "
		  "makes one more copy, to or from the slot.",
	.reach_of = tr_shm_reach,
	.limits = tr_shm_limits,
	.settle = tr_shm_settle,
	.probe = tr_shm_probe,
	.check = tr_shm_check,
	.init = tr_shm_init,
	.create = tr_shm_create,
	.offer = tr_shm_offer,
	.join = tr_shm_join,
	.attach = tr_shm_attach,
	.lend = tr_shm_lend,
	.send = tr_shm_send,
	.receive = tr_shm_receive,
	.give_back = tr_shm_give_back,
	.close = tr_shm_close,
};
