/*
 * The actors of a trial, which are supervisors in processes of their own, and
 * their workers.
 */
#include "chaos.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <signal.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/stop.h"
#include "copy/pair.h"

#if defined(__SANITIZE_ADDRESS__)
#define CHAOS_ASAN 1
#elif defined(__has_feature)
#if __has_feature(address_sanitizer)
#define CHAOS_ASAN 1
#endif
#endif

#ifdef CHAOS_ASAN
/* Makes a sanitizer end the process by SIGABRT, which the judge sees. */
const char *__asan_default_options(void);
const char *__asan_default_options(void)
{
	return "abort_on_error=1";
}
#endif

/* Below CHAOS_TIMEOUT_MS, so that a late director causes no timeout. */
#define TIRED_MS 300

#define NS_IN_S 1000000000

/* act() sets these once, in the supervisor. The workers inherit them. */
static struct stage *stage;
static const struct plan *plan;

/*
 * True in the actors and pairs that the plan spares. The supervisor sets it
 * before it forks their workers.
 */
static bool spared;

/* --- the clock ----------------------------------------------------------- */

int __real_clock_gettime(clockid_t id, struct timespec *ts);
int __wrap_clock_gettime(clockid_t id, struct timespec *ts);

/* The clock as our code sees it. Waits of the kernel use the true clock. */
int __wrap_clock_gettime(clockid_t id, struct timespec *ts)
{
	int rc = __real_clock_gettime(id, ts);
	int64_t jump_ns =
		!stage                  ? 0
		: id == CLOCK_REALTIME  ? atomic_load(&stage->jump_ns[0])
		: id == CLOCK_MONOTONIC ? atomic_load(&stage->jump_ns[1])
					: 0;

	if (rc < 0 || !jump_ns)
		return rc;
	jump_ns += ts->tv_nsec;
	ts->tv_sec += jump_ns / NS_IN_S;
	ts->tv_nsec = jump_ns % NS_IN_S;
	if (ts->tv_nsec < 0) {
		ts->tv_nsec += NS_IN_S;
		ts->tv_sec--;
	}
	return 0;
}

/* --- signals ------------------------------------------------------------ */

/* Handles SIGUSR2: loses a descriptor, or only interrupts the current call. */
static void on_usr2(int sig)
{
	int saved = errno, fd = atomic_exchange(&stage->close_fd, -1);

	(void)sig;
	if (fd >= 0 && stage->dead_fd >= 0)
		dup2(stage->dead_fd, fd);
	else if (fd >= 0)
		close(fd);
	errno = saved;
}

/*
 * Opens a file on which reads, writes and most other calls fail. It replaces
 * the lost descriptor in half of the trials, so that no other file gets the
 * number of this descriptor.
 */
static int open_dead(const struct plan *p)
{
	if (p->injury != CLOSE || p->pick & 1u << 31)
		return -1;
	/* a directory opened with O_PATH would allow openat */
	return open("/dev/null", O_PATH | O_CLOEXEC);
}

/*
 * Notes the signal. Then the same instruction or abort(3) raises it again, and
 * its default action kills the process.
 */
static void on_crash(int sig)
{
	atomic_store(&stage->crash_signal, sig);
}

static void handle(int sig, void (*handler)(int), int flags)
{
	struct sigaction sa;

	memset(&sa, 0, sizeof(sa));
	sa.sa_handler = handler;
	sa.sa_flags = flags;
	sigaction(sig, &sa, NULL);
}

static void install_handlers(void)
{
	sigset_t ours;

	/* without SA_RESTART, so that calls return */
	handle(SIGUSR2, on_usr2, 0);
	handle(SIGABRT, on_crash, (int)SA_RESETHAND);
#ifndef CHAOS_ASAN /* a sanitizer says more about these than we do */
	handle(SIGSEGV, on_crash, (int)SA_RESETHAND);
	handle(SIGBUS, on_crash, (int)SA_RESETHAND);
	handle(SIGILL, on_crash, (int)SA_RESETHAND);
	handle(SIGFPE, on_crash, (int)SA_RESETHAND);
#endif
	/*
	 * the director has blocked these signals to wait for them; the stop
	 * signals stay blocked until they have handlers
	 */
	sigemptyset(&ours);
	sigaddset(&ours, SIGCHLD);
	sigaddset(&ours, SIGUSR1);
	sigprocmask(SIG_UNBLOCK, &ours, NULL);
}

/* --- in a worker -------------------------------------------------------- */

/* Waits, so that the director can injure this worker at this point. */
static void wait_at_point(void)
{
	struct timespec moment = { .tv_nsec = 100000 };
	int64_t tired_ns = clock_ns() + TIRED_MS * MS_IN_NS;

	atomic_store(&stage->waiting, 1);
	kill(stage->director, SIGUSR1);
	while (!atomic_load(&stage->go_on)) {
		nanosleep(&moment, NULL);
		if (clock_ns() < tired_ns)
			continue;
		atomic_store(&stage->tired, 1);
		break;
	}
}

/*
 * Several workers of a server may reach the point. The first of them waits, and
 * is the victim.
 */
static void checkpoint(enum copy_role role, enum copy_point point)
{
	if (spared)
		return;
	if (point == COPY_AT_JOIN && !atomic_load(&stage->claimed))
		atomic_store(&stage->worker[role], getpid());
	if (atomic_load(&stage->wanted) != point_code(role, point) ||
	    (stage->nth && atomic_load(&stage->transfer) != stage->nth) ||
	    atomic_exchange(&stage->claimed, 1))
		return;
	atomic_store(&stage->worker[role], getpid());
	wait_at_point();
}

/* --- the supervisor ----------------------------------------------------- */

