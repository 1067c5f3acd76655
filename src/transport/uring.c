/*
 * io_uring reads and writes the files, and sends the reports of each side to
 * the other side.
 *
 * Slots lie in a memfd that both sides have mapped and registered. The server
 * reads into a slot and reports it, by one chain of requests. The client writes
 * the slot out and reports it, by another chain. Only io_uring_enter(2) moves
 * bytes of the files. One such call starts several chains, and waits for chains
 * that were started before. Reports go over a socket of the mechanism itself. A
 * report names the slot, its length and its place in the file, so chains may
 * overtake each other. The slots hold nothing but payload.
 */
#include <errno.h>
#include <inttypes.h>
#include <linux/capability.h>
#include <stdio.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/fd.h"
#include "base/page.h"
#include "base/proc.h"
#include "base/size.h"
#include "transport/sock.h"
#ifdef HAVE_LIBURING
#include "transport/uring_ring.h"
#endif

#define MAX_BYTES (1ULL << 30) /* the limit of a registered buffer */

enum { P_SIZE, P_DEPTH, P_END };

static const struct tr_param tr_uring_params[] = {
	[P_SIZE] = TR_PARAM_SIZE(1 << 16),
	[P_DEPTH] = { .name = "depth",
		      .kind = TR_COUNT,
		      .def = 32,
		      .min = 1,
		      .max = 1024,
		      .about = "number of slots, which both sides share" },
	[P_END] = { .name = NULL },
};

static const struct hop tr_uring_path[] = {
	{ "IN", "slot", HOP_KERNEL, "io_uring read", 1 },
	{ "slot", "OUT", HOP_KERNEL, "io_uring write", 1 },
	{ .from = NULL },
};

static void tr_uring_limits(char *text, size_t size)
{
	struct rlimit rl = { .rlim_cur = RLIM_INFINITY };
	char have[32];

	getrlimit(RLIMIT_MEMLOCK, &rl);
	if (rl.rlim_cur == RLIM_INFINITY || proc_has_cap(CAP_IPC_LOCK))
		snprintf(text, size, "no limit on pinned memory for this user");
	else
		snprintf(text, size,
			 "pinned memory for the slots of both sides up to %s "
			 "(ulimit -l)",
			 size_human((double)rl.rlim_cur, have, sizeof(have)));
}

#ifdef HAVE_LIBURING

static size_t slots_bytes(const struct tr_spec *spec)
{
	return spec->value[P_DEPTH] * page_round(spec->value[P_SIZE]);
}

/* --- may it run here? ----------------------------------------------------- */

/* Both sides pin the same pages, and both are charged for them. */
static int uring_check_locked(const struct tr_spec *spec, struct err *e)
{
	return proc_may_pin(2 * slots_bytes(spec),
			    "uring: twice depth times size in whole pages", e);
}

static int tr_uring_probe(const struct tr_spec *spec, struct err *e)
{
	char have[32], max[32];
	int rc;

	if (slots_bytes(spec) > MAX_BYTES)
		return err_say(e, EINVAL,
			       "uring: depth times size in whole pages makes "
			       "%s; at most %s is allowed",
			       size_human((double)slots_bytes(spec), have,
					  sizeof(have)),
			       size_human(MAX_BYTES, max, sizeof(max)));
	rc = uring_check_locked(spec, e);
	return rc < 0 ? rc : uring_check(e);
}

/* --- making and joining --------------------------------------------------- */

static void tr_uring_init(struct tr *tr)
{
	struct uring *u = tr->priv;

	u->region = (struct region)REGION_INIT;
	u->depth = (uint32_t)tr->spec.value[P_DEPTH];
	u->stride = page_round(tr->spec.value[P_SIZE]);
}

static int tr_uring_create(struct tr *tr)
{
	struct uring *u = tr->priv;

	if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, tr->fd) < 0)
		return tr_errno(tr, "socketpair");
	return region_create(&u->region, REGION_MEMFD, slots_bytes(&tr->spec),
			     tr->lease, tr->err);
}

static int tr_uring_offer(struct tr *tr, struct ctl *ctl)
{
	struct uring *u = tr->priv;
	int rc = region_offer(&u->region, ctl);

	return rc < 0 ? rc : tr_offer_read_end(tr, ctl);
}

static int tr_uring_join(struct tr *tr, struct ctl *ctl)
{
	struct uring *u = tr->priv;
	int rc = region_join(&u->region, REGION_MEMFD, slots_bytes(&tr->spec),
			     ctl, tr->err);

	if (rc == 0)
		rc = tr_take_read_end(tr, ctl);
	if (rc == 0)
		rc = sock_check_unix(tr, tr->fd[TR_READ_END], SOCK_STREAM);
	return rc < 0 ? rc : uring_make(tr);
}

