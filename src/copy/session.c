/* A session, put together: files, channel, workers, supervisor, outcome. */
#include "copy/session.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/ctl.h"
#include "base/fd.h"
#include "base/proc.h"
#include "base/stop.h"
#include "copy/drive.h"
#include "copy/load.h"
#include "copy/meet.h"
#include "copy/offer.h"
#include "copy/supervise.h"
#include "copy/worker.h"

#define KEEP_CLIENTS_MAX 64

const char *const copy_role_names[COPY_ROLES] = { "server", "client" };

const char *const copy_workload_names[COPY_WORKLOADS + 1] = {
	[COPY_FILE] = "file",
	[COPY_STREAM] = "stream",
	[COPY_PINGPONG] = "pingpong",
};

const char *const copy_sink_names[COPY_SINKS + 1] = {
	[COPY_NEW] = "new",
	[COPY_OVER] = "over",
	[COPY_NOWHERE] = "null",
};

struct session {
	struct watch watch;
	struct copy_side *side; /* COPY_ROLES of them, shared with workers */
	struct lease lease;
	struct tr tr;
	struct tr back; /* of a pingpong */
	struct input in;
	struct output out;
	int ctl[COPY_ROLES]; /* each side's end of the control socket */
	int gate[2];         /* workers wait here for the tracer */
	pid_t tracer;
};

static int session_begin(struct session *s, const struct copy_job *job,
			 struct err *e)
{
	size_t bytes = COPY_ROLES * sizeof(struct copy_side);
	void *page = mmap(NULL, bytes, PROT_READ | PROT_WRITE,
			  MAP_SHARED | MAP_ANONYMOUS, -1, 0);

	*s = (struct session){
		.watch = { .job = job, .ctl_fd = -1, .err = e },
		.lease = LEASE_INIT,
		.in = INPUT_INIT,
		.out = OUTPUT_INIT,
		.ctl = { -1, -1 },
		.gate = { -1, -1 },
	};
	if (page == MAP_FAILED)
		return err_sys(e, "mmap");
	s->side = page;
	s->side[COPY_SERVER].cpu = s->side[COPY_CLIENT].cpu = -1;
	/* one that is short is done before anybody looks: many would never end */
	return stop_requested() ? err_say(e, EINTR, "interrupted") : 0;
}

static void close_channel(struct session *s)
{
	tr_close(&s->tr);
	tr_close(&s->back);
	fd_close(&s->ctl[COPY_SERVER]);
	fd_close(&s->ctl[COPY_CLIENT]);
}

static void session_end(struct session *s)
{
	close_channel(s);
	fd_close(&s->gate[0]);
	fd_close(&s->gate[1]);
	input_close(&s->in);
	output_close(&s->out);
	lease_end(&s->lease);
	if (s->side)
		munmap(s->side, COPY_ROLES * sizeof(struct copy_side));
}

/* --- workers ------------------------------------------------------------ */

static int drive_worker(struct session *s, enum copy_role role)
{
	const struct copy_job *job = s->watch.job;
	const struct drive d = {
		.there = &s->tr,
		.back = job->load.kind == COPY_PINGPONG ? &s->back : NULL,
	};

	return role == COPY_SERVER
		       ? drive_serve(job, &d, s->ctl[role], s->side)
		       : drive_fetch(job, &d, s->ctl[role], s->side);
}

static int run_worker(struct session *s, enum copy_role role)
{
	const struct copy_job *job = s->watch.job;
	struct copy_side *side = &s->side[role];
	int ctl_fd = s->ctl[role], rc;

	/* with the other's end open we would never see it close */
	fd_close(&s->ctl[!role]);
	fd_close(&s->gate[1]);
	rc = worker_begin(job, role, side);
	if (rc == 0 && job->count_calls)
		rc = calls_wait_for_tracer(s->gate[0], &side->err);
	if (rc < 0)
		return rc;
	if (job->load.kind != COPY_FILE)
		return drive_worker(s, role);
	if (role == COPY_SERVER)
		return worker_serve(job, &s->tr, &s->in, ctl_fd, side);
	return worker_fetch(job, &s->tr, &s->out, ctl_fd, side);
}

static int fork_worker(struct session *s, enum copy_role role)
{
	struct worker *k = &s->watch.worker[role];
	pid_t pid = proc_fork(&k->pidfd, s->watch.err);

	if (pid < 0)
		return pid;
	if (pid == 0)
		/* no cleaning up here: what is left is the supervisor's */
		_exit(run_worker(s, role) < 0);
	k->pid = pid;
	k->side = &s->side[role];
	return 0;
}

