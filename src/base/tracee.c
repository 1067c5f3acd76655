/* Tasks that are followed by ptrace. */
#include "base/tracee.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/time.h>
#include <sys/uio.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/fd.h"

/* adopt_orphans() resumes a task at its fifth look at the task */
#define PATIENCE 5

/* --- the table ------------------------------------------------------------ */

static struct tracee **bucket(struct tracees *s, pid_t tid)
{
	return &s->bucket[(unsigned int)tid % TRACEE_BUCKETS];
}

struct tracee *tracee_find(const struct tracees *s, pid_t tid)
{
	struct tracee *p = s->bucket[(unsigned int)tid % TRACEE_BUCKETS];

	while (p && p->tid != tid)
		p = p->next;
	return p;
}

struct tracee *tracee_add(struct tracees *s, pid_t tid)
{
	struct tracee *p = calloc(1, s->size), **at = bucket(s, tid);

	if (!p)
		abort();
	p->tid = tid;
	p->nr = s->begun++;
	p->next = *at;
	*at = p;
	s->alive++;
	return p;
}

void tracee_remove(struct tracees *s, struct tracee *p)
{
	struct tracee **at = bucket(s, p->tid);

	while (*at != p)
		at = &(*at)->next;
	*at = p->next;
	free(p);
	s->alive--;
}

void tracees_free(struct tracees *s)
{
	for (int i = 0; i < TRACEE_BUCKETS; i++)
		while (s->bucket[i])
			tracee_remove(s, s->bucket[i]);
}

void tracees_signal(const struct tracees *s, int sig)
{
	for (int i = 0; i < TRACEE_BUCKETS; i++)
		for (struct tracee *p = s->bucket[i]; p; p = p->next) {
			kill(p->tid, sig);
			kill(p->tid, SIGCONT); /* it may be stopped */
		}
}

/* --- one task ------------------------------------------------------------- */

int tracee_seize(pid_t pid, unsigned long options)
{
	options |= PTRACE_O_TRACESYSGOOD | PTRACE_O_EXITKILL;
	return ptrace(PTRACE_SEIZE, pid, 0, options) < 0 ? -errno : 0;
}

int tracee_interrupt(pid_t pid)
{
	return ptrace(PTRACE_INTERRUPT, pid, 0, 0) < 0 ? -errno : 0;
}

static void resume(const struct tracee *p, int sig)
{
	/* fails with ESRCH if the task was killed; waitpid will report it */
	ptrace(p->at_calls ? PTRACE_SYSCALL : PTRACE_CONT, p->tid, 0, sig);
}

pid_t tracee_event_task(const struct tracee *p)
{
	unsigned long tid;

	if (ptrace(PTRACE_GETEVENTMSG, p->tid, 0, &tid) < 0)
		return 0;
	return (pid_t)tid;
}

ssize_t tracee_peek_softly(pid_t tid, void *to, uint64_t from, size_t len)
{
	char path[40];
	ssize_t n;
	int fd;

	snprintf(path, sizeof(path), "/proc/%d/mem", (int)tid);
	fd = open(path, O_RDONLY | O_CLOEXEC);
	n = fd < 0 ? -1 : pread(fd, to, len, (off_t)from);
	fd_close(&fd);
	return n;
}

size_t tracee_peek(pid_t tid, void *to, uint64_t from, size_t len)
{
	struct iovec mine = { to, len };
	struct iovec its = { (void *)(uintptr_t)from, len };
	ssize_t n = process_vm_readv(tid, &mine, 1, &its, 1, 0);

	/* a container may refuse this call and still allow tracing */
	if (n < 0 && (errno == EPERM || errno == ENOSYS))
		n = tracee_peek_softly(tid, to, from, len);
	return n < 0 ? 0 : (size_t)n;
}

/* --- stops ---------------------------------------------------------------- */

static void on_call(const struct tracees *s, struct tracee *p)
{
	struct __ptrace_syscall_info info;

	if (ptrace(PTRACE_GET_SYSCALL_INFO, p->tid, sizeof(info), &info) > 0)
		s->on->call(s->arg, p, &info);
	else if (errno != ESRCH)
		s->on->call(s->arg, p, NULL);
}

