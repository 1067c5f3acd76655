/* The steps that all workers have in common: join, wait, transfer, end. */
#include "copy/worker.h"

#include <errno.h>
#include <string.h>

#include "base/bytes.h"
#include "base/clock.h"
#include "base/cpu.h"
#include "base/fd.h"
#include "copy/messages.h"

int worker_dose(struct work *w)
{
	return dose_begin(&w->job->dose, w->role, w->tr, w->crossings,
			  w->second, w->job->cpu[!w->role]);
}

/* --- a channel ------------------------------------------------------------ */

int worker_be_joined(struct work *w, struct tr *tr)
{
	int rc = tr->ops->offer(tr, &w->ctl);

	if (rc == 0)
		rc = ctl_recv(&w->ctl, SESSION_JOINED, NULL, 0, NULL);
	if (rc == 0 && tr->ops->attach)
		rc = tr->ops->attach(tr);
	if (rc == 0)
		rc = side_share_cpu(w->side, tr, w->other->cpu);
	/*
	 * START comes after .attach, since a FIFO without a writer seems to
	 * have ended
	 */
	return rc < 0 ? rc : ctl_send(&w->ctl, SESSION_START, NULL, 0, -1);
}

int worker_join(struct work *w, struct tr *tr)
{
	int rc = tr->ops->join(tr, &w->ctl);

	if (rc == 0)
		rc = ctl_send(&w->ctl, SESSION_JOINED, NULL, 0, -1);
	if (rc == 0)
		rc = side_share_cpu(w->side, tr, w->other->cpu);
	return rc < 0 ? rc : ctl_recv(&w->ctl, SESSION_START, NULL, 0, NULL);
}

int worker_join_second(struct work *w)
{
	if (!w->second)
		return 0;
	return w->role == COPY_SERVER ? worker_be_joined(w, w->second)
				      : worker_join(w, w->second);
}

/* --- between transfers ---------------------------------------------------- */

static int say_waiting(struct work *w)
{
	static const char word = LINE_WAITING;

	return fd_write_all(w->line_fd, &word, 1);
}

/*
 * Waits for an order of the supervisor. 1: make a transfer. 0: end. -ECANCELED:
 * this process was asked to stop, or its supervisor is gone.
 */
static int hear_order(struct work *w)
{
	char order;

	if (fd_read_full(w->line_fd, &order, 1) != 1)
		return -ECANCELED;
	return order == LINE_GO;
}

/* Waits for the server's next offer. 1: a transfer follows. 0: end. */
static int hear_offer(struct work *w)
{
	int rc = ctl_recv(&w->ctl, SESSION_OFFER, &w->offer, sizeof(w->offer),
			  NULL);

	return rc < 0 ? rc : !w->offer.ends;
}

static int say_end(struct work *w)
{
	w->offer = (struct offer){ .ends = 1 };
	return ctl_send(&w->ctl, SESSION_OFFER, &w->offer, sizeof(w->offer),
			-1);
}

/* Sleeps until the next transfer. 1: make it. 0: there is none. */
static int wait_for_next(struct work *w, const struct part *part)
{
	int rc = say_waiting(w), more = 1;

	if (rc == 0 && w->role == COPY_SERVER)
		rc = more = hear_order(w);
	/* the handshake has offered the only transfer already */
	if (rc < 0 || w->once)
		return rc < 0 ? rc : more;
	if (w->role == COPY_CLIENT)
		rc = more = hear_offer(w);
	else if (!more)
		rc = say_end(w);
	if (rc >= 0 && more)
		rc = part->again(w);
	return rc < 0 ? rc : more;
}

/* --- a transfer ----------------------------------------------------------- */

static int take_line(struct work *w)
{
	int rc;

	side_begin(w->side);
	w->ctl.alive = 0;
	if (w->role == COPY_CLIENT) {
		rc = ctl_recv(&w->ctl, SESSION_START, NULL, 0, NULL);
		if (rc < 0)
			return rc;
		side_reach(w->job, w->role, COPY_AT_START);
		return ctl_send(&w->ctl, SESSION_READY, NULL, 0, -1);
	}
	side_reach(w->job, w->role, COPY_AT_START);
	rc = gate_wait(w->gate, &w->side->err);
	if (rc == 0)
		rc = ctl_send(&w->ctl, SESSION_START, NULL, 0, -1);
	return rc < 0 ? rc : ctl_recv(&w->ctl, SESSION_READY, NULL, 0, NULL);
}

static int run(struct work *w, const struct part *part)
{
	struct copy_side *side = w->side;
	int rc;

	side_count(side, -1);
	side_enter(side, COPY_MOVING);
	bytes_mark(w->role, BYTES_BEGIN);
	side->t0_ns = clock_ns(); /* a client later takes the server's time */
	rc = part->move(w);
	side->t1_ns = w->role == COPY_CLIENT ? side_last_byte_ns(side, w->job)
					     : clock_ns();
	bytes_mark(w->role, BYTES_END);
	side_count(side, 1);
	if (rc == 0 && w->once)
		rc = part->end(w);
	side_enter(side, COPY_CHECKING);
	memcpy(side->remark, w->tr->remark, sizeof(side->remark));
	return rc;
}

static int transfer(struct work *w, const struct part *part)
{
	int rc = take_line(w);

	if (rc == 0)
		rc = run(w, part);
	if (rc < 0)
		return rc;
	side_reach(w->job, w->role, COPY_AT_END);
	return part->judge(w);
}

static int live(struct work *w, const struct part *part)
{
	int rc = part->join(w), more = 1;

	while (rc == 0 && more) {
		rc = more = wait_for_next(w, part);
		if (rc > 0)
			rc = transfer(w, part);
		if (rc == 0 && more && w->once)
			return say_waiting(w);
	}
	return rc < 0 ? rc : part->end(w);
}

static const struct part *part_of(const struct work *w)
{
	if (w->job->load.kind == COPY_FILE)
		return w->role == COPY_SERVER ? &file_server : &file_client;
	return w->role == COPY_SERVER ? &load_server : &load_client;
}

int worker_run(struct work *w)
{
	struct copy_side *side = w->side;
	int rc;

	w->ctl.err = &side->err;
	w->ctl.patience_ms = side_patience_ms(side, w->job);
	w->ctl.peer = w->role == COPY_SERVER ? "the client" : "the server";
	w->ctl.beats = &side->beats;
	side->cpu = cpu_bound();
	side_reach(w->job, w->role, COPY_AT_JOIN);
	rc = live(w, part_of(w));
	if (rc < 0)
		side_give_up(side, &w->ctl, rc);
	hash_free(w->hash);
	return rc;
}
