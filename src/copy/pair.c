/* The life of a pair, in its supervisor: set-up, transfers, end. */
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/ctl.h"
#include "base/fd.h"
#include "base/proc.h"
#include "base/stop.h"
#include "copy/pair_inside.h"
#include "copy/worker.h"

/*
 * All pairs of this process. A process that is forked for one pair closes what
 * it inherits of the other pairs. Only pair_new and pair_free write this.
 */
static struct copy_pair *pairs;

#define SIDES_BYTES (COPY_ROLES * sizeof(struct copy_side))

struct copy_pair *pair_new(const struct copy_job *job, bool once, struct err *e)
{
	struct copy_pair *p = calloc(1, sizeof(*p));
	void *sides = mmap(NULL, SIDES_BYTES, PROT_READ | PROT_WRITE,
			   MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	struct copy_gate *gate = gate_common();

	if (!p || sides == MAP_FAILED || !gate) {
		err_code(e, ENOMEM, "cannot make a pair");
		if (sides != MAP_FAILED)
			munmap(sides, SIDES_BYTES);
		free(p);
		return NULL;
	}
	*p = (struct copy_pair){
		.next = pairs,
		.job = *job,
		.once = once,
		.side = sides,
		.gate = gate,
		.lease = LEASE_INIT,
		.in = INPUT_INIT,
		.out = OUTPUT_INIT,
		.ctl = { -1, -1 },
		.line = { -1, -1 },
		.gate_fd = { -1, -1 },
	};
	watch_init(&p->watch, &p->job, &p->why);
	p->side[COPY_SERVER].cpu = p->side[COPY_CLIENT].cpu = -1;
	pairs = p;
	return p;
}

/*
 * Lets this process forget a pair: closes the descriptors of its watch, leaves
 * its lease to the other processes, and unmaps the memory that it shares with
 * its workers. The workers continue.
 */
static void let_go(struct copy_pair *p)
{
	watch_close(&p->watch);
	lease_leave(&p->lease);
	munmap(p->side, SIDES_BYTES);
	if (p->crossings)
		munmap(p->crossings, p->crossing_bytes);
	p->crossings = NULL;
}

/*
 * Closes the pair's channel and files. After the fork only the workers need
 * them.
 */
static void close_made(struct copy_pair *p)
{
	tr_close(&p->tr);
	tr_close(&p->back);
	tr_close(&p->second);
	fd_close(&p->ctl[COPY_SERVER]);
	fd_close(&p->ctl[COPY_CLIENT]);
	fd_close(&p->line[COPY_SERVER]);
	fd_close(&p->line[COPY_CLIENT]);
	input_close(&p->in);
	output_close(&p->out);
}

static void pair_free(struct copy_pair *p)
{
	struct copy_pair **at = &pairs;

	while (*at != p)
		at = &(*at)->next;
	*at = p->next;
	close_made(p);
	fd_close(&p->gate_fd[0]);
	fd_close(&p->gate_fd[1]);
	lease_end(&p->lease);
	let_go(p);
	free(p);
}

/* --- the channel ---------------------------------------------------------- */

static int make_one(struct copy_pair *p, struct tr *tr)
{
	int rc = tr_init(tr, &p->job.spec, &p->lease, &p->why);

	if (rc < 0)
		return rc;
	tr->buf_offset = p->job.load.buffer_offset;
	tr->buf_area = p->job.load.buffer_area;
	return tr->ops->create ? tr->ops->create(tr) : 0;
}

/* Makes the memory that both sides share for DOSE_CROSSINGS. */
static int make_shared(struct copy_pair *p)
{
	void *map;

	p->crossing_bytes = dose_shared_bytes(&p->job.dose, p->tr.msg_bytes);
	if (!p->crossing_bytes)
		return 0;
	map = mmap(NULL, p->crossing_bytes, PROT_READ | PROT_WRITE,
		   MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	if (map == MAP_FAILED)
		return err_sys(&p->why,
			       "cannot get memory for --extra-crossings");
	p->crossings = map;
	return 0;
}

int pair_make_channel(struct copy_pair *p)
{
	int rc = tr_probe(&p->job.spec, &p->why);

	if (rc == 0)
		rc = make_one(p, &p->tr);
	if (rc == 0)
		rc = make_shared(p);
	if (rc == 0 && p->job.load.kind == COPY_PINGPONG)
		rc = make_one(p, &p->back);
	if (rc == 0 && dose_needs_channel(&p->job.dose))
		rc = make_one(p, &p->second);
	return rc;
}

/* --- its processes -------------------------------------------------------- */

/*
 * For a forked process: forgets the server's name and the other pairs.
 * Otherwise the workers of a later pair would keep the ends of an earlier pair
 * open.
 */
static void forget_others(const struct copy_pair *mine)
{
	if (mine->meet)
		meet_leave(mine->meet);
	for (struct copy_pair *p = pairs; p; p = p->next)
		if (p != mine)
			let_go(p);
}

static int run_worker(struct copy_pair *p, enum copy_role role)
{
	struct work w = {
		.job = &p->job,
		.role = role,
		.once = p->once,
		.line_fd = p->line[role],
		.gate = p->gate,
		.side = &p->side[role],
		.other = &p->side[!role],
		.ctl = { .fd = p->ctl[role] },
		.tr = &p->tr,
		.crossings = p->crossings,
		.second = dose_needs_channel(&p->job.dose) ? &p->second : NULL,
		.back = p->job.load.kind == COPY_PINGPONG ? &p->back : NULL,
		.in = &p->in,
		.out = &p->out,
	};
	int rc;

	/*
	 * if this side kept the other side's descriptors open, it would not
	 * notice that the other side has ended
	 */
	fd_close(&p->ctl[!role]);
	fd_close(&p->line[!role]);
	fd_close(&p->gate_fd[1]);
	watch_close(&p->watch);
	forget_others(p);
	rc = worker_begin(&p->job, role, w.side);
	if (rc == 0 && p->job.count_calls)
		rc = calls_wait_for_tracer(p->gate_fd[0], &w.side->err);
	return rc < 0 ? rc : worker_run(&w);
}

static int fork_worker(struct copy_pair *p, enum copy_role role)
{
	struct worker *k = &p->watch.worker[role];
	int end[2], rc;
	pid_t pid;

	if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, end) < 0)
		return err_sys(&p->why, "socketpair");
	k->line_fd = end[0];
	p->line[role] = end[1];
	pid = proc_fork(&k->pidfd, &p->why);
	if (pid < 0)
		return pid;
	if (pid == 0) {
		rc = run_worker(p, role);
		/* the supervisor cleans up */
		_exit(rc < 0);
	}
	k->pid = pid;
	k->side = &p->side[role];
	return 0;
}

