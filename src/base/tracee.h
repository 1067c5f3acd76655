/*
 * Tasks that are followed by ptrace: attaching, waiting, stops at system calls,
 * and reading of memory, for all modules that watch system calls.
 */
#ifndef BASE_TRACEE_H
#define BASE_TRACEE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/ptrace.h>
#include <sys/types.h>

#define TRACEE_BUCKETS 1024

/* A task. The struct of a module that follows tasks begins with this one. */
struct tracee {
	pid_t tid;
	int nr;         /* number of tasks that were added before it */
	bool at_calls;  /* stop it when a system call begins or ends */
	int early;      /* not 0: its parent has not reported it yet */
	uint64_t stops; /* number of stops since a module last set it to 0 */
	struct tracee *next;
};

/*
 * Functions of a module that follows tasks. A hook that the module does not
 * need is NULL, but .begun is needed if there can be more than one task, and
 * .call if tasks stop at system calls.
 */
struct tracee_hooks {
	/* Called before each wait. False: follow the tasks no longer. */
	bool (*look)(void *arg);
	/*
	 * A new task runs. Its parent reported it by `event`. `parent` is NULL
	 * if no parent has reported the task for a while; a parent that stops
	 * later may still report it, and then the hook is called again.
	 */
	void (*begun)(void *arg, struct tracee *p, struct tracee *parent,
		      int event);
	/*
	 * A system call begins or ends. `info` is NULL if this kernel does not
	 * say which of the two.
	 */
	void (*call)(void *arg, struct tracee *p,
		     const struct __ptrace_syscall_info *info);
	/* PTRACE_EVENT_EXEC, PTRACE_EVENT_EXIT or PTRACE_EVENT_STOP. */
	void (*event)(void *arg, struct tracee *p, int event);
	/* A SIGTRAP. True: the module caused it; the task does not get it. */
	bool (*trap)(void *arg, struct tracee *p);
	/* A signal that the task will get. */
	void (*signal)(void *arg, struct tracee *p, int sig);
	/* The task has ended; `status` is from waitpid. `p` is freed next. */
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
 * Begins to trace a running task, with `options` of PTRACE_O_*, and does not
 * stop it. 0 or -errno.
 */
int tracee_seize(pid_t pid, unsigned long options);
/*
 * Stops the task. If at_calls of its struct tracee is set, the task will stop
 * at every call from then on. 0 or -errno.
 */
int tracee_interrupt(pid_t pid);

/*
 * Waits for stops until no task is left or .look returns false. .look is called
 * at first, after each stop, and, unless look_us is 0, about every look_us
 * microseconds.
 */
void tracees_follow(struct tracees *s, long look_us);
/* Sends a signal to each task, and then SIGCONT, as it may be stopped. */
void tracees_signal(const struct tracees *s, int sig);
void tracees_free(struct tracees *s);

/* The new task that an event of `p` is about; 0 if `p` is gone. */
pid_t tracee_event_task(const struct tracee *p);

/* Reads memory of a task. Returns the number of bytes read, 0 on failure. */
size_t tracee_peek(pid_t tid, void *to, uint64_t from, size_t len);
/*
 * Like tracee_peek, but slower, and returns -1 on failure. It leaves a page
 * that is in memory as it is. tracee_peek may replace it: it calls
 * process_vm_readv, which pins the page, and if processes have shared the page
 * since a fork, the kernel copies it first.
 */
ssize_t tracee_peek_softly(pid_t tid, void *to, uint64_t from, size_t len);

#endif
