/*
 * Fuzz target: one honest side of the shared ring. The input tells the other
 * side to keep to the rules, to break them, or to scribble over the head of the
 * ring.
 *
 * Whatever is scribbled, the honest side may use only its own slot, and every
 * wait must end. Until something is scribbled, messages must arrive as they
 * were sent.
 */
#include <errno.h>
#include <stdalign.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "base/fd.h"
#include "base/page.h"
#include "base/stop.h"
#include "fuzz_ring.h"
#include "leftovers.h"

#define DATA_MAX (64 << 10)
#define STOP_MS  2

const char fuzz_name[] = "ring";
const unsigned fuzz_inputs = 2000;

/* --- two sides of one ring ----------------------------------------------- */

/*
 * Often uses critical sizes: 1, a cache line, a page, and sizes just beside the
 * last two.
 */
static bool make_spec(struct script *s, struct tr_spec *spec)
{
	static const char *const syncs[] = { "sem",     "named-sem", "futex",
					     "spin",    "sysv-sem",  "mutex",
					     "eventfd", "mutex" };
	static const char *const waits[] = { "block", "spin",
					     "spin-then-block" };
	static const unsigned sizes[] = { 64, 1, 63, 65, 100, 4096, 4095, 128 };
	static const unsigned depths[] = { 2, 1, 3, 4, 5, 8, 15, 16 };
	uint8_t how = script_u8(s), size = script_u8(s);
	struct err e = { 0 };
	char text[TR_SPEC_MAX];
	unsigned sync = how % 4 + (how & 64 ? 4 : 0);
	bool spin = sync == 3;

	snprintf(text, sizeof(text),
		 "shm:sync=%s,wait=%s,spin=%u,buffers=%s,region=%s,size=%u,"
		 "depth=%u",
		 syncs[sync], waits[spin ? 1 : (how >> 2) % 3], how % 5 + 1,
		 how & 16 ? "private" : "slot", how & 32 ? "posix" : "memfd",
		 sizes[size % 8], depths[(size >> 3) % 8]);
	return tr_spec_parse(text, spec, &e) == 0 && tr_probe(spec, &e) == 0;
}

static int connect_sides(struct world *w)
{
	int fd[2], rc = ctl_pair(fd, &w->err[SENDER]);
	struct ctl ctl[2];

	if (rc < 0)
		return rc;
	for (int side = 0; side < 2; side++)
		ctl[side] = (struct ctl){ .fd = fd[side],
					  .err = &w->err[side],
					  .peer = "the other",
					  .patience_ms = 1000 };
	rc = w->tr[SENDER].ops->create(&w->tr[SENDER]);
	if (rc == 0)
		rc = w->tr[SENDER].ops->offer(&w->tr[SENDER], &ctl[SENDER]);
	if (rc == 0)
		rc = w->tr[RECEIVER].ops->join(&w->tr[RECEIVER],
					       &ctl[RECEIVER]);
	if (rc == 0)
		rc = w->tr[SENDER].ops->attach(&w->tr[SENDER]);
	fd_close(&fd[0]);
	fd_close(&fd[1]);
	return rc;
}

static void move_pointer(void *pointer, char *from, size_t len, char *to)
{
	char **p = pointer;

	if (*p >= from && *p < from + len)
		*p = to + (*p - from);
}

/*
 * Places the mapping between two pages that nobody may touch, so that an access
 * outside of it crashes.
 */
