/* Finds the errors and the noise that a verdict reports besides its answers. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "judge/words.h"

/* Disturbances larger than these are reported. */
#define STEAL_SHARE   0.01
#define WITNESS_RANGE 0.10
#define VAGUE         0.10

/* --- the samples themselves ----------------------------------------------- */

static void say_of_samples(const struct run *r, struct rep_lines *l)
{
	if (r->samples_csv.csv.torn)
		rep_line(l, "samples.csv ends in the middle of a line, which "
			    "is left out");
	if (r->strange)
		rep_line(l,
			 "samples.csv: %zu %s not understood and left out; the "
			 "first: %s",
			 r->strange, r->strange == 1 ? "line is" : "lines are",
			 r->flaw);
}

/* --- cells ---------------------------------------------------------------- */

enum trouble { SKIPPED, FAILED, PARTLY };

static bool has(const struct run_cell *c, enum trouble t)
{
	switch (t) {
	case SKIPPED:
		/*
		 * the cell without a dose is skipped for the same reason, so
		 * report only that
		 */
		return c->skipped && c->groups == 0 && !run_is_dosed(c);
	case FAILED:
		return !c->skipped && c->groups == 0;
	default:
		return c->groups > 0 && c->failures > 0;
	}
}

static bool is_digit(char c)
{
	return c >= '0' && c <= '9';
}

/* Skips a number with its unit, such as 64K. */
static const char *after_number(const char *p)
{
	p += strspn(p, "0123456789.");
	return p + strspn(p, "KMGT");
}

/* The number that a text ends with; 0: it ends with something else. */
static unsigned long long last_number(const char *text)
{
	const char *p = text + strlen(text);

	while (p > text && is_digit(p[-1]))
		p--;
	return strtoull(p, NULL, 10);
}

/*
 * True if two cells cannot run because of one limit. Such reasons end with the
 * value to which the limit must be raised. They differ only in numbers.
 */
static bool limits_alike(const char *a, const char *b)
{
	if (!last_number(a) || !last_number(b))
		return !strcmp(a, b);
	while (*a && *b) {
		if (is_digit(*a) && is_digit(*b)) {
			a = after_number(a);
			b = after_number(b);
		} else if (*a++ != *b++) {
			return false;
		}
	}
	return *a == *b;
}

static bool troubles_alike(const struct run_cell *a, const struct run_cell *b,
			   enum trouble t)
{
	return has(a, t) && has(b, t) && !strcmp(a->label, b->label) &&
	       (t == SKIPPED ? limits_alike(a->reason, b->reason)
			     : !strcmp(a->reason, b->reason));
}

/*
 * The cell that needs the highest limit, of all cells whose trouble is like
 * that of the cell `first`.
 */
static const struct run_cell *neediest(const struct run *r, size_t first,
				       enum trouble t)
{
	const struct run_cell *most = r->cell[first];

	for (size_t i = first + 1; i < r->cells; i++)
		if (troubles_alike(most, r->cell[i], t) &&
		    last_number(r->cell[i]->reason) > last_number(most->reason))
			most = r->cell[i];
	return most;
}

static void say_of_group(const struct run *r, size_t first, enum trouble t,
			 struct rep_lines *l)
{
	static const char *const words[] = {
		[SKIPPED] = "cannot run here",
		[FAILED] = "gave no good sample",
		[PARTLY] = "failed now and then",
	};
	const struct run_cell *c = neediest(r, first, t);
	size_t cells = 0, failures = 0;
	bool differ = false;
	const char *noun;

	for (size_t i = first; i < r->cells; i++) {
		if (!troubles_alike(c, r->cell[i], t))
			continue;
		cells++;
		failures += r->cell[i]->failures;
		differ |= strcmp(c->reason, r->cell[i]->reason) != 0;
	}
	noun = cells == 1 ? "cell" : "cells";
	if (t == PARTLY)
		rep_line(l, "%s %s: %zu %s in %zu %s: %s", c->label, words[t],
			 failures, failures == 1 ? "sample" : "samples", cells,
			 noun, c->reason);
	else
		rep_line(l, "%s %s in %zu %s%s: %s", c->label, words[t], cells,
			 noun, differ ? "; the most demanding" : "",
			 *c->reason ? c->reason : "never measured");
}

/*
 * Reports a trouble, in one line for all cells of a label that had the trouble
 * for the same reason, or that cannot run because of the same limit.
 */
static void say_of_trouble(const struct run *r, enum trouble t,
			   struct rep_lines *l)
{
	for (size_t i = 0; i < r->cells; i++) {
		bool told = !has(r->cell[i], t);

		for (size_t j = 0; j < i && !told; j++)
			told = troubles_alike(r->cell[i], r->cell[j], t);
		if (!told)
			say_of_group(r, i, t, l);
	}
}

static void say_of_ceiling(const struct run *r, struct rep_lines *l)
{
	char speed[32];

	for (size_t i = 0; i < r->cells; i++) {
		const struct run_cell *c = r->cell[i];

		if (c->over_ceiling == RUN_YES)
			rep_line(l,
				 "the cell %s: %s is faster than memory can be "
				 "copied here; this speed is an error and is "
				 "not believed",
				 c->name,
				 rep_speed_words(c, c->speed.value, speed,
						 sizeof(speed)));
	}
}

