/* Checks that the headlines of figures agree with verdict.json. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "figure/figure.h"
#include "tests/agree.h"

/* Figures round a ratio to two decimals, or to none if it is 10 or more. */
static bool is_ratio(double said, double ratio)
{
	double r = fmax(ratio, 1 / ratio);

	return fabs(r - said) <= 0.0051 || (said > 9 && fabs(r - said) <= 0.51);
}

/*
 * True if the map has a condition in which the two mechanisms that the text
 * names have an outcome that `is` accepts. The ratio of this condition must be
 * `ratio` or 1 / `ratio` (NaN: any ratio).
 */
static bool map_says(const json_t *v, const char *text, bool (*is)(int outcome),
		     double ratio)
{
	size_t n;
	const json_t *map = list_in(v, "map", &n);

	for (size_t i = 0; i < n; i++) {
		const json_t *s = json_array_get(map, i);

		if (is(outcome_of(text_in(s, "outcome"))) &&
		    strstr(text, text_in(s, "ring")) &&
		    strstr(text, text_in(s, "other")) &&
		    (isnan(ratio) || is_ratio(ratio, number_in(s, "ratio"))))
			return true;
	}
	return false;
}

static bool is_decided(int outcome)
{
	return outcome == FASTER || outcome == SLOWER;
}

static bool is_tie(int outcome)
{
	return outcome == EQUIVALENT;
}

static bool is_open(int outcome)
{
	return outcome == UNDECIDED;
}

/*
 * Checks by the map each "A is R times as fast as B", "A is as fast as B" and
 * "… is undecided".
 */
static void check_pairs(const json_t *v, const char *name, const char *text)
{
	static const struct {
		const char *words;
		bool (*is)(int outcome);
	} said[] = {
		{ " times as fast as ", is_decided },
		{ " is as fast as ", is_tie },
		{ " is undecided", is_open },
	};

	for (size_t i = 0; i < sizeof(said) / sizeof(*said); i++) {
		const char *at = text;

		while ((at = strstr(at, said[i].words))) {
			const char *from = at;

			while (from > text && from[-1] != ' ')
				from--;
			if (!map_says(v, text, said[i].is,
				      i == 0 ? atof(from) : NAN))
				disagree("figure %s says something that the "
					 "map does "
					 "not say: %s",
					 name, text);
			at++;
		}
	}
}

/* Checks the counts of conditions in the headline of the map. */
static void check_map_headline(const json_t *v, const char *text)
{
	const json_t *said =
		json_object_get(json_object_get(v, "ring"), "conditions");
	const char *of = strstr(text, " of ");
	double all = 0;

	for (int i = 0; i < OUTCOMES; i++)
		all += number_in(said, fates[i]);
	if (all > 0 ? !of || atof(of + 4) != all : strstr(text, "fastest") != 0)
		disagree("the map has %g conditions, but the figure says: %s",
			 all, text);
	check_amount(text, said, "holds", amount_after(text, "is the fast"));
	check_amount(text, said, "fails", amount_after(text, "beaten"));
	check_amount(text, said, "ties", amount_after(text, "best rival"));
	check_amount(text, said, "undecided", amount_undecided(text));
}

/*
 * Checks a headline such as "pipe is the fastest" or "pipe or 3 others is the
 * fastest": the map must have a condition with the same result.
 */
static void check_first(const json_t *v, const char *name, const char *text)
{
	size_t n;
	const json_t *map = list_in(v, "map", &n);

	if (!strstr(text, " the fastest"))
		return;
	for (size_t i = 0; i < n; i++) {
		const json_t *s = json_array_get(map, i);
		bool open = json_array_size(json_object_get(s, "undecided"));
		const char *first = json_string_value(
			json_array_get(json_object_get(s, "best"), 0));
		const char *at = first ? strstr(text, first) : NULL;

		if (at && (strstr(at, " or ") != NULL) == open)
			return;
	}
	disagree("figure %s names another mechanism as the fastest: %s", name,
		 text);
}

void check_figures(const json_t *v, const struct run *r)
{
	struct figure_wish wish = { .run = r };

	for (const struct figure_kind *k = figure_kinds; k->name; k++) {
		struct figure_program p;
		struct err e = { 0 };

		if (k->draw == figure_compare ||
		    figure_write(k, &wish, &p, &e) < 0)
			continue;
		if (k->draw == figure_map) {
			check_map_headline(v, p.headline);
		} else {
			check_pairs(v, k->name, p.headline);
			check_first(v, k->name, p.headline);
		}
		figure_program_free(&p);
	}
}
