/* A trial: makes one copy, kills or stops a side, and checks all promises. */
#include "trial.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <poll.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/fd.h"
#include "base/stop.h"
#include "leftovers.h"

#define HANGS_AFTER_S 120
#define FEED_BYTES    4096
#define ALL_BYTES     (8 << 20)

/* The old file. It differs from every input in contents, length and mode. */
static const struct sample old = { .len = 777, .seed = 99, .mode = 0604 };

/* The trial of this process. Its workers inherit it. */
static struct trial *current;

__attribute__((format(printf, 2, 3))) static void broken(struct trial *t,
							 const char *fmt, ...)
{
	va_list ap;

	if (t->broken[0])
		return;
	va_start(ap, fmt);
	vsnprintf(t->broken, sizeof(t->broken), fmt, ap);
	va_end(ap);
}

const char *trial_words(const struct trial *t)
{
	static const char *const points[] = {
		[COPY_AT_JOIN] = "before it joined",
		[COPY_AT_START] = "before the first byte",
		[COPY_AT_END] = "after the last byte",
		[TRIAL_MIDDLE] = "in the middle",
	};
	static char words[80];

	if (t->point == TRIAL_NOWHERE)
		snprintf(words, sizeof(words), "%" PRIu64 " bytes", t->in.len);
	else
		snprintf(words, sizeof(words), "%s to the %s %s",
			 sigabbrev_np(t->sig), copy_role_names[t->victim],
			 points[t->point]);
	return words;
}

/* --- the injury ----------------------------------------------------------- */

static void reach(struct trial *t)
{
	t->reached_ns = clock_ns();
	t->reached = true;
}

/* Runs in a worker, at each point. */
static void at_point(enum copy_role role, enum copy_point point)
{
	struct trial *t = current;

	t->worker[role] = getpid();
	/* the supervisor must be the only process that can end the feed */
	if (point == COPY_AT_JOIN && t->feed >= 0)
		close(t->feed);
	/*
	 * on a slow machine, this worker may have been asked to stop before
	 * this point; then leave it alone
	 */
	if (role != t->victim || (int)point != t->point || stop_requested())
		return;
	reach(t);
	raise(t->sig);
}

static bool all_taken(const struct trial *t)
{
	int left;

	return t->fed_bytes && ioctl(t->feed, FIONREAD, &left) == 0 &&
	       left == 0;
}

/* Writes one piece, if the feed takes it. False: it takes no more. */
static bool feed_some(struct trial *t)
{
	static char block[FEED_BYTES];
	ssize_t n;

	sample_fill(block, sizeof(block), t->in.seed, t->fed_bytes);
	n = write(t->feed, block, sizeof(block));
	if (n > 0)
		t->fed_bytes += (uint64_t)n;
	return n > 0;
}

/*
 * The supervisor calls this now and then. It feeds one piece. When the piece
 * has arrived, the middle is reached and the victim is hurt. Then it feeds
 * more, so that a side that takes nothing is seen to hang. Last, it ends the
 * feed, since with some mechanisms the server goes on without a client.
 */
static void feed(void *arg, uint64_t done, uint64_t all)
{
	struct trial *t = arg;

	(void)all;
	if (!t->reached && all_taken(t) &&
	    (done == t->fed_bytes || t->spec.ops->carries_nothing)) {
		reach(t);
		if (t->worker[t->victim] > 0)
			kill(t->worker[t->victim], t->sig);
	}
	if (!t->fed_bytes)
		feed_some(t);
	while (t->reached && t->fed_bytes < ALL_BYTES && feed_some(t))
		;
	if (t->fed_bytes >= ALL_BYTES)
		fd_close(&t->feed);
}

static void open_feed(struct trial *t)
{
	int end[2];

	if (pipe2(end, O_CLOEXEC | O_NONBLOCK) < 0)
		return;
	fcntl(end[1], F_SETPIPE_SZ, 1 << 20);
	fcntl(end[0], F_SETFL, 0);
	dup2(end[0], STDIN_FILENO);
	close(end[0]);
	t->feed = end[1];
}

