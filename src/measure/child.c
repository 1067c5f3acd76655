/* Starts a process of the measuring program, reads its output, and ends it. */
#include "measure/child.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/fd.h"
#include "base/proc.h"
#include "base/stop.h"

#define LINE_MOST 8192 /* much longer than any sample */
#define GRACE_NS  (3000 * MS_IN_NS)
#define PADDING   "IPCOPY_PADDING"
#define EXEC_FAIL 126

#define EXIT_OF_STOP 130 /* the measuring program was interrupted */

struct child {
	pid_t pid;
	int pidfd, out_fd, err_fd;
	int ack_fd;          /* the child's standard input */
	char out[LINE_MOST]; /* the beginning of a line that is not complete */
	size_t len;
	char errors[2000];
	size_t errors_len;
	int64_t deadline_ns; /* when it is asked to end */
	int64_t kill_ns;     /* when it is killed; 0: not asked to end yet */
};

/* --- in the child --------------------------------------------------------- */

/* Moves the child's stack, which begins below its environment. */
static int pad_environment(int bytes)
{
	char *value = malloc((size_t)bytes + 1);
	int rc;

	if (!value)
		return -1;
	memset(value, '.', (size_t)bytes);
	value[bytes] = '\0';
	rc = setenv(PADDING, value, 1);
	free(value);
	return rc;
}

static void become(const struct child_job *job, int in, int out, int err)
{
	/*
	 * with a process group of its own: Ctrl-C then reaches only the parent,
	 * which asks the child to end
	 */
	setpgid(0, 0);
	signal(SIGPIPE, SIG_DFL);
	signal(SIGINT, SIG_DFL);
	if (dup2(in, STDIN_FILENO) < 0 || dup2(out, STDOUT_FILENO) < 0 ||
	    dup2(err, STDERR_FILENO) < 0 || pad_environment(job->env_bytes) < 0)
		_exit(EXEC_FAIL);
	execv(job->argv[0], job->argv);
	dprintf(STDERR_FILENO, "%s: %s\n", job->argv[0], strerror(errno));
	_exit(EXEC_FAIL);
}

/* --- in the parent -------------------------------------------------------- */

static int start(const struct child_job *job, struct child *c, struct err *e)
{
	int out[2] = { -1, -1 }, err[2] = { -1, -1 }, in[2] = { -1, -1 };
	int rc = 0;

	if (pipe2(out, O_CLOEXEC) < 0 || pipe2(err, O_CLOEXEC) < 0)
		rc = err_sys(e, "pipe2");
	else if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, in) < 0)
		rc = err_sys(e, "socketpair");
	if (rc == 0) {
		c->pid = proc_fork(&c->pidfd, e);
		if (c->pid == 0)
			become(job, in[1], out[1], err[1]);
		rc = c->pid < 0 ? (int)c->pid : 0;
	}
	fd_close(&out[1]);
	fd_close(&err[1]);
	fd_close(&in[1]);
	c->ack_fd = in[0];
	c->out_fd = out[0];
	c->err_fd = err[0];
	return rc;
}

/* Passes the complete lines to job->line, and answers each of them. */
static int pass_lines(const struct child_job *job, struct child *c)
{
	const char *answer = job->answer ? job->answer : "\n";
	char *from = c->out, *end;
	int rc = 0;

	while (rc == 0 &&
	       (end = memchr(from, '\n', (size_t)(c->out + c->len - from)))) {
		*end = '\0';
		rc = job->line(job->arg, from);
		from = end + 1;
		/* an error does not matter: the child may have ended */
		if (rc == 0)
			send(c->ack_fd, answer, strlen(answer),
			     MSG_NOSIGNAL | MSG_DONTWAIT);
	}
	c->len -= (size_t)(from - c->out);
	memmove(c->out, from, c->len);
	return rc;
}

static int take_output(const struct child_job *job, struct child *c,
		       struct err *e)
{
	ssize_t n;

	if (c->len == sizeof(c->out))
		return err_say(e, EPROTO,
			       "the measuring program wrote a line that is "
			       "longer than %d bytes",
			       LINE_MOST);
	n = read(c->out_fd, c->out + c->len, sizeof(c->out) - c->len);
	if (n > 0)
		c->len += (size_t)n;
	if (n == 0 || (n < 0 && errno != EINTR))
		fd_close(&c->out_fd);
	return n > 0 ? pass_lines(job, c) : 0;
}

