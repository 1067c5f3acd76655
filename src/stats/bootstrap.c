/* Bootstrap intervals: values are drawn again from those that were measured. */
#include <gsl/gsl_cdf.h>
#include <gsl/gsl_sort.h>
#include <gsl/gsl_statistics_double.h>
#include <limits.h>
#include <math.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "stats/random.h"
#include "stats/stats.h"

static const struct stats_interval nothing = { NAN, NAN, NAN };

/*
 * Values in ascending order, each with its original place. A drawing only keeps
 * how often it has drawn each place. So the median of a drawing is found by
 * walking up the ladder, without sorting ten thousand times.
 */
struct ladder {
	size_t n;
	size_t *place;
	double *value;
};

static bool ladder_init(struct ladder *l, const double *x, size_t n)
{
	*l = (struct ladder){
		.n = n,
		.place = malloc((n + 1) * sizeof(size_t)),
		.value = malloc((n + 1) * sizeof(double)),
	};
	if (!l->place || !l->value)
		return false;
	gsl_sort_index(l->place, x, 1, n);
	for (size_t i = 0; i < n; i++)
		l->value[i] = x[l->place[i]];
	return true;
}

static void ladder_free(struct ladder *l)
{
	free(l->place);
	free(l->value);
}

struct stats_resamples {
	size_t n;
	/* for each drawing and place: how often this drawing drew this place */
	unsigned short times[];
};

static const unsigned short *times_of(const struct stats_resamples *d, size_t i)
{
	return d->times + i * d->n;
}

static void draw(gsl_rng *rng, unsigned short *times, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		uint64_t random = gsl_rng_get(rng); /* from 0 to 2^32 - 1 */

		times[random * n >> 32]++;
	}
}

static struct stats_resamples *draw_all(size_t n, uint64_t seed)
{
	struct stats_resamples *d = NULL;
	gsl_rng *rng = stats_rng(seed);

	if (rng && n <= USHRT_MAX)
		d = calloc(1, sizeof(*d) + STATS_RESAMPLES * n *
						   sizeof(d->times[0]));
	for (size_t i = 0; d && i < STATS_RESAMPLES; i++)
		draw(rng, d->times + i * n, n);
	if (d)
		d->n = n;
	gsl_rng_free(rng);
	return d;
}

struct stats_resampler {
	uint64_t seed;
	struct stats_resamples **drawn; /* indexed by the number of values */
	size_t room;
};

struct stats_resampler *stats_resampler_new(uint64_t seed)
{
	struct stats_resampler *d = calloc(1, sizeof(*d));

	if (d)
		d->seed = seed;
	return d;
}

static bool resampler_grow(struct stats_resampler *d, size_t n)
{
	struct stats_resamples **larger;

	if (n < d->room)
		return true;
	larger = realloc(d->drawn, 2 * (n + 1) * sizeof(*larger));
	if (!larger)
		return false;
	d->drawn = larger;
	for (; d->room < 2 * (n + 1); d->room++)
		d->drawn[d->room] = NULL;
	return true;
}

const struct stats_resamples *stats_resamples_of(struct stats_resampler *d,
						 size_t n)
{
	if (!d || !resampler_grow(d, n))
		return NULL;
	if (!d->drawn[n])
		d->drawn[n] = draw_all(n, d->seed);
	return d->drawn[n];
}

void stats_resampler_free(struct stats_resampler *d)
{
	if (!d)
		return;
	for (size_t n = 0; n < d->room; n++)
		free(d->drawn[n]);
	free(d->drawn);
	free(d);
}

/*
 * The median of the drawn values: the middle one, or the mean of the middle
 * two.
 */
static double drawn_median(const struct ladder *l, const unsigned short *times)
{
	size_t lower = (l->n - 1) / 2, upper = l->n / 2, seen, i = 0, j;

	for (seen = times[l->place[0]]; seen <= lower;)
		seen += times[l->place[++i]];
	for (j = i; seen <= upper;)
		seen += times[l->place[++j]];
	return i == j ? l->value[i] : (l->value[i] + l->value[j]) / 2;
}