static void tr_uring_close(struct tr *tr)
{
	uring_unmake(tr);
	tr_close_ends(tr);
	region_close(&((struct uring *)tr->priv)->region);
}

static int fail(struct tr *tr, int rc)
{
	uring_forget_file(tr);
	return rc;
}

/* --- the server ----------------------------------------------------------- */

static int slot_given_back(struct tr *tr, struct uring *u,
			   const struct uring_word *w)
{
	if (w->slot >= u->depth || u->slots[w->slot].whose != THEIRS)
		return uring_makes_no_sense(tr);
	u->slots[w->slot].whose = MINE;
	return 0;
}

/*
 * Called if the file has become shorter, and ends before the last byte that
 * this slot was to get. Reports the bytes that were read, if there are any.
 */
static void end_within(struct uring *u, uint32_t i)
{
	struct uring_slot *s = &u->slots[i];

	u->next = u->most;
	u->open--;
	s->word.len = s->done;
	if (s->done == 0) {
		s->whose = MINE;
		return;
	}
	uring_say_slot(u, i);
}

static int slot_read(struct tr *tr, struct uring *u, uint32_t i)
{
	int end = uring_chain_end(tr, &u->slots[i], "read the input file");

	if (end == URING_AWAY)
		u->slots[i].whose = THEIRS;
	else if (end == URING_FILE_END)
		end_within(u, i);
	else if (end == URING_CUT)
		uring_start(tr, i, true);
	return end < 0 ? end : 0;
}

/*
 * Starts reads into free slots: into a quarter of all slots at most, or into
 * one. So the other slots can be read while the client writes these slots out.
 */
static void start_reading(struct tr *tr, struct uring *u)
{
	uint32_t batch = u->depth < 4 ? 1 : u->depth / 4;

	for (uint32_t i = 0; i < u->depth && u->next < u->most && batch; i++) {
		struct uring_slot *s = &u->slots[i];
		uint64_t left = u->most - u->next;

		if (s->whose != MINE)
			continue;
		s->done = 0;
		s->word = (struct uring_word){
			.slot = i,
			.len = (uint32_t)(left < tr->msg_bytes ? left
							       : tr->msg_bytes),
			.at = u->next,
		};
		u->next += s->word.len;
		u->open++;
		uring_start(tr, i, true);
		batch--;
	}
}

static bool all_lent(const struct uring *u)
{
	for (uint32_t i = 0; i < u->depth; i++)
		if (u->slots[i].whose != THEIRS)
			return false;
	return true;
}

static int say_end(struct tr *tr, struct uring *u)
{
	int rc = 0;

	uring_say_end(u, atomic_load(tr->moved_bytes));
	while (u->in_flight > 0 && rc == 0)
		rc = uring_turn(tr, slot_given_back, slot_read);
	return rc;
}

static int tr_uring_send_file(struct tr *tr, int in_fd, uint64_t len_bytes)
{
	struct uring *u = tr->priv;
	int rc = uring_learn_file(tr, in_fd);

	u->next = 0;
	u->most = len_bytes;
	while (rc == 0 && (u->next < u->most || u->in_flight > 0)) {
		start_reading(tr, u);
		/*
		 * not at the end of a transfer, when no more reads need a free
		 * slot
		 */
		if (!u->hearing && u->next < u->most && all_lent(u))
			uring_hear(u);
		rc = uring_turn(tr, slot_given_back, slot_read);
	}
	if (rc == 0)
		rc = say_end(tr, u);
	return rc < 0 ? fail(tr, rc) : 0;
}

/* --- the client ----------------------------------------------------------- */

static void start_waiting(struct tr *tr, uint32_t i)
{
	struct uring_slot *s = &((struct uring *)tr->priv)->slots[i];

	s->waits = false;
	s->word = s->later;
	s->done = 0;
	uring_start(tr, i, false);
}

/*
 * Takes a report that a slot is full. It may arrive before the kernel tells us
 * that our last report about this slot was sent.
 */
static int slot_filled(struct tr *tr, struct uring *u,
		       const struct uring_word *w)
{
	struct uring_slot *s;

	if (u->ended)
		return uring_makes_no_sense(tr);
	if (w->slot == URING_END) {
		u->ended = true;
		return 0;
	}
	if (w->slot >= u->depth || w->len == 0 || w->len > tr->msg_bytes ||
	    w->at > u->most || w->len > u->most - w->at)
		return uring_makes_no_sense(tr);
	s = &u->slots[w->slot];
	if (s->waits || s->done < s->word.len)
		return uring_makes_no_sense(tr);
	s->later = *w;
	s->waits = true;
	u->open++;
	if (s->whose != BUSY)
		start_waiting(tr, w->slot);
	return 0;
}