static int fork_tracer(struct copy_pair *p)
{
	struct copy_side *side[COPY_ROLES];
	pid_t pid[COPY_ROLES];
	int pidfd = -1, n = 0;

	for (int role = 0; role < COPY_ROLES; role++) {
		if (!p->watch.worker[role].pid)
			continue;
		pid[n] = p->watch.worker[role].pid;
		side[n++] = &p->side[role];
	}
	p->tracer = proc_fork(&pidfd, &p->why);
	if (p->tracer == 0) {
		/* close what only the supervisor needs */
		watch_close(&p->watch);
		forget_others(p);
		stop_install_worker();
		calls_trace(pid, side, n, p->gate_fd[1]);
	}
	fd_close(&pidfd);
	return p->tracer < 0 ? (int)p->tracer : 0;
}

static int fork_all(struct copy_pair *p, bool server, bool client)
{
	int rc = 0;

	if (p->job.count_calls && pipe2(p->gate_fd, O_CLOEXEC) < 0)
		return err_sys(&p->why, "pipe2");
	if (server)
		rc = fork_worker(p, COPY_SERVER);
	if (rc == 0 && client)
		rc = fork_worker(p, COPY_CLIENT);
	close_made(p);
	if (rc == 0 && p->job.count_calls)
		rc = fork_tracer(p);
	fd_close(&p->gate_fd[1]);
	return rc;
}

int pair_start(struct copy_pair *p, bool server, bool client)
{
	struct watch *w = &p->watch;

	/* a short copy ends before supervise() looks for a request to stop */
	if (stop_requested())
		return err_say(&p->why, EINTR, "interrupted");
	/* if one supervisor has both sides, only it enforces the timeout */
	p->side[COPY_SERVER].timed_from_above =
		p->side[COPY_CLIENT].timed_from_above = server && client;
	fork_all(p, server, client);
	w->due++;
	/* after an error, this stops the processes that were started */
	supervise(&w, 1);
	return -p->why.code;
}

/* --- transfers ------------------------------------------------------------ */

