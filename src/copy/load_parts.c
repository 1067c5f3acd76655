/* The steps of both sides for workloads without files. */
#include <errno.h>
#include <inttypes.h>

#include "base/clock.h"
#include "base/cpu.h"
#include "copy/messages.h"
#include "copy/worker.h"

/* --- before the start line ------------------------------------------------ */

static struct load load_of(const struct copy_load *how, struct work *w,
			   struct tr *tr)
{
	return (struct load){ .how = how, .tr = tr, .side = w->side };
}

static int prepare(struct work *w)
{
	w->how_back = w->job->load;
	/*
	 * messages to the server have other contents than messages to the
	 * client
	 */
	w->how_back.seed = ~w->how_back.seed;
	w->there = load_of(&w->job->load, w, w->tr);
	w->home = load_of(&w->how_back, w, w->back);
	if (w->back)
		worker_watch(w, w->back);
	if (w->second)
		worker_watch(w, w->second);
	worker_watch(w, w->tr);
	atomic_store(&w->side->length,
		     w->job->load.messages * w->tr->msg_bytes);
	return worker_dose(w);
}

static int move_some(struct work *w, uint64_t n, struct histogram *trips)
{
	w->there.bytes = w->home.bytes = 0;
	if (w->role == COPY_SERVER)
		return w->back ? load_trips(&w->there, &w->home, n, trips)
			       : load_send(&w->there, n);
	return w->back ? load_echo(&w->there, &w->home, n)
		       : load_receive(&w->there, n);
}

static int serve_join(struct work *w)
{
	int rc = prepare(w);

	if (rc == 0)
		rc = ctl_recv(&w->ctl, SESSION_HELLO, NULL, 0, NULL);
	if (rc == 0)
		rc = worker_be_joined(w, w->tr);
	if (rc == 0)
		rc = worker_join_second(w);
	if (rc == 0 && w->back)
		rc = worker_join(w, w->back);
	return rc < 0 ? rc : move_some(w, w->job->load.warm, NULL);
}

static int fetch_join(struct work *w)
{
	int rc = prepare(w);

	if (rc == 0)
		rc = ctl_send(&w->ctl, SESSION_HELLO, NULL, 0, -1);
	if (rc == 0)
		rc = worker_join(w, w->tr);
	if (rc == 0)
		rc = worker_join_second(w);
	if (rc == 0 && w->back)
		rc = worker_be_joined(w, w->back);
	return rc < 0 ? rc : move_some(w, w->job->load.warm, NULL);
}

static int settle_load(struct work *w)
{
	int rc = w->tr->ops->again ? w->tr->ops->again(w->tr) : 0;

	return rc == 0 && w->back && w->back->ops->again
		       ? w->back->ops->again(w->back)
		       : rc;
}

static int serve_again(struct work *w)
{
	int rc;

	w->offer = (struct offer){ .length = atomic_load(&w->side->length) };
	rc = ctl_send(&w->ctl, SESSION_OFFER, &w->offer, sizeof(w->offer), -1);
	if (rc == 0)
		rc = settle_load(w);
	return rc < 0 ? rc : ctl_recv(&w->ctl, SESSION_JOINED, NULL, 0, NULL);
}

static int fetch_again(struct work *w)
{
	int rc = settle_load(w);

	return rc < 0 ? rc : ctl_send(&w->ctl, SESSION_JOINED, NULL, 0, -1);
}

/* --- from the start line to the last byte --------------------------------- */

static int move(struct work *w)
{
	return move_some(w, w->job->load.messages, w->job->trips);
}

/*
 * Each side ends the direction in which it sends, and checks that nothing more
 * comes in the other direction.
 */
static int end(struct work *w)
{
	struct load *mine = w->role == COPY_SERVER ? &w->there : &w->home;
	struct load *theirs = w->role == COPY_SERVER ? &w->home : &w->there;
	int rc = mine->tr ? tr_end(mine->tr) : 0;

	return rc == 0 && theirs->tr ? load_ended(theirs) : rc;
}

/* --- afterwards ----------------------------------------------------------- */

static uint64_t all_bytes(const struct work *w)
{
	uint64_t one_way = w->job->load.messages * w->tr->msg_bytes;

	if (w->tr->ops->carries_nothing)
		return 0;
	return w->back ? 2 * one_way : one_way;
}

static int right(const struct work *w)
{
	int rc = load_right(&w->there);

	return rc == 0 && w->back ? load_right(&w->home) : rc;
}

static void conclude_load(struct work *w)
{
	struct copy_side *side = w->side;

	side->bytes = all_bytes(w);
	side->checked_ns = clock_ns();
	side->verified = !w->job->load.untouched && !w->job->load.unread &&
			 side->bytes > 0;
}

static int serve_judge(struct work *w)
{
	struct offer_done done = { .t0_ns = w->side->t0_ns };
	struct offer_result result;
	int rc = right(w);

	done.bytes = all_bytes(w);
	if (rc == 0)
		rc = ctl_send(&w->ctl, SESSION_DONE, &done, sizeof(done), -1);
	if (rc == 0)
		rc = ctl_recv(&w->ctl, SESSION_RESULT, &result, sizeof(result),
			      NULL);
	if (rc < 0)
		return rc;
	conclude_load(w);
	return 0;
}

static int fetch_judge(struct work *w)
{
	struct offer_result result = { .t1_ns = w->side->t1_ns };
	struct offer_done done;
	int rc = right(w);

	if (rc == 0)
		rc = ctl_recv(&w->ctl, SESSION_DONE, &done, sizeof(done), NULL);
	if (rc < 0)
		return rc;
	/* the transfer begins when the server passes the start line */
	w->side->t0_ns = done.t0_ns;
	conclude_load(w);
	result.bytes = w->side->bytes;
	return ctl_send(&w->ctl, SESSION_RESULT, &result, sizeof(result), -1);
}

const struct part load_server = {
	.join = serve_join,
	.again = serve_again,
	.move = move,
	.end = end,
	.judge = serve_judge,
};

const struct part load_client = {
	.join = fetch_join,
	.again = fetch_again,
	.move = move,
	.end = end,
	.judge = fetch_judge,
};
