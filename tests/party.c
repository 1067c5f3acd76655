/* A server or a client in a process of its own, as a user starts it. */
#include "party.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/fd.h"
#include "base/stop.h"
#include "leftovers.h"
#include "sample.h"
#include "tap.h"

#define HANGS_AFTER_S 60
#define OUTLIVES_MS   10000
#define FEED_BYTES    4096

/*
 * The party that this process plays; NULL in the test itself. The worker that
 * it forks inherits the pointer.
 */
static struct party *current;

static void tell(struct party *p)
{
	if (write(p->told[1], "", 1) < 0)
		_exit(1);
}

/* --- in the worker and in the party --------------------------------------- */

static void at_point(enum copy_role role, enum copy_point point)
{
	struct party *p = current;

	(void)role;
	p->worker = getpid();
	if ((int)point == p->dies_at)
		raise(SIGKILL);
	if ((int)point != p->rests_at)
		return;
	p->rests = true;
	tell(p);
	for (;;)
		pause();
}

/*
 * Writes a single piece. Then the other side waits for more and can be killed
 * while it waits.
 */
static void feed(struct party *p)
{
	char block[FEED_BYTES];

	sample_fill(block, sizeof(block), 1, 0);
	if (write(p->feed, block, sizeof(block)) > 0)
		p->fed_bytes = sizeof(block);
}

static void at_progress(void *arg, uint64_t done, uint64_t all)
{
	struct party *p = arg;

	(void)all;
	if (p->feed >= 0 && !p->fed_bytes)
		feed(p);
	if (done == 0 || p->moves)
		return;
	p->moves = true;
	tell(p);
	if (p->dies_at == PARTY_MIDDLE)
		kill(p->worker, SIGKILL);
}

static void open_feed(struct party *p)
{
	int end[2];

	if (strcmp(p->file, "-") != 0 || p->role != COPY_SERVER)
		return;
	if (pipe2(end, O_CLOEXEC) < 0)
		_exit(1);
	dup2(end[0], STDIN_FILENO);
	close(end[0]);
	p->feed = end[1];
}

static void count_served(const struct copy_outcome *out, const struct err *e)
{
	if (!out || e->code)
		return;
	current->served++;
	tell(current);
}

static int serve(struct party *p, const struct copy_job *job)
{
	struct copy_server *server;
	int rc = copy_server_open(&server, p->name, &p->err);

	if (rc < 0)
		return rc;
	p->opened = true;
	tell(p);
	if (p->keeps)
		rc = copy_serve_keep(server, job, count_served, &p->err);
	else
		rc = copy_serve(server, job, p->wait_ms, NULL, &p->out,
				&p->err);
	copy_server_close(server);
	return rc;
}

static int fetch(struct party *p, const struct copy_job *job)
{
	return copy_fetch(job, p->name, p->wait_ms, &p->out, &p->err);
}

static void run(struct party *p)
{
	struct copy_job job = COPY_JOB_INIT;
	int64_t begin_ns = clock_ns();
	int fds;

	/* a shell ignores SIGINT for background jobs */
	signal(SIGINT, SIG_DFL);
	stop_install_supervisor();
	open_feed(p);
	fds = leftovers_fds();
	job.src = job.dst = p->file;
	job.checkpoint = at_point;
	job.progress = at_progress;
	job.progress_arg = p;
	p->rc = tr_spec_parse(p->spec, &job.spec, &p->err);
	if (p->rc == 0)
		p->rc = p->role == COPY_SERVER ? serve(p, &job)
					       : fetch(p, &job);
	p->took_ns = clock_ns() - begin_ns;
	p->clean = leftovers_fds() == fds && !leftovers_children();
	p->ended = true;
}

/* --- for the test ------------------------------------------------------- */

struct party *parties_new(size_t n)
{
	void *p = mmap(NULL, n * sizeof(struct party), PROT_READ | PROT_WRITE,
		       MAP_SHARED | MAP_ANONYMOUS, -1, 0);

	if (p == MAP_FAILED) {
		printf("Bail out! mmap: %s\n", strerror(errno));
		exit(1);
	}
	prctl(PR_SET_CHILD_SUBREAPER, 1);
	return p;
}

void party_init(struct party *p, enum copy_role role, const char *name,
		const char *file)
{
	*p = (struct party){ .role = role,
			     .wait_ms = 20000,
			     .dies_at = PARTY_LIVES,
			     .rests_at = PARTY_LIVES,
			     .feed = -1 };
	snprintf(p->name, sizeof(p->name), "%s", name);
	snprintf(p->file, sizeof(p->file), "%s", file);
	party_use(p, "shm");
}

void party_use(struct party *p, const char *spec)
{
	snprintf(p->spec, sizeof(p->spec), "%s", spec);
}

void party_start(struct party *p)
{
	pid_t pid;

	if (pipe2(p->told, O_CLOEXEC) < 0) {
		printf("Bail out! pipe2: %s\n", strerror(errno));
		exit(1);
	}
	pid = fork();
	if (pid == 0) {
		/* the party dies with us, and its workers die with the party */
		prctl(PR_SET_PDEATHSIG, SIGKILL);
		alarm(HANGS_AFTER_S);
		current = p;
		close(p->told[0]);
		run(p);
		_exit(0);
	}
	p->pid = pid;
	close(p->told[1]);
}

/* Waits for a byte. False: all processes that could send one have ended. */
static bool hear(struct party *p)
{
	char byte;

	return fd_read_full(p->told[0], &byte, 1) == 1;
}

static bool wait_for(struct party *p, volatile const bool *flag)
{
	while (!*flag && hear(p))
		;
	return *flag;
}

bool party_opened(struct party *p)
{
	return wait_for(p, &p->opened);
}

bool party_moves(struct party *p)
{
	return wait_for(p, &p->moves);
}

bool party_rests(struct party *p)
{
	return wait_for(p, &p->rests);
}

bool party_served(struct party *p, uint32_t clients)
{
	while (p->served < clients && hear(p))
		;
	return p->served == clients;
}

bool party_finish(struct party *p)
{
	waitpid(p->pid, NULL, 0);
	close(p->told[0]);
	return p->ended;
}

static bool bury(pid_t worker)
{
	struct pollfd p = { .events = POLLIN };
	bool dies;

	p.fd = (int)syscall(SYS_pidfd_open, worker, 0);
	dies = p.fd < 0 || poll(&p, 1, OUTLIVES_MS) > 0;
	if (!dies) {
		diag("a worker lives on without its supervisor");
		kill(worker, SIGKILL);
	}
	fd_close(&p.fd);
	waitpid(worker, NULL, 0);
	return dies;
}

bool party_wipe_out(struct party *p)
{
	bool good = true;

	kill(p->pid, SIGKILL);
	waitpid(p->pid, NULL, 0);
	/*
	 * the worker dies with its supervisor and becomes our child; once it is
	 * reaped, its files are closed and its locks released
	 */
	if (p->worker)
		good = bury(p->worker);
	close(p->told[0]);
	return good;
}
