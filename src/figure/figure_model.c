/* Chooses the condition for figures that show only one condition. */
#include <math.h>
#include <string.h>

#include "figure/figure.h"

bool figure_shares(const struct run_cell *model, const struct run_cell *c)
{
	return figure_same_condition(&model->at, &c->at, FIGURE_ALL_PARTS);
}

/*
 * Prefers copies out of the page cache that replace the contents of a file, so
 * that no time goes into reading a disk or making a file. Next it prefers
 * conditions with many cells, messages near 64 KiB, two cores, and the depth
 * "deep", with which server and client wait less.
 */
static double score(const struct run *r, const struct run_cell *c,
		    figure_takes *takes)
{
	double sum = -fabs(log2((double)c->at.size_bytes / 65536));

	for (size_t i = 0; i < r->cells; i++)
		sum += takes(r->cell[i]) && figure_shares(c, r->cell[i]);
	if (!strcmp(c->at.depth, "deep"))
		sum += 6;
	if (run_is_place(&c->at, RUN_CORE))
		sum += 3;
	if (run_is_cache(&c->at, RUN_HOT))
		sum += 1000;
	if (run_goes(&c->at, COPY_OVER))
		sum += 500;
	return sum;
}

const struct run_cell *figure_model(const struct run *r, figure_takes *takes)
{
	const struct run_cell *best = NULL;
	double most = -INFINITY;

	for (size_t i = 0; i < r->cells; i++) {
		const struct run_cell *c = r->cell[i];

		if (!takes(c) || !figure_stands_for(r, c, FIGURE_ALL_PARTS) ||
		    score(r, c, takes) <= most)
			continue;
		most = score(r, c, takes);
		best = c;
	}
	return best;
}