/* --- in the middle of a whole file --------------------------------------- */

/*
 * A mechanism that moves whole files cannot be fed piece by piece. Its middle
 * is reached when both sides are in its hooks. Then the victim is hurt.
 */
static struct transport held;

static void go_in(enum copy_role role)
{
	struct trial *t = current;

	if (t->inside[role])
		return;
	t->inside[role] = true;
	while (role == t->victim && !t->inside[!role] && !stop_requested())
		poll(NULL, 0, 1);
	if (role != t->victim || t->reached || stop_requested())
		return;
	reach(t);
	raise(t->sig);
}

static int held_send_file(struct tr *tr, int in_fd, uint64_t len_bytes)
{
	go_in(COPY_SERVER);
	return current->spec.ops->send_file(tr, in_fd, len_bytes);
}

static int held_recv_file(struct tr *tr, int out_fd, uint64_t len_bytes)
{
	go_in(COPY_CLIENT);
	return current->spec.ops->recv_file(tr, out_fd, len_bytes);
}

static ssize_t held_receive(struct tr *tr, const void **buf)
{
	go_in(COPY_CLIENT);
	return current->spec.ops->receive(tr, buf);
}

static const struct transport *hold(const struct transport *ops)
{
	held = *ops;
	held.send_file = held_send_file;
	if (ops->recv_file)
		held.recv_file = held_recv_file;
	else
		held.receive = held_receive;
	return &held;
}

/* --- the promises --------------------------------------------------------- */

static void check_success(struct trial *t, const char *out)
{
	bool nothing = t->spec.ops->carries_nothing;
	struct sample copy = t->there ? sample_over(&t->in, &old) : t->in;
	uint64_t bytes = nothing ? 0 : t->in.len;
	const char *differs;

	if (t->rc < 0) {
		broken(t, "it failed: %s", t->err.text);
		return;
	}
	if (t->out.bytes != bytes)
		broken(t, "%" PRIu64 " bytes are said to have been copied",
		       t->out.bytes);
	if (t->out.verified == nothing || (t->out.hash == 0) != nothing)
		broken(t, "verified %d, hash %" PRIx64, t->out.verified,
		       t->out.hash);
	if (t->out.forced)
		broken(t, "a side had to be killed");
	if (!t->out.side[COPY_SERVER].known || !t->out.side[COPY_CLIENT].known)
		broken(t, "the times of a side are missing");
	if (nothing)
		return;
	differs = sample_differs(out, &copy);
	if (differs)
		broken(t, "the copy is wrong: %s", differs);
}

static void check_words(struct trial *t)
{
	const char *s = t->err.text;
	char should[60];

	if (!*s || strchr(s, '\n') || s[strlen(s) - 1] == '.')
		broken(t, "not one line without a full stop: \"%s\"", s);
	snprintf(should, sizeof(should), "the %s %s",
		 copy_role_names[t->victim],
		 t->sig == SIGKILL ? "was killed by signal 9" : "is stopped");
	if (!strstr(s, should))
		broken(t, "it does not say that %s: \"%s\"", should, s);
}

static void check_failure(struct trial *t)
{
	/*
	 * the longest time allowed: after SIGKILL, less than the timeout; after
	 * SIGSTOP, the timeouts of side and supervisor, and the grace period
	 */
	int64_t limit_ms = t->sig == SIGKILL ? t->timeout_ms - 2000
					     : 2 * t->timeout_ms + 10000;

	if (!t->reached)
		broken(t, "it ended before that point: %s", t->err.text);
	if (t->rc >= 0) {
		broken(t, "it is reported as a success");
		return;
	}
	if (t->err.code != -t->rc)
		broken(t, "%d returned, %d noted", t->rc, t->err.code);
	check_words(t);
	if (t->took_ns > limit_ms * MS_IN_NS)
		broken(t, "it took %.1f s after that point",
		       (double)t->took_ns / 1e9);
	if (t->sig == SIGKILL && t->out.forced)
		broken(t, "the survivor had to be killed");
	/* a stopped process cannot end by itself */
	if (t->sig == SIGSTOP && !t->out.forced)
		broken(t, "it does not say that force was needed");
}