/* Makes O_TMPFILE fail, as on a file system without it. */
static void deny_tmpfile(void)
{
	struct sock_filter code[] = {
		BPF_STMT(BPF_LD | BPF_W | BPF_ABS,
			 offsetof(struct seccomp_data, nr)),
		BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, SYS_openat, 0, 4),
		BPF_STMT(BPF_LD | BPF_W | BPF_ABS,
			 offsetof(struct seccomp_data, args[2])),
		BPF_STMT(BPF_ALU | BPF_AND | BPF_K, O_TMPFILE),
		BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, O_TMPFILE, 0, 1),
		BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ERRNO | EOPNOTSUPP),
		BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW),
	};
	struct sock_fprog program = { sizeof(code) / sizeof(*code), code };

	prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0);
	prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &program);
}

static int count_fds(void)
{
	DIR *dir = opendir("/proc/self/fd");
	int n = 0;

	if (!dir)
		return 0;
	while (readdir(dir))
		n++;
	closedir(dir);
	return n;
}

static bool moved_all(const struct copy_outcome *out)
{
	return plan->injury == CHANGE || plan->spec.ops->carries_nothing ||
	       out->bytes == plan->src.len;
}

/* Called in the process that has served one of several clients. */
static void note_served(const struct copy_outcome *out, const struct err *e)
{
	struct served *s = &stage->served;

	if (!out || e->code) {
		if (atomic_fetch_add(&s->badly, 1) == 0)
			s->why = *e;
		return;
	}
	atomic_fetch_add(&s->well, 1);
	if (!moved_all(out) ||
	    out->verified != (plan->verify && !plan->spec.ops->carries_nothing))
		atomic_fetch_add(&s->wrong, 1);
}

/* The director asks this server to end once all clients have ended. */
static int keep(struct copy_server *server, const struct copy_job *job,
		struct told *t)
{
	int rc = copy_serve_keep(server, job, note_served, &t->err);

	if (rc != -EINTR || !atomic_load(&stage->closing))
		return rc;
	t->err = (struct err){ .code = 0 };
	return 0;
}

static int serve(const struct copy_job *job, struct told *t)
{
	struct copy_server *server;
	int rc = copy_server_open(&server, CHAOS_NAME, &t->err);

	if (rc < 0)
		return rc;
	if (plan_keeps(plan))
		rc = keep(server, job, t);
	else
		rc = copy_serve(server, job, CHAOS_WAIT_MS, NULL, &t->out,
				&t->err);
	copy_server_close(server);
	return rc;
}

/*
 * Makes the transfers of all pairs until one fails. A transfer that succeeds
 * must have moved the whole file.
 */
static int transfer_often(struct copy_pair **pair, struct told *t)
{
	struct copy_outcome out[CHAOS_CROWD];
	int rc = 0;

	for (int i = 1; i <= CHAOS_TRANSFERS && rc == 0; i++) {
		atomic_store(&stage->transfer, i);
		rc = copy_pairs_transfer(pair, plan->crowd, out, &t->err);
		t->out = out[0];
		for (int k = 0; k < plan->crowd; k++) {
			t->out.forced |= out[k].forced;
			if (rc < 0 || moved_all(&out[k]))
				continue;
			return err_say(&t->err, EPROTO,
				       "transfer %d of pair %d ended with "
				       "status 0 and %llu bytes",
				       i, k, (unsigned long long)out[k].bytes);
		}
	}
	return rc;
}

/* The injury is meant for one of the pairs. */
static int stand(const struct copy_job *job, struct told *t)
{
	struct copy_pair *pair[CHAOS_CROWD] = { NULL };
	int victim = (int)(plan->pick % (uint32_t)plan->crowd);
	int rc = 0, closed = 0;

	for (int k = 0; k < plan->crowd && rc == 0; k++) {
		spared = k != victim;
		rc = copy_pair_open(job, &pair[k], &t->err);
	}
	if (rc == 0)
		rc = transfer_often(pair, t);
	for (int k = 0; k < plan->crowd; k++) {
		int one = copy_pair_close(pair[k]);

		closed = one < 0 ? one : closed;
	}
	if (rc == 0 && closed < 0)
		return err_say(&t->err, -closed, "a pair did not end well");
	return rc;
}

static int run_actor(const struct plan *p, int actor, struct told *t)
{
	struct copy_job job = COPY_JOB_INIT;
	char dst[20];

	job.spec = p->spec;
	job.src = CHAOS_SRC;
	job.dst = files_dst(actor, dst, sizeof(dst));
	job.dose = p->dose;
	memcpy(job.cpu, p->cpu, sizeof(job.cpu));
	job.verify = p->verify;
	job.count_calls = p->count_calls;
	job.timeout_ms = CHAOS_TIMEOUT_MS;
	job.checkpoint = checkpoint;
	if (p->stands)
		return stand(&job, t);
	if (!p->two)
		return copy_run(&job, &t->out, &t->err);
	if (actor == COPY_SERVER)
		return serve(&job, t);
	return copy_fetch(&job, CHAOS_NAME, CHAOS_WAIT_MS, &t->out, &t->err);
}

void act(const struct plan *p, int actor, struct stage *of_trial)
{
	struct told *t = &of_trial->told[actor];

	stage = of_trial;
	plan = p;
	spared = actor > COPY_CLIENT;
	stage->dead_fd = open_dead(p);
	install_handlers();
	weather_feel(p);
	stop_install_supervisor();
	if (p->named_temp)
		deny_tmpfile();
	t->fds_before = count_fds();
	weather_limit(p);
	t->rc = run_actor(p, actor, t);
	weather_lift();
	t->fds_after = count_fds();
	atomic_store(&t->done, 1);
	_exit(0);
}
