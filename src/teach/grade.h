/* Compares answers with the counts. */
#ifndef TEACH_GRADE_H
#define TEACH_GRADE_H

#include "teach/answer.h"
#include "teach/question.h"

struct graded {
	bool copies, kernel, calls, why; /* true: this part is right */
	bool right;                      /* all parts are right */
	bool missed[QUESTION_HOPS];      /* a copy that the answer left out */
	bool extra[ANSWER_CALLS];        /* a call that makes no copy here */
};

void grade(const struct question *q, const struct answer *a, struct graded *g);

#endif
