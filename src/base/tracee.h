/*
 * Tasks that are followed by ptrace: attaching, waiting, stops at calls and
 * looks into memory, for all modules that watch system calls.
 */
#ifndef BASE_TRACEE_H
#define BASE_TRACEE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/ptrace.h>
#include <sys/types.h>

#define TRACEE_BUCKETS 1024

/* A task; a module that follows it has a struct that begins with this one. */
struct tracee {
	pid_t tid;
	int nr;         /* how many were followed before it */
	bool at_calls;  /* stops at the next begin or end of a call */
	int early;      /* looks since its stop came before its parent's word */
	uint64_t stops; /* so far; a reader may set it back */
	struct tracee *next;
};

/*
 * A hook that is not needed is NULL; .begun is needed where tasks are not
 * alone.
 */
struct tracee_hooks {
	/* Before each wait. False: no longer follow them. */
	bool (*look)(void *arg);
	/*
	 * Its parent has reported it, by this event. Without a parent that we
	 * know (NULL) it may be reported once more, when its parent stops.
	 */
	void (*begun)(void *arg, struct tracee *p, struct tracee *parent,
		      int event);
	/* A call begins or ends; NULL: this kernel does not tell which. */
	void (*call)(void *arg, struct tracee *p,
		     const struct __ptrace_syscall_info *info);
	/* PTRACE_EVENT_EXEC, PTRACE_EVENT_EXIT, PTRACE_EVENT_STOP (once). */
	void (*event)(void *arg, struct tracee *p, int event);
	/* A SIGTRAP. True: it was for us, and the task does not get it. */
	bool (*trap)(void *arg, struct tracee *p);
	void (*signal)(void *arg, struct tracee *p, int sig);
	/* It is freed after this; the status is that of waitpid. */
	void (*ended)(void *arg, struct tracee *p, int status);
};

struct tracees {
	const struct tracee_hooks *on;
	void *arg;
	size_t size; /* of what begins with a struct tracee */
	int alive, begun;
	uint64_t stops; /* of all */
	struct tracee *bucket[TRACEE_BUCKETS];
};

struct tracee *tracee_find(const struct tracees *s, pid_t tid);
struct tracee *tracee_add(struct tracees *s, pid_t tid);
void tracee_remove(struct tracees *s, struct tracee *p);

/* Follows its calls, with PTRACE_O_ options; it runs on. 0 or -errno. */
int tracee_seize(pid_t pid, unsigned long options);
/* Stops it, so that it can be made to stop at every call. 0 or -errno. */
int tracee_interrupt(pid_t pid);

/*
 * Waits for stops until none is left; `look` is called at least every look_us
 * microseconds, 0: only where something happens.
 */
void tracees_follow(struct tracees *s, long look_us);
/* A signal to each, and the one that continues it. */
void tracees_signal(const struct tracees *s, int sig);
void tracees_free(struct tracees *s);

/* The task that an event is about, 0 if it is gone. */
pid_t tracee_event_task(const struct tracee *p);

/* Reads a task's memory: the bytes read, as far as there are any. */
size_t tracee_peek(pid_t tid, void *to, uint64_t from, size_t len);
/*
 * The same, slower, or -1: process_vm_readv pins the page, and a page that
 * processes share since a fork is copied for that.
 */
ssize_t tracee_peek_softly(pid_t tid, void *to, uint64_t from, size_t len);

#endif
