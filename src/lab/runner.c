/* Runs an experiment in a process of its own and collects its observations. */
#include "lab/runner.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/fd.h"
#include "base/proc.h"
#include "base/stop.h"
#include "lab/inside.h"

#define DEADLINE_MS 60000
#define LOOK_MS     10

/* --- the experiment's process --------------------------------------------- */

static void be_experiment(const struct experiment *x, int fact_fd, int gate_fd)
{
	struct lab l = { .x = x,
			 .pid = getpid(),
			 .fact_fd = LAB_FACT_FD,
			 .lease = LEASE_INIT };
	char opened;

	stop_install_worker();
	if (dup3(fact_fd, LAB_FACT_FD, O_CLOEXEC) < 0)
		_exit(1);
	fd_close(&fact_fd);
	if (gate_fd >= 0 && fd_read_full(gate_fd, &opened, 1) != 1)
		_exit(1);
	fd_close(&gate_fd);
	lab_show(&l);
	x->run(&l);
	lab_leave(&l);
}

/* --- the parent of that process ------------------------------------------- */

static void watch_without_trace(struct lab_running *run)
{
	struct pollfd p[2] = { { .fd = run->pidfd, .events = POLLIN },
			       { .fd = run->fact_fd, .events = POLLIN } };

	while (!run->ended) {
		poll(p, 2, run->late ? LOOK_MS : 10 * LOOK_MS);
		lab_drain(run);
		lab_hurry(run);
		run->ended = proc_wait(run->pid, &run->status, WNOHANG);
	}
}

static bool decides(enum lab_weight weight)
{
	return weight == LAB_FOR || weight == LAB_AGAINST ||
	       weight == LAB_CANNOT;
}

static bool undecided(const struct lab_result *r)
{
	for (int i = 0; i < r->n; i++)
		if (decides(r->fact[i].weight))
			return false;
	return true;
}

/*
 * Adds a fact that the experiment cannot report itself, such as its own death.
 */
static void add_end(struct lab_running *run)
{
	char end[60], text[LAB_TEXT_MAX];

	if (run->late)
		snprintf(text, sizeof(text),
			 "the experiment did not end within %d s",
			 DEADLINE_MS / 1000);
	else if (run->status)
		snprintf(text, sizeof(text), "the experiment itself %s",
			 proc_end_words(run->status, end, sizeof(end)));
	else if (undecided(run->result))
		snprintf(text, sizeof(text),
			 "no observation shows whether the claim is right");
	else
		return;
	lab_add(run->result, LAB_CANNOT, text);
}

static int start(struct lab_running *run, const struct experiment *x,
		 bool gated, struct err *e)
{
	int fact[2], gate[2] = { -1, -1 };

	if (pipe2(fact, O_CLOEXEC) < 0)
		return err_sys(e, "pipe2");
	if (gated && pipe2(gate, O_CLOEXEC) < 0) {
		fd_close(&fact[0]);
		fd_close(&fact[1]);
		return err_sys(e, "pipe2");
	}
	run->pid = proc_fork(&run->pidfd, e);
	if (run->pid == 0) {
		fd_close(&fact[0]);
		fd_close(&gate[1]);
		fd_close(&run->pidfd);
		be_experiment(x, fact[1], gate[0]);
	}
	fd_close(&fact[1]);
	fd_close(&gate[0]);
	run->fact_fd = fact[0];
	run->gate_fd = gate[1];
	fd_nonblock(run->fact_fd, true);
	run->deadline_ns = clock_ns() + DEADLINE_MS * MS_IN_NS;
	return run->pid < 0 ? (int)run->pid : 0;
}

int lab_run(const struct experiment *x, const struct lab_watch *watch,
	    struct lab_result *r, struct err *e)
{
	struct lab_running run = {
		.pidfd = -1, .fact_fd = -1, .gate_fd = -1, .result = r
	};
	int rc = start(&run, x, watch != NULL, e);

	r->n = 0;
	if (rc == 0 && watch)
		rc = lab_trace(&run, watch, e);
	else if (rc == 0)
		watch_without_trace(&run);
	if (rc == 0) {
		lab_drain(&run);
		add_end(&run);
		if (run.status)
			lease_sweep();
	}
	fd_close(&run.pidfd);
	fd_close(&run.fact_fd);
	fd_close(&run.gate_fd);
	return stop_requested() ? err_interrupted(e) : rc;
}
