/* Declarations for the lab's own files. Experiments include only lab.h. */
#ifndef LAB_INSIDE_H
#define LAB_INSIDE_H

#include <stdint.h>

#include "lab/lab.h"
#include "lab/runner.h"

#define LAB_PATIENCE_MS 20000 /* how long a side waits for the other */
#define LAB_SIDES_MAX   8
#define LAB_WORDS       8

struct lab_side {
	struct lab *lab;
	pid_t pid; /* 0 in the child, whose other side is its parent */
	int fd;    /* one end of a SOCK_SEQPACKET pair */
	bool ended;
	int status;
};

struct lab {
	const struct experiment *x;
	pid_t pid;   /* the experiment's own process, also in its children */
	int fact_fd; /* each write here is one struct lab_fact */
	struct lease lease;
	struct lab_side side[LAB_SIDES_MAX];
	int sides;
	/* returned by lab_fault_words and lab_fs, used in turn */
	char words[LAB_WORDS][80];
	unsigned word;
};

/*
 * The descriptor to which facts are written. A tracer leaves these writes out.
 */
#define LAB_FACT_FD 100

/*
 * A tracer shows no call between the mark HIDE and the mark SHOW. These calls
 * are made by the lab's own functions, and would bury the few calls of the
 * experiment. A mark is a write of no bytes to LAB_FACT_FD.
 */
enum { LAB_MARK_HIDE = 1, LAB_MARK_SHOW };

void lab_hide(struct lab *l);
void lab_show(struct lab *l);

/* The next buffer in `words`. */
char *lab_word(struct lab *l);

/*
 * Ends a process of an experiment by _exit. The experiment's own process cleans
 * up first.
 */
void lab_leave(struct lab *l) __attribute__((noreturn));

/* An experiment as its parent sees it. */
struct lab_running {
	pid_t pid;
	int pidfd, fact_fd, gate_fd;
	int64_t deadline_ns;
	bool ended, late;
	int status; /* the wait status, if `ended` */
	struct lab_result *result;
};

void lab_add(struct lab_result *r, enum lab_weight weight, const char *text);

/* Takes the facts that have arrived. Never waits. */
void lab_drain(struct lab_running *run);

/*
 * Asks the experiment to stop if it is late, or if this process was asked to
 * stop. Call lab_hurry again and again until the experiment has ended. If the
 * experiment still runs one second after it was asked, it is killed.
 */
void lab_hurry(struct lab_running *run);

/*
 * Traces a run: opens the gate at which the experiment waits, and follows the
 * experiment and its descendants until it has ended. 0, or -EPERM if ptrace is
 * refused.
 */
int lab_trace(struct lab_running *run, const struct lab_watch *watch,
	      struct err *e);

#endif
