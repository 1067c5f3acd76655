/* Chains through io_uring: a read or write, and the report that follows it. */
#include "transport/uring_ring.h"

#include <errno.h>
#include <inttypes.h>
#include <sched.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>

#include "base/fd.h"
#include "base/stop.h"

#define DISABLED "/proc/sys/kernel/io_uring_disabled"

enum { FILE_FD, WORD_FD };
enum { OP_FILE, OP_WORD, OP_HEAR, OP_END, OPS };

/* --- making it ------------------------------------------------------------ */

static int say_no_ring(int code, struct err *e)
{
	uint64_t disabled = fd_read_number(DISABLED, 0);

	if (code == EPERM && disabled)
		return err_say(e, EPERM,
			       "uring: kernel.io_uring_disabled=%" PRIu64
			       " forbids io_uring; allow it with: sysctl -w "
			       "kernel.io_uring_disabled=0",
			       disabled);
	if (code == ENOSYS || code == EPERM)
		return err_say(
			e, ENOTSUP,
			"uring: io_uring_setup is refused (%s): the kernel is "
			"built without it, or a container forbids it; a "
			"container needs --security-opt seccomp=unconfined",
			strerrordesc_np(code));
	return err_code(e, code, "uring: io_uring_setup");
}

/*
 * Checks that a ring can be made, and that it can send and receive. The rings
 * of an older kernel cannot.
 */
int uring_check(struct err *e)
{
	struct io_uring_probe *known;
	struct io_uring ring;
	int rc = io_uring_queue_init(2, &ring, 0);
	bool sends;

	if (rc < 0)
		return say_no_ring(-rc, e);
	known = io_uring_get_probe_ring(&ring);
	sends = known && io_uring_opcode_supported(known, IORING_OP_SEND) &&
		io_uring_opcode_supported(known, IORING_OP_RECV);
	io_uring_free_probe(known);
	io_uring_queue_exit(&ring);
	return sends ? 0
		     : err_say(e, ENOTSUP,
			       "uring: this kernel's io_uring cannot send and "
			       "receive; Linux 5.6 and newer can");
}

/*
 * Tries flags for newer kernels first: with them the kernel interrupts us less
 * often. The ring works without them, too.
 */
static int make_ring(struct tr *tr, struct uring *u)
{
	static const unsigned int flags[] = {
#ifdef IORING_SETUP_DEFER_TASKRUN
		IORING_SETUP_SINGLE_ISSUER | IORING_SETUP_DEFER_TASKRUN,
#endif
		0,
	};
	int rc = -EINVAL;

	/* room for two requests for each slot, one receive, and the end */
	for (size_t i = 0; i < sizeof(flags) / sizeof(flags[0]); i++) {
		rc = io_uring_queue_init(2 * u->depth + 2, &u->ring, flags[i]);
		if (rc != -EINVAL)
			break;
	}
	if (rc < 0)
		return say_no_ring(-rc, tr->err);
	u->has_ring = true;
	return 0;
}

/*
 * Lets the kernel's helper threads run on our CPUs only. These threads belong
 * to our process, and do the work that would block.
 */
static void place_helpers(struct uring *u)
{
	cpu_set_t set;

	if (sched_getaffinity(0, sizeof(set), &set) == 0)
		io_uring_register_iowq_aff(&u->ring, sizeof(set), &set);
}

int uring_make(struct tr *tr)
{
	struct uring *u = tr->priv;
	struct iovec all = { u->region.base, u->depth * u->stride };
	int rc;

	u->slots = calloc(u->depth, sizeof(*u->slots));
	if (!u->slots)
		return err_code(
			tr->err, ENOMEM,
			"cannot get memory to note the state of the slots");
	region_prefault(&u->region);
	rc = make_ring(tr, u);
	if (rc < 0)
		return rc;
	place_helpers(u);
	rc = io_uring_register_buffers(&u->ring, &all, 1);
	return rc < 0 ? err_code(tr->err, rc,
				 "io_uring: cannot pin the %zu bytes of the "
				 "slots",
				 all.iov_len)
		      : 0;
}

