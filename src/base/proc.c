/*
 * Child processes: forked so that they die with their parent, watched, and
 * described when they end.
 */
#include "base/proc.h"

#include <errno.h>
#include <inttypes.h>
#include <linux/capability.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/fd.h"
#include "base/size.h"

pid_t proc_fork(int *pidfd, struct err *e)
{
	pid_t parent = getpid();
	pid_t pid = fork();

	if (pid < 0)
		return err_sys(e, "fork");
	if (pid == 0) {
		prctl(PR_SET_PDEATHSIG, SIGKILL);
		if (getppid() != parent)
			_exit(1); /* our parent had died before the prctl */
		return 0;
	}
	*pidfd = (int)syscall(SYS_pidfd_open, pid, 0);
	if (*pidfd < 0) {
		int rc = err_sys(e, "pidfd_open");

		kill(pid, SIGKILL);
		proc_reap(pid);
		return rc;
	}
	return pid;
}

bool proc_wait(pid_t pid, int *status, int flags)
{
	pid_t ended;

	do {
		ended = waitpid(pid, status, flags);
	} while (ended < 0 && errno == EINTR);
	if (ended < 0)
		*status = PROC_LOST;
	return ended != 0;
}

void proc_reap(pid_t pid)
{
	int unused;

	proc_wait(pid, &unused, 0);
}

char proc_state(pid_t pid)
{
	char path[40], text[512], *after;

	snprintf(path, sizeof(path), "/proc/%d/stat", (int)pid);
	if (!fd_read_text(path, text, sizeof(text)))
		return '?';
	after = strrchr(text, ')'); /* the program's name may contain ')' */
	return after && after[1] == ' ' && after[2] ? after[2] : '?';
}

/*
 * True if the signal was sent to the process, which has not noticed it yet.
 * `which` is the line of /proc/PID/status: "SigPnd" for signals to the thread,
 * "ShdPnd" for those to the process.
 */
static bool is_pending(const char *status, const char *which, int sig)
{
	unsigned long long pending = 0;
	const char *at = strstr(status, which);

	return at && sscanf(at + strlen(which), ": %llx", &pending) == 1 &&
	       pending & 1ULL << (sig - 1);
}

static void read_status(pid_t pid, char *text, size_t size)
{
	char path[40];

	*text = '\0';
	snprintf(path, sizeof(path), "/proc/%d/status", (int)pid);
	fd_read_text(path, text, size);
}

bool proc_is_stopped(pid_t pid)
{
	char status[4096], state;

	/*
	 * read the pending signals before the state: a process that stops in
	 * between is then found stopped
	 */
	read_status(pid, status, sizeof(status));
	if (is_pending(status, "\nSigPnd", SIGSTOP) ||
	    is_pending(status, "\nShdPnd", SIGSTOP))
		return true;
	state = proc_state(pid);
	return state == 'T' || state == 't';
}

/* PF_EXITING of the kernel: the process has begun to end. */
#define FLAG_EXITING 4

bool proc_is_dying(pid_t pid)
{
	char path[40], text[4096], state = '?', *at;
	unsigned flags = 0;

	snprintf(path, sizeof(path), "/proc/%d/stat", (int)pid);
	if (fd_read_text(path, text, sizeof(text)) && (at = strrchr(text, ')')))
		sscanf(at, ") %c %*d %*d %*d %*d %*d %u", &state, &flags);
	read_status(pid, text, sizeof(text));
	return state == 'Z' || flags & FLAG_EXITING ||
	       is_pending(text, "\nSigPnd", SIGKILL);
}

bool proc_has_cap(int cap)
{
	struct __user_cap_header_struct head = {
		.version = _LINUX_CAPABILITY_VERSION_3
	};
	struct __user_cap_data_struct data[_LINUX_CAPABILITY_U32S_3] = { 0 };

	return syscall(SYS_capget, &head, data) == 0 &&
	       data[CAP_TO_INDEX(cap)].effective & CAP_TO_MASK(cap);
}

int proc_may_pin(uint64_t bytes, const char *what, struct err *e)
{
	struct rlimit rl = { .rlim_cur = RLIM_INFINITY };
	char have[32];

	getrlimit(RLIMIT_MEMLOCK, &rl);
	if (rl.rlim_cur == RLIM_INFINITY || rl.rlim_cur >= bytes ||
	    proc_has_cap(CAP_IPC_LOCK))
		return 0;
	return err_say(e, EPERM,
		       "%s is more than the %s of memory that this user may "
		       "pin; raise the limit with: ulimit -l %" PRIu64,
		       what, size_word(rl.rlim_cur, have, sizeof(have)),
		       (bytes + 1023) / 1024);
}

const char *proc_end_words(int status, char *buf, size_t len)
{
	if (status == PROC_LOST)
		snprintf(buf, len,
			 "ended, but its status is lost, since its parent "
			 "process ignores SIGCHLD");
	else if (WIFSIGNALED(status))
		snprintf(buf, len, "was killed by signal %d (%s)",
			 WTERMSIG(status), strsignal(WTERMSIG(status)));
	else
		snprintf(buf, len, "ended with status %d", WEXITSTATUS(status));
	return buf;
}
