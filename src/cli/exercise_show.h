/* Exercises for people: questions, solutions, and what was wrong. */
#ifndef CLI_EXERCISE_SHOW_H
#define CLI_EXERCISE_SHOW_H

#include "teach/grade.h"
#include "teach/sheet.h"

/*
 * A sheet is also the file of its answers: all lines except those to fill in
 * begin with '#'. With `solved` these are filled in, and the reasons follow.
 */
void exercise_put_sheet(const struct sheet *s, bool solved);

/* Says how to answer. Without `as_file` no line begins with '#'. */
void exercise_put_rules(const struct sheet *s, bool as_file);
void exercise_put_question(const struct sheet *s, int question, bool as_file);

/* Says that it is right, or else which parts are wrong and what it lacks. */
void exercise_put_graded(const struct question *q, const struct answer *a,
			 const struct graded *g);

#endif