/* Keeps the end of the child's error output, which says why it ended. */
static void take_errors(struct child *c)
{
	char text[1000];
	ssize_t n = read(c->err_fd, text, sizeof(text));
	size_t keep, most = sizeof(c->errors) - 1;

	if (n <= 0) {
		if (n == 0 || errno != EINTR)
			fd_close(&c->err_fd);
		return;
	}
	keep = c->errors_len + (size_t)n > most ? most - (size_t)n
						: c->errors_len;
	memmove(c->errors, c->errors + c->errors_len - keep, keep);
	memcpy(c->errors + keep, text, (size_t)n);
	c->errors_len = keep + (size_t)n;
	c->errors[c->errors_len] = '\0';
}

/* Asks the child to end and to remove its files; if it goes on, kills it. */
static void hurry(struct child *c, struct child_result *r)
{
	int64_t now_ns = clock_ns();

	if (c->kill_ns == 0 && (stop_requested() || now_ns >= c->deadline_ns)) {
		r->late = !stop_requested();
		kill(c->pid, SIGTERM);
		c->kill_ns = now_ns + GRACE_NS;
	} else if (c->kill_ns && now_ns >= c->kill_ns) {
		kill(c->pid, SIGKILL);
		c->kill_ns = now_ns + GRACE_NS;
	}
}

/*
 * Waits until the child has ended, but not for other processes that still have
 * its output open then.
 */
static int watch(const struct child_job *job, struct child *c,
		 struct child_result *r, struct err *e)
{
	int rc = 0;

	for (;;) {
		struct pollfd p[] = {
			{ .fd = c->out_fd, .events = POLLIN },
			{ .fd = c->err_fd, .events = POLLIN },
			{ .fd = c->pidfd, .events = POLLIN },
		};

		hurry(c, r);
		if (c->kill_ns)
			poll(p, 3, clock_ms_until(c->kill_ns));
		else
			stop_poll(p, 3, clock_ms_until(c->deadline_ns));
		if (p[0].revents && rc == 0)
			rc = take_output(job, c, e);
		if (p[1].revents)
			take_errors(c);
		if (rc < 0) {
			/* no more lines are read: do not let the child block */
			fd_close(&c->out_fd);
			kill(c->pid, SIGKILL);
		}
		if (p[2].revents && !p[0].revents && !p[1].revents)
			return rc;
	}
}

static void keep_last_line(const struct child *c, struct child_result *r)
{
	size_t end = c->errors_len, from;

	while (end > 0 && c->errors[end - 1] == '\n')
		end--;
	for (from = end; from > 0 && c->errors[from - 1] != '\n';)
		from--;
	snprintf(r->said, sizeof(r->said), "%.*s", (int)(end - from),
		 c->errors + from);
}

/*
 * True if another process ended the child. A batch system that ends a job sends
 * a signal to each process of the job, in any order. So this process will get a
 * signal, too.
 */
static bool was_told_to_end(const struct child_result *r)
{
	int status = r->status;

	if (r->late)
		return false;
	if (WIFSIGNALED(status))
		return WTERMSIG(status) == SIGTERM ||
		       WTERMSIG(status) == SIGINT || WTERMSIG(status) == SIGHUP;
	return WIFEXITED(status) && WEXITSTATUS(status) == EXIT_OF_STOP;
}

int child_run(const struct child_job *job, struct child_result *r,
	      struct err *e)
{
	struct child c = {
		.pidfd = -1, .out_fd = -1, .err_fd = -1, .ack_fd = -1
	};
	int64_t t0_ns = clock_ns();
	int rc;

	*r = (struct child_result){ 0 };
	c.deadline_ns = t0_ns + job->timeout_ms * MS_IN_NS;
	rc = start(job, &c, e);
	if (rc == 0) {
		rc = watch(job, &c, r, e);
		proc_wait(c.pid, &r->status, 0);
		keep_last_line(&c, r);
	}
	fd_close(&c.out_fd);
	fd_close(&c.err_fd);
	fd_close(&c.ack_fd);
	fd_close(&c.pidfd);
	r->took_ns = clock_ns() - t0_ns;
	if (rc == 0 && (stop_requested() || was_told_to_end(r)))
		return -EINTR;
	return rc;
}

const char *child_words(const struct child_result *r, char *buf, size_t size)
{
	const char *said = r->said;

	buf[0] = '\0';
	/* drop the program's name, which the reader knows */
	if (!strncmp(said, "ipcopy-cell: ", 13))
		said += 13;
	else if (!strncmp(said, "ipcopy: ", 8))
		said += 8;
	if (r->late)
		snprintf(buf, size,
			 "the measuring program did not end in time%s%s",
			 *said ? ": " : "", said);
	else if (r->status && *said)
		snprintf(buf, size, "%s", said);
	else if (r->status) {
		snprintf(buf, size, "the measuring program ");
		proc_end_words(r->status, buf + strlen(buf),
			       size - strlen(buf));
	}
	return buf;
}
