/* Compares answers with the counts. */
#ifndef TEACH_GRADE_H
#define TEACH_GRADE_H

#include "teach/answer.h"
#include "teach/question.h"

struct graded {
	bool copies, kernel, calls, why; /* true: this part is right */
	bool right;                      /* all parts are right */
	/* by hop: a copy that the answer lacks */
	bool missed[QUESTION_HOPS];
	/* by call: one too many in the answer */
	bool extra[ANSWER_CALLS];
};

void grade(const struct question *q, const struct answer *a, struct graded *g);

#endif
