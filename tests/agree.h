/* Declarations that the files of tests/agree share. */
#ifndef TESTS_AGREE_H
#define TESTS_AGREE_H

#include <jansson.h>
#include <stdbool.h>
#include <stddef.h>

#include "run/run.h"

/* Prints a disagreement in the current run, and counts it. */
void disagree(const char *fmt, ...) __attribute__((format(printf, 1, 2)));

/* --- reading (agree.c) ---------------------------------------------------- */

/*
 * A member of an object as a text ("" if it is missing), as a number (NaN if it
 * is missing), and as a list.
 */
const char *text_in(const json_t *o, const char *key);
double number_in(const json_t *o, const char *key);
const json_t *list_in(const json_t *o, const char *key, size_t *n);

/* True if two numbers differ only by rounding. */
bool close_to(double a, double b);

enum { FASTER, SLOWER, EQUIVALENT, UNDECIDED, OUTCOMES };

int outcome_of(const char *word);

/*
 * The possible fates of the claim under a condition: "holds", "fails", "ties"
 * and "undecided", in the order of outcomes. check_counts compares the number
 * of conditions with each fate with `said`, a part of verdict.json.
 */
extern const char *const fates[];

void check_counts(const char *what, const json_t *said,
		  const size_t n[OUTCOMES]);

/* --- the checks ----------------------------------------------------------- */

/* Compares the parts of verdict.json with each other (agree_verdict.c). */
void check_verdict(const json_t *v);

/*
 * These compare other outputs with verdict.json (agree_said.c,
 * agree_figures.c).
 */
void check_sentences(const json_t *v);
void check_terminal(const json_t *v, const char *dir);
void check_csv(const json_t *v, const char *dir);
void check_page(const json_t *v, const char *dir);
void check_figures(const json_t *v, const struct run *r);

/* Reads the number after `anchor` and the next " in "; 0: there is none. */
double amount_after(const char *text, const char *anchor);

/* The number before " undecided" in a sentence; 0: there is none. */
double amount_undecided(const char *text);

/*
 * Checks that `amount`, which was read from the sentence `text`, is the number
 * of conditions that have this fate in `said`, a part of verdict.json.
 */
void check_amount(const char *text, const json_t *said, const char *fate,
		  double amount);

#endif
