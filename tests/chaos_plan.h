/* The plan of a trial: every choice that follows from its seed. */
#ifndef TESTS_CHAOS_PLAN_H
#define TESTS_CHAOS_PLAN_H

#include <signal.h>
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

/*
 * The most clients that a server has at a time, and the most pairs that stand
 * side by side.
 */
#define CHAOS_CROWD 4

/*
 * Actor 0 is the server's supervisor, if the server has one of its own. Actor 1
 * is the supervisor of the client, or of both sides. Only if a server has
 * several clients, there are more actors: the supervisors of the other clients.
 */
#define CHAOS_ACTORS (1 + CHAOS_CROWD)

enum injury {
	UNHURT,
	NUDGE, /* signals that only interrupt system calls */
	/*
	 * names that dead runs left are removed, as each start of ipcopy does
	 */
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

/* If both workers have one supervisor, it is here called the client's. */
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
	bool two;    /* serve and fetch instead of copy */
	bool stands; /* a standing pair instead of one copy */
	/* pairs side by side, or clients of a server that serves several */
	int crowd;
	struct dose dose;     /* extra work for each message */
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

enum plan_kind {
	A_COPY,
	SERVE_FETCH,
	A_PAIR,
	MANY_CLIENTS, /* one server and several clients */
	MANY_PAIRS,   /* side by side */
	PLAN_KINDS
};

static inline enum plan_kind plan_kind(const struct plan *p)
{
	if (p->stands)
		return p->crowd > 1 ? MANY_PAIRS : A_PAIR;
	if (p->two)
		return p->crowd > 1 ? MANY_CLIENTS : SERVE_FETCH;
	return A_COPY;
}

/* True if one server has several clients. */
static inline bool plan_keeps(const struct plan *p)
{
	return plan_kind(p) == MANY_CLIENTS;
}

/* The actors of a plan have the numbers plan_first() to plan_actors() - 1. */
static inline int plan_first(const struct plan *p)
{
	return p->two ? COPY_SERVER : COPY_CLIENT;
}

static inline int plan_actors(const struct plan *p)
{
	return plan_keeps(p) ? 1 + p->crowd : COPY_ROLES;
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

/* --- chaos_plan.c ------------------------------------------------------- */

/* Helpers for drawing: below `n`, and true in `percent` of 100 cases. */
uint64_t chaos_below(uint64_t *state, uint64_t n);
bool chaos_chance(uint64_t *state, unsigned percent);

/*
 * Draws a plan from its seed. If only->ops is not NULL, the plan has this
 * mechanism with the settings that `only` gives.
 */
bool plan_draw(struct plan *p, uint64_t seed, const struct tr_spec *only);

/* The plan in one line for people. */
const char *plan_words(const struct plan *p, char *buf, size_t size);

/* The next random number. Changes *state. */
uint64_t chaos_random(uint64_t *state);

/* --- chaos_extra.c ------------------------------------------------------ */

/* Draw a dose, and how many clients or pairs there are. */
void extra_draw_dose(uint64_t *s, struct plan *p);
void extra_draw_crowd(uint64_t *s, struct plan *p);

/* The extra work and the crowd in words, with a comma before each. */
const char *extra_words(const struct plan *p, char *buf, size_t size);

#endif