int uring_learn_file(struct tr *tr, int file_fd)
{
	const int fds[] = { [FILE_FD] = file_fd, [WORD_FD] = tr_own_end(tr) };
	struct uring *u = tr->priv;
	int rc;

	if (u->knows_files)
		rc = io_uring_register_files_update(&u->ring, FILE_FD, fds, 1);
	else
		rc = io_uring_register_files(&u->ring, fds, 2);
	u->knows_files = rc >= 0;
	return rc < 0 ? err_code(tr->err, rc,
				 "io_uring: cannot register the file and the "
				 "socket")
		      : 0;
}

/*
 * Otherwise the files would stay open for a moment after the process has ended,
 * since its ring outlives it. During that time a file system cannot be
 * unmounted, and a file without a name is not removed.
 */
int uring_forget_file(struct tr *tr)
{
	struct uring *u = tr->priv;

	if (u->knows_files)
		io_uring_unregister_files(&u->ring);
	u->knows_files = false;
	return 0;
}

/*
 * Waits for all requests, since the kernel may still write to memory that will
 * be freed.
 */
static void drain(struct tr *tr, struct uring *u)
{
	struct io_uring_cqe *cqe;
	int rc;

	shutdown(tr_own_end(tr), SHUT_RDWR);
	while (u->in_flight > 0) {
		rc = io_uring_submit_and_wait(&u->ring, 1);
		if (rc < 0 && rc != -EINTR)
			return;
		while (io_uring_peek_cqe(&u->ring, &cqe) == 0) {
			io_uring_cqe_seen(&u->ring, cqe);
			u->in_flight--;
		}
	}
}

void uring_unmake(struct tr *tr)
{
	struct uring *u = tr->priv;

	if (u->has_ring) {
		drain(tr, u);
		io_uring_queue_exit(&u->ring);
	}
	u->has_ring = false;
	free(u->slots);
	u->slots = NULL;
}

/* --- requests ------------------------------------------------------------- */

/* The ring has room for all requests under way, so this cannot fail. */
static struct io_uring_sqe *request(struct uring *u)
{
	u->in_flight++;
	return io_uring_get_sqe(&u->ring);
}

static void label(struct io_uring_sqe *sqe, uint64_t slot, unsigned int op)
{
	sqe->flags |= IOSQE_FIXED_FILE;
	sqe->user_data = slot * OPS + op;
}

static void say(struct uring *u, struct uring_word *w, uint64_t slot,
		unsigned int op)
{
	struct io_uring_sqe *sqe = request(u);

	io_uring_prep_send(sqe, WORD_FD, w, sizeof(*w), MSG_NOSIGNAL);
	label(sqe, slot, op);
}

void uring_say_slot(struct uring *u, uint32_t i)
{
	say(u, &u->slots[i].word, i, OP_WORD);
	u->slots[i].due = 1;
}

void uring_say_end(struct uring *u, uint64_t all_bytes)
{
	u->end = (struct uring_word){ .slot = URING_END, .at = all_bytes };
	say(u, &u->end, 0, OP_END);
}

void uring_hear(struct uring *u)
{
	struct io_uring_sqe *sqe = request(u);

	io_uring_prep_recv(sqe, WORD_FD, u->heard + u->heard_bytes,
			   sizeof(u->heard) - u->heard_bytes, 0);
	label(sqe, 0, OP_HEAR);
	u->hearing = true;
}

void uring_start(struct tr *tr, uint32_t i, bool reads)
{
	struct uring *u = tr->priv;
	struct uring_slot *s = &u->slots[i];
	struct io_uring_sqe *sqe = request(u);
	char *at = (char *)u->region.base + i * u->stride + s->done;
	unsigned int left = s->word.len - s->done;
	off_t offset = (off_t)(s->word.at + s->done);

	if (reads)
		io_uring_prep_read_fixed(sqe, FILE_FD, at, left, offset, 0);
	else
		io_uring_prep_write_fixed(sqe, FILE_FD, at, left, offset, 0);
	sqe->flags |= IOSQE_IO_LINK;
	label(sqe, i, OP_FILE);
	say(u, &s->word, i, OP_WORD);
	s->whose = BUSY;
	s->due = 2;
}

/*
 * True if the request must be made again. If signals keep the kernel from
 * making a helper thread, it cancels the request that waits for the thread
 * (seen by tests/storm on Linux 6.18).
 */
