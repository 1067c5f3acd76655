/* Running experiments: for cli and for tests. */
#ifndef LAB_RUNNER_H
#define LAB_RUNNER_H

#include <stdint.h>

#include "base/err.h"
#include "lab/lab.h"

enum lab_outcome {
	LAB_HOLDS,
	LAB_HOLDS_WITH_LIMIT,
	LAB_FAILS,
	LAB_CANNOT_TRY,
	LAB_OUTCOMES
};

/* "holds", "holds-with-limit", "fails", "cannot-try", NULL. */
extern const char *const lab_outcome_names[LAB_OUTCOMES + 1];

enum lab_weight {
	LAB_FOR,     /* a check that agreed with the claim */
	LAB_AGAINST, /* a check that did not agree */
	LAB_LIMIT,   /* a case that the claim, though true, does not mention */
	LAB_ASIDE,   /* decides nothing */
	LAB_DRAWN,   /* a line of a drawing */
	LAB_CANNOT,  /* why the claim cannot be tried */
};

#define LAB_TEXT_MAX  400
#define LAB_FACTS_MAX 120

struct lab_fact {
	enum lab_weight weight;
	char text[LAB_TEXT_MAX];
};

struct lab_result {
	int n;
	struct lab_fact fact[LAB_FACTS_MAX];
};

/* Derives the outcome from the facts. kit.c does so in the same way. */
enum lab_outcome lab_outcome(const struct lab_result *r);

/* A system call of the experiment, with its result. */
struct lab_call {
	int process; /* 0: the experiment; 1, 2, …: its children in order */
	int nr;
	uint64_t arg[6];
	int64_t ret; /* -errno on failure */
	/* it did not return: it was exit_group, or the process was killed */
	bool no_ret;
	int text_arg;  /* the argument that is a name or a text; -1: none */
	char text[80]; /* the text of that argument */
};

/* Hooks of a tracer. Both functions must be set. */
struct lab_watch {
	void (*call)(void *arg, const struct lab_call *call);
	void (*signal)(void *arg, int process, int sig);
	void *arg;
};

/*
 * Runs one experiment. 0: *r has the result. -EINTR: a signal asked this
 * process to stop. -EPERM: `watch` is not NULL and ptrace is refused. Another
 * error: no process could be started, as `e` says.
 */
int lab_run(const struct experiment *x, const struct lab_watch *watch,
	    struct lab_result *r, struct err *e);

/*
 * main calls this first. If lab_exec began this process, this function runs the
 * process's part of the experiment and exits.
 */
void lab_be_second(char **argv);

/* --- the table ------------------------------------------------------------ */

const struct experiment *lab_at(size_t i); /* NULL: there are no more */
/* id in upper or lower case */
const struct experiment *lab_find(const char *id);

#define for_each_experiment(x) \
	for (size_t x##_i = 0; ((x) = lab_at(x##_i)); x##_i++)

/* The i-th block of a claim's source; NULL: there are no more. */
const char *lab_source(const char *id, size_t i);

/* The title of the document with this number; NULL: there is none. */
const char *lab_document(unsigned number);

/*
 * The title of the i-th document that makes the claim; NULL: there are no more.
 */
const char *lab_title(const struct experiment *x, int i);

/*
 * An experiment as one C file. NULL: it, or another experiment in its file,
 * needs more than the C library.
 */
const char *lab_program(const char *id);

#endif
