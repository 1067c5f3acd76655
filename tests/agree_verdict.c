/* Compares the parts of verdict.json: comparisons, map, ranks and counts. */
#include <math.h>
#include <string.h>

#include "tests/agree.h"

/* --- comparisons ---------------------------------------------------------- */

static int turned(int outcome)
{
	if (outcome == FASTER)
		return SLOWER;
	return outcome == SLOWER ? FASTER : outcome;
}

/*
 * Finds the comparison of two labels under a condition. Sets *turn to true if
 * `b` is the first label of the comparison.
 */
static const json_t *comparison(const json_t *v, const json_t *condition,
				const char *a, const char *b, bool *turn)
{
	size_t n;
	const json_t *list = list_in(v, "comparisons", &n);

	for (size_t i = 0; i < n; i++) {
		const json_t *c = json_array_get(list, i);

		if (!json_equal(json_object_get(c, "condition"), condition))
			continue;
		*turn = !strcmp(text_in(c, "a_label"), b) &&
			!strcmp(text_in(c, "b_label"), a);
		if (*turn || (!strcmp(text_in(c, "a_label"), a) &&
			      !strcmp(text_in(c, "b_label"), b)))
			return c;
	}
	return NULL;
}

/* True if a comparison has this label first. Only rings come first. */
static bool is_ring(const json_t *v, const char *label)
{
	size_t n;
	const json_t *list = list_in(v, "comparisons", &n);

	for (size_t i = 0; i < n; i++)
		if (!strcmp(text_in(json_array_get(list, i), "a_label"), label))
			return true;
	return false;
}

/* --- map and comparisons -------------------------------------------------- */

static bool has_label(const json_t *list, const char *label)
{
	for (size_t i = 0; i < json_array_size(list); i++)
		if (!strcmp(json_string_value(json_array_get(list, i)), label))
			return true;
	return false;
}

static void check_ring(const json_t *v, const json_t *s)
{
	const char *ring = text_in(s, "ring"), *other = text_in(s, "other");
	const char *words = text_in(s, "words");
	int outcome = outcome_of(text_in(s, "outcome"));
	const char *first = json_string_value(
		json_array_get(json_object_get(s, "best"), 0));
	const json_t *c;
	bool turn;

	if (outcome == OUTCOMES)
		return;
	c = comparison(v, json_object_get(s, "condition"), ring, other, &turn);
	if (!c || outcome_of(text_in(c, "outcome")) != outcome ||
	    !close_to(number_in(c, "ratio"), number_in(s, "ratio")))
		disagree("%s: the map has %s %s over %s (%g), its comparison "
			 "%s (%g)",
			 words, ring, text_in(s, "outcome"), other,
			 number_in(s, "ratio"), text_in(c, "outcome"),
			 number_in(c, "ratio"));
	if (outcome == FASTER && !is_ring(v, first))
		disagree("%s: a ring beats all, but %s is called the fastest",
			 words, first);
	if (outcome == SLOWER && is_ring(v, first))
		disagree("%s: rings lose, but %s is called the fastest", words,
			 first);
}

static void check_rank(const json_t *v, const json_t *s, const json_t *rank,
		       const char *first)
{
	const char *label = text_in(rank, "label");
	int outcome = outcome_of(text_in(rank, "outcome"));
	bool turn;
	const json_t *c = comparison(v, json_object_get(s, "condition"), first,
				     label, &turn);

	if (has_label(json_object_get(s, "best"), label) !=
	    (outcome == EQUIVALENT))
		disagree("%s: %s is %s, but not among the best",
			 text_in(s, "words"), label, text_in(rank, "outcome"));
	if (has_label(json_object_get(s, "undecided"), label) !=
	    (outcome == UNDECIDED))
		disagree("%s: %s is %s, but not among the undecided",
			 text_in(s, "words"), label, text_in(rank, "outcome"));
	if (!c)
		return;
	if (outcome != (turn ? turned(outcome_of(text_in(c, "outcome")))
			     : outcome_of(text_in(c, "outcome"))))
		disagree("%s: %s ranks as %s, but its comparison says %s",
			 text_in(s, "words"), label, text_in(rank, "outcome"),
			 text_in(c, "outcome"));
}

