/*
 * A session moves one file, or messages, from a server to a client. The server
 * and the client are separate processes, and the process that forked a side
 * watches it as its supervisor.
 *
 * `copy` forks both sides; `serve` and `fetch` fork one side each and meet by
 * name. Each session is a pair (copy/pair.h) that makes one transfer.
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

/* Points at which a test can do something to a side. */
enum copy_point {
	COPY_AT_JOIN,  /* before the first message on the control socket */
	COPY_AT_START, /* before the first byte of a transfer */
	COPY_AT_END,   /* after the last byte, before the side's last message */
};

/* The load of a measurement. Zeros mean: a file, as `copy` moves it. */
struct copy_load {
	enum copy_workload kind;
	enum copy_sink sink;
	uint64_t messages; /* messages, or round trips, in a transfer */
	uint64_t warm;     /* messages to warm up, before the first transfer */
	/*
	 * The word with which the payload begins (copy/pattern.h). With the
	 * sink COPY_NOWHERE the file `src` must have these contents, too.
	 */
	uint64_t seed;
	bool untouched; /* the sides neither write nor read the payload */
	bool unread;    /* the payload is written but not read */
	/*
	 * For private buffers: the offset within a page, and the size of the
	 * area through which they move (0: they do not move).
	 */
	size_t buffer_offset, buffer_area;
	/*
	 * After the last byte the client spins for so many per cent of the time
	 * that the transfer took.
	 */
	int lag_percent;
};

struct copy_job {
	struct tr_spec spec;
	struct copy_load load;
	struct histogram *trips; /* times of a pingpong, in shared memory */
	const char *src, *dst;   /* "-" is standard input or output */
	struct dose dose;        /* extra work for each message */
	int cpu[COPY_ROLES];     /* -1: not tied */
	bool verify;             /* compare XXH3 of input and output */
	bool fsync;              /* flush the output to the disk */
	bool preserve;           /* keep owner, permissions, times as cp -p */
	bool count_calls; /* trace both sides, which makes times useless */
	/* longest time without progress; a wait for "-" does not count */
	int timeout_ms;

	/* Called by the supervisor from time to time; optional. */
	void (*progress)(void *arg, uint64_t done_bytes, uint64_t all_bytes);
	void *progress_arg;
	/* For tests only: called in the worker at each of these points. */
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
	int64_t faults;                 /* page faults, minor and major */
};

struct copy_figures {
	bool known; /* we forked this side; else no other member is valid */
	/* from the start line to the last byte */
	struct copy_usage used;
	int cpu;            /* the CPU that it was tied to, -1: none */
	struct calls calls; /* valid if the job has count_calls */
};

struct copy_outcome {
	char spec[TR_SPEC_MAX]; /* all settings that were used */
	uint64_t bytes;         /* bytes delivered */
	uint64_t messages;      /* or round trips; 0 for a file */
	int64_t t0_ns, t1_ns;   /* clock_ns() at start line, last byte */
	int64_t transfer_ns;    /* the time from t0_ns to t1_ns */
	int64_t verify_ns;      /* the time for verification afterwards */
	bool verified;
	bool yielded; /* the sides share a CPU, so they yield when they spin */
	/*
	 * True if a side did not stop by itself and was killed. This is valid
	 * after a failure, too; all other members only after success.
	 */
	bool forced;
	uint64_t hash;
	/* the remark of the mechanism; empty: none */
	char remark[TR_REMARK_MAX];
	struct copy_figures side[COPY_ROLES];
};

/*
 * Makes a copy. This function and the int functions below return 0, or -errno
 * with the reason in `e`. -EINVAL: the settings or file names are wrong.
 * -EINTR: a signal asked this process to stop.
 */
int copy_run(const struct copy_job *job, struct copy_outcome *out,
	     struct err *e);

struct copy_server; /* a name, and the socket that listens there */

/* Takes the name. Refuses the name of a live server. */
int copy_server_open(struct copy_server **server, const char *name,
		     struct err *e);

/*
 * Serves the next client, and waits at most wait_ms for it (-1: for ever). A
 * program that connects but does not speak the protocol, or belongs to another
 * user, is turned away and reported to `stranger` unless that is NULL.
 */
int copy_serve(struct copy_server *server, const struct copy_job *job,
	       int wait_ms, void (*stranger)(const struct err *why),
	       struct copy_outcome *out, struct err *e);

/*
 * Serves several clients at a time until a signal asks it to stop. Each process
 * that has served a client calls `served`, and so does the server if it cannot
 * accept one. After a failure, `out` is NULL.
 */
int copy_serve_keep(struct copy_server *server, const struct copy_job *job,
		    void (*served)(const struct copy_outcome *out,
				   const struct err *e),
		    struct err *e);

void copy_server_close(struct copy_server *server);

/*
 * Fetches the file of the server of that name. The server chooses the
 * mechanism.
 */
int copy_fetch(const struct copy_job *job, const char *name, int wait_ms,
	       struct copy_outcome *out, struct err *e);

/*
 * Checks whether copy_run would refuse the mechanism of this job. 0; -EINVAL:
 * the settings contradict each other; another code: this machine cannot run the
 * mechanism.
 */
int copy_check(const struct copy_job *job, struct err *e);

#endif
