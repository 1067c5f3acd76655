/*
 * The loops of workloads without files and of the sink `null`, the same for
 * each mechanism.
 */
#include "copy/load.h"

#include <errno.h>
#include <inttypes.h>

#include "base/clock.h"
#include "base/hot.h"
#include "base/stop.h"
#include "copy/pattern.h"

/*
 * For a stream, the variants of a loop (touch, turn) are chosen before the loop
 * begins: the compiler makes one loop for each variant. So the choice is not
 * made again for each message.
 */
#define ALWAYS_INLINE static inline __attribute__((always_inline))

static bool turns(const struct load *l)
{
	return l->how->buffer_area > 0;
}

ALWAYS_INLINE void show_life(struct load *l, uint64_t bytes)
{
	l->bytes += bytes;
	atomic_store_explicit(&l->side->moved_bytes, l->bytes,
			      memory_order_relaxed);
}

static uint64_t word_of(const struct load *l, uint64_t number)
{
	return pattern_of(l->how->seed, number, l->tr->msg_bytes);
}

/* --- one message ---------------------------------------------------------- */

ALWAYS_INLINE int send_one(struct load *l, const struct transport *ops,
			   uint64_t first, bool touch, bool turn)
{
	struct tr *tr = l->tr;
	void *buf;
	int rc = ops->lend(tr, &buf);

	if (rc < 0)
		return rc;
	if (touch)
		pattern_fill(buf, tr->msg_bytes, first);
	rc = ops->send(tr, tr->msg_bytes);
	if (turn)
		tr_turn_buffer(tr);
	return rc;
}

/*
 * Receives a message, or some bytes if the channel keeps no boundaries. `p`
 * keeps how much of the message has come.
 */
ALWAYS_INLINE ssize_t receive_some(struct load *l, const struct transport *ops,
				   struct pattern *p, bool touch, bool turn)
{
	struct tr *tr = l->tr;
	const void *buf;
	ssize_t n;
	int rc;

	if (!touch && ops->discard) {
		n = ops->discard(tr);
		return n == 0 ? -ENODATA : n;
	}
	n = ops->receive(tr, &buf);
	if (n <= 0)
		return n < 0 ? n : -ENODATA;
	if (touch)
		pattern_take(p, buf, (size_t)n);
	rc = ops->give_back(tr);
	if (turn)
		tr_turn_buffer(tr);
	return rc < 0 ? rc : n;
}

static struct pattern expected(const struct load *l)
{
	return (struct pattern){ .first = word_of(l, l->next),
				 .size = l->tr->msg_bytes };
}

static int too_few(const struct load *l)
{
	return err_say(l->tr->err, EIO,
		       "the channel ended too early, after %" PRIu64 " bytes",
		       l->bytes);
}

/* --- one way -------------------------------------------------------------- */

ALWAYS_INLINE int send_all(struct load *l, uint64_t n, bool touch, bool turn)
{
	uint64_t size = l->tr->msg_bytes, first = word_of(l, l->next);
	uint64_t step = pattern_of(0, 1, size);
	const struct transport *ops = l->tr->ops;
	int rc = 0;

	l->next += n;
	for (; n > 0 && rc == 0; n--, first += step) {
		rc = send_one(l, ops, first, touch, turn);
		show_life(l, size);
		/* a side that never blocks would miss a stop request */
		if (stop_requested())
			return rc < 0 ? rc : -ECANCELED;
	}
	return rc;
}

HOT int load_send(struct load *l, uint64_t n)
{
	if (turns(l))
		return l->how->untouched ? send_all(l, n, false, true)
					 : send_all(l, n, true, true);
	return l->how->untouched ? send_all(l, n, false, false)
				 : send_all(l, n, true, false);
}

static bool reads(const struct load *l)
{
	return !l->how->untouched && !l->how->unread;
}

ALWAYS_INLINE int receive_all(struct load *l, uint64_t n, bool touch, bool turn)
{
	uint64_t left = n * l->tr->msg_bytes;
	struct pattern p = expected(l);
	const struct transport *ops = l->tr->ops;
	ssize_t got;

	l->next += n;
	while (left > 0) {
		got = receive_some(l, ops, &p, touch, turn);
		if (got < 0)
			return got == -ENODATA ? too_few(l) : (int)got;
		if ((uint64_t)got > left)
			return err_say(l->tr->err, EIO,
				       "more bytes came than were sent");
		left -= (uint64_t)got;
		show_life(l, (uint64_t)got);
		if (stop_requested())
			return -ECANCELED;
	}
	l->wrong |= p.wrong;
	return 0;
}

