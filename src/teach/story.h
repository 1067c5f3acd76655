/*
 * The way of a byte as a story: boxes that hold bytes, hops between them, the
 * processes (actors) that make the hops, and steps in a possible order. The
 * boxes and hops come from a ledger. The number of slots, and how the sides
 * take turns, come from the mechanism's settings.
 */
#ifndef TEACH_STORY_H
#define TEACH_STORY_H

#include <jansson.h>

#include "count/ledger.h"
#include "count/probe.h"
#include "teach/turns.h"
#include "transport/transport.h"

#define STORY_BYTES 16 /* bytes of a message in the drawing */
#define STORY_BOXES 40
#define STORY_HOPS  120
#define STORY_STEPS 400
#define STORY_SLOTS 4 /* the most slots of a ring that are drawn */

struct story_box {
	int object; /* its number in the ledger */
	bool again; /* the same memory once more: bytes were copied within it */
	char name[64], place[48], owner[80];
	bool user;    /* processes touch it directly, without a system call */
	bool mapped;  /* a process has mapped it: it is not private memory */
	bool forgets; /* a channel: what was taken from it is gone */
	int slots;    /* messages that it can hold */
};

struct story_hop {
	const struct ledger_hop *hop;
	int from, to; /* boxes */
	int actor;
	enum probe_way way;
	double part; /* bytes that it moves for each delivered byte */
	/*
	 * it has a step; false: too few bytes went this way, or no step brings
	 * bytes to the place from which it takes them
	 */
	bool played;
	int first, bytes; /* `bytes` of the 16 bytes, from number `first` on */
};

/* STORY_TELL: one side tells the other that a message is there. */
enum story_kind { STORY_MAP, STORY_MOVE, STORY_SLEEP, STORY_TELL };

struct story_step {
	enum story_kind kind;
	int actor, hop; /* hop: only for a move */
	int box;        /* the box that is mapped or waited for */
	int message, slot;
	int empty, full; /* numbers of empty and full slots after the step */
	int woken;       /* the actor that is woken; -1: none */
	/* the actor that sleeps after the step; -1: none */
	int asleep;
	int calls; /* system calls that the step makes */
	/* calls before and after the step; NULL: none */
	const char *wait, *tell;
};

struct story {
	char title[300], summary[200];
	const struct ledger *ledger;
	struct ledger_sum sum;
	struct story_box box[STORY_BOXES];
	struct story_hop hop[STORY_HOPS];
	struct story_step step[STORY_STEPS];
	char actor[STORY_BOXES][64];
	int64_t pid[STORY_BOXES]; /* the process of each actor */
	int boxes, hops, actors, steps;
	/*
	 * The first `shown` boxes and the first `acting` actors are drawn:
	 * those that occur in steps, and the output.
	 */
	int shown, acting;
	int in, out; /* boxes */
	int messages;
	int waits; /* the actor that sleeps before the first step; -1: none */
	/* with a ring: how many slots are played, and how many it has; or 0 */
	int slots, depth;
	/* how shared memory tells the sides whose turn it is; or NULL */
	const struct turn *turn;
	/* the reason for the copies in the middle; or NULL */
	const char *middle;
	bool counted; /* false: predicted */
	/* NaN: not known; steady: without calls that only sleep or wake */
	double calls_per_message, steady_per_message, blocked_per_message;
};

/* The input from which a story is made. */
struct story_wish {
	const char *title, *summary;
	const struct ledger *ledger;
	int in, out;
	uint64_t delivered_bytes;
	const struct tr_spec *spec; /* NULL: a command */
	bool counted;
	double calls_per_message, steady_per_message, blocked_per_message;
};

/*
 * 0, -ENOMEM, or -EINVAL with the reason: there is no way from input to output,
 * or it is too long. The caller frees the story with free().
 */
int story_make(const struct story_wish *w, struct story **s, struct err *e);

/*
 * The number of messages that the story needs to show everything; further
 * messages look the same.
 */
int story_messages(const struct story *s);

/* Fills in the steps of a story, for so many messages, or as many as fit. */
void story_play(struct story *s, int messages);

/* Says in words what a step does: who acts, and where the bytes go. */
void story_say(const struct story *s, const struct story_step *step, char *buf,
	       size_t size);

/*
 * Why a step that moves no bytes is there, in sentences; "" for a move, which
 * has story_caller and story_why.
 */
void story_step_why(const struct story *s, const struct story_step *step,
		    char *buf, size_t size);

/* "the " before a name of our own processes, as "server"; "" before commands */
const char *story_article(const char *name);

/* "the buffer of the server", "the page cache of IN" */
const char *story_place(const struct story *s, int box, char *buf, size_t size);

/* A sentence about work of a hop that is not a copy; NULL: there is none. */
const char *story_beside(const struct story *s, const struct story_hop *h);

/* Why this process makes the call, as a sentence. */
const char *story_caller(const struct story *s, const struct story_hop *h,
			 char *buf, size_t size);

/* Why the hop copies, or why it does not, as a sentence. */
const char *story_why(const struct story *s, const struct story_hop *h);

/*
 * The box whose pages hold the bytes that a hop takes. It is not the hop's
 * `from` if the bytes came there by reference.
 */
int story_origin(const struct story *s, const struct story_hop *h);

/* Copies of each byte, summed over all hops: the number on the page. */
double story_copies(const struct story *s);

/* Everything that the script needs. NULL: no memory. */
json_t *story_json(const struct story *s);

#endif