static int fork_tracer(struct session *s)
{
	struct copy_side *side[COPY_ROLES];
	pid_t pid[COPY_ROLES];
	int pidfd = -1, n = 0;

	for (int role = 0; role < COPY_ROLES; role++) {
		if (!s->watch.worker[role].pid)
			continue;
		pid[n] = s->watch.worker[role].pid;
		side[n++] = &s->side[role];
	}
	s->tracer = proc_fork(&pidfd, s->watch.err);
	if (s->tracer == 0) {
		/* it ends when the workers do, and is nobody's peer */
		fd_close(&s->watch.ctl_fd);
		stop_install_worker();
		calls_trace(pid, side, n, s->gate[1]);
	}
	fd_close(&pidfd);
	return s->tracer < 0 ? (int)s->tracer : 0;
}

/* Forks the sides that are ours and stays with them to the end. */
static int run_workers(struct session *s, bool server, bool client)
{
	const struct copy_job *job = s->watch.job;
	struct err *e = s->watch.err;
	int rc = 0;

	if (job->count_calls && pipe2(s->gate, O_CLOEXEC) < 0)
		return err_sys(e, "pipe2");
	if (server)
		rc = fork_worker(s, COPY_SERVER);
	if (rc == 0 && client)
		rc = fork_worker(s, COPY_CLIENT);
	close_channel(s);
	if (rc == 0 && job->count_calls)
		rc = fork_tracer(s);
	fd_close(&s->gate[1]);
	/* with an error noted it stops at once what had been started */
	rc = supervise(&s->watch);
	if (s->tracer > 0) {
		kill(s->tracer, SIGKILL);
		proc_reap(s->tracer);
	}
	/* a worker that was killed may have left a lease of its own */
	if (rc < 0)
		lease_sweep();
	return rc;
}

/* --- the outcome -------------------------------------------------------- */

static void fill_outcome(const struct session *s, const char *spec,
			 struct copy_outcome *o)
{
	const struct copy_side *server = &s->side[COPY_SERVER];
	const struct copy_side *client = &s->side[COPY_CLIENT];
	const struct copy_job *job = s->watch.job;
	/*
	 * The client knows best when the last byte came, but of a pingpong it
	 * came to the server, and of nothing there is only the server's time.
	 */
	bool by_client = s->watch.worker[COPY_CLIENT].pid &&
			 (!s->watch.worker[COPY_SERVER].pid ||
			  (job->load.kind != COPY_PINGPONG &&
			   !job->spec.ops->carries_nothing));
	const struct copy_side *told = by_client ? client : server;

	*o = (struct copy_outcome){
		.bytes = told->bytes,
		.messages = told->bytes > 0 ? job->load.messages : 0,
		.t0_ns = told->t0_ns,
		.t1_ns = told->t1_ns,
		.transfer_ns = told->t1_ns - told->t0_ns,
		.verify_ns = told->checked_ns - told->t1_ns,
		.verified = told->verified,
		.hash = told->hash,
		.yielded = server->yielded || client->yielded,
		.forced = s->watch.forced,
	};
	if (o->transfer_ns < 0)
		o->transfer_ns = 0;
	if (o->verify_ns < 0)
		o->verify_ns = 0; /* the server may be done before the client */
	snprintf(o->spec, sizeof(o->spec), "%s", spec);
	snprintf(o->remark, sizeof(o->remark), "%s",
		 client->remark[0] ? client->remark : server->remark);
	for (int role = 0; role < COPY_ROLES; role++)
		o->side[role] = (struct copy_figures){
			.known = s->watch.worker[role].pid != 0,
			.used = s->side[role].used,
			.cpu = s->side[role].cpu,
			.calls = s->side[role].calls,
		};
}

/* Once the output is in place the copy is made, whatever happens to a side. */
static int client_verdict(struct session *s, int rc)
{
	if (rc < 0 &&
	    atomic_load(&s->side[COPY_CLIENT].phase) == COPY_COMMITTED) {
		memset(s->watch.err, 0, sizeof(*s->watch.err));
		return 0;
	}
	return rc;
}

/* --- copy --------------------------------------------------------------- */

static int make_channel(struct session *s, struct tr *tr)
{
	const struct copy_job *job = s->watch.job;
	int rc = tr_init(tr, &job->spec, &s->lease, s->watch.err);

	if (rc < 0)
		return rc;
	tr->buf_offset = job->load.buffer_offset;
	tr->buf_area = job->load.buffer_area;
	return tr->ops->create ? tr->ops->create(tr) : 0;
}

