/*
 * serve and fetch: the two sides of a pair belong to two programs, which meet
 * at a name.
 */
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/fd.h"
#include "base/proc.h"
#include "base/stop.h"
#include "copy/meet.h"
#include "copy/offer.h"
#include "copy/pair_inside.h"

#define KEEP_CLIENTS_MAX 64
#define GRACE_NS         (1000 * MS_IN_NS)

struct copy_server {
	struct meet meet;
};

int copy_server_open(struct copy_server **server, const char *name,
		     struct err *e)
{
	int rc;

	*server = calloc(1, sizeof(**server));
	if (!*server)
		return err_code(e, ENOMEM, "cannot make a server");
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

/*
 * Prepares to watch our side only. The other side is another program at the far
 * end of ctl_fd. The pair takes over ctl_fd.
 */
static int watch_peer(struct copy_pair *p, enum copy_role role, int ctl_fd)
{
	p->ctl[role] = ctl_fd;
	p->watch.ctl_fd = fcntl(ctl_fd, F_DUPFD_CLOEXEC, 3);
	return p->watch.ctl_fd < 0 ? err_sys(&p->why, "dup") : 0;
}

/*
 * True if the process that connected did not speak the protocol up to the start
 * line. Only then can another client be served instead: after the start line,
 * standard input may have been read.
 */
static bool was_stranger(const struct copy_pair *p)
{
	return (p->why.code == EPROTO || p->why.code == EACCES) &&
	       p->watch.worker[COPY_SERVER].pid &&
	       atomic_load(&p->side[COPY_SERVER].phase) == COPY_JOINING;
}

/* Serves one client. Takes over ctl_fd. *stranger: see was_stranger. */
static int serve_one(struct copy_server *server, const struct copy_job *job,
		     int ctl_fd, bool *stranger, struct copy_outcome *out,
		     struct err *e)
{
	struct copy_pair *p = pair_new(job, true, e);
	int rc;

	if (!p) {
		fd_close(&ctl_fd);
		return -e->code;
	}
	p->meet = &server->meet;
	rc = watch_peer(p, COPY_SERVER, ctl_fd);
	if (rc == 0)
		rc = input_open(&p->in, job->src, &p->why);
	if (rc == 0)
		rc = offer_check_form(&job->spec, p->in.stream, &p->why);
	if (rc == 0)
		rc = pair_make_channel(p);
	if (rc == 0)
		rc = pair_start(p, true, false);
	if (rc == 0)
		rc = copy_pair_transfer(p, out, e);
	*stranger = rc < 0 && was_stranger(p);
	return pair_finish(p, rc, out, e);
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
		rc = fd < 0 ? fd
			    : serve_one(server, job, fd, &was_none, out, e);
		if (!was_none)
			return rc;
		if (stranger)
			stranger(e);
		memset(e, 0, sizeof(*e));
	}
}

/* Called in a child of a server with --keep: serves one client and ends. */
static void
keep_one(struct copy_server *server, const struct copy_job *job, int fd,
	 void (*served)(const struct copy_outcome *out, const struct err *e))
{
	struct copy_outcome out = { 0 };
	struct err e = { 0 };
	bool was_none;

	meet_leave(&server->meet);
	served(serve_one(server, job, fd, &was_none, &out, &e) < 0 ? NULL
								   : &out,
	       &e);
	_exit(e.code != 0);
}

/* Reaps ended children. Each child serves one client; 0 marks a free place. */
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

static bool any_client(const pid_t *client)
{
	for (int i = 0; i < KEEP_CLIENTS_MAX; i++)
		if (client[i])
			return true;
	return false;
}

/*
 * Ends the children. Each ends its worker and then itself within a limited
 * time, unless the child is stopped: then it is killed, and its worker with it.
 */
static void end_clients(pid_t *client)
{
	int64_t asked_ns = clock_ns();

	for (int i = 0; i < KEEP_CLIENTS_MAX; i++)
		if (client[i])
			kill(client[i], SIGTERM);
	while (reap_clients(client), any_client(client)) {
		for (int i = 0; i < KEEP_CLIENTS_MAX; i++)
			if (client[i] && clock_ns() - asked_ns > GRACE_NS &&
			    proc_is_stopped(client[i]))
				kill(client[i], SIGKILL);
		poll(NULL, 0, 10);
	}
}

static int
accept_one(struct copy_server *server, const struct copy_job *job, pid_t *place,
	   void (*served)(const struct copy_outcome *out, const struct err *e),
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
		if (rc < 0 && rc != -ETIMEDOUT && rc != -EINTR) {
			served(NULL, &why);
			/*
			 * pause, since the next clients may fail, too, and each
			 * failure is reported
			 */
			poll(NULL, 0, 100);
		}
		reap_clients(client);
	}
	end_clients(client);
	return err_say(e, EINTR, "interrupted");
}

int copy_fetch(const struct copy_job *job, const char *name, int wait_ms,
	       struct copy_outcome *out, struct err *e)
{
	struct copy_pair *p = pair_new(job, true, e);
	int fd = -1, rc;

	if (!p)
		return -e->code;
	rc = output_open(&p->out, job->dst, &p->lease, &p->why);
	if (rc == 0)
		rc = fd = meet_connect(name, wait_ms, &p->why);
	if (rc >= 0)
		rc = watch_peer(p, COPY_CLIENT, fd);
	if (rc == 0)
		rc = pair_start(p, false, true);
	if (rc == 0)
		rc = copy_pair_transfer(p, out, e);
	return pair_finish(p, rc, out, e);
}
