/*
 * The exercises of a seed: the same each time on a machine that has the same
 * programs and whose kernel copies in the same way.
 */
#ifndef TEACH_SHEET_H
#define TEACH_SHEET_H

#include "teach/answer.h"
#include "teach/question.h"

#define SHEET_FORMS 100

struct sheet {
	uint64_t seed;
	int level;     /* 0: all, from the first to the last */
	int questions; /* at most ANSWERS_MOST */
	/* made from the above: */
	struct question_place place;
	struct question *question[ANSWERS_MOST];
	int made;
	int used[SHEET_FORMS]; /* how often, by form */
	bool unfit[SHEET_FORMS];
	char lacking[300]; /* programs that are not installed; or "" */
};

/* 0 or -errno; sheet_end either way. */
int sheet_begin(struct sheet *s, struct err *e);

/*
 * Makes the next question and counts it. 0; -EINTR; -ENOTSUP nothing of that
 * level can be counted here, with the reason; or -errno.
 */
int sheet_next(struct sheet *s, struct err *e);

/* All that are left. */
int sheet_fill(struct sheet *s, struct err *e);

void sheet_end(struct sheet *s);

/* A number that differs for other questions than those made so far. */
uint64_t sheet_mark(const struct sheet *s);

/* The level of a question, from 0. */
int sheet_level(const struct sheet *s, int question);

#endif
