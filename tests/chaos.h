/* chaos: copies that are hurt on purpose, and what must hold afterwards. */
#ifndef TESTS_CHAOS_H
#define TESTS_CHAOS_H

#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

#include "copy/session.h"

#define CHAOS_TIMEOUT_MS 400  /* the jobs': long enough for a noisy machine */
#define CHAOS_WAIT_MS    1500 /* how long serve and fetch wait to meet */
#define CHAOS_FILE_MAX   (4u << 20)
#define CHAOS_NAME       "chaos"
#define CHAOS_SRC        "in/src"
#define CHAOS_DST        "out/dst"

enum injury {
	UNHURT,
	NUDGE,      /* signals that do nothing but interrupt system calls */
	SWEEP,      /* another program starts and removes dead runs' names */
	APPEAR,     /* somebody makes the destination meanwhile */
	PAUSE,      /* shorter than the timeout */
	LONG_PAUSE, /* longer */
	STOP,       /* SIGSTOP for good */
	TERM,
	INT,
	KILL,
	CLOSE,  /* a worker loses a descriptor, or all calls on it fail */
	CHANGE, /* the source is cut or grows */
	INJURIES
};

/* Of a `copy` the one supervisor is the client's. */
enum victim {
	SERVER_WORKER,
	CLIENT_WORKER,
	SERVER_SUPERVISOR,
	CLIENT_SUPERVISOR,
	EVERYBODY,
	VICTIMS
};

extern const char *const injury_names[INJURIES];
extern const char *const victim_names[VICTIMS];

/* What a file is to hold: repeatable from its seed. */
struct content {
	uint64_t seed;
	uint32_t len;
	mode_t mode;
	bool holes;
};

/* Every choice of one trial. */
struct plan {
	uint64_t seed;
	struct tr_spec spec;
	bool two;             /* serve and fetch instead of copy */
	enum copy_role first; /* which of them starts */
	int lag_us;           /* how much later the other does */
	bool verify, count_calls;
	bool named_temp; /* as on file systems without O_TMPFILE */
	int cpu[COPY_ROLES];
	struct content src, old;
	bool replaces; /* the destination is there, with content `old` */
	enum injury injury;
	enum victim victim;
	bool at_point; /* while a worker waits there, else at an instant */
	enum copy_role point_role;
	enum copy_point point;
	double instant; /* as a part of the uninjured copy's time */
	int pause_ms;
	uint32_t pick; /* which descriptor, which change */
};

enum fault {
	HANG,
	FALSE_SUCCESS,
	DAMAGED,
	UNCLEAR,
	CRASH,
	LEFTOVER,
	MISJUDGED,
	FAULTS
};

/* What a supervisor told us before it left. */
struct told {
	_Atomic int done;
	int rc;
	struct err err;
	struct copy_outcome out;
	int fds_before, fds_after;
};

/* Memory of one trial that all of its processes see. */
struct stage {
	pid_t director; /* told by SIGUSR1 that a worker waits */
	_Atomic int worker[COPY_ROLES]; /* pids, once they are there */
	_Atomic int wanted;             /* point_code() to wait at, or 0 */
	_Atomic int waiting, go_on, tired;
	_Atomic int close_fd;
	int dead_fd; /* put in its place, unless -1 */
	_Atomic int crash_signal;
	struct told told[COPY_ROLES];
};

/* What `wanted` is for a point; never 0. */
static inline int point_code(enum copy_role role, enum copy_point point)
{
	return 1 + (int)role * 3 + (int)point;
}

#define RUN_STOPPED_MAX 4

/* One performance: of a plan's copy, with or without its injury. */
struct run {
	const struct plan *plan;
	enum injury injury;
	struct stage *stage;

	/* Times; 0: not yet, or not at all. */
	int64_t start_ns;  /* of the first actor */
	int64_t second_ns; /* the second is to start then */
	int64_t due_ns;    /* the injury, unless at a point */
	int64_t hurt_ns;   /* it happened */
	int64_t resume_ns; /* the end of a pause is due */
	int64_t last_ns;   /* the last thing we did; then patience starts */
	int64_t end_ns;    /* the last supervisor ended */

	pid_t sup[COPY_ROLES];
	bool ended[COPY_ROLES];
	int status[COPY_ROLES];
	int sent[COPY_ROLES];     /* the last signal we sent to it */
	bool excused[COPY_ROLES]; /* stopped for good, so it cannot end */
	pid_t stopped[RUN_STOPPED_MAX];
	int n_stopped;

	bool hit; /* the injury met somebody alive */
	bool hung;
	char scene[400]; /* who hung where */
	int strays;      /* workers that outlived a supervisor in good health */
	int stray_signal; /* what any orphan died of, unless of SIGKILL */
	int survivors;    /* processes we had to kill at the end */
	unsigned faults;  /* by 1 << enum fault, already counted */
};

#define TALLY_KINDS 64

/* Counted by all jobs together. */
struct tally {
	_Atomic uint32_t trials, rehearsals;
	_Atomic uint32_t late, quota, glibc, reused; /* excused by the judge */
	_Atomic uint32_t injury[INJURIES][4]; /* trials, hit, success, error */
	/* By mechanism and struct plan's `two`: runs, success, error. */
	_Atomic uint32_t kind[TALLY_KINDS][2][3];
	_Atomic uint32_t fault[FAULTS];
	_Atomic int64_t slowest_ns; /* from an injury to the end of the trial */
	_Atomic int64_t noisy_ns;   /* when a CPU last kept somebody waiting */
	_Atomic int64_t noise_ns;   /* the longest such wait */
};

/* --- chaos_plan.c ------------------------------------------------------- */

/* Draws a plan from its seed; within `only` where its ops are not NULL. */
bool plan_draw(struct plan *p, uint64_t seed, const struct tr_spec *only);

/* One line for people. */
const char *plan_words(const struct plan *p, char *buf, size_t size);

/* Numbers from a seed; moves *state on. */
uint64_t chaos_random(uint64_t *state);

/* --- chaos_files.c ------------------------------------------------------ */

enum dst_state { DST_BEFORE, DST_COMPLETE, DST_DAMAGED };

/* Makes the source and the destination as planned, in the working directory. */
bool files_make(const struct plan *p);

/* What APPEAR and CHANGE do. False: it came too late. */
bool files_appear(const struct plan *p);
bool files_change(const struct plan *p);

/* What became of the destination, and in `why` how one sees it. */
enum dst_state files_look(const struct run *r, char *why, size_t size);

/* --- chaos_act.c -------------------------------------------------------- */

/* In a process of its own: the supervisor of `copy`, or of one side. */
void act(const struct plan *p, enum copy_role role, struct stage *stage)
	__attribute__((noreturn));

/* --- chaos_run.c -------------------------------------------------------- */

/* Once in each job's process: signals, subreaper. */
void run_begin(void);

/* Performs the plan. `span_ns`: how long it takes unhurt. */
void run_perform(struct run *r, const struct plan *p, enum injury injury,
		 struct stage *stage, int64_t span_ns);

/* --- chaos_witness.c ---------------------------------------------------- */

/* Forks a process for each CPU that says how late this CPU ever is. */
void witness_start(struct tally *tally);

/* --- chaos_judge.c ------------------------------------------------------ */

/* Once in each job's process. NULL, or why shared names cannot be isolated. */
const char *judge_begin(struct tally *tally);

/* Counts and reports every fault. */
void judge(struct run *r);

#endif
