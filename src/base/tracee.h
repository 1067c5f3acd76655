/*
 * Tasks that are followed by ptrace: attaching, waiting, stops at calls, and
 * reading of memory, for all modules that watch system calls.
 */
#ifndef BASE_TRACEE_H
#define BASE_TRACEE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/ptrace.h>
#include <sys/types.h>

#define TRACEE_BUCKETS 1024

/*
 * A task. A module that follows tasks has a struct of its own that begins with
 * this one.
 */
struct tracee {
	pid_t tid;
	int nr;         /* number of tasks that were followed before it */
	bool at_calls;  /* it stops at the next begin or end of a call */
	int early;      /* looks since its stop, while no parent reports it */
	uint64_t stops; /* number of stops so far; a reader may reset it */
	struct tracee *next;
};

/*
 * A hook that is not needed is NULL. .begun is needed if there can be more than
 * one task.
 */
struct tracee_hooks {
	/* Before each wait. False: no longer follow them. */
	bool (*look)(void *arg);
	/*
	 * The parent of the task has reported it, by this event. Without a
	 * parent that we know (NULL), the task may be reported again when its
	 * parent stops.
	 */
	void (*begun)(void *arg, struct tracee *p, struct tracee *parent,
		      int event);
	/*
	 * A call begins or ends. NULL: this kernel does not tell which of the
	 * two.
	 */
	void (*call)(void *arg, struct tracee *p,
		     const struct __ptrace_syscall_info *info);
	/* PTRACE_EVENT_EXEC, PTRACE_EVENT_EXIT, PTRACE_EVENT_STOP (once). */
	void (*event)(void *arg, struct tracee *p, int event);
	/*
	 * A SIGTRAP. Returns true if it was for us; then the task does not get
	 * it.
	 */
	bool (*trap)(void *arg, struct tracee *p);
	void (*signal)(void *arg, struct tracee *p, int sig);
	/*
	 * The task has ended and is freed after this; the status is that of
	 * waitpid.
	 */
	void (*ended)(void *arg, struct tracee *p, int status);
};

struct tracees {
	const struct tracee_hooks *on;
	void *arg;
	size_t size; /* size of the struct that begins with a struct tracee */
	int alive, begun;
	uint64_t stops; /* stops of all tasks */
	struct tracee *bucket[TRACEE_BUCKETS];
};

struct tracee *tracee_find(const struct tracees *s, pid_t tid);
struct tracee *tracee_add(struct tracees *s, pid_t tid);
void tracee_remove(struct tracees *s, struct tracee *p);

/*
 * Begins to trace a running task, with PTRACE_O_ options. The task runs on. 0
 * or -errno.
 */
int tracee_seize(pid_t pid, unsigned long options);
/* Stops the task, so that it can be made to stop at every call. 0 or -errno. */
int tracee_interrupt(pid_t pid);

/*
 * Waits for stops until no task is left. `look` is called at least every
 * look_us microseconds; with 0, only when something happens.
 */
void tracees_follow(struct tracees *s, long look_us);
/* Sends a signal to each task, followed by the signal that continues it. */
void tracees_signal(const struct tracees *s, int sig);
void tracees_free(struct tracees *s);

/* The task that an event is about, 0 if it is gone. */
pid_t tracee_event_task(const struct tracee *p);

/* Reads memory of a task. Returns the number of bytes that could be read. */
size_t tracee_peek(pid_t tid, void *to, uint64_t from, size_t len);
/*
 * The same, but slower, or -1. Use it if the page must stay as it is:
 * process_vm_readv pins a page, and a page that processes share since a fork is
 * copied for that.
 */
ssize_t tracee_peek_softly(pid_t tid, void *to, uint64_t from, size_t len);

#endif