static int open_channel(struct session *s)
{
	const struct copy_job *job = s->watch.job;
	int rc = tr_probe(&job->spec, s->watch.err);

	if (rc == 0)
		rc = make_channel(s, &s->tr);
	if (rc == 0 && job->load.kind == COPY_PINGPONG)
		rc = make_channel(s, &s->back);
	return rc;
}

int copy_check(const struct copy_job *job, struct err *e)
{
	bool stream = (job->src && !strcmp(job->src, "-")) ||
		      (job->dst && !strcmp(job->dst, "-"));
	int rc = offer_check_form(&job->spec, stream, e);

	if (rc == 0)
		rc = load_check(&job->load, &job->spec, e);
	return rc < 0 ? rc : tr_probe(&job->spec, e);
}

static int open_output(struct session *s, const struct copy_job *job)
{
	switch (job->load.sink) {
	case COPY_OVER:
		return output_open_over(&s->out, job->dst, s->watch.err);
	case COPY_NOWHERE:
		s->out.nowhere = true;
		return 0;
	default:
		return output_open(&s->out, job->dst, &s->lease, s->watch.err);
	}
}

static int open_files(struct session *s, const struct copy_job *job)
{
	struct err *e = s->watch.err;
	int rc = input_open(&s->in, job->src, e);

	if (rc == 0)
		rc = open_output(s, job);
	if (rc == 0 && !s->in.stream)
		rc = output_refuse_same(&s->out, s->in.st.st_dev,
					s->in.st.st_ino, e);
	if (rc == 0)
		rc = offer_check_form(&job->spec,
				      s->in.stream || s->out.stream, e);
	return rc;
}

static int copy_prepare(struct session *s, const struct copy_job *job)
{
	struct err *e = s->watch.err;
	int rc = load_check(&job->load, &job->spec, e);

	if (rc == 0 && job->load.kind == COPY_FILE)
		rc = open_files(s, job);
	if (rc == 0)
		rc = open_channel(s);
	return rc < 0 ? rc : ctl_pair(s->ctl, e);
}

int copy_run(const struct copy_job *job, struct copy_outcome *out,
	     struct err *e)
{
	char spec[TR_SPEC_MAX];
	struct session s;
	int rc = session_begin(&s, job, e);

	if (rc == 0)
		rc = copy_prepare(&s, job);
	if (rc == 0)
		s.side[COPY_SERVER].timed_from_above =
			s.side[COPY_CLIENT].timed_from_above = true;
	if (rc == 0)
		rc = client_verdict(&s, run_workers(&s, true, true));
	if (rc == 0)
		fill_outcome(&s, tr_spec_text(&job->spec, true, spec,
					      sizeof(spec)), out);
	out->forced = s.watch.forced;
	session_end(&s);
	return rc;
}

/* --- serve and fetch ---------------------------------------------------- */

struct copy_server {
	struct meet meet;
};

int copy_server_open(struct copy_server **server, const char *name,
		     struct err *e)
{
	int rc;

	*server = calloc(1, sizeof(**server));
	if (!*server)
		return err_code(e, ENOMEM, "a server");
	rc = meet_open(&(*server)->meet, name, e);
	if (rc < 0) {
		free(*server);
		*server = NULL;
	}
	return rc;
}

void copy_server_close(struct copy_server *server)
{
	if (!server)
		return;
	meet_close(&server->meet);
	free(server);
}

/* One side of ours, the other at the far end of ctl_fd. */
static int watch_peer(struct session *s, int ctl_fd)
{
	s->watch.ctl_fd = fcntl(ctl_fd, F_DUPFD_CLOEXEC, 3);
	return s->watch.ctl_fd < 0 ? err_sys(s->watch.err, "dup") : 0;
}

/*
 * One that never got as far as an attached client is no client of ours. Later
 * another cannot be served instead: standard input has been read from.
 */
static bool was_stranger(const struct session *s)
{
	const struct err *e = s->watch.err;

	return (e->code == EPROTO || e->code == EACCES) &&
	       s->watch.worker[COPY_SERVER].pid &&
	       atomic_load(&s->side[COPY_SERVER].phase) == COPY_JOINING;
}

/* It takes ctl_fd over, even where a stop request ends it before it begins. */
static int serve_one(const struct copy_job *job, int ctl_fd, bool *stranger,
		     struct copy_outcome *out, struct err *e)
{
	char spec[TR_SPEC_MAX];
	struct session s;
	int rc = session_begin(&s, job, e);