HOT int load_receive(struct load *l, uint64_t n)
{
	if (l->tr->ops->carries_nothing)
		return 0;
	if (turns(l))
		return reads(l) ? receive_all(l, n, true, true)
				: receive_all(l, n, false, true);
	return reads(l) ? receive_all(l, n, true, false)
			: receive_all(l, n, false, false);
}

/* --- there and back ------------------------------------------------------- */

/* Receives one whole message. */
ALWAYS_INLINE int receive_one(struct load *l, const struct transport *ops,
			      bool touch, bool turn)
{
	size_t left = l->tr->msg_bytes;
	struct pattern p = expected(l);
	ssize_t got;

	l->next++;
	do {
		got = receive_some(l, ops, &p, touch, turn);
		if (got < 0)
			return got == -ENODATA ? too_few(l) : (int)got;
		left -= (size_t)got;
	} while (left > 0 && left < l->tr->msg_bytes);
	if (left > 0)
		return err_say(l->tr->err, EIO,
			       "more bytes came than were sent");
	l->wrong |= p.wrong;
	show_life(l, l->tr->msg_bytes);
	return stop_requested() ? -ECANCELED : 0;
}

ALWAYS_INLINE int send_next(struct load *l, const struct transport *ops,
			    bool touch, bool turn)
{
	return send_one(l, ops, word_of(l, l->next++), touch, turn);
}

HOT int load_trips(struct load *out, struct load *back, uint64_t n,
		   struct histogram *trips)
{
	bool touch = !out->how->untouched, turn = turns(out);
	const struct transport *there = out->tr->ops, *here = back->tr->ops;
	int64_t begun_ns = clock_ns(), now_ns;
	int rc = 0;

	for (; n > 0 && rc == 0; n--) {
		rc = send_next(out, there, touch, turn);
		if (rc == 0)
			rc = receive_one(back, here, touch, turn);
		if (!trips)
			continue;
		/* one reading of the clock ends a trip and begins the next */
		now_ns = clock_ns();
		histogram_add(trips, now_ns - begun_ns);
		begun_ns = now_ns;
	}
	return rc;
}

HOT int load_echo(struct load *in, struct load *back, uint64_t n)
{
	bool touch = !in->how->untouched, turn = turns(in);
	const struct transport *there = in->tr->ops, *here = back->tr->ops;
	int rc = 0;

	for (; n > 0 && rc == 0; n--) {
		rc = receive_one(in, there, touch, turn);
		if (rc == 0)
			rc = send_next(back, here, touch, turn);
	}
	return rc;
}

/* --- ends ----------------------------------------------------------------- */

int load_right(const struct load *l)
{
	if (!l->wrong)
		return 0;
	return err_say(l->tr->err, EIO,
		       "the bytes that came through the channel are not those "
		       "that were sent");
}

int load_ended(struct load *l)
{
	ssize_t n = tr_more(l->tr);

	return n > 0 ? err_say(l->tr->err, EIO,
			       "more bytes came than were sent")
		     : (int)n;
}

int load_swallow(struct tr *tr, struct copy_side *side, uint64_t first)
{
	const struct copy_load how = { .seed = first };
	struct load l = { .how = &how, .tr = tr, .side = side };
	struct pattern p = { .first = first, .size = SIZE_MAX };
	uint64_t len = atomic_load(&side->length);
	const struct transport *ops = tr->ops;
	ssize_t n;

	while (l.bytes < len) {
		n = receive_some(&l, ops, &p, true, false);
		tr->ended = n == -ENODATA;
		if (n < 0)
			return tr->ended ? 0 : (int)n;
		show_life(&l, (uint64_t)n);
		if (stop_requested())
			return -ECANCELED;
	}
	if (!p.wrong)
		return 0;
	return err_say(tr->err, EIO,
		       "the bytes that arrived are not those that were sent");
}

int load_check(const struct copy_load *how, const struct tr_spec *spec,
	       struct err *e)
{
	const struct transport *ops = spec->ops;

	if (how->kind == COPY_FILE && how->sink != COPY_NOWHERE)
		return 0;
	if (how->kind == COPY_STREAM && ops->discard &&
	    (how->untouched || how->unread))
		return 0;
	if (!tr_has_message_form(ops))
		return err_say(
			e, EINVAL,
			how->kind == COPY_FILE
				? "the mechanism %s moves whole files and "
				  "needs a file to write: leave out the sink "
				  "null"
				: "the mechanism %s moves whole files: it has "
				  "no messages for the workload %s",
			ops->name, copy_workload_names[how->kind]);
	if (how->kind == COPY_PINGPONG && ops->carries_nothing)
		return err_say(e, EINVAL,
			       "the mechanism %s carries nothing, so it has no "
			       "round trips for the workload pingpong",
			       ops->name);
	return 0;
}
