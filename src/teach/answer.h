/*
 * Answers to exercises, a line for each:
 *
 *   3: copies=4 kernel=4 calls=read,write,read,write why=b
 *
 * The names may be left out if the parts come in this order.
 */
#ifndef TEACH_ANSWER_H
#define TEACH_ANSWER_H

#include <stdbool.h>
#include <stdint.h>

#include "base/err.h"

#define ANSWER_CALLS 32

enum { ANSWER_UNSAID = -2, ANSWER_NONE = -1 };

struct answer {
	/* a number, ANSWER_NONE for "none", or ANSWER_UNSAID */
	int copies, kernel;
	/* the number of words; 0 for "none"; or ANSWER_UNSAID */
	int calls;
	const char *call[ANSWER_CALLS];
	int why; /* 0 for the letter a; or ANSWER_UNSAID */
};

/* An answer of which every part is missing. */
#define ANSWER_INIT                                               \
	{                                                         \
		.copies = ANSWER_UNSAID, .kernel = ANSWER_UNSAID, \
		.calls = ANSWER_UNSAID, .why = ANSWER_UNSAID      \
	}

/*
 * The word for a call in answers: "read" for readv(2) and recv(2), too. NULL:
 * answers have no word for it.
 */
const char *answer_word(const char *call);

/*
 * Reads the parts of an answer from a line without its number. 0, or -EINVAL
 * with the reason.
 */
int answer_read(const char *line, struct answer *a, struct err *e);

/* All answers of a sheet, and which sheet it is. */
#define ANSWERS_MOST 50

struct answers {
	uint64_t seed, of; /* of: the mark of this sheet (sheet_mark) */
	int level, questions;
	bool found;                  /* the line with these four was read */
	bool said[ANSWERS_MOST + 1]; /* answered, by number from 1 */
	struct answer answer[ANSWERS_MOST + 1];
};

/*
 * Takes one line of a file. Empty lines and lines that begin with '#' are
 * skipped. 0, or -EINVAL with the reason.
 */
int answers_take(struct answers *all, char *line, struct err *e);

#endif
