/* The common part of the lab's own files; experiments see lab.h. */
#ifndef LAB_INSIDE_H
#define LAB_INSIDE_H

#include <stdint.h>

#include "lab/lab.h"
#include "lab/runner.h"

#define LAB_PATIENCE_MS 20000 /* of one side for the other */
#define LAB_SIDES_MAX   8
#define LAB_WORDS       8

struct lab_side {
	struct lab *lab;
	pid_t pid; /* 0 in the child: the other is its parent */
	int fd;    /* one end of a SOCK_SEQPACKET pair */
	bool ended;
	int status;
};

struct lab {
	const struct experiment *x;
	pid_t pid;   /* the experiment's own process, also in its children */
	int fact_fd; /* where facts go, one struct lab_fact a write */
	struct lease lease;
	struct lab_side side[LAB_SIDES_MAX];
	int sides;
	char words[LAB_WORDS][80]; /* of lab_fault_words and lab_fs, in turn */
	unsigned word;
};

/* Facts are written to this descriptor, so that a tracer can leave them out. */
#define LAB_FACT_FD 100

/*
 * Between these a tracer shows nothing: helpers' own calls would hide the
 * experiment's. They are writes of no bytes to LAB_FACT_FD.
 */
enum { LAB_MARK_HIDE = 1, LAB_MARK_SHOW };

void lab_hide(struct lab *l);
void lab_show(struct lab *l);

/* The next of the buffers in `words`. */
char *lab_word(struct lab *l);

/* Lets a side of an experiment end: _exit, in the experiment's own process
 * after cleaning up. */
void lab_leave(struct lab *l) __attribute__((noreturn));

/* An experiment as its parent sees it. */
struct lab_running {
	pid_t pid;
	int pidfd, fact_fd, gate_fd;
	int64_t deadline_ns;
	bool ended, late;
	int status; /* once it has ended */
	struct lab_result *result;
};

void lab_add(struct lab_result *r, enum lab_weight weight, const char *text);

/* Takes the facts that have come; never waits. */
void lab_drain(struct lab_running *run);

/*
 * Asks it to stop, once it is late or we were asked to. To be called again and
 * again until it has ended; after a second of that it is killed.
 */
void lab_hurry(struct lab_running *run);

/*
 * The tracer: opens the gate that the experiment waits at, watches it and its
 * descendants until it has ended. 0, or -EPERM where ptrace is refused.
 */
int lab_trace(struct lab_running *run, const struct lab_watch *watch,
	      struct err *e);

#endif
