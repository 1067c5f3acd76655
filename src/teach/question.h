/*
 * One exercise: a form with its sizes, and the number of its copies. The copies
 * are counted when the exercise is made; no answer is stored.
 */
#ifndef TEACH_QUESTION_H
#define TEACH_QUESTION_H

#include "base/lease.h"
#include "count/count.h"
#include "teach/form.h"
#include "teach/story.h"

/* A directory of our own, for IN, OUT and the files between them. */
struct question_place {
	struct lease lease;
	char dir[400];
	char fs[24];     /* the type of its file system */
	uint64_t filled; /* bytes that IN has now */
};

/* 0 or -errno. Call question_place_end in either case. */
int question_place_begin(struct question_place *p, struct err *e);
void question_place_end(struct question_place *p);

#define QUESTION_NAME 8 /* room for a slash and the name of a file in it */

/* Makes IN `len` bytes long. 0 or -errno. */
int question_place_fill(struct question_place *p, uint64_t len, struct err *e);

/* Removes everything that a form has made. */
void question_place_clear(const struct question_place *p);

/* The ways in which a hop moves bytes: the choices for each "why". */
enum question_why {
	WHY_FILE,
	WHY_CHANNEL,
	WHY_KERNEL,
	WHY_MEMORY,
	WHY_PAGES,
	WHY_BLOCKS,
	WHY_PROGRAM,
	WHY_FAULT,
	WHY_OTHER,
	WHYS,
};

extern const char *const question_whys[WHYS];

struct question_sizes {
	uint64_t len, a, b;
	int cats;
};

#define QUESTION_HOPS 24

/* A hop of the way from IN to OUT; the hops are in the order of the way. */
struct question_hop {
	int story;        /* the number of this hop in the story */
	const char *call; /* as an answer names it */
	int copies;
	bool by_program;
	enum question_why why;
	char says[300]; /* a sentence about the hop */
};

struct question {
	const struct form *form;
	struct question_sizes sizes;
	char *text;      /* the command, or the program's source */
	char know[300];  /* facts that cannot be guessed; or "" */
	char asked[240]; /* the question "why" */
	/* counted: */
	/* the form changes the bytes, so none of IN's bytes comes to OUT */
	bool none;
	int copies, kernel;
	enum question_why why;
	struct question_hop hop[QUESTION_HOPS];
	int hops;
	int asked_hop; /* the hop that "why" is about; -1: none */
	struct story *story;
	struct count_result counted;
};

/* Decides which hop "why" asks about. */
struct question_taste {
	int asked[WHYS];   /* how often each reason was asked for */
	unsigned int draw; /* decides between hops that are equally good */
};

/*
 * Makes a question and counts its answer. 0; -EINTR: asked to stop; -EAGAIN:
 * the count is not fit for an exercise, with the reason; or -errno.
 */
int question_make(struct question_place *p, const struct form *f,
		  const struct question_sizes *sizes,
		  const struct question_taste *taste, struct question **q,
		  struct err *e);
void question_free(struct question *q);

/*
 * The question "why" is about one hop. Returns the reasons of all hops that it
 * could have been about, as bits 1 << enum question_why. If there are no hops,
 * it is the bit of q->why.
 */
unsigned int question_could(const struct question *q);

/* Says what a hop needs so that `why` is its reason. */
const char *question_why_not(enum question_why why);

/* Says why a call that an answer names is one too many. */
void question_extra(const struct question *q, const char *call, char *buf,
		    size_t size);

#endif
