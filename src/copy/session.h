/*
 * A session: one file from a server to a client, each a process of its own,
 * watched by a supervisor that stays behind.
 *
 * `copy` forks both sides; `serve` and `fetch` fork one each and meet by name.
 * Each is a pair (copy/pair.h) that makes one transfer.
 */
#ifndef COPY_SESSION_H
#define COPY_SESSION_H

#include <stdbool.h>
#include <stdint.h>

#include "base/err.h"
#include "copy/calls.h"
#include "copy/dose.h"
#include "copy/histogram.h"
#include "copy/workload.h"
#include "transport/transport.h"

/* Where a side is when a test wants to do something to it. */
enum copy_point {
	COPY_AT_JOIN,  /* before the first word on the control socket */
	COPY_AT_START, /* attached, before the first byte */
	COPY_AT_END,   /* after the last byte, before its last message */
};

/* The load of a measurement. All zeros: a file, as `copy` moves it. */
struct copy_load {
	enum copy_workload kind;
	enum copy_sink sink;
	uint64_t messages; /* or round trips; each of the mechanism's size */
	uint64_t warm;     /* so many more before the start line */
	/*
	 * The word with which the payload begins (copy/pattern.h): for
	 * messages, and for a file that goes nowhere, whose src must have been
	 * made from it.
	 */
	uint64_t seed;
	bool untouched; /* the payload is neither written nor read */
	bool unread;    /* it is written, and not read */
	/*
	 * For private buffers: their offset within a page, and the size of the
	 * area that they move through.
	 */
	size_t buffer_offset, buffer_area;
	/*
	 * After the last byte the client spins for this share of the time that
	 * has passed.
	 */
	int lag_percent;
};

struct copy_job {
	struct tr_spec spec;
	struct copy_load load;
	struct histogram *trips; /* of a pingpong, in shared memory */
	const char *src, *dst;   /* "-" is standard input or output */
	struct dose dose;        /* extra work beside the copying */
	int cpu[COPY_ROLES];     /* -1: not tied */
	bool verify;             /* compare XXH3 of input and output */
	bool fsync;              /* reach the disk before it counts */
	bool preserve;           /* owner, permissions and times, as cp -p */
	bool count_calls;        /* trace both sides; then times mean nothing */
	int timeout_ms;          /* longest time without any progress */

	/* Called by the supervisor from time to time; optional. */
	void (*progress)(void *arg, uint64_t done_bytes, uint64_t all_bytes);
	void *progress_arg;
	/* Tests only: called in the worker at these points. */
	void (*checkpoint)(enum copy_role role, enum copy_point point);
};

#define COPY_JOB_INIT                                                  \
	{                                                              \
		.cpu = { -1, -1 }, .verify = true, .timeout_ms = 10000 \
	}

/* A length that is not known before the end. */
#define COPY_LENGTH_UNKNOWN UINT64_MAX

/* The resources that a process used. */
struct copy_usage {
	int64_t user_ns, sys_ns;
	int64_t voluntary, involuntary; /* context switches */
	int64_t faults;                 /* of pages, minor and major */
};

struct copy_figures {
	bool known; /* this side was ours and got far enough */
	/* from the start line to the last byte */
	struct copy_usage used;
	int cpu;            /* the CPU it was tied to, -1 where free */
	struct calls calls; /* with count_calls */
};

struct copy_outcome {
	char spec[TR_SPEC_MAX]; /* every setting, as it was */
	uint64_t bytes;         /* delivered */
	uint64_t messages;      /* of a workload that has them */
	int64_t t0_ns, t1_ns;   /* on the clock: start line, last byte */
	int64_t transfer_ns;    /* the time between the two */
	int64_t verify_ns;      /* the time for verification afterwards */
	bool verified;
	bool yielded; /* both sides on one CPU: spinning gave way */
	bool forced;  /* a side did not stop by itself and was killed; set
		       * after a failure too, all else only on success */
	uint64_t hash;
	/* the remark of the mechanism; empty: none */
	char remark[TR_REMARK_MAX];
	struct copy_figures side[COPY_ROLES];
};

/*
 * All return 0 or -errno with the reason in `e`:
 *   -EINVAL     the settings or file names make no sense together
 *   -ENOTSUP, -EPERM with `*cannot` set: this machine cannot
 *   -EINTR      stopped by a signal to this process
 */
int copy_run(const struct copy_job *job, struct copy_outcome *out,
	     struct err *e);

struct copy_server; /* a name and its listening socket */

/* Takes the name; refuses one that a live server holds. */
int copy_server_open(struct copy_server **server, const char *name,
		     struct err *e);

/*
 * Serves the next client, waiting at most wait_ms for it (-1: for ever). A
 * program that connects and does not speak the protocol is turned away and
 * reported to `stranger`.
 */
int copy_serve(struct copy_server *server, const struct copy_job *job,
	       int wait_ms, void (*stranger)(const struct err *why),
	       struct copy_outcome *out, struct err *e);

/*
 * Serves several clients at a time until it is interrupted. `served` is called
 * in each process that has served one.
 */
int copy_serve_keep(struct copy_server *server, const struct copy_job *job,
		    void (*served)(const struct copy_outcome *out,
				   const struct err *e),
		    struct err *e);

void copy_server_close(struct copy_server *server);

/* The client's half. The server chooses the mechanism. */
int copy_fetch(const struct copy_job *job, const char *name, int wait_ms,
	       struct copy_outcome *out, struct err *e);

/*
 * Whether copy_run would refuse this job because of its mechanism. 0; -EINVAL:
 * the settings contradict each other; another code: this machine cannot.
 */
int copy_check(const struct copy_job *job, struct err *e);

#endif