static void give_order(struct copy_pair *p, char order)
{
	/* if this fails because the server is dead, its pidfd shows that */
	send(p->watch.worker[COPY_SERVER].line_fd, &order, 1,
	     MSG_NOSIGNAL | MSG_DONTWAIT);
}

/*
 * Resets the phases and the histogram for the next transfer. Both sides sleep
 * now. Each side clears the rest of its struct copy_side itself when the
 * transfer begins.
 */
static void begin_transfer(struct copy_pair *p)
{
	if (!p->once)
		for (int role = 0; role < COPY_ROLES; role++)
			side_enter(&p->side[role], COPY_JOINING);
	if (p->job.trips)
		memset(p->job.trips, 0, sizeof(*p->job.trips));
	p->watch.due++;
}

static int settle_outcome(struct copy_pair *p, struct copy_outcome *out)
{
	out->forced = p->watch.forced;
	if (p->why.code)
		return -p->why.code;
	pair_outcome(p, out);
	return 0;
}

/*
 * The failure of a pair that failed by itself. Other pairs were ended because
 * of it (dragged).
 */
static int first_failure(struct copy_pair *const *p, int n, struct err *e)
{
	const struct err *why = NULL;

	for (int i = 0; i < n; i++)
		if (p[i]->why.code && (!why || !p[i]->watch.dragged))
			why = &p[i]->why;
	*e = *why;
	return -why->code;
}

static void begin_all(struct copy_pair *const *p, int n, struct watch **w)
{
	gate_arm(p[0]->gate, n);
	for (int i = 0; i < n; i++) {
		w[i] = &p[i]->watch;
		begin_transfer(p[i]);
	}
	/* short transfers end before supervise() looks for a request to stop */
	if (stop_requested() && !p[0]->why.code)
		err_say(&p[0]->why, EINTR, "interrupted");
	for (int i = 0; i < n && !p[0]->why.code; i++)
		give_order(p[i], LINE_GO);
}

int copy_pairs_transfer(struct copy_pair *const *p, int n,
			struct copy_outcome *out, struct err *e)
{
	struct watch *w[COPY_PAIRS_MAX];
	int rc = 0;

	if (n < 1 || n > COPY_PAIRS_MAX)
		return err_say(e, EINVAL,
			       "%d pairs side by side are not allowed; allowed "
			       "are 1 to %d",
			       n, COPY_PAIRS_MAX);
	begin_all(p, n, w);
	supervise(w, n);
	for (int i = 0; i < n; i++)
		rc |= settle_outcome(p[i], &out[i]);
	return rc < 0 ? first_failure(p, n, e) : 0;
}

int copy_pair_transfer(struct copy_pair *p, struct copy_outcome *out,
		       struct err *e)
{
	return copy_pairs_transfer(&p, 1, out, e);
}

void copy_pair_verify(struct copy_pair *p, bool on)
{
	for (int role = 0; role < COPY_ROLES; role++)
		atomic_store(&p->side[role].unverified, !on);
}

/* --- its end -------------------------------------------------------------- */

static void end_workers(struct copy_pair *p)
{
	struct watch *w = &p->watch;

	if (!p->once && !p->why.code)
		give_order(p, LINE_END);
	w->to_end = true;
	supervise(&w, 1);
	if (p->tracer > 0) {
		kill(p->tracer, SIGKILL);
		proc_reap(p->tracer);
	}
	/* a worker that was killed may have left a lease of its own */
	if (p->why.code)
		lease_sweep();
}

int copy_pair_close(struct copy_pair *p)
{
	int failed, rc;

	if (!p)
		return 0;
	failed = p->why.code;
	end_workers(p);
	rc = failed ? 0 : -p->why.code;
	pair_free(p);
	return rc;
}

/*
 * True if the output is in place. Then the copy has succeeded, even if a side
 * fails later, or if this process was asked to stop.
 */
static bool is_made(const struct copy_pair *p)
{
	return p->once &&
	       atomic_load(&p->side[COPY_CLIENT].phase) == COPY_COMMITTED;
}

int pair_finish(struct copy_pair *p, int rc, struct copy_outcome *out,
		struct err *e)
{
	if (rc < 0)
		*e = p->why;
	end_workers(p);
	if (rc < 0 && is_made(p)) {
		*e = (struct err){ .code = 0 };
		pair_outcome(p, out);
		rc = 0;
	}
	out->forced = p->watch.forced;
	pair_free(p);
	return rc;
}