static void check_ranks(const json_t *v, const json_t *s)
{
	size_t n;
	const json_t *ranks = list_in(s, "ranks", &n);
	const char *first = text_in(json_array_get(ranks, 0), "label");
	const char *next = "";

	if (n != (size_t)number_in(s, "measured"))
		disagree("%s: %zu ranks, but %g mechanisms were measured",
			 text_in(s, "words"), n, number_in(s, "measured"));
	for (size_t i = 0; i < n; i++) {
		const json_t *rank = json_array_get(ranks, i);

		check_rank(v, s, rank, first);
		if (!*next && !strcmp(text_in(rank, "outcome"), "faster"))
			next = text_in(rank, "label");
	}
	if (n > 0 &&
	    !json_equal(json_array_get(json_object_get(s, "best"), 0),
			json_object_get(json_array_get(ranks, 0), "label")))
		disagree("%s: the first rank is not the best",
			 text_in(s, "words"));
	if (strcmp(text_in(s, "next"), next) != 0)
		disagree("%s: `next` is %s, but by the ranks it is %s",
			 text_in(s, "words"), text_in(s, "next"), next);
}

/* The claim's outcome under a condition; OUTCOMES: no comparison was made. */
static int claim_of(const json_t *v, const json_t *condition)
{
	static const int gravity[] = { EQUIVALENT, UNDECIDED, SLOWER };
	size_t n;
	const json_t *list = list_in(v, "comparisons", &n);
	int worst = OUTCOMES;

	for (size_t i = 0; i < n; i++) {
		const json_t *c = json_array_get(list, i);
		int outcome = outcome_of(text_in(c, "outcome"));

		if (strcmp(text_in(c, "family"), "claim") != 0 ||
		    number_in(c, "generations") <= 0 ||
		    !json_equal(json_object_get(c, "condition"), condition))
			continue;
		if (worst == OUTCOMES)
			worst = FASTER;
		for (int g = 0, is = -1, was = -1; g < 3; g++) {
			is = outcome == gravity[g] ? g : is;
			was = worst == gravity[g] ? g : was;
			if (g == 2 && is > was)
				worst = outcome;
		}
	}
	return worst;
}

static void check_claim(const json_t *v)
{
	size_t n, m, made[OUTCOMES] = { 0 }, fate[OUTCOMES + 1] = { 0 };
	const json_t *list = list_in(v, "comparisons", &n);
	const json_t *map = list_in(v, "map", &m);
	const json_t *claim = json_object_get(v, "claim");

	for (size_t i = 0; i < n; i++) {
		const json_t *c = json_array_get(list, i);

		if (!strcmp(text_in(c, "family"), "claim"))
			made[outcome_of(text_in(c, "outcome"))]++;
	}
	for (size_t i = 0; i < m; i++)
		fate[claim_of(v, json_object_get(json_array_get(map, i),
						 "condition"))]++;
	check_counts("claim", claim, made);
	check_counts("claim, conditions", json_object_get(claim, "conditions"),
		     fate);
}

static void check_map(const json_t *v)
{
	size_t n, fate[OUTCOMES + 1] = { 0 };
	const json_t *map = list_in(v, "map", &n);

	for (size_t i = 0; i < n; i++) {
		const json_t *s = json_array_get(map, i);

		check_ring(v, s);
		check_ranks(v, s);
		fate[outcome_of(text_in(s, "outcome"))]++;
	}
	check_counts("ring",
		     json_object_get(json_object_get(v, "ring"), "conditions"),
		     fate);
}

void check_verdict(const json_t *v)
{
	check_map(v);
	check_claim(v);
}
