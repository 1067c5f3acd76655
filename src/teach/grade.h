/* Compares answers with the counts. */
#ifndef TEACH_GRADE_H
#define TEACH_GRADE_H

#include "teach/answer.h"
#include "teach/question.h"

struct graded {
	bool copies, kernel, calls, why; /* true: this part is right */
	bool right;                      /* all parts are right */
	/* for each hop: it copies, and the answer lacks it */
	bool missed[QUESTION_HOPS];
	/* for each call of the answer: it is one too many */
	bool extra[ANSWER_CALLS];
};

void grade(const struct question *q, const struct answer *a, struct graded *g);

#endif
