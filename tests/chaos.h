/* chaos: copies that are hurt on purpose, and what must hold afterwards. */
#ifndef TESTS_CHAOS_H
#define TESTS_CHAOS_H

#include <signal.h>
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
	APPEAR,     /* another program makes the destination meanwhile */
	PAUSE,      /* shorter than the timeout */
	LONG_PAUSE, /* longer */
	STOP,       /* SIGSTOP for good */
	TERM,
	INT,
	KILL,
	CLOSE,    /* a worker loses a descriptor, or all calls on it fail */
	CHANGE,   /* the source is cut, grows or vanishes */
	GROUP,    /* a terminal's or service's signal, to all of a group */
	PARENT,   /* its parent dies */
	JUMP,     /* the time of day jumps, or the machine was suspended */
	STRANGER, /* another user tries what another user can */
	INJURIES
};

/* The conditions a copy starts in, each a bit; the last four let it fail. */
enum weather {
	NO_SIGCHLD = 1 << 0,  /* its parent ignores SIGCHLD */
	BLOCKED = 1 << 1,     /* all signals are blocked */
	NO_STDIO = 1 << 2,    /* descriptors 0, 1 and 2 are closed */
	NOHUP = 1 << 3,       /* SIGHUP is ignored */
	ORPHAN = 1 << 4,      /* its parent has died */
	READ_ONLY = 1 << 5,   /* so is the runtime directory */
	FEW_FDS = 1 << 6,     /* RLIMIT_NOFILE */
	SMALL_FILES = 1 << 7, /* RLIMIT_FSIZE */
	FULL_DISK = 1 << 8,   /* a small file system for the destination */
	FEW_FORKS = 1 << 9,   /* RLIMIT_NPROC, of a user that is not root */
	WEATHERS = 10
};

/* Under these a copy may fail, as long as it says why. */
#define HARSH (FEW_FDS | SMALL_FILES | FULL_DISK | FEW_FORKS)

/* Transfers of a pair that stands. */
#define CHAOS_TRANSFERS 12

/* The one supervisor of a `copy` is the client's. */
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

/* The contents of a file, repeatable from its seed. */
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
	bool stands;          /* a pair that makes CHAOS_TRANSFERS instead */
	int nth;              /* of these, the one that is hurt */
	unsigned weather;     /* of enum weather */
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

/* The report of a supervisor, written before it ended. */
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
	int dead_fd;                   /* put in its place, unless -1 */
	int nth;                       /* to be hurt there; 0: anywhere */
	_Atomic int transfer;          /* of a pair that stands, from 1 */
	_Atomic int64_t jump_ns[2];    /* of the time of day, of the clock */
	_Atomic int actor[COPY_ROLES]; /* whom the parent has started */
	_Atomic int crash_signal;
	struct told told[COPY_ROLES];
};

/* The value of `wanted` for a point; never 0. */
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
	pid_t parent[COPY_ROLES]; /* of these, where it is not us */
	pid_t stranger;
	int64_t nth_ns;               /* the transfer to be hurt began */
	int64_t waited_ns[EVERYBODY]; /* of each, for a CPU */
	bool ended[COPY_ROLES];
	int status[COPY_ROLES];
	int sent[COPY_ROLES];     /* the last signal we sent to it */
	bool excused[COPY_ROLES]; /* stopped for good, so it cannot end */
	pid_t stopped[RUN_STOPPED_MAX];
	int n_stopped;

	bool hit; /* the injury met a live process */
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
	/* By mechanism and plan_kind(): runs, success, error. */
	_Atomic uint32_t kind[TALLY_KINDS][3][3];
	_Atomic uint32_t weather[WEATHERS][3]; /* trials, success, error */
	_Atomic uint32_t fault[FAULTS];
	_Atomic int64_t slowest_ns; /* from an injury to the end of the trial */
	_Atomic int64_t noisy_ns;   /* when a CPU last kept a process waiting */
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

/* The injuries APPEAR and CHANGE. False: it came too late. */
bool files_appear(const struct plan *p);
bool files_change(const struct plan *p);

/* The state of the destination; `why` tells how one sees it. */
enum dst_state files_look(const struct run *r, char *why, size_t size);

/* --- chaos_act.c -------------------------------------------------------- */

/* In a process of its own: the supervisor of `copy`, or of one side. */
void act(const struct plan *p, enum copy_role role, struct stage *stage)
	__attribute__((noreturn));

/* copy, serve and fetch, a pair that stands */
static inline int plan_kind(const struct plan *p)
{
	return p->stands ? 2 : p->two;
}

/* Signals that end what they reach. */
static inline int group_signal(const struct plan *p)
{
	static const int sigs[] = { SIGTERM, SIGINT, SIGHUP };

	return sigs[p->pick % 3];
}

/* --- chaos_weather.c ----------------------------------------------------- */

/* Once in each job's process: a network and users of its own. */
void weather_settle(void);

/*
 * In the director: before the files are made, then; when all have ended, and
 * when all is judged.
 */
void weather_begin(const struct plan *p);
void weather_hand_over(const struct plan *p);
void weather_hand_back(const struct plan *p);
void weather_end(const struct plan *p);

/* In the actor, before anything of ours runs; limits alone, and their end. */
void weather_feel(const struct plan *p);
void weather_limit(const struct plan *p);
void weather_lift(void);

/* Forks a stranger who goes by itself; its pid. */
pid_t weather_stranger(const struct run *r);

/* "SIGCHLD ignored, …", each with a comma before it. */
const char *weather_words(unsigned weather, char *buf, size_t size);

/* --- chaos_leftovers.c --------------------------------------------------- */

/* Reports what is left of a trial, by `fault`, and removes it. */
void judge_leftovers(struct run *r, bool isolated);

/* --- chaos_injure.c ------------------------------------------------------ */

/* The role of a supervisor; -1: it is none. */
int role_of(const struct run *r, pid_t pid);

/* 0: no such process, or not yet. */
pid_t victim_pid(const struct run *r, enum victim v);
bool victim_is_there(const struct run *r);

/* False: it has died already. */
bool signal_one(struct run *r, pid_t pid, int sig);

/* Injures as the plan says. False: it met no process. */
bool inflict(struct run *r);

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

/* Counts and reports one, in one write, since other jobs report too. */
void fault(struct run *r, enum fault kind, const char *fmt, ...)
	__attribute__((format(printf, 3, 4)));

/* Whether that side has ended by itself, well or not. */
bool reported(const struct run *r, int role);

/* A name that glibc made and could not remove: not ours, counted. */
void judge_glibcs(void);

#endif