	s.ctl[COPY_SERVER] = ctl_fd;
	if (rc == 0)
		rc = watch_peer(&s, ctl_fd);
	if (rc == 0)
		rc = input_open(&s.in, job->src, e);
	if (rc == 0)
		rc = offer_check_form(&job->spec, s.in.stream, e);
	if (rc == 0)
		rc = open_channel(&s);
	if (rc == 0)
		rc = run_workers(&s, true, false);
	if (rc == 0)
		fill_outcome(&s, tr_spec_text(&job->spec, true, spec,
					      sizeof(spec)), out);
	*stranger = rc < 0 && was_stranger(&s);
	out->forced = s.watch.forced;
	fd_close(&s.watch.ctl_fd);
	session_end(&s);
	return rc;
}

int copy_serve(struct copy_server *server, const struct copy_job *job,
	       int wait_ms, void (*stranger)(const struct err *why),
	       struct copy_outcome *out, struct err *e)
{
	bool was_none;
	int fd, rc;

	for (;;) {
		fd = meet_accept(&server->meet, wait_ms, e);
		was_none = fd == -EACCES;
		rc = fd < 0 ? fd : serve_one(job, fd, &was_none, out, e);
		if (!was_none)
			return rc;
		if (stranger)
			stranger(e);
		memset(e, 0, sizeof(*e));
	}
}

/* In a child of the keeping server: one client, start to end. */
static void keep_one(struct copy_server *server, const struct copy_job *job,
		     int fd,
		     void (*served)(const struct copy_outcome *out,
				    const struct err *e))
{
	struct copy_outcome out = { 0 };
	struct err e = { 0 };
	bool was_none;

	/* the name is the parent's; only its descriptors must go */
	fd_close(&server->meet.listen_fd);
	fd_close(&server->meet.lock_fd);
	lease_leave(&server->meet.lease);
	served(serve_one(job, fd, &was_none, &out, &e) < 0 ? NULL : &out, &e);
	_exit(e.code != 0);
}

/* The processes that serve a client each; 0 marks a free place. */
static void reap_clients(pid_t *client)
{
	int unused;

	for (int i = 0; i < KEEP_CLIENTS_MAX; i++)
		if (client[i] && proc_wait(client[i], &unused, WNOHANG))
			client[i] = 0;
}

static pid_t *free_place(pid_t *client)
{
	for (int i = 0; i < KEEP_CLIENTS_MAX; i++)
		if (!client[i])
			return &client[i];
	return NULL;
}

static int accept_one(struct copy_server *server, const struct copy_job *job,
		      pid_t *place,
		      void (*served)(const struct copy_outcome *out,
				     const struct err *e),
		      struct err *e)
{
	int pidfd = -1, fd = meet_accept(&server->meet, 100, e);
	pid_t pid;

	if (fd < 0)
		return fd;
	pid = proc_fork(&pidfd, e);
	if (pid == 0)
		keep_one(server, job, fd, served);
	fd_close(&fd);
	fd_close(&pidfd);
	if (pid > 0)
		*place = pid;
	return pid < 0 ? (int)pid : 0;
}

int copy_serve_keep(struct copy_server *server, const struct copy_job *job,
		    void (*served)(const struct copy_outcome *out,
				   const struct err *e),
		    struct err *e)
{
	pid_t client[KEEP_CLIENTS_MAX] = { 0 };

	while (!stop_requested()) {
		struct err why = { 0 };
		pid_t *place = free_place(client);
		int rc = 0;

		if (place)
			rc = accept_one(server, job, place, served, &why);
		else
			poll(NULL, 0, 20);
		if (rc < 0 && rc != -ETIMEDOUT && rc != -EINTR)
			served(NULL, &why);
		reap_clients(client);
	}
	for (int i = 0; i < KEEP_CLIENTS_MAX; i++)
		if (client[i])
			kill(client[i], SIGTERM);
	for (int i = 0; i < KEEP_CLIENTS_MAX; i++)
		if (client[i])
			proc_reap(client[i]);
	return err_say(e, EINTR, "interrupted");
}

int copy_fetch(const struct copy_job *job, const char *name, int wait_ms,
	       struct copy_outcome *out, struct err *e)
{
	struct session s;
	int rc = session_begin(&s, job, e);

	if (rc == 0)
		rc = output_open(&s.out, job->dst, &s.lease, e);
	if (rc == 0)
		rc = s.ctl[COPY_CLIENT] = meet_connect(name, wait_ms, e);
	if (rc >= 0)
		rc = watch_peer(&s, s.ctl[COPY_CLIENT]);
	if (rc == 0)
		rc = client_verdict(&s, run_workers(&s, false, true));
	if (rc == 0)
		fill_outcome(&s, s.side[COPY_CLIENT].spec, out);
	out->forced = s.watch.forced;
	fd_close(&s.watch.ctl_fd);
	session_end(&s);
	return rc;
}
