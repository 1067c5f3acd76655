/*
 * Checks that all outputs about a run say the same: the parts of verdict.json,
 * the terminal (RUN/out, in ASCII), the comparisons for programs (RUN/csv), the
 * page (RUN/report.html) and the headlines of figures. tests/agree.t makes the
 * files.
 *
 * tests/agree RUN... prints each disagreement. Its status is 1 if there is one.
 */
#include "tests/agree.h"

#include <math.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

static const char *run_name;
static size_t wrong;

void disagree(const char *fmt, ...)
{
	va_list ap;

	wrong++;
	printf("%s: ", run_name);
	va_start(ap, fmt);
	vprintf(fmt, ap);
	va_end(ap);
	putchar('\n');
}

/* --- reading -------------------------------------------------------------- */

const char *text_in(const json_t *o, const char *key)
{
	const char *text = json_string_value(json_object_get(o, key));

	return text ? text : "";
}

double number_in(const json_t *o, const char *key)
{
	const json_t *n = json_object_get(o, key);

	return json_is_number(n) ? json_number_value(n) : NAN;
}

bool close_to(double a, double b)
{
	/* a terminal shows two digits of a number below 0.1, else three */
	double digits = fabs(b) < 0.1 ? 0.03 : 0.006;

	return (isnan(a) && isnan(b)) || fabs(a - b) <= digits * fabs(b);
}

const json_t *list_in(const json_t *o, const char *key, size_t *n)
{
	const json_t *list = json_object_get(o, key);

	*n = json_array_size(list);
	return list;
}

static const char *const outcomes[] = { "faster", "slower", "equivalent",
					"undecided" };

int outcome_of(const char *word)
{
	int i = 0;

	while (i < OUTCOMES && strcmp(outcomes[i], word) != 0)
		i++;
	return i;
}

/* --- counts --------------------------------------------------------------- */

const char *const fates[] = { "holds", "fails", "ties", "undecided" };

void check_counts(const char *what, const json_t *said,
		  const size_t n[OUTCOMES])
{
	for (int i = 0; i < OUTCOMES; i++)
		if (number_in(said, fates[i]) != (double)n[i])
			disagree("%s: %s is %g, counted %zu", what, fates[i],
				 number_in(said, fates[i]), n[i]);
}

/* --- all of it ------------------------------------------------------------ */

static void check(const char *dir)
{
	struct err e = { 0 };
	struct run r;

	run_name = dir;
	if (run_read_made(&r, dir, &e) < 0 || !r.verdict) {
		disagree("it cannot be read: %s", e.text);
	} else {
		check_verdict(r.verdict);
		check_sentences(r.verdict);
		check_terminal(r.verdict, dir);
		check_csv(r.verdict, dir);
		check_page(r.verdict, dir);
		check_figures(r.verdict, &r);
	}
	run_free(&r);
}

int main(int argc, char **argv)
{
	for (int i = 1; i < argc; i++)
		check(argv[i]);
	return wrong > 0;
}
