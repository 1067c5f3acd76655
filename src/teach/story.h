/*
 * The way of a byte as a story: boxes that hold bytes, hops between them, and
 * steps in an order in which they can have been made. All of it comes from a
 * ledger; of a mechanism its settings tell how many slots there are.
 */
#ifndef TEACH_STORY_H
#define TEACH_STORY_H

#include <jansson.h>

#include "count/ledger.h"
#include "count/probe.h"
#include "teach/turns.h"
#include "transport/transport.h"

#define STORY_BYTES 16 /* of a message, in the drawing */
#define STORY_BOXES 40
#define STORY_HOPS  120
#define STORY_STEPS 400
#define STORY_SLOTS 4 /* more are not drawn */

struct story_box {
	int object; /* of the ledger */
	bool again; /* the same memory once more: copied within itself */
	char name[64], place[48], owner[80];
	bool user;    /* processes touch it without the kernel's help */
	bool mapped;  /* so they have mapped it, and it is not private */
	bool forgets; /* what was taken from it is gone: a channel */
	int slots;    /* messages that it can hold */
};

struct story_hop {
	const struct ledger_hop *hop;
	int from, to; /* boxes */
	int actor;
	enum probe_way way;
	double part;      /* of each delivered byte */
	bool played;      /* as a step; else too few bytes went this way */
	int first, bytes; /* of the 16 */
};

enum story_kind { STORY_MAP, STORY_MOVE, STORY_SLEEP };

struct story_step {
	enum story_kind kind;
	int actor, hop; /* hop: of a move */
	int box;        /* that is mapped, or waited for */
	int message, slot;
	int empty, full;         /* the semaphores, afterwards */
	int woken;               /* actor, -1: none */
	int asleep;              /* actor that sleeps afterwards, -1: none */
	int calls;               /* system calls that the step takes */
	const char *wait, *tell; /* calls before and after it; NULL: none */
};

struct story {
	char title[300], summary[200];
	const struct ledger *ledger;
	struct ledger_sum sum;
	struct story_box box[STORY_BOXES];
	struct story_hop hop[STORY_HOPS];
	struct story_step step[STORY_STEPS];
	char actor[STORY_BOXES][64];
	int64_t pid[STORY_BOXES]; /* of each actor */
	int boxes, hops, actors, steps;
	int in, out; /* boxes */
	int messages;
	int waits; /* actor that sleeps before the first step; -1: none */
	int slots, depth;        /* as played, and as set; 0: no ring */
	const struct turn *turn; /* of a ring; NULL: none */
	const char *middle;      /* why it is so between the two; or NULL */
	bool counted;            /* else predicted */
	double calls_per_message, blocked_per_message; /* NaN: not known */
};

/* The input of a story. */
struct story_wish {
	const char *title, *summary;
	const struct ledger *ledger;
	int in, out;
	uint64_t delivered_bytes;
	const struct tr_spec *spec; /* NULL: a command */
	bool counted;
	double calls_per_message, blocked_per_message;
};

/*
 * 0, -ENOMEM, or -EINVAL with the reason: there is no way from input to output,
 * or it is too long. To be freed with free().
 */
int story_make(const struct story_wish *w, struct story **s, struct err *e);

/* How many messages it would play by itself; those of several are alike. */
int story_messages(const struct story *s);

/* Fills its steps; `messages` go through it. */
void story_play(struct story *s, int messages);

/* One sentence for a step: who does what, and what becomes of the bytes. */
void story_say(const struct story *s, const struct story_step *step, char *buf,
	       size_t size);

/* "server's buffer", "the page cache of IN" */
const char *story_place(const struct story *s, int box, char *buf, size_t size);

/* A sentence on what comes with a hop and is no copy; NULL: nothing does. */
const char *story_beside(const struct story *s, const struct story_hop *h);

/* All hops times their copies: the number that the page shows. */
double story_copies(const struct story *s);

/* All of it for the script. NULL: no memory. */
json_t *story_json(const struct story *s);

#endif
