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

#include "chaos_plan.h"
#include "copy/session.h"

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

/* Counts of the clients that a server of several clients has served. */
struct served {
	_Atomic int well, badly, wrong; /* wrong: success, but a false report */
	struct err why;                 /* the first failure */
};

/* Memory of a trial that all of its processes share. */
struct stage {
	pid_t director;                 /* gets SIGUSR1 when a worker waits */
	_Atomic int worker[COPY_ROLES]; /* pids of workers that run */
	/* point_code() at which to wait, or 0 */
	_Atomic int wanted;
	_Atomic int claimed, waiting, go_on, tired;
	_Atomic int closing; /* the server of several clients must end */
	_Atomic int close_fd;
	int dead_fd;          /* replaces the lost descriptor, unless -1 */
	int nth;              /* number of the transfer to injure; 0: any */
	_Atomic int transfer; /* number of a standing pair's transfer, from 1 */
	/* the jump of the time of day, and of the monotonic clock */
	_Atomic int64_t jump_ns[2];
	/* pids of actors, if parents of their own have forked them */
	_Atomic int actor[CHAOS_ACTORS];
	_Atomic int crash_signal;
	struct served served;
	struct told told[CHAOS_ACTORS];
};

/* A number for a point, to be stored in `wanted`. It is never 0. */
static inline int point_code(enum copy_role role, enum copy_point point)
{
	return 1 + (int)role * 3 + (int)point;
}

#define RUN_STOPPED_MAX (EVERYBODY + CHAOS_CROWD)

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
	int64_t healed_ns; /* a pause has ended */
	/* our last action; from then on we wait for the end */
	int64_t last_ns;
	int64_t end_ns; /* the last supervisor ended */

	pid_t sup[CHAOS_ACTORS];
	/* the parent of each actor, unless this process is the parent */
	pid_t parent[CHAOS_ACTORS];
	pid_t stranger;
	int64_t nth_ns; /* the transfer to injure began */
	/* how long each process waited for a CPU */
	int64_t waited_ns[EVERYBODY + CHAOS_ACTORS];
	bool ended[CHAOS_ACTORS];
	int status[CHAOS_ACTORS];
	/* the last signal that we sent to the actor */
	int sent[CHAOS_ACTORS];
	/* the actor was stopped for good, so it cannot end */
	bool excused[CHAOS_ACTORS];
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

/* The run that took longest to end, counted from the end of its injury. */
struct slowest {
	int64_t ns;
	int64_t waited_ns; /* how long a process of it waited for a CPU */
	uint64_t seed;
	char what[600];
};

/* The counts of all jobs together. */
struct tally {
	_Atomic uint32_t trials, rehearsals;
	bool loud; /* say which trials are excused */
	/* trials that the judge excused */
	_Atomic uint32_t late, quota, glibc, reused;
	_Atomic uint32_t injury[INJURIES][4]; /* trials, hit, success, error */
	/* By mechanism and plan_kind(): runs, successes, errors. */
	_Atomic uint32_t kind[TALLY_KINDS][PLAN_KINDS][3];
	/* By kind of extra work; the last row: no extra work. */
	_Atomic uint32_t dose[DOSE_KINDS + 1][3];
	_Atomic uint32_t weather[WEATHERS][3]; /* trials, success, error */
	_Atomic uint32_t fault[FAULTS];
	_Atomic int64_t noisy_ns; /* when a CPU last kept a witness waiting */
	_Atomic int64_t noise_ns; /* the longest such wait */
	_Atomic int slowest_lock;
	struct slowest slowest[2]; /* of runs that succeeded; that failed */
};

/* --- chaos_files.c ------------------------------------------------------ */

enum dst_state { DST_BEFORE, DST_COMPLETE, DST_DAMAGED };

/* The destination of an actor. */
const char *files_dst(int actor, char *buf, size_t size);

/* Makes the source and the destinations in the working directory. */
bool files_make(const struct plan *p);

/*
 * Do the injuries APPEAR and CHANGE. False: they failed, for example since the
 * destination existed already.
 */
bool files_appear(const struct plan *p);
bool files_change(const struct plan *p);

/* Returns the state of an actor's destination. `why` gets the reason. */
enum dst_state files_look(const struct run *r, int actor, char *why,
			  size_t size);

/* --- chaos_act.c -------------------------------------------------------- */

/* Runs an actor in this process: the supervisor of both sides, or of one. */
void act(const struct plan *p, int actor, struct stage *stage)
	__attribute__((noreturn));

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

/* The number of the actor with this pid; -1: this is no actor. */
int actor_of(const struct run *r, pid_t pid);

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

/* Notes how long each process of a run was ready to run but had no CPU. */
void witness_note(struct run *r);

/* --- chaos_tally.c ------------------------------------------------------ */

/* Counts a run that has been judged. */
void tally_count(struct tally *t, const struct run *r);

/* Show the tables, and the faults of all trials as tests. */
void tally_show(const struct tally *t);
void tally_judge(const struct tally *t);

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

/* True if the actor came to its end, with success or with an error. */
bool reported(const struct run *r, int actor);

/*
 * True if a side timed out because the machine was too busy, or if it failed
 * because other programs had used up a quota that they share. Counts that.
 */
bool judge_excuses(const struct run *r);

/* --- chaos_crowd.c ------------------------------------------------------ */

/* Judges a server that has several clients, and these clients together. */
void judge_crowd(struct run *r);

/*
 * Counts a name that glibc made and could not remove. It is no fault of ours.
 */
void judge_glibcs(void);

#endif