static void say_of_groups(const struct run *r, struct rep_lines *l)
{
	size_t two = 0, drift = 0, vague = 0, measured = 0;

	for (size_t i = 0; i < r->cells; i++) {
		const struct run_cell *c = r->cell[i];

		measured += c->groups > 0;
		two += c->bimodal == RUN_YES;
		vague += c->speed.high - c->speed.low >
			 2 * VAGUE * c->speed.value;
		drift += c->autocorrelation > 2 / sqrt((double)c->groups);
	}
	if (vague)
		rep_line(l,
			 "in %zu of %zu measured cells the interval of the "
			 "median is "
			 "wider than ±%.0f %%: more time or a quieter machine "
			 "would decide more",
			 vague, measured, 100 * VAGUE);
	if (two)
		rep_line(l,
			 "in %zu of %zu measured cells the generations fall "
			 "into two "
			 "groups, and their median describes neither (bimodal "
			 "in summary.csv)",
			 two, measured);
	if (measured > 0 && (double)drift > 0.1 * (double)measured)
		rep_line(l,
			 "in %zu of %zu measured cells generations that follow "
			 "one "
			 "another are more alike than chance explains: the "
			 "machine changed while it was measured, and intervals "
			 "are too narrow",
			 drift, measured);
}

/* --- copies --------------------------------------------------------------- */

static void say_of_copies(const struct run *r, struct rep_lines *l)
{
	if (r->mechanisms == 0 && r->samples > 0)
		rep_line(l, "copies and calls are not known, since copies.csv "
			    "is missing or empty; count them with: ipcopy "
			    "bench --resume RUN");
	for (size_t i = 0; i < r->mechanisms; i++) {
		const struct run_copies *c = &r->copies[i];

		if (c->agrees == RUN_NO && !isnan(c->counted))
			rep_line(l,
				 "%s%s%s: %.4g copies of each byte were "
				 "counted, but %.4g were predicted",
				 c->spec, *c->workload ? ", " : "", c->workload,
				 c->counted,
				 c->predicted_kernel + c->predicted_user);
	}
}

/* --- noise ---------------------------------------------------------------- */

static double witness_of(const struct run_sample *s)
{
	return s->witness_ns;
}

static double steal_of(const struct run_sample *s)
{
	return s->steal_ns;
}

static double wall_of(const struct run_sample *s)
{
	return s->wall_ns;
}

static size_t numbers(const struct run *r,
		      double (*of)(const struct run_sample *), double *to)
{
	size_t n = 0;

	for (size_t i = 0; i < r->samples; i++) {
		to[n] = of(&r->sample[i]);
		n += to[n] > 0;
	}
	return n;
}

static double total(const double *x, size_t n)
{
	return n ? stats_mean(x, n) * (double)n : 0;
}

void rep_noise(const struct run *r, const char *when, struct rep_lines *l)
{
	double *x = malloc((r->samples + 1) * sizeof(*x)), low, high, steal;
	size_t n;

	l->broken = l->broken || !x;
	if (!x)
		return;
	n = numbers(r, witness_of, x);
	low = stats_quantile(x, n, 0.05);
	high = stats_quantile(x, n, 0.95);
	if (high > low * (1 + WITNESS_RANGE))
		rep_line(l,
			 "the machine was not quiet%s: a fixed amount of work "
			 "took from %.3g to %.3g ms",
			 when, low / 1e6, high / 1e6);
	n = numbers(r, steal_of, x);
	steal = total(x, n);
	n = numbers(r, wall_of, x);
	if (n > 0 && steal > STEAL_SHARE * total(x, n))
		rep_line(l,
			 "the hypervisor took %.2g CPU seconds for each second "
			 "measured%s",
			 steal / total(x, n), when);
	free(x);
}

/* --- power ---------------------------------------------------------------- */

static void say_of_power(const struct rep_verdict *v, enum rep_family family,
			 struct rep_lines *l)
{
	size_t generations, n = rep_made(v, family, &generations);
	char longer[160];

	if (rep_lacks_generations(v, family))
		rep_line(
			l,
			"%zu generations are too few to decide the %zu "
			"comparisons of family %s; at least %zu are needed; %s",
			generations, n, rep_family_names[family],
			rep_generations_needed(v, n),
			rep_longer(v, family, longer, sizeof(longer)));
}

void rep_findings(const struct rep_verdict *v, struct rep_lines *l)
{
	say_of_samples(v->run, l);
	say_of_ceiling(v->run, l);
	say_of_trouble(v->run, FAILED, l);
	say_of_trouble(v->run, PARTLY, l);
	say_of_copies(v->run, l);
	for (int f = 0; f < REP_FAMILIES; f++)
		say_of_power(v, (enum rep_family)f, l);
	say_of_groups(v->run, l);
	rep_noise(v->run, "", l);
	say_of_trouble(v->run, SKIPPED, l);
}