static bool is_interrupted(int res)
{
	return res == -EINTR || res == -EAGAIN || res == -ECANCELED;
}

static int other_gone(struct tr *tr)
{
	return err_say(tr->err, EPIPE, "the %s is gone", tr_other_side(tr));
}

static int word_failed(struct tr *tr, int res)
{
	if (res == -EPIPE || res == -ECONNRESET)
		return other_gone(tr);
	if (res < 0)
		return err_code(tr->err, res, "io_uring: send");
	return err_say(tr->err, EPROTO,
		       "io_uring: only %d bytes of a report were sent", res);
}

int uring_makes_no_sense(struct tr *tr)
{
	return err_say(tr->err, EPROTO,
		       "the %s sent a message that makes no sense",
		       tr_other_side(tr));
}

/*
 * Finds out how a chain has ended. The kernel does not send the report if the
 * read or write before it failed or was cut short.
 */
int uring_chain_end(struct tr *tr, const struct uring_slot *s, const char *verb)
{
	int res = s->file_res;

	if (s->word_res == (int)sizeof(s->word))
		return URING_AWAY;
	if (res < 0 && !is_interrupted(res))
		return err_code(tr->err, res, "cannot %s", verb);
	if (s->word_res != -ECANCELED)
		return word_failed(tr, s->word_res);
	return res == 0 ? URING_FILE_END : URING_CUT;
}

static int take_words(struct tr *tr, struct uring *u, int res,
		      uring_on_word *word)
{
	size_t at = 0;
	struct uring_word w;
	int rc = 0;

	u->hearing = false;
	if (is_interrupted(res))
		return 0;
	if (res == 0 || res == -ECONNRESET)
		return other_gone(tr);
	if (res < 0)
		return err_code(tr->err, res, "io_uring: recv");
	u->heard_bytes += (size_t)res;
	for (; u->heard_bytes - at >= sizeof(w) && rc == 0; at += sizeof(w)) {
		memcpy(&w, u->heard + at, sizeof(w));
		rc = word(tr, u, &w);
	}
	u->heard_bytes -= at;
	memmove(u->heard, u->heard + at, u->heard_bytes);
	return rc;
}

static int file_step(struct tr *tr, struct uring *u, struct uring_slot *s,
		     int res)
{
	s->file_res = res;
	if (res <= 0)
		return 0;
	s->done += (uint32_t)res;
	if (s->done == s->word.len)
		u->open--;
	return tr_moved(tr, (uint64_t)res, u->most);
}

static int end_said(struct tr *tr, struct uring *u, int res)
{
	if (is_interrupted(res))
		say(u, &u->end, 0, OP_END);
	else if (res != sizeof(u->end))
		return word_failed(tr, res);
	return 0;
}

static int take_completion(struct tr *tr, uint64_t what, int res,
			   uring_on_word *word, uring_on_chain *chain)
{
	struct uring *u = tr->priv;
	uint32_t i = (uint32_t)(what / OPS);
	struct uring_slot *s = &u->slots[i];
	int rc = 0;

	u->in_flight--;
	if (what % OPS == OP_HEAR)
		return take_words(tr, u, res, word);
	if (what % OPS == OP_END)
		return end_said(tr, u, res);
	if (what % OPS == OP_FILE)
		rc = file_step(tr, u, s, res);
	else
		s->word_res = res;
	return rc < 0 || --s->due ? rc : chain(tr, u, i);
}

int uring_turn(struct tr *tr, uring_on_word *word, uring_on_chain *chain)
{
	struct uring *u = tr->priv;
	struct io_uring_cqe *cqe;
	int rc = io_uring_submit_and_wait(&u->ring, 1);

	if (stop_requested())
		return -ECANCELED;
	if (rc < 0 && rc != -EINTR && rc != -EAGAIN && rc != -EBUSY)
		return err_code(tr->err, rc, "io_uring_enter");
	for (rc = 0; rc == 0 && io_uring_peek_cqe(&u->ring, &cqe) == 0;) {
		uint64_t what = cqe->user_data;
		int res = cqe->res;

		io_uring_cqe_seen(&u->ring, cqe);
		rc = take_completion(tr, what, res, word, chain);
	}
	return rc;
}
