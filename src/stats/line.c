/* Fits a straight line to points. */
#include <gsl/gsl_cdf.h>
#include <gsl/gsl_fit.h>
#include <gsl/gsl_statistics_double.h>
#include <math.h>

#include "stats/stats.h"

struct stats_line stats_fit_line(const double *x, const double *y, size_t n,
				 double level)
{
	struct stats_line line = { .slope = { NAN, NAN, NAN },
				   .at_zero = NAN,
				   .r_squared = NAN };
	double c00, c01, c11, rest, all, half;

	if (n < 2 || !(gsl_stats_variance(x, 1, n) > 0))
		return line;
	gsl_fit_linear(x, 1, y, 1, n, &line.at_zero, &line.slope.value, &c00,
		       &c01, &c11, &rest);
	all = gsl_stats_tss(y, 1, n);
	if (all > 0)
		line.r_squared = 1 - rest / all;
	if (n < 3)
		return line;
	half = gsl_cdf_tdist_Pinv(0.5 + level / 2, (double)n - 2) * sqrt(c11);
	line.slope.low = line.slope.value - half;
	line.slope.high = line.slope.value + half;
	return line;
}
