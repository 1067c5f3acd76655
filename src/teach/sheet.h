/*
 * The exercises that follow from a seed. They are the same on all machines that
 * have the same programs and whose kernels and file systems copy in the same
 * way. The sheets of an even seed and of the next seed choose forms in opposite
 * orders, so that they have few forms in common. If the forms of a level allow
 * it, no reason is asked for by more than four tenths (rounded up) of the
 * questions.
 */
#ifndef TEACH_SHEET_H
#define TEACH_SHEET_H

#include "teach/answer.h"
#include "teach/question.h"

#define SHEET_FORMS 100

struct sheet {
	uint64_t seed;
	int level;     /* 0: all levels, from the first to the last */
	int questions; /* at most ANSWERS_MOST */
	/* made from the above: */
	struct question_place place;
	struct question *question[ANSWERS_MOST];
	int made;
	int used[SHEET_FORMS]; /* how often each form was asked */
	bool unfit[SHEET_FORMS];
	/*
	 * for each form: the reasons that its question "why" could ask for, as
	 * question_could() returns them; 0: the form was not counted yet
	 */
	unsigned int could[SHEET_FORMS];
	int why[WHYS];     /* how often each reason was asked for */
	char lacking[300]; /* programs that are not installed; or "" */
};

/* 0 or -errno. Call sheet_end in either case. */
int sheet_begin(struct sheet *s, struct err *e);

/*
 * Makes the next question and counts it. 0; -EINTR; -ENOTSUP: no form of its
 * level can be counted here, with the reason; or -errno.
 */
int sheet_next(struct sheet *s, struct err *e);

/* Makes all questions that are left. */
int sheet_fill(struct sheet *s, struct err *e);

void sheet_end(struct sheet *s);

/*
 * A hash of 32 bits of the questions made so far. So other questions nearly
 * always have another number.
 */
uint64_t sheet_mark(const struct sheet *s);

/* The level of question number `question`, from 0. */
int sheet_level(const struct sheet *s, int question);

#endif
