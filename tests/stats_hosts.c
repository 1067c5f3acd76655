/*
 * One effect on several hosts: known answers, coverage by simulation, and the
 * example of doc/METHOD.
 */
#include <gsl/gsl_randist.h>
#include <gsl/gsl_rng.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "stats/stats.h"
#include "tap.h"

static bool near(double is, double should)
{
	bool good = fabs(is - should) < 1e-6;

	if (!good)
		diag("is %.9g, should be %.9g", is, should);
	return good;
}

/* --- known answers -------------------------------------------------------- */

static void equal_errors(void)
{
	/* tau^2 is the variance of y minus s^2; all weights are equal */
	static const double y[] = { 0, 1, 2, 3, 4 };
	static const double s[] = { .5, .5, .5, .5, .5 };
	struct stats_between b = stats_over_hosts(y, s, 5, 0.95);

	ok(b.hosts == 5 && near(b.mean.value, 2) &&
		   near(b.tau.value, sqrt(2.5 - .25)) &&
		   near(b.share, 2.25 / 2.5),
	   "equal errors: tau^2 is the variance less the error^2");
	/* t with 4 degrees of freedom is 2.776445105 */
	ok(near(b.mean.high, 2 + 2.776445105 * sqrt(2.5 / 5)) &&
		   near(b.mean.low, 4 - b.mean.high) &&
		   near(b.next.high, 2 + 2.776445105 * sqrt(2.25 + 2.5 / 5)),
	   "equal errors: the intervals use t");
	ok(b.tau.low < b.tau.value && b.tau.high > b.tau.value &&
		   near(b.tau.low, sqrt(4 * 2.5 / 11.14328678 - .25)),
	   "equal errors: the interval of tau uses chi-squared");
}

static void no_difference(void)
{
	static const double y[] = { .1, .1, .1, .1 };
	static const double s[] = { .01, .02, .03, .04 };
	struct stats_between b = stats_over_hosts(y, s, 4, 0.95);

	ok(near(b.tau.value, 0) && near(b.share, 0) && near(b.mean.value, .1) &&
		   b.mean.high - b.mean.value > .01,
	   "equal hosts: tau is 0, and the interval has a width");
	ok(b.tau.low <= 0 && b.tau.high >= 0,
	   "equal hosts: the interval of tau is not only 0");
}

static void odd_values(void)
{
	static const double y[] = { 1, NAN, 2, 3 };
	static const double s[] = { .1, .1, NAN, 0 };
	struct stats_between b = stats_over_hosts(y, s, 4, 0.95);

	ok(b.hosts == 2 && isfinite(b.mean.high) && isnan(b.next.high),
	   "hosts without a value, or with an error of 0, do not count");
	b = stats_over_hosts(y, s, 1, 0.95);
	ok(b.hosts == 1 && near(b.mean.value, 1) && isnan(b.mean.low) &&
		   isnan(b.p),
	   "a single host has no interval");
	b = stats_over_hosts(y, s, 0, 0.95);
	ok(b.hosts == 0 && isnan(b.mean.value),
	   "without a host there is no value");
}

static void medians(void)
{
	static const double seven[] = { 7, 1, 6, 2, 5, 3, 4 };
	static const double two[] = { 1, 2 };

	/* c is 1, p is 1/128, z is 2.417559 */
	ok(fabs(stats_median_error(seven, 7) - 6 / (2 * 2.417559)) < 1e-5,
	   "the error of a median comes from two ordered values");
	ok(isnan(stats_median_error(two, 2)),
	   "two values have no error of a median");
}

/* --- coverage ------------------------------------------------------------- */

#define TRIALS 2000

/* How often the interval misses the truth, if hosts differ by tau. */
static double misses(gsl_rng *rng, size_t hosts, double tau)
{
	size_t missed = 0;

	for (int i = 0; i < TRIALS; i++) {
		double y[20], s[20];
		struct stats_between b;

		for (size_t k = 0; k < hosts; k++) {
			s[k] = gsl_ran_flat(rng, .01, .05);
			y[k] = .2 + gsl_ran_gaussian(rng, tau) +
			       gsl_ran_gaussian(rng, s[k]);
		}
		b = stats_over_hosts(y, s, hosts, 0.95);
		missed += b.mean.low > .2 || b.mean.high < .2;
	}
	return (double)missed / TRIALS;
}

static void promise(void)
{
	static const size_t hosts[] = { 3, 5, 20 };
	static const double tau[] = { 0, .03, .2 };
	gsl_rng *rng = gsl_rng_alloc(gsl_rng_mt19937);
	double worst = 0;

	gsl_rng_set(rng, 20);
	for (int i = 0; i < 3; i++)
		for (int k = 0; k < 3; k++)
			worst = fmax(worst, misses(rng, hosts[i], tau[k]));
	gsl_rng_free(rng);
	/* the level of 5 % and four standard errors of 2,000 trials */
	if (!ok(worst < .07,
		"the interval covers the mean, with 3 to 20 hosts"))
		diag("it misses in %.1f %%", 100 * worst);
}

/* --- the example of doc/METHOD -------------------------------------------- */

struct example {
	double y[16], s[16];
	size_t n;
	char said[3][100]; /* the lines of its result */
	size_t lines;
};

static bool is_answer(const char *line)
{
	return !strncmp(line, "    over the hosts   ", 21) ||
	       !strncmp(line, "    the next host    ", 21) ||
	       !strncmp(line, "    tau              ", 21);
}

static void read_example(struct example *x)
{
	const char *source = getenv("top_srcdir");
	char name[4096], line[200];
	double ratio, error;
	size_t host;
	FILE *f;

	snprintf(name, sizeof(name), "%s/doc/METHOD", source ? source : ".");
	f = fopen(name, "re");
	while (f && fgets(line, sizeof(line), f)) {
		line[strcspn(line, "\n")] = '\0';
		if (sscanf(line, " host %zu ratio %lf error %lf", &host, &ratio,
			   &error) == 3 &&
		    host == x->n + 1 && x->n < 16) {
			x->y[x->n] = log(ratio);
			x->s[x->n++] = error;
		} else if (is_answer(line) && x->lines < 3) {
			snprintf(x->said[x->lines++], sizeof(x->said[0]),
				 "%.99s", line);
		}
	}
	if (f)
		fclose(f);
}

static void example(void)
{
	struct example x = { 0 };
	struct stats_between b;
	char should[3][100];

	read_example(&x);
	b = stats_over_hosts(x.y, x.s, x.n, 0.95);
	snprintf(should[0], 100,
		 "    over the hosts   %.3f   %.3f to %.3f   p %.4f",
		 exp(b.mean.value), exp(b.mean.low), exp(b.mean.high), b.p);
	snprintf(should[1], 100, "    the next host            %.3f to %.3f",
		 exp(b.next.low), exp(b.next.high));
	snprintf(should[2], 100,
		 "    tau              %.3f   %.3f to %.3f   I2 %.1f %%",
		 b.tau.value, b.tau.low, b.tau.high, 100 * b.share);
	ok(x.n == 5 && x.lines == 3, "doc/METHOD has an example");
	for (size_t i = 0; i < 3; i++)
		ok_text(x.said[i], should[i], "its line %zu is right", i + 1);
}

int main(void)
{
	equal_errors();
	no_difference();
	odd_values();
	medians();
	promise();
	example();
	return done_testing();
}
