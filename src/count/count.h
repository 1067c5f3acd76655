/*
 * Counting: a command, or a function of ours, runs in a child under the tracer,
 * and every call that moves bytes goes into a ledger.
 *
 * Needs no privileges, only that ptrace and seccomp are allowed. Whatever runs
 * under it is slower, so nothing is timed meanwhile.
 */
#ifndef COUNT_COUNT_H
#define COUNT_COUNT_H

#include <stdbool.h>
#include <stdint.h>

#include "base/err.h"
#include "count/ledger.h"

struct count_job {
	char *const *argv;     /* a command, NULL-terminated, or: */
	int (*run)(void *arg); /* called in the child; its exit status */
	void *arg;
	/* The ends to count between; NULL: the largest that a path joins. */
	const char *in, *out;
	/*
	 * All of it and the tracer on one CPU: several times faster, since none
	 * has to be woken for every stop. A process that spins for another
	 * crawls, unless it gives way as our own mechanisms do.
	 */
	bool one_cpu;
	const char *preload; /* a library for the command; NULL: none */
	/* Every system call and every wait that slept, too: slower still. */
	bool all_calls;
	/*
	 * Not 0: only what the two sides of a session do between the start line
	 * and the last byte, in which so much is delivered. All that is copied
	 * there counts, whether or not it is on a path.
	 */
	uint64_t between_bytes;
};

enum { COUNT_SIDES = 2 }; /* server and client */

struct count_result {
	struct ledger *ledger;
	int in, out;              /* objects; -1: none was found */
	int side[COUNT_SIDES];    /* with between_bytes: their own memory */
	bool in_found, out_found; /* by itself, not named */
	bool *on_path;            /* a flag for each hop */
	struct ledger_sum sum;
	uint64_t delivered_bytes; /* what the output holds of them */
	int status;               /* the command's, as from waitpid */
	int processes;            /* that were followed */
	uint64_t stops;           /* how often one was stopped to look */
	/*
	 * With all_calls: by the processes on the path, from the first to the
	 * last byte that each of them moved on it.
	 */
	uint64_t calls, blocked;
	/* Calls that only sleep or wake: no two runs have the same number. */
	uint64_t waits;
	double calls_per_mib; /* of what was delivered */
};

/*
 * 0 once the command has ended, however it did, and all that it began; else
 * -errno with the reason: -ENOENT, -EACCES … it could not be started, -EPERM
 * ptrace is refused, -EINTR asked to stop, with what was counted until then.
 * The caller must have no children of its own.
 */
int count_run(const struct count_job *job, struct count_result *r,
	      struct err *e);
void count_result_free(struct count_result *r);

#endif
