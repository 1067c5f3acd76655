/* What a side does in a workload without files, from first word to last. */
#include "copy/drive.h"

#include <errno.h>
#include <inttypes.h>

#include "base/clock.h"
#include "base/cpu.h"
#include "base/ctl.h"
#include "copy/gate.h"
#include "copy/load.h"
#include "copy/offer.h"

struct driver {
	const struct copy_job *job;
	enum copy_role role;
	struct copy_side *side;
	const struct copy_side *other;
	struct ctl ctl;
	struct load there, back; /* the server's and the client's messages */
	bool returns;            /* there is a way back */
};

/* Of the messages back, no word is one of those there. */
static struct copy_load way_back(const struct copy_load *there)
{
	struct copy_load back = *there;

	back.seed = ~there->seed;
	return back;
}

static struct load load_of(const struct copy_load *how, struct tr *tr,
			   struct copy_side *side)
{
	if (tr)
		tr->err = &side->err;
	return (struct load){ .how = how, .tr = tr, .side = side };
}

static void begin(struct driver *v, const struct copy_job *job,
		  const struct drive *d, enum copy_role role, int ctl_fd,
		  struct copy_side *sides, const struct copy_load *back)
{
	struct copy_side *side = &sides[role];

	*v = (struct driver){
		.job = job,
		.role = role,
		.side = side,
		.other = &sides[!role],
		.ctl = { .fd = ctl_fd,
			 .err = &side->err,
			 .patience_ms = side_patience_ms(side, job),
			 .peer = role == COPY_SERVER ? "the client"
						     : "the server",
			 .beats = &side->beats },
		.there = load_of(&job->load, d->there, side),
		.back = load_of(back, d->back, side),
		.returns = d->back != NULL,
	};
	side->cpu = cpu_bound();
	atomic_store(&side->length, job->load.messages * d->there->msg_bytes);
	side_reach(job, role, COPY_AT_JOIN);
}

/* --- before the start line ------------------------------------------------ */

static int be_joined(struct driver *v, struct tr *tr)
{
	int rc = tr->ops->offer(tr, &v->ctl);

	if (rc == 0)
		rc = ctl_recv(&v->ctl, CTL_JOINED, NULL, 0, NULL);
	if (rc == 0 && tr->ops->attach)
		rc = tr->ops->attach(tr);
	if (rc < 0)
		return rc;
	rc = side_share_cpu(v->side, tr, v->other->cpu);
	if (rc < 0)
		return rc;
	/* a FIFO without a writer yet would look like one at its end */
	return ctl_send(&v->ctl, CTL_START, NULL, 0, -1);
}

static int join(struct driver *v, struct tr *tr)
{
	int rc = tr->ops->join(tr, &v->ctl);

	if (rc == 0)
		rc = ctl_send(&v->ctl, CTL_JOINED, NULL, 0, -1);
	if (rc == 0)
		rc = side_share_cpu(v->side, tr, v->other->cpu);
	return rc < 0 ? rc : ctl_recv(&v->ctl, CTL_START, NULL, 0, NULL);
}

static int move(struct driver *v, uint64_t n, struct histogram *trips)
{
	if (v->role == COPY_SERVER)
		return v->returns ? load_trips(&v->there, &v->back, n, trips)
				  : load_send(&v->there, n);
	return v->returns ? load_echo(&v->there, &v->back, n)
			  : load_receive(&v->there, n);
}

static int serve_handshake(struct driver *v)
{
	int rc = ctl_recv(&v->ctl, CTL_HELLO, NULL, 0, NULL);

	if (rc == 0)
		rc = be_joined(v, v->there.tr);
	if (rc == 0 && v->returns)
		rc = join(v, v->back.tr);
	if (rc == 0)
		rc = move(v, v->job->load.warm, NULL);
	if (rc < 0)
		return rc;
	side_reach(v->job, COPY_SERVER, COPY_AT_START);
	if (v->job->gate)
		rc = gate_wait(v->job->gate, &v->side->err);
	if (rc == 0)
		rc = ctl_send(&v->ctl, CTL_START, NULL, 0, -1);
	return rc < 0 ? rc : ctl_recv(&v->ctl, CTL_READY, NULL, 0, NULL);
}

