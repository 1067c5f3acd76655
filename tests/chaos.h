/*
 * chaos: copies that are injured on purpose, and the promises that they must
 * keep.
 *
 * A trial performs one plan twice, first without the injury. The director
 * (chaos_run.c) forks the actors: the supervisors of server and client, or the
 * one supervisor that both have. The injury comes when a worker reaches a
 * point, or at an instant. It is done to one process or to all, or to something
 * that they use: a file, a clock, a name. The weather is the conditions that
 * the actors start in. A stranger is a process of another user. A witness is a
 * process that notes when the machine was busy.
 */
#ifndef TESTS_CHAOS_H
#define TESTS_CHAOS_H

#include <signal.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

#include "copy/session.h"

/* timeout of the copies; even a busy machine seldom delays one for so long */
#define CHAOS_TIMEOUT_MS 400
#define CHAOS_WAIT_MS    1500 /* how long serve and fetch wait for each other */
#define CHAOS_FILE_MAX   (4u << 20)
#define CHAOS_NAME       "chaos"
#define CHAOS_SRC        "in/src"
#define CHAOS_DST        "out/dst"

enum injury {
	UNHURT,
	NUDGE, /* signals that only interrupt system calls */
	/* names of dead runs are removed, as by a program that starts */
	SWEEP,
	APPEAR,     /* the destination appears, as if another program made it */
	PAUSE,      /* stopped for less than the timeout, then continued */
	LONG_PAUSE, /* stopped for longer than the timeout, then continued */
	STOP,       /* SIGSTOP, and never continued */
	TERM,
	INT,
	KILL,
	CLOSE,    /* a worker loses a descriptor, or calls on it fail */
	CHANGE,   /* the source is truncated, grows or is removed */
	GROUP,    /* a signal to a whole process group, as from a terminal */
	PARENT,   /* the parent of an actor dies */
	JUMP,     /* the time of day jumps, or the machine was suspended */
	STRANGER, /* another user does what other users can do */
	INJURIES
};

/* The conditions that a copy starts in, one bit each. */
enum weather {
	NO_SIGCHLD = 1 << 0,  /* SIGCHLD is ignored */
	BLOCKED = 1 << 1,     /* all signals are blocked */
	NO_STDIO = 1 << 2,    /* descriptors 0, 1 and 2 are closed */
	NOHUP = 1 << 3,       /* SIGHUP is ignored */
	ORPHAN = 1 << 4,      /* the actor's parent has died */
	READ_ONLY = 1 << 5,   /* the runtime directory is read-only */
	FEW_FDS = 1 << 6,     /* RLIMIT_NOFILE */
	SMALL_FILES = 1 << 7, /* RLIMIT_FSIZE */
	FULL_DISK = 1 << 8,   /* the destination is on a small file system */
	FEW_FORKS = 1 << 9,   /* RLIMIT_NPROC; the user is not root */
	WEATHERS = 10
};

/* Under these conditions a copy may fail, if it says why. */
#define HARSH (FEW_FDS | SMALL_FILES | FULL_DISK | FEW_FORKS)

/* How many transfers a standing pair makes if none fails. */
#define CHAOS_TRANSFERS 12

/* If both workers have one supervisor, it counts as the client's supervisor. */
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

/* The content of a file, which the seed determines, and the file's mode. */
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
	bool stands;          /* a standing pair instead of one copy */
	int nth;              /* number of the transfer that is injured */
	unsigned weather;     /* of enum weather */
	enum copy_role first; /* which side starts first */
	int lag_us;           /* how much later the other side starts */
	bool verify, count_calls;
	bool named_temp; /* no O_TMPFILE, as on some file systems */
	int cpu[COPY_ROLES];
	struct content src, old;
	bool replaces; /* the destination exists, with content `old` */
	enum injury injury;
	enum victim victim;
	/* injure at a checkpoint of a worker, else at an instant */
	bool at_point;
	enum copy_role point_role;
	enum copy_point point;
	double instant; /* in parts of the time that the uninjured copy took */
	int pause_ms;
	uint32_t pick; /* chooses details, such as the descriptor to close */
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

/* The report of a supervisor before its end. */
struct told {
	_Atomic int done;
	int rc;
	struct err err;
	struct copy_outcome out;
	int fds_before, fds_after;
};

