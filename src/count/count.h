/*
 * Counting. A command, or a function of ours, runs in a child under the tracer,
 * and the calls that move bytes are recorded in a ledger.
 *
 * Counting needs no privileges, but ptrace and seccomp must be allowed. A
 * traced program is slower, so nothing is timed at the same time.
 */
#ifndef COUNT_COUNT_H
#define COUNT_COUNT_H

#include <stdbool.h>
#include <stdint.h>

#include "base/err.h"
#include "count/ledger.h"

struct count_job {
	char *const *argv; /* the command, NULL-terminated; or NULL */
	/* without a command: called in the child; returns its exit status */
	int (*run)(void *arg);
	void *arg;
	/*
	 * The paths of the two ends between which copies are counted. NULL: the
	 * counter looks for the largest input and output that a path joins.
	 */
	const char *in, *out;
	/*
	 * Runs all processes and the tracer on one CPU. This is usually several
	 * times faster, since no other CPU has to be woken at each stop. But a
	 * process that spins while it waits for another becomes very slow,
	 * unless it yields, as our own mechanisms do.
	 */
	bool one_cpu;
	/* a library to preload into the command; NULL: none */
	const char *preload;
	/*
	 * Count every system call, too, and every wait that slept. This is
	 * slower.
	 */
	bool all_calls;
	/*
	 * If not 0: count only what the two sides of our own session do between
	 * the start line, where both are ready, and the last byte. The value is
	 * the number of bytes delivered in that time. All copies of payload
	 * made in that time count, whether or not they are on a path.
	 */
	uint64_t between_bytes;
};

enum { COUNT_SIDES = 2 }; /* server and client */

struct count_result {
	struct ledger *ledger;
	int in, out; /* objects; -1: none was found */
	/* with between_bytes: the private memory of each side */
	int side[COUNT_SIDES];
	/* the counter found this end; the caller did not name it */
	bool in_found, out_found;
	bool *on_path; /* a flag for each hop */
	struct ledger_sum sum;
	uint64_t delivered_bytes; /* bytes of the input that the output holds */
	int status;               /* the command's wait status */
	int processes;            /* number of processes that were followed */
	uint64_t stops;           /* number of stops of all processes */
	/*
	 * With all_calls: the calls and waits of the processes on the path. A
	 * process's calls count from its first to its last byte on the path;
	 * with between_bytes, from the start line to the last byte.
	 */
	uint64_t calls, blocked;
	/*
	 * How many of `calls` only sleep or wake another process. This number
	 * differs from run to run.
	 */
	uint64_t waits;
	double calls_per_mib; /* per MiB delivered */
};

/*
 * Returns 0 after the command and every process that it started have ended,
 * however they ended. Otherwise it returns -errno with the reason. -EPERM:
 * ptrace or seccomp is refused. -EINTR: this process was asked to stop, and the
 * result has what was counted until then. -ENOMEM: no memory. Other codes such
 * as -ENOENT: the command could not be started. The caller must have no other
 * children.
 */
int count_run(const struct count_job *job, struct count_result *r,
	      struct err *e);
void count_result_free(struct count_result *r);

#endif
