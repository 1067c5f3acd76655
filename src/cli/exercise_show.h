/* Exercises for people: questions, solutions and mistakes. */
#ifndef CLI_EXERCISE_SHOW_H
#define CLI_EXERCISE_SHOW_H

#include "teach/grade.h"
#include "teach/sheet.h"

/*
 * A sheet is also the file for the answers. Its lines are empty or begin with
 * '#', except the line "sheet:" and a line for each answer. With `solved` the
 * answers are filled in, with their reasons.
 */
void exercise_put_sheet(const struct sheet *s, bool solved);

/* Says how to answer. Without `as_file` no line begins with '#'. */
void exercise_put_rules(const struct sheet *s, bool as_file);
void exercise_put_question(const struct sheet *s, int question, bool as_file);

/* Says that the answer is right; or which parts are wrong, and why. */
void exercise_put_graded(const struct question *q, const struct answer *a,
			 const struct graded *g);

#endif