static void fence_in(struct world *w)
{
	size_t page = (size_t)sysconf(_SC_PAGESIZE);
	struct ring *r = fuzz_ring_of(w, w->honest);
	char *from = r->region.base, *to;
	size_t len = round_up(r->region.len, page);

	w->fence_bytes = len + 2 * page;
	w->fence = mmap(NULL, w->fence_bytes, PROT_NONE,
			MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
	to = w->fence + page;
	if (w->fence == MAP_FAILED ||
	    mremap(from, len, len, MREMAP_MAYMOVE | MREMAP_FIXED, to) != to)
		fuzz_broken("mremap: %m");
	move_pointer(&r->region.base, from, len, to);
	move_pointer(&r->shared, from, len, to);
	move_pointer(&r->slots, from, len, to);
	move_pointer(&r->data, from, len, to);
	move_pointer(&r->empty, from, len, to);
	move_pointer(&r->full, from, len, to);
}

static bool world_begin(struct world *w, struct script *s)
{
	struct tr_spec spec;

	*w = (struct world){ .lease = LEASE_INIT,
			     .honest = script_u8(s) & 1 ? RECEIVER : SENDER };
	if (!make_spec(s, &spec))
		return false;
	for (int side = 0; side < 2; side++)
		if (tr_init(&w->tr[side], &spec, &w->lease, &w->err[side]) < 0)
			return false;
	if (connect_sides(w) < 0)
		fuzz_broken("no ring: %s%s", w->err[0].text, w->err[1].text);
	fence_in(w);
	return true;
}

static void world_end(struct world *w)
{
	tr_close(&w->tr[SENDER]);
	tr_close(&w->tr[RECEIVER]);
	if (w->fence)
		munmap(w->fence, w->fence_bytes);
	lease_end(&w->lease);
}

/* --- what must not change ------------------------------------------------ */

struct snapshot {
	char data[DATA_MAX];
	uint32_t len[DEPTH_MAX];
	uint32_t sent, freed;
};

/* Remembers what the honest side sees before its next step. */
static void snapshot_take(struct snapshot *before, const struct ring *r)
{
	memcpy(before->data, r->data, r->depth * r->stride);
	for (uint32_t i = 0; i < r->depth; i++)
		before->len[i] = r->slots[i].len;
	before->sent = r->shared->sent;
	before->freed = r->shared->freed;
}

static void snapshot_check(const struct snapshot *before, const struct ring *r,
			   uint32_t own, int side)
{
	for (uint32_t i = 0; i < r->depth; i++) {
		if (side == SENDER && i == own)
			continue;
		if (memcmp(before->data + i * r->stride,
			   r->data + i * r->stride, r->stride))
			fuzz_broken("slot %u was written to, %u is ours", i,
				    own);
		if (before->len[i] != r->slots[i].len)
			fuzz_broken("length %u was written to, %u is ours", i,
				    own);
	}
	if (side == SENDER && before->freed != r->shared->freed)
		fuzz_broken("the sender wrote the receiver's number");
	if (side == RECEIVER && before->sent != r->shared->sent)
		fuzz_broken("the receiver wrote the sender's number");
}

/*
 * Checks that a lent buffer is the private buffer, or the slot whose turn it
 * is.
 */
static void check_place(const struct tr *tr, const void *buf)
{
	const struct ring *r = tr->priv;
	const char *slot = r->data + r->slot * r->stride;
	const char *end = (char *)r->region.base + r->region.len;

	if (r->slot >= r->depth || r->stride < tr->msg_bytes)
		fuzz_broken("slot %u of %u", r->slot, r->depth);
	if (r->private_buffers ? buf != tr->buf : buf != slot)
		fuzz_broken("a lent buffer that is not ours");
	if (slot + tr->msg_bytes > end)
		fuzz_broken("a slot beyond the region");
}

/*
 * Where counters keep the turn, a side may go on only if its own counter says
 * that it has the turn.
 */
static void check_turn(const struct ring *r, int side)
{
	uint32_t ahead =
		side == SENDER ? r->turn - r->other : r->other - r->turn;

	if (r->sync != &ring_futex && r->sync != &ring_eventfd &&
	    r->sync != &ring_mutex)
		return;
	if (side == SENDER ? ahead >= r->depth : ahead - 1 >= r->depth)
		fuzz_broken("%u messages in a ring of %u, and it went on",
			    ahead, r->depth);
}

/*
 * True: the call succeeded. A failure must say what failed, unless the side was
 * asked to stop.
 */
static bool came_back(const struct tr *tr, int rc)
{
	if (rc < 0 && rc != -ECANCELED && (!tr->err->code || !*tr->err->text))
		fuzz_broken("error %d without a reason", rc);
	if (rc == -ECANCELED && !stop_requested())
		fuzz_broken("it stopped without a request");
	return rc >= 0;
}

/* --- messages ------------------------------------------------------------ */

static uint8_t fill_byte(unsigned turn)
{
	return (uint8_t)(turn * 37 + 11);
}

/*
 * True if the side would wait for ever. False once something is scribbled,
 * since then this cannot be known.
 */
static bool would_wait(struct world *w, int side)
{
	const struct ring *r = fuzz_ring_of(w, SENDER);

	if (w->scribbled)
		return false;
	return side == SENDER ? w->sent - w->freed >= r->depth
			      : w->received == w->sent;
}

static bool send_one(struct world *w, struct script *s, bool honest)
{
	static struct snapshot before;
	struct tr *tr = &w->tr[SENDER];
	struct ring *r = tr->priv;
	uint32_t own = r->slot;
	size_t len = script_u(s, 2) % (tr->msg_bytes + 1);
	void *buf = NULL;
	int rc;

	if (honest)
		snapshot_take(&before, r);
	rc = tr->ops->lend(tr, &buf);
	if (!came_back(tr, rc))
		return false;
	check_place(tr, buf);
	if (honest && !r->private_buffers)
		check_turn(r, SENDER);
	memset(buf, fill_byte(w->sent), tr->msg_bytes);
	rc = tr->ops->send(tr, len);
	if (honest)
		snapshot_check(&before, r, own, SENDER);
	w->len[w->sent++ % r->depth] = (uint32_t)len;
	return came_back(tr, rc);
}

static void check_message(struct world *w, const unsigned char *p, size_t len)
{
	const struct ring *r = fuzz_ring_of(w, RECEIVER);
	uint8_t fill = fill_byte(w->received);

	if (len != w->len[w->received % r->depth])
		fuzz_broken("message %u has %zu bytes instead of %u",
			    w->received, len, w->len[w->received % r->depth]);
	for (size_t i = 0; i < len; i++)
		if (p[i] != fill)
			fuzz_broken("message %u has other contents",
				    w->received);
}

/* Reads each byte of a message, as loop_receive does. */
static void read_all(const volatile unsigned char *p, size_t len)
{
	for (size_t i = 0; i < len; i++)
		(void)p[i];
}

static bool receive_one(struct world *w, bool honest)
{
	static struct snapshot before;
	struct tr *tr = &w->tr[RECEIVER];
	struct ring *r = tr->priv;
	uint32_t own = r->slot;
	const void *buf = NULL;
	ssize_t n;
	int rc;

	if (honest)
		snapshot_take(&before, r);
	n = tr->ops->receive(tr, &buf);
	if (!came_back(tr, (int)n))
		return false;
	check_place(tr, buf);
	if ((size_t)n > tr->msg_bytes)
		fuzz_broken("%zd bytes in a slot of %zu", n, tr->msg_bytes);
	if (honest)
		check_turn(r, RECEIVER);
	read_all(buf, (size_t)n);
	if (!w->scribbled)
		check_message(w, buf, (size_t)n);
	rc = tr->ops->give_back(tr);
	if (honest)
		snapshot_check(&before, r, own, RECEIVER);
	w->received++;
	w->freed = w->received - r->owed;
	return came_back(tr, rc);
}

static bool pass_on(struct world *w, struct script *s, int side)
{
	if (would_wait(w, side))
		return true;
	return side == SENDER ? send_one(w, s, side == w->honest)
			      : receive_one(w, side == w->honest);
}

/* --- the target ----------------------------------------------------------- */

static bool step(struct world *w, struct script *s)
{
	uint8_t what = script_u8(s) % 8;

	if (what < 3)
		return pass_on(w, s, w->honest);
	if (what >= 6) {
		fuzz_ring_scribble(w, s);
		return true;
	}
	/* the other side may fail, but the honest side must not */
	pass_on(w, s, !w->honest);
	return true;
}

int LLVMFuzzerInitialize(int *argc, char ***argv)
{
	(void)argc;
	(void)argv;
	fuzz_begin();
	return 0;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct script s = { data, size };
	int fds = leftovers_fds();
	struct world w;
	bool more;

	more = world_begin(&w, &s);
	fuzz_stop_after(STOP_MS);
	for (int i = 0; i < 200 && more && s.left && !stop_requested(); i++)
		more = step(&w, &s);
	fuzz_stop_never();
	world_end(&w);
	if (leftovers_fds() != fds)
		fuzz_broken("%d descriptors instead of %d", leftovers_fds(),
			    fds);
	return 0;
}