static int slot_written(struct tr *tr, struct uring *u, uint32_t i)
{
	struct uring_slot *s = &u->slots[i];
	int end = uring_chain_end(tr, s, "write the output file");

	if (end == URING_FILE_END)
		return err_say(tr->err, EIO,
			       "a write to the output file wrote 0 bytes");
	if (end == URING_AWAY)
		s->whose = MINE;
	if (end == URING_AWAY && s->waits)
		start_waiting(tr, i);
	else if (end == URING_CUT)
		uring_start(tr, i, false);
	return end < 0 ? end : 0;
}

static int tr_uring_recv_file(struct tr *tr, int out_fd, uint64_t len_bytes)
{
	struct uring *u = tr->priv;
	int rc = uring_learn_file(tr, out_fd);

	u->ended = false;
	u->most = len_bytes;
	/* do not wait for the last reports: the server may have ended */
	while (rc == 0 && (!u->ended || u->open > 0)) {
		if (!u->hearing && !u->ended)
			uring_hear(u);
		rc = uring_turn(tr, slot_filled, slot_written);
	}
	return rc < 0 ? fail(tr, rc) : 0;
}

/* --- between files -------------------------------------------------------- */

static bool all_mine(const struct uring *u)
{
	for (uint32_t i = 0; i < u->depth; i++)
		if (u->slots[i].whose != MINE)
			return false;
	return true;
}

/*
 * The client's last reports may still be under way, since recv_file does not
 * wait for them. So the server listens until it has every slot back, and the
 * client waits until everything is sent.
 */
static int tr_uring_again(struct tr *tr)
{
	bool server = tr->fd[TR_WRITE_END] >= 0;
	struct uring *u = tr->priv;
	int rc = 0;

	while (rc == 0 && (server ? !all_mine(u) : u->in_flight > 0)) {
		if (server && !u->hearing)
			uring_hear(u);
		rc = server ? uring_turn(tr, slot_given_back, slot_read)
			    : uring_turn(tr, slot_filled, slot_written);
	}
	return rc;
}

static ssize_t tr_uring_more(struct tr *tr)
{
	return uring_forget_file(tr);
}

#else /* HAVE_LIBURING */

struct uring {
	char unused;
};

static int say_unbuilt(struct err *e)
{
	return err_say(e, ENOTSUP,
		       "uring: this ipcopy was built without liburing; install "
		       "liburing-dev and build again");
}

static int tr_uring_probe(const struct tr_spec *spec, struct err *e)
{
	(void)spec;
	return say_unbuilt(e);
}

/* A server that was built with liburing may meet a client that was not. */
static int tr_uring_join(struct tr *tr, struct ctl *ctl)
{
	(void)ctl;
	return say_unbuilt(tr->err);
}

#define tr_uring_init      NULL
#define tr_uring_create    NULL
#define tr_uring_offer     tr_uring_join
#define uring_make         NULL
#define tr_uring_send_file NULL
#define tr_uring_recv_file NULL
#define uring_forget_file  NULL
#define tr_uring_more      NULL
#define tr_uring_again     NULL
#define tr_uring_close     tr_close_ends

#endif /* HAVE_LIBURING */

const struct transport tr_uring = {
	.name = "uring",
	.summary = "files read and written in shared slots, io_uring",
	.since = "5.6",
	.lifts =
		"io_uring itself: sysctl -w kernel.io_uring_disabled=0; pinned "
		"memory: ulimit -l KIB, or CAP_IPC_LOCK",
	.family = TR_FAMILY_CALL,
	.params = tr_uring_params,
	.priv_size = sizeof(struct uring),
	.path = tr_uring_path,
	.middle =
		"The slots lie in memory that both sides have mapped, as in "
		"shm, so nothing is copied between the two. Only the way of "
		"asking the kernel differs: reads and writes are requests in a "
		"ring that the kernel reads.",
	.reach = TR_REACH_DESCRIPTOR,
	.limits = tr_uring_limits,
	.probe = tr_uring_probe,
	.init = tr_uring_init,
	.create = tr_uring_create,
	.offer = tr_uring_offer,
	.join = tr_uring_join,
	.attach = uring_make,
	.send_file = tr_uring_send_file,
	.recv_file = tr_uring_recv_file,
	.end = uring_forget_file,
	.more = tr_uring_more,
	.again = tr_uring_again,
	.close = tr_uring_close,
};