static double middle(const struct ladder *l)
{
	return gsl_stats_median_from_sorted_data(l->value, 1, l->n);
}

/* --- from many to an interval -------------------------------------------- */

/*
 * True if the widest interval of n values, from the smallest to the largest,
 * contains the median often enough for the level. It misses the median if all
 * values lie on one side of the median.
 */
static bool can_hold(size_t n, double level)
{
	return n > 1 && 1 - ldexp(1, 1 - (int)fmin((double)n, 1000)) >= level;
}

static double least(const double *x, size_t n)
{
	double found = x[0];

	for (size_t i = 1; i < n; i++)
		if (x[i] < found)
			found = x[i];
	return found;
}

/* The quantile q of the drawn values (type 7), which need not be sorted. */
static double quantile(double *x, double q)
{
	double at = q * (STATS_RESAMPLES - 1), share = at - floor(at);
	size_t k = (size_t)at, next = k + 1;
	double low = gsl_stats_select(x, 1, STATS_RESAMPLES, k), high;

	if (share <= 0 || next >= STATS_RESAMPLES)
		return low;
	/* gsl_stats_select has moved all values above x[k] behind it */
	high = least(x + next, STATS_RESAMPLES - next);
	return low + share * (high - low);
}

static struct stats_interval between(double value, double *drawn, double q_low,
				     double q_high)
{
	return (struct stats_interval){ .value = value,
					.low = quantile(drawn, q_low),
					.high = quantile(drawn, q_high) };
}

/*
 * The acceleration of a BCa interval. It is computed from n medians, each of
 * which leaves out one value.
 */
static double acceleration(const struct ladder *l)
{
	size_t n = l->n;
	double sum = 0, squares = 0, cubes = 0;
	double *rest = malloc(n * sizeof(*rest)), *without;

	without = malloc(n * sizeof(*without));
	for (size_t i = 0; rest && without && i < n; i++) {
		memcpy(rest, l->value, i * sizeof(*rest));
		memcpy(rest + i, l->value + i + 1, (n - 1 - i) * sizeof(*rest));
		without[i] = gsl_stats_median_from_sorted_data(rest, 1, n - 1);
		sum += without[i];
	}
	for (size_t i = 0; rest && without && i < n; i++) {
		double off = sum / (double)n - without[i];

		squares += off * off;
		cubes += off * off * off;
	}
	free(rest);
	free(without);
	return squares > 0 ? cubes / (6 * pow(squares, 1.5)) : 0;
}

/*
 * The share of drawings below the value. Drawings are medians, many of which
 * are equal to the value; each of these counts half.
 */
static double share_below(const double *drawn, double value)
{
	double below = 0;

	for (size_t i = 0; i < STATS_RESAMPLES; i++)
		below += drawn[i] < value ? 1 : drawn[i] <= value ? 0.5 : 0;
	return below / STATS_RESAMPLES;
}

static struct stats_interval bca(const struct ladder *l, double value,
				 double *drawn, double level)
{
	double bias = gsl_cdf_ugaussian_Pinv(share_below(drawn, value));
	double a = acceleration(l), q[2];

	for (int side = 0; side < 2; side++) {
		double tail = side ? 0.5 + level / 2 : 0.5 - level / 2;
		double z = bias + gsl_cdf_ugaussian_Pinv(tail);

		q[side] = gsl_cdf_ugaussian_P(bias + z / (1 - a * z));
	}
	/*
	 * no bias can be computed if all drawings lie on one side of the value
	 */
	if (!isfinite(bias) || !isfinite(q[0]) || !isfinite(q[1]))
		return nothing;
	return between(value, drawn, q[0], q[1]);
}

/* --- one array ------------------------------------------------------------ */

static struct stats_interval one(const struct ladder *l,
				 const struct stats_resamples *d,
				 enum stats_bootstrap how, double level,
				 double *drawn)
{
	for (size_t i = 0; i < STATS_RESAMPLES; i++)
		drawn[i] = drawn_median(l, times_of(d, i));
	if (how == STATS_BCA)
		return bca(l, middle(l), drawn, level);
	return between(middle(l), drawn, 0.5 - level / 2, 0.5 + level / 2);
}

