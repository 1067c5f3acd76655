/* Conditions and quantities in a figure's words. */
#include <math.h>
#include <string.h>

#include "figure/figure.h"

const char *figure_rate(double bytes_per_s, char *buf, size_t size)
{
	static const char *const unit[] = { "B", "KiB", "MiB", "GiB", "TiB" };
	size_t i = 0;

	for (; bytes_per_s >= 1023.5 && i < 4; i++)
		bytes_per_s /= 1024;
	snprintf(buf, size, "%.*f %s/s", bytes_per_s < 9.95 ? 1 : 0,
		 bytes_per_s, unit[i]);
	return buf;
}

const char *figure_rate_tic(int octave, char *buf, size_t size)
{
	static const char *const unit[] = { "B", "KiB", "MiB", "GiB", "TiB" };
	int u = octave < 0 ? 0 : octave / 10 > 4 ? 4 : octave / 10;

	snprintf(buf, size, "%.4g %s/s", exp2(octave - 10 * u), unit[u]);
	return buf;
}

const char *figure_time_words(double ns, char *buf, size_t size)
{
	static const char *const unit[] = { "ns", "µs", "ms", "s" };
	size_t i = 0;

	for (; ns >= 999.5 && i < 3; i++)
		ns /= 1000;
	/* "1 ms" and "1.2 ms", but no "1.0 ms" */
	snprintf(buf, size, ns < 9.95 ? "%.2g %s" : "%.0f %s", ns, unit[i]);
	return buf;
}

const char *figure_ns_words(double ns, char *buf, size_t size)
{
	char text[40];

	figure_time_words(fabs(ns), text, sizeof(text));
	if (fabs(ns) < 999.5)
		snprintf(text, sizeof(text), "%.3g ns", fabs(ns));
	snprintf(buf, size, "%s%s", ns < 0 ? "−" : "", text);
	return buf;
}

bool figure_same_condition(const struct run_condition *a,
			   const struct run_condition *b, int parts)
{
	struct run_condition like = *b;

	/* parts that are not compared are made equal */
	if (!(parts & RUN_TELL_SIZE))
		like.size_bytes = a->size_bytes;
	if (!(parts & RUN_TELL_PAIRS))
		like.pairs = a->pairs;
	return run_same_place(a, &like) && run_fits(a->wait, b->wait) &&
	       (!(parts & RUN_TELL_DEPTH) || run_fits(a->depth, b->depth));
}

int figure_gaps(const struct run_cell *c, int parts)
{
	return (parts & RUN_TELL_DEPTH && !strcmp(c->at.depth, "-")) +
	       !strcmp(c->at.wait, "-");
}

bool figure_stands_for(const struct run *r, const struct run_cell *c, int parts)
{
	for (size_t i = 0; i < r->cells; i++)
		if (run_is_believed(r->cell[i]) &&
		    figure_same_condition(&c->at, &r->cell[i]->at, parts) &&
		    figure_gaps(r->cell[i], parts) < figure_gaps(c, parts))
			return false;
	return true;
}