static int fetch_handshake(struct driver *v)
{
	int rc = ctl_send(&v->ctl, CTL_HELLO, NULL, 0, -1);

	if (rc == 0)
		rc = join(v, v->there.tr);
	if (rc == 0 && v->returns)
		rc = be_joined(v, v->back.tr);
	if (rc == 0)
		rc = move(v, v->job->load.warm, NULL);
	if (rc == 0)
		rc = ctl_recv(&v->ctl, CTL_START, NULL, 0, NULL);
	if (rc < 0)
		return rc;
	side_reach(v->job, COPY_CLIENT, COPY_AT_START);
	return ctl_send(&v->ctl, CTL_READY, NULL, 0, -1);
}

/* --- from the start line to the last byte --------------------------------- */

static int run(struct driver *v)
{
	struct copy_side *side = v->side;
	int rc;

	v->there.bytes = v->back.bytes = 0;
	side_count(side, -1);
	side_enter(side, COPY_MOVING);
	side->t0_ns = clock_ns();
	rc = move(v, v->job->load.messages, v->job->trips);
	side->t1_ns = v->role == COPY_CLIENT ? side_last_byte_ns(side, v->job)
					     : clock_ns();
	side_enter(side, COPY_CHECKING);
	side_count(side, 1);
	return rc;
}

/* --- afterwards ----------------------------------------------------------- */

/* Each way is ended by its sender, and nothing more may have been in it. */
static int finish(struct driver *v)
{
	struct load *mine = v->role == COPY_SERVER ? &v->there : &v->back;
	struct load *theirs = v->role == COPY_SERVER ? &v->back : &v->there;
	int rc = 0;

	if (mine->tr)
		rc = load_end(mine);
	if (rc == 0 && theirs->tr)
		rc = load_ended(theirs);
	return rc;
}

static uint64_t all_bytes(const struct driver *v)
{
	uint64_t one_way = v->job->load.messages * v->there.tr->msg_bytes;

	if (v->there.tr->ops->carries_nothing)
		return 0;
	return v->returns ? 2 * one_way : one_way;
}

static void conclude(struct driver *v)
{
	struct copy_side *side = v->side;

	side->bytes = all_bytes(v);
	side->checked_ns = clock_ns();
	side->verified = !v->job->load.untouched && !v->job->load.unread &&
			 side->bytes > 0;
}

static int serve_verdict(struct driver *v)
{
	struct offer_done done = { .t0_ns = v->side->t0_ns };
	struct offer_result result;
	int rc;

	done.bytes = all_bytes(v);
	rc = ctl_send(&v->ctl, CTL_DONE, &done, sizeof(done), -1);
	if (rc == 0)
		rc = ctl_recv(&v->ctl, CTL_RESULT, &result, sizeof(result),
			      NULL);
	if (rc < 0)
		return rc;
	conclude(v);
	return 0;
}

static int fetch_verdict(struct driver *v)
{
	struct offer_result result = { .t1_ns = v->side->t1_ns };
	struct offer_done done;
	int rc = ctl_recv(&v->ctl, CTL_DONE, &done, sizeof(done), NULL);

	if (rc < 0)
		return rc;
	/* the line was where the server stood; the last byte came here */
	v->side->t0_ns = done.t0_ns;
	conclude(v);
	result.bytes = v->side->bytes;
	return ctl_send(&v->ctl, CTL_RESULT, &result, sizeof(result), -1);
}

int drive_serve(const struct copy_job *job, const struct drive *d, int ctl_fd,
		struct copy_side side[COPY_ROLES])
{
	struct copy_load back = way_back(&job->load);
	struct driver v;
	int rc;

	begin(&v, job, d, COPY_SERVER, ctl_fd, side, &back);
	rc = serve_handshake(&v);
	if (rc == 0)
		rc = run(&v);
	if (rc == 0) {
		side_reach(job, COPY_SERVER, COPY_AT_END);
		rc = finish(&v);
	}
	if (rc == 0)
		rc = serve_verdict(&v);
	return rc < 0 ? side_give_up(v.side, &v.ctl, rc) : 0;
}

int drive_fetch(const struct copy_job *job, const struct drive *d, int ctl_fd,
		struct copy_side side[COPY_ROLES])
{
	struct copy_load back = way_back(&job->load);
	struct driver v;
	int rc;

	begin(&v, job, d, COPY_CLIENT, ctl_fd, side, &back);
	rc = fetch_handshake(&v);
	if (rc == 0)
		rc = run(&v);
	if (rc == 0) {
		side_reach(job, COPY_CLIENT, COPY_AT_END);
		rc = finish(&v);
	}
	if (rc == 0)
		rc = fetch_verdict(&v);
	return rc < 0 ? side_give_up(v.side, &v.ctl, rc) : 0;
}
