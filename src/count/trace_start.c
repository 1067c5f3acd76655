/* Starts the child that is counted: fork, trace, filter, exec. */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/bytes.h"
#include "base/fd.h"
#include "base/proc.h"
#include "base/stop.h"
#include "count/trace.h"

#define OPTIONS                                                           \
	(PTRACE_O_TRACEFORK | PTRACE_O_TRACEVFORK | PTRACE_O_TRACECLONE | \
	 PTRACE_O_TRACEEXEC | PTRACE_O_TRACESECCOMP | PTRACE_O_TRACEEXIT)

/* The step of the child that failed, and why. */
struct report {
	int code;
	bool filter; /* true: the filter failed; false: the command itself */
};

static void __attribute__((noreturn)) fail(int report_fd, int code, bool filter)
{
	const struct report r = { code, filter };

	fd_write_all(report_fd, &r, sizeof(r));
	_exit(code == ENOENT ? 127 : 126);
}

/*
 * Makes our own code report its copies to the tracer. The flag is for a forked
 * child, and the variable is for a program that is executed (see main).
 */
static void be_heard(void)
{
	bytes_told = true;
	setenv(BYTES_TOLD_ENV, "1", 1);
}

/* Puts our library before those that the user preloads. */
static void preload(const char *library)
{
	const char *before = getenv("LD_PRELOAD");
	char list[8192];

	snprintf(list, sizeof(list), "%s%s%s", library, before ? ":" : "",
		 before ? before : "");
	setenv("LD_PRELOAD", list, 1);
}

static void __attribute__((noreturn))
become(const struct count_job *job, int gate_fd, int report_fd)
{
	char opened;
	int rc;

	if (fd_read_full(gate_fd, &opened, 1) != 1)
		_exit(127);
	fd_close(&gate_fd);
	be_heard();
	rc = trace_install_filter(job->all_calls);
	if (rc < 0)
		fail(report_fd, -rc, true);
	if (job->run) {
		fd_close(&report_fd);
		_exit(job->run(job->arg));
	}
	stop_hand_on();
	if (job->preload)
		preload(job->preload);
	execvp(job->argv[0], job->argv);
	fail(report_fd, errno, false);
}

static int begin_child(struct tracer *t, int gate_fd, struct err *e)
{
	int rc = tracee_seize(t->child, OPTIONS);

	if (rc < 0)
		return err_say(e, EPERM,
			       "copies cannot be counted here: ptrace is "
			       "refused (%s); a container may need the "
			       "option --cap-add=SYS_PTRACE",
			       strerrordesc_np(-rc));
	rc = fd_write_all(gate_fd, "", 1);
	return rc < 0 ? err_code(e, rc,
				 "cannot start the command to be counted")
		      : 0;
}

static int two_pipes(int gate[2], int report[2], struct err *e)
{
	gate[0] = gate[1] = report[0] = report[1] = -1;
	if (pipe2(gate, O_CLOEXEC) < 0 || pipe2(report, O_CLOEXEC) < 0)
		return err_sys(e, "pipe2");
	return 0;
}

static int fork_child(struct tracer *t, int gate[2], int report[2],
		      struct err *e)
{
	t->child = fork();
	if (t->child < 0)
		return err_sys(e, "fork");
	if (t->child > 0)
		return 0;
	fd_close(&gate[1]);
	fd_close(&report[0]);
	become(t->job, gate[0], report[1]);
}

int trace_start(struct tracer *t, struct err *e)
{
	int gate[2], report[2];
	int rc = two_pipes(gate, report, e);

	if (rc == 0)
		rc = fork_child(t, gate, report, e);
	fd_close(&gate[0]);
	fd_close(&report[1]);
	if (rc == 0)
		rc = begin_child(t, gate[1], e);
	fd_close(&gate[1]); /* without a byte in this pipe the child exits */
	if (rc < 0 && t->child > 0)
		proc_reap(t->child);
	t->report_fd = report[0];
	/*
	 * a signal to the process group may have ended the child before it
	 * began
	 */
	return rc < 0 && stop_requested() ? err_interrupted(e) : rc;
}

int trace_reported(struct tracer *t, struct err *e)
{
	struct report r;

	if (fd_read_full(t->report_fd, &r, sizeof(r)) != sizeof(r))
		return 0;
	if (r.filter)
		return err_say(e, EPERM,
			       "copies cannot be counted here: a seccomp "
			       "filter is refused (%s)",
			       strerrordesc_np(r.code));
	/* a pipeline in quotes arrives as one word */
	if (r.code == ENOENT && !t->job->argv[1] &&
	    strchr(t->job->argv[0], ' '))
		return err_say(
			e, r.code,
			"cannot run the program '%.80s'; for a pipeline: "
			"ipcopy count -- sh -c '%.80s'",
			t->job->argv[0], t->job->argv[0]);
	return err_code(e, r.code, "cannot run %s", t->job->argv[0]);
}
