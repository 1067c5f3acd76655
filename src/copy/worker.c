/* The steps of every worker, whatever it moves: begin, wait, transfer, end. */
#include "copy/worker.h"

#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/prctl.h>
#include <unistd.h>

#include "base/bytes.h"
#include "base/clock.h"
#include "base/cpu.h"
#include "base/fd.h"
#include "base/stop.h"
#include "copy/messages.h"

/* Set once by worker_begin and when a side starts, read by on_bus. */
static struct copy_side *this_side;
static const struct tr *this_tr;

/* Which of the mapped files holds that address; NULL: none. */
static const char *mapped_file(const char *at)
{
	for (int i = 0; this_tr && i < TR_MAPS; i++) {
		const struct tr_map *m = &this_tr->map[i];

		if (m->base && at >= m->base && at < m->base + m->len)
			return m->what;
	}
	return NULL;
}

/* A region or file that was cut short under our mapping. */
static void on_bus(int sig, siginfo_t *info, void *unused)
{
	const char *what = mapped_file(info->si_addr);

	(void)sig;
	(void)unused;
	if (what)
		err_say(&this_side->err, EIO,
			"%s shrank, or cannot be read, while it was mapped",
			what);
	else
		err_say(&this_side->err, EFAULT,
			"the shared region was cut short under this side's "
			"hands");
	_exit(1);
}

/*
 * glibc ends a process whose semaphores hold what they never should, or are not
 * there: in a region that was cut short the look at it ends in on_bus.
 */
static void on_abort(int sig)
{
	(void)sig;
	if (this_tr && this_tr->shared)
		(void)*this_tr->shared;
	err_say(&this_side->err, EPROTO,
		"a semaphore or lock in the shared region was overwritten");
	_exit(1);
}

/* And it follows the pointers in a robust mutex; any other is our own fault. */
static void on_segv(int sig)
{
	if (tr_in_lock)
		on_abort(sig);
	signal(sig, SIG_DFL); /* the same again, and the process ends of it */
}

int worker_begin(const struct copy_job *job, enum copy_role role,
		 struct copy_side *side)
{
	struct sigaction sa;
	char name[16];

	/* for ps and top, and for tools that count each side's work */
	snprintf(name, sizeof(name), "ipcopy-%s", copy_role_names[role]);
	prctl(PR_SET_NAME, name);
	stop_install_worker();
	this_side = side;
	memset(&sa, 0, sizeof(sa));
	sa.sa_sigaction = on_bus;
	sa.sa_flags = SA_SIGINFO;
	sigaction(SIGBUS, &sa, NULL);
	sa.sa_flags = 0;
	sa.sa_handler = on_abort;
	sigaction(SIGABRT, &sa, NULL);
	sa.sa_handler = on_segv;
	sigaction(SIGSEGV, &sa, NULL);
	if (job->cpu[role] >= 0)
		return cpu_bind(job->cpu[role], &side->err);
	return 0;
}

void worker_watch(struct work *w, struct tr *tr)
{
	tr->err = &w->side->err;
	tr->moved_bytes = &w->side->moved_bytes;
	tr->beats = &w->side->beats;
	this_tr = tr;
}

/* --- between transfers ---------------------------------------------------- */

static int say_waiting(struct work *w)
{
	static const char word = LINE_WAITING;

	return fd_write_all(w->line_fd, &word, 1);
}

/* True: a transfer; false: the end. -ECANCELED also without a supervisor. */
static int hear_order(struct work *w)
{
	char order;

	if (fd_read_full(w->line_fd, &order, 1) != 1)
		return -ECANCELED;
	return order == LINE_GO;
}

/* The offer of a further transfer, or that there is none: as hear_order. */
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

/* Sleeps until there is something to do: 1: a transfer, 0: nothing more. */
static int wait_for_next(struct work *w, const struct part *part)
{
	int rc = say_waiting(w), more = 1;

	if (rc == 0 && w->role == COPY_SERVER)
		rc = more = hear_order(w);
	/* what both have agreed upon in the handshake is all there is */
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
	side->t0_ns =
		clock_ns(); /* a client's, until the server tells its own */
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