/* A failed copy and a copy of nothing leave the destination as it was. */
static void check_untouched(struct trial *t, const char *out)
{
	const char *differs = t->there ? sample_differs(out, &old) : NULL;

	if (differs)
		broken(t, "the old file was touched: %s", differs);
	if (!t->there && access(out, F_OK) == 0)
		broken(t, "there is a file now");
}

static void check(struct trial *t, const char *out, int fds)
{
	if (t->point == TRIAL_NOWHERE)
		check_success(t, out);
	else
		check_failure(t);
	if (t->rc < 0 || t->spec.ops->carries_nothing)
		check_untouched(t, out);
	if (leftovers_fds() != fds)
		broken(t, "%d descriptors are open instead of %d",
		       leftovers_fds(), fds);
	if (leftovers_children())
		broken(t, "a child process is left");
}

/* --- running it --------------------------------------------------------- */

void trial_run(struct trial *t)
{
	char in[40], out[40];
	struct copy_job job = COPY_JOB_INIT;
	int64_t begin_ns;
	bool middle = t->point == TRIAL_MIDDLE;
	bool fed = middle && tr_has_message_form(t->spec.ops);
	int fds;

	snprintf(in, sizeof(in), "in-%d", (int)getpid());
	snprintf(out, sizeof(out), "out-%d", (int)getpid());
	sample_write(in, &t->in);
	if (t->there)
		sample_write(out, &old);
	job.spec = t->spec;
	if (middle && !fed)
		job.spec.ops = hold(t->spec.ops);
	job.src = fed ? "-" : in;
	job.dst = out;
	job.timeout_ms = t->timeout_ms;
	job.checkpoint = at_point;
	if (fed) {
		open_feed(t);
		job.progress = feed;
		job.progress_arg = t;
	}
	current = t;
	fds = leftovers_fds();
	begin_ns = clock_ns();
	t->rc = copy_run(&job, &t->out, &t->err);
	/*
	 * counts from the point, if it was reached, since the time before the
	 * point depends on the machine, not on the timeout
	 */
	t->took_ns = clock_ns() - (t->reached ? t->reached_ns : begin_ns);
	t->ended = true;
	if (fed && t->feed < 0)
		fds--;
	check(t, out, fds);
	unlink(in);
	unlink(out);
}

static void start(struct trial *t)
{
	pid_t pid = fork();

	if (pid) {
		t->pid = pid;
		return;
	}
	/* the child dies with us, and its workers die with it */
	prctl(PR_SET_PDEATHSIG, SIGKILL);
	alarm(HANGS_AFTER_S);
	trial_run(t);
	_exit(0);
}

/* Waits for one trial to end. False: none is running. */
static bool finish_one(struct trial *t, size_t n)
{
	int status;
	pid_t pid = wait(&status);

	for (size_t i = 0; i < n; i++) {
		if (t[i].pid != pid)
			continue;
		t[i].pid = 0;
		if (!t[i].ended && WTERMSIG(status) == SIGALRM)
			broken(&t[i], "it did not return");
		else if (!t[i].ended)
			broken(&t[i], "its process ended with status 0x%x",
			       status);
	}
	return pid > 0;
}

void trial_run_all(struct trial *t, size_t n, size_t at_once)
{
	size_t started = 0;

	for (size_t i = 0; i < n; i++) {
		if (t[i].reached)
			continue;
		if (started++ >= at_once)
			finish_one(t, n);
		start(&t[i]);
	}
	while (finish_one(t, n))
		;
}

struct trial *trials_new(size_t n)
{
	void *p = mmap(NULL, n * sizeof(struct trial), PROT_READ | PROT_WRITE,
		       MAP_SHARED | MAP_ANONYMOUS, -1, 0);

	if (p == MAP_FAILED) {
		printf("Bail out! mmap: %s\n", strerror(errno));
		exit(1);
	}
	return p;
}
