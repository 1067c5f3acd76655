/* Shared by the files that draw the run itself, and by no other. */
#ifndef FIGURE_FIGURE_RUN_H
#define FIGURE_FIGURE_RUN_H

#include "figure/figure.h"
#include "stats/stats.h"

struct point {
	const struct run_sample *sample;
	/* its number among the timed and the failed transfers of the run */
	double order;
	double relative; /* speed divided by the cell's median; NaN: failed */
	int outlier;     /* the label that stats_tukey gives it; 0: none */
};

struct history {
	struct figure *f;
	struct point *point; /* sorted by order */
	size_t n, failed, outliers;
	double last;  /* the highest order */
	double *work; /* room for n numbers */
	double x0, x1, y_low, y_high;
	/* speed in the last sweep divided by speed in the first */
	double drift;
	double witness; /* median time of the fixed work */
	double noise;   /* quartile range of that time divided by its median */
	double witness_low, witness_high; /* ends of its panel's axis */
	/* CPU time taken by the hypervisor: in all; the most in one bin */
	double steal_ns, steal_most;
	bool steal_known;
};

#define FIGURE_RUN_BINS 100

/* Puts into h->work the values of the points whose order is [from, to). */
size_t figure_run_collect(struct history *h, double from, double to,
			  double (*value)(const struct point *));

/* The time that the fixed work took before the generation of a transfer. */
double figure_run_witness(const struct point *p);

/* Puts data, panels and names below the headline. */
void figure_run_put(struct history *h);

#endif