/* Memory of a trial that all of its processes share. */
struct stage {
	pid_t director;                 /* gets SIGUSR1 when a worker waits */
	_Atomic int worker[COPY_ROLES]; /* pids of workers that run */
	/* point_code() at which to wait, or 0 */
	_Atomic int wanted;
	_Atomic int waiting, go_on, tired;
	_Atomic int close_fd;
	int dead_fd;          /* replaces the lost descriptor, unless -1 */
	int nth;              /* number of the transfer to injure; 0: any */
	_Atomic int transfer; /* number of a standing pair's transfer, from 1 */
	/* the jump of the time of day, and of the monotonic clock */
	_Atomic int64_t jump_ns[2];
	/* pids of actors, if parents of their own have forked them */
	_Atomic int actor[COPY_ROLES];
	_Atomic int crash_signal;
	struct told told[COPY_ROLES];
};

/* A number for a point, to be stored in `wanted`. It is never 0. */
static inline int point_code(enum copy_role role, enum copy_point point)
{
	return 1 + (int)role * 3 + (int)point;
}

#define RUN_STOPPED_MAX 4

/* One performance of a plan, with or without its injury. */
struct run {
	const struct plan *plan;
	enum injury injury;
	struct stage *stage;

	/* Times in ns; 0: it has not happened, or never will. */
	int64_t start_ns;  /* the first actor starts */
	int64_t second_ns; /* the second actor is due */
	int64_t due_ns;    /* the injury is due, unless it waits for a point */
	int64_t hurt_ns;   /* the injury happened */
	int64_t resume_ns; /* the end of a pause is due */
	/* our last action; from then on we wait for the end */
	int64_t last_ns;
	int64_t end_ns; /* the last supervisor ended */

	pid_t sup[COPY_ROLES];
	/* the parent of each actor, unless this process is the parent */
	pid_t parent[COPY_ROLES];
	pid_t stranger;
	int64_t nth_ns; /* the transfer to injure began */
	/* how long each process waited for a CPU */
	int64_t waited_ns[EVERYBODY];
	bool ended[COPY_ROLES];
	int status[COPY_ROLES];
	/* the last signal that we sent to the actor */
	int sent[COPY_ROLES];
	/* the actor was stopped for good, so it cannot end */
	bool excused[COPY_ROLES];
	pid_t stopped[RUN_STOPPED_MAX];
	int n_stopped;

	bool hit; /* the injury met a live process */
	bool hung;
	char scene[400]; /* who hung, and where */
	/* workers that outlived a supervisor that we did not kill */
	int strays;
	int stray_signal; /* the signal that killed an orphan, if not SIGKILL */
	int survivors;    /* processes that we had to kill at the end */
	unsigned faults;  /* faults counted already: bits 1 << enum fault */
};

#define TALLY_KINDS 64

/* The counts of all jobs together. */
struct tally {
	_Atomic uint32_t trials, rehearsals;
	/* trials that the judge excused */
	_Atomic uint32_t late, quota, glibc, reused;
	_Atomic uint32_t injury[INJURIES][4]; /* trials, hit, success, error */
	/* By mechanism and plan_kind(): runs, successes, errors. */
	_Atomic uint32_t kind[TALLY_KINDS][3][3];
	_Atomic uint32_t weather[WEATHERS][3]; /* trials, success, error */
	_Atomic uint32_t fault[FAULTS];
	_Atomic int64_t slowest_ns; /* from an injury to the end of the trial */
	_Atomic int64_t noisy_ns;   /* when a CPU last kept a witness waiting */
	_Atomic int64_t noise_ns;   /* the longest such wait */
};

/* --- chaos_plan.c ------------------------------------------------------- */

/* Draws a plan from its seed. If only->ops is not NULL, draws within `only`. */
bool plan_draw(struct plan *p, uint64_t seed, const struct tr_spec *only);

/* The plan in one line for people. */
const char *plan_words(const struct plan *p, char *buf, size_t size);

/* The next random number. Changes *state. */
uint64_t chaos_random(uint64_t *state);

/* --- chaos_files.c ------------------------------------------------------ */

enum dst_state { DST_BEFORE, DST_COMPLETE, DST_DAMAGED };

