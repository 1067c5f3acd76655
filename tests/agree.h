/* The files of tests/agree share these. */
#ifndef TESTS_AGREE_H
#define TESTS_AGREE_H

#include <jansson.h>
#include <stdbool.h>
#include <stddef.h>

#include "run/run.h"

/* Says what disagrees in the run at hand, and counts it. */
void disagree(const char *fmt, ...) __attribute__((format(printf, 1, 2)));

/* --- reading (agree.c) ---------------------------------------------------- */

/* A member's text, "" where there is none; its number, or NaN. */
const char *text_in(const json_t *o, const char *key);
double number_in(const json_t *o, const char *key);
const json_t *list_in(const json_t *o, const char *key, size_t *n);

/* Equal except for rounding. */
bool close_to(double a, double b);

enum { FASTER, SLOWER, EQUIVALENT, UNDECIDED, OUTCOMES };

int outcome_of(const char *word);

/* How many conditions a fate is said of: "holds" and so on, by outcome. */
extern const char *const fates[];

void check_counts(const char *what, const json_t *said,
		  const size_t n[OUTCOMES]);

/* --- what is checked ------------------------------------------------------ */

/* verdict.json within itself (agree_verdict.c). */
void check_verdict(const json_t *v);

/* The other outputs against it (agree_said.c, agree_figures.c). */
void check_sentences(const json_t *v);
void check_terminal(const json_t *v, const char *dir);
void check_csv(const json_t *v, const char *dir);
void check_page(const json_t *v, const char *dir);
void check_figures(const json_t *v, const struct run *r);

/* The number after `anchor` and " in " in a sentence; 0: it is not said. */
double amount_after(const char *text, const char *anchor);

/* The number before " undecided" in a sentence; 0: nothing is. */
double amount_undecided(const char *text);

/* That a sentence gives as many conditions a fate as verdict.json does. */
void check_amount(const char *text, const json_t *said, const char *fate,
		  double amount);

#endif
