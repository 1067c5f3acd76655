/* Exercises for people: questions, solutions, and what was wrong. */
#ifndef CLI_EXERCISE_SHOW_H
#define CLI_EXERCISE_SHOW_H

#include "teach/grade.h"
#include "teach/sheet.h"

/*
 * A sheet is its own file of answers: all but the lines to fill in begin with
 * '#'. With `solved` these are filled in, and the reasons follow.
 */
void exercise_put_sheet(const struct sheet *s, bool solved);

/* How to answer. On a terminal nothing begins with '#'. */
void exercise_put_rules(const struct sheet *s, bool as_file);
void exercise_put_question(const struct sheet *s, int question, bool as_file);

/* Whether it is right; else each part that is not, and the hop missed. */
void exercise_put_graded(const struct question *q, const struct answer *a,
			 const struct graded *g);

#endif