/* Makes the source and the destination in the working directory. */
bool files_make(const struct plan *p);

/*
 * Do the injuries APPEAR and CHANGE. False: they failed, for example since the
 * destination existed already.
 */
bool files_appear(const struct plan *p);
bool files_change(const struct plan *p);

/* Returns the state of the destination. `why` gets the reason. */
enum dst_state files_look(const struct run *r, char *why, size_t size);

/* --- chaos_act.c -------------------------------------------------------- */

/* Runs an actor in this process: the supervisor of both sides, or of one. */
void act(const struct plan *p, enum copy_role role, struct stage *stage)
	__attribute__((noreturn));

/* 0: copy; 1: serve and fetch; 2: a standing pair */
static inline int plan_kind(const struct plan *p)
{
	return p->stands ? 2 : p->two;
}

/*
 * The signal that is sent to a group. By default, each of these signals ends a
 * process.
 */
static inline int group_signal(const struct plan *p)
{
	static const int sigs[] = { SIGTERM, SIGINT, SIGHUP };

	return sigs[p->pick % 3];
}

/* --- chaos_weather.c ----------------------------------------------------- */

/*
 * Chooses a user for the job, and gives the job a network of its own if its
 * names are isolated. Each job calls it once.
 */
void weather_settle(void);

/*
 * The director calls these in this order: before it makes the files, after it
 * has made them, when all processes have ended, and when all is judged.
 */
void weather_begin(const struct plan *p);
void weather_hand_over(const struct plan *p);
void weather_hand_back(const struct plan *p);
void weather_end(const struct plan *p);

/*
 * The actor calls these: the first before anything else, the second to set its
 * limits, and the third to lift these limits.
 */
void weather_feel(const struct plan *p);
void weather_limit(const struct plan *p);
void weather_lift(void);

/*
 * Forks a stranger, which ends by itself. Returns its pid; 0: without isolated
 * names, or without root, there can be none.
 */
pid_t weather_stranger(const struct run *r);

/* Writes the conditions as text, with a comma before each: ", nohup". */
const char *weather_words(unsigned weather, char *buf, size_t size);

/* --- chaos_leftovers.c --------------------------------------------------- */

/* Reports the leftovers of a trial by calling fault(), and removes them. */
void judge_leftovers(struct run *r, bool isolated);

/* --- chaos_injure.c ------------------------------------------------------ */

/* The role of a supervisor; -1: this is no supervisor. */
int role_of(const struct run *r, pid_t pid);

/*
 * The pid of a victim, or of the client's supervisor if all are victims; 0: it
 * does not exist, or not yet.
 */
pid_t victim_pid(const struct run *r, enum victim v);
bool victim_is_there(const struct run *r);

/* Signals a process. False: it has ended, or does not exist yet. */
bool signal_one(struct run *r, pid_t pid, int sig);

/* Injures as the plan says. False: the injury could not be done. */
bool inflict(struct run *r);

/* --- chaos_run.c -------------------------------------------------------- */

/* Sets up signals, and becomes subreaper. Each job calls it once. */
void run_begin(void);

/* Performs the plan. span_ns: how long the copy took without injury. */
void run_perform(struct run *r, const struct plan *p, enum injury injury,
		 struct stage *stage, int64_t span_ns);

/* --- chaos_witness.c ---------------------------------------------------- */

/*
 * Forks a witness for each CPU. A witness notes how long it waited for its CPU.
 */
void witness_start(struct tally *tally);

/* --- chaos_judge.c ------------------------------------------------------ */

/*
 * Isolates the shared names of the job. Each job calls it once. Returns NULL,
 * or why they cannot be isolated.
 */
const char *judge_begin(struct tally *tally);

/* Judges a trial: counts and reports every fault. */
void judge(struct run *r);

/*
 * Reports a fault by a single write, since other jobs report, too. Counts only
 * the first fault of a kind in a trial.
 */
void fault(struct run *r, enum fault kind, const char *fmt, ...)
	__attribute__((format(printf, 3, 4)));

/* True if the side came to its end, with success or with an error. */
bool reported(const struct run *r, int role);

/*
 * Counts a name that glibc made and could not remove. It is no fault of ours.
 */
void judge_glibcs(void);

#endif