static void on_child(struct tracees *s, struct tracee *parent, int event)
{
	pid_t tid = tracee_event_task(parent);
	struct tracee *child;

	if (!tid)
		return;
	child = tracee_find(s, tid);
	if (!child)
		child = tracee_add(s, tid);
	s->on->begun(s->arg, child, parent, event);
	if (child->early)
		resume(child, 0);
	child->early = 0;
}

static void on_event(struct tracees *s, struct tracee *p, int event)
{
	switch (event) {
	case PTRACE_EVENT_SECCOMP:
		on_call(s, p);
		break;
	case PTRACE_EVENT_FORK:
	case PTRACE_EVENT_VFORK:
	case PTRACE_EVENT_CLONE:
		on_child(s, p, event);
		break;
	case PTRACE_EVENT_EXEC:
	case PTRACE_EVENT_EXIT:
	case PTRACE_EVENT_STOP:
		if (s->on->event)
			s->on->event(s->arg, p, event);
		break;
	default:
		break;
	}
}

static bool is_group_stop(int event, int sig)
{
	return event == PTRACE_EVENT_STOP &&
	       (sig == SIGSTOP || sig == SIGTSTP || sig == SIGTTIN ||
		sig == SIGTTOU);
}

static void on_tracee_stop(struct tracees *s, struct tracee *p, int status)
{
	int sig = WSTOPSIG(status), event = status >> 16;

	s->stops++;
	p->stops++;
	if (is_group_stop(event, sig)) {
		/* leave it stopped until SIGCONT, as it would be without us */
		ptrace(PTRACE_LISTEN, p->tid, 0, 0);
		return;
	}
	if (sig == (SIGTRAP | 0x80))
		on_call(s, p);
	else if (event)
		on_event(s, p, event);
	else if (sig == SIGTRAP && s->on->trap && s->on->trap(s->arg, p))
		sig = 0;
	else if (s->on->signal)
		s->on->signal(s->arg, p, sig);
	resume(p, event || sig == (SIGTRAP | 0x80) ? 0 : sig);
}

static void on_end(struct tracees *s, struct tracee *p, int status)
{
	if (s->on->ended)
		s->on->ended(s->arg, p, status);
	tracee_remove(s, p);
}

static void on_change(struct tracees *s, pid_t tid, int status)
{
	struct tracee *p = tracee_find(s, tid);

	if (!WIFSTOPPED(status)) {
		if (p)
			on_end(s, p, status);
	} else if (!p) {
		/* leave it stopped until its parent's stop reports it */
		tracee_add(s, tid)->early = 1;
	} else if (!p->early) {
		on_tracee_stop(s, p, status);
	}
}

/*
 * Resumes each task at which it has looked several times, and which no parent
 * has reported meanwhile. The parent may have been killed before it could
 * report the task.
 */
static void adopt_orphans(struct tracees *s)
{
	for (int i = 0; i < TRACEE_BUCKETS; i++) {
		for (struct tracee *p = s->bucket[i]; p; p = p->next) {
			if (!p->early || p->early++ < PATIENCE)
				continue;
			p->early = 0;
			s->on->begun(s->arg, p, NULL, 0);
			resume(p, 0);
		}
	}
}

/* --- the loop ------------------------------------------------------------- */

/*
 * Does nothing. The signal only makes waitpid return, so that follow() calls
 * `look` again.
 */
static void on_alarm(int sig)
{
	(void)sig;
}

static void look_every(long us, struct sigaction *before)
{
	struct itimerval timer = { { 0, us }, { 0, us } };
	struct sigaction sa;

	memset(&sa, 0, sizeof(sa));
	sa.sa_handler = on_alarm;
	if (us)
		sigaction(SIGALRM, &sa, before);
	setitimer(ITIMER_REAL, &timer, NULL);
	if (!us)
		sigaction(SIGALRM, before, NULL);
}

static void follow(struct tracees *s)
{
	int status;
	pid_t tid;

	while (s->alive > 0) {
		if (s->on->look && !s->on->look(s->arg))
			break;
		tid = waitpid(-1, &status, __WALL);
		if (tid > 0)
			on_change(s, tid, status);
		else if (errno == EINTR)
			adopt_orphans(s);
		else
			break;
	}
}

void tracees_follow(struct tracees *s, long look_us)
{
	struct sigaction before;

	if (look_us)
		look_every(look_us, &before);
	follow(s);
	if (look_us)
		look_every(0, &before);
}