struct stats_interval
stats_median_resampled(const double *x, size_t n,
		       const struct stats_resamples *drawn,
		       enum stats_bootstrap how, double level)
{
	struct stats_interval result = nothing;
	struct ladder l;
	double *medians;

	result.value = stats_median(x, n);
	if (!drawn || !can_hold(n, level))
		return result;
	medians = malloc(STATS_RESAMPLES * sizeof(*medians));
	if (ladder_init(&l, x, n) && medians)
		result = one(&l, drawn, how, level, medians);
	free(medians);
	ladder_free(&l);
	return result;
}

struct stats_interval stats_median_interval(const double *x, size_t n,
					    enum stats_bootstrap how,
					    double level, uint64_t seed)
{
	struct stats_resamples *d =
		can_hold(n, level) ? draw_all(n, seed) : NULL;
	struct stats_interval result =
		stats_median_resampled(x, n, d, how, level);

	free(d);
	return result;
}

/* --- two arrays ----------------------------------------------------------- */

static struct stats_interval two(const struct ladder *a,
				 const struct stats_resamples *da,
				 const struct ladder *b,
				 const struct stats_resamples *db, double level,
				 double *drawn)
{
	for (size_t i = 0; i < STATS_RESAMPLES; i++)
		drawn[i] = drawn_median(a, times_of(da, i)) /
			   drawn_median(b, times_of(db, i));
	return between(middle(a) / middle(b), drawn, 0.5 - level / 2,
		       0.5 + level / 2);
}

struct stats_interval stats_ratio_resampled(struct stats_resampled a,
					    struct stats_resampled b,
					    double level)
{
	struct stats_interval result = nothing;
	struct ladder la, lb;
	double *ratios;
	bool ready;

	result.value = stats_median(a.x, a.n) / stats_median(b.x, b.n);
	if (!a.drawn || !b.drawn || !can_hold(a.n, level) ||
	    !can_hold(b.n, level))
		return result;
	ratios = malloc(STATS_RESAMPLES * sizeof(*ratios));
	ready = ladder_init(&la, a.x, a.n);
	ready = ladder_init(&lb, b.x, b.n) && ready && ratios;
	if (ready)
		result = two(&la, a.drawn, &lb, b.drawn, level, ratios);
	free(ratios);
	ladder_free(&la);
	ladder_free(&lb);
	return result;
}

/* Uses logarithms, so that swapping a and b gives the inverse interval. */
struct stats_interval stats_ratio_of_rounds(const double *a, const double *b,
					    size_t n,
					    const struct stats_resamples *drawn,
					    double level)
{
	struct stats_interval i = nothing;
	double *ratio = malloc((n + 1) * sizeof(*ratio));

	if (!ratio)
		return i;
	for (size_t k = 0; k < n; k++)
		ratio[k] = log(a[k] / b[k]);
	i = stats_median_resampled(ratio, n, drawn, STATS_PERCENTILE, level);
	free(ratio);
	i.value = exp(i.value);
	i.low = exp(i.low);
	i.high = exp(i.high);
	return i;
}

struct stats_interval stats_ratio_paired(const double *a, const double *b,
					 size_t n, double level, uint64_t seed)
{
	struct stats_resamples *d =
		can_hold(n, level) ? draw_all(n, seed) : NULL;
	struct stats_interval result = stats_ratio_resampled(
		(struct stats_resampled){ a, n, d },
		(struct stats_resampled){ b, n, d }, level);

	free(d);
	return result;
}

struct stats_interval stats_ratio(const double *a, size_t na, const double *b,
				  size_t nb, double level, uint64_t seed)
{
	struct stats_resamples *da = draw_all(na, seed);
	struct stats_resamples *db = draw_all(nb, seed + 1);
	struct stats_interval result = stats_ratio_resampled(
		(struct stats_resampled){ a, na, da },
		(struct stats_resampled){ b, nb, db }, level);

	free(da);
	free(db);
	return result;
}
