/* The list of figures, and how a figure becomes a program for gnuplot. */
#include "figure/figure.h"

#include <errno.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

const struct figure_kind figure_kinds[] = {
	{ "throughput", "lines", "throughput against message size",
	  figure_throughput },
	{ "map", "plain", "the fastest mechanisms under each condition",
	  figure_map },
	{ "copies", "plain", "the time of a byte against its counted copies",
	  figure_copies },
	{ "price", "plain", "the price of extra copies, calls and the like",
	  figure_price },
	{ "parts", "plain",
	  "the parts of the time of a byte, from prices and counts",
	  figure_parts },
	{ "predicted", "plain",
	  "times predicted from prices, against measured times",
	  figure_predicted },
	{ "time", "plain", "where the time goes, by mechanism", figure_time },
	{ "start", "plain",
	  "start-up costs, and the file size from which on a mechanism pays",
	  figure_start },
	{ "latency", "plain", "round trips: percentiles by mechanism",
	  figure_latency },
	{ "depth", "lines", "throughput against number of messages under way",
	  figure_depth },
	{ "pairs", "lines", "throughput against number of pairs side by side",
	  figure_pairs },
	{ "run", "run", "the run itself: order, drift, noise, outliers",
	  figure_run },
	{ "compare", "plain", "this run against another one", figure_compare },
	{ .name = NULL },
};

static const struct {
	const char *name, *text;
} scripts[] = {
#include "figure/plot_list.h"
};

/* A file of plots/ as text, by its name without .gp; NULL if unknown. */
static const char *script_of(const char *name)
{
	for (size_t i = 0; i < sizeof(scripts) / sizeof(*scripts); i++)
		if (!strcmp(scripts[i].name, name))
			return scripts[i].text;
	return NULL;
}

/* --- what the script reads ------------------------------------------------ */

/* Called when all panels are placed, since an array begins with its length. */
static void put_panel_arrays(const struct figure *f, FILE *to)
{
	static const char *const side[] = { "X0", "X1", "Y0", "Y1" };

	fprintf(to, "PANELS = %d\n", f->panels);
	for (size_t s = 0; f->panels && s < 4; s++) {
		fprintf(to, "array %s[%d]\n", side[s], f->panels);
		for (int p = 1; p <= f->panels; p++)
			fprintf(to, "%s[%d] = %s_%d\n", side[s], p, side[s], p);
	}
}

/* --- the program ---------------------------------------------------------- */

static int begin(struct figure *f, struct err *e)
{
	f->data = open_memstream(&f->data_text, &f->data_size);
	f->over = open_memstream(&f->over_text, &f->over_size);
	return f->data && f->over ? 0 : err_sys(e, "open_memstream");
}

static void finish(struct figure *f)
{
	if (f->data)
		fclose(f->data);
	if (f->over)
		fclose(f->over);
	f->data = NULL;
	f->over = NULL;
}

static int compose(const struct figure *f, const struct figure_kind *k,
		   struct figure_program *p, struct err *e)
{
	size_t size;
	FILE *to = open_memstream(&p->text, &size);

	if (!to)
		return err_sys(e, "open_memstream");
	fprintf(to, "W = %.0f\nH = %.0f\n", f->width, f->height);
	fprintf(to, "%s\n# --- data\n%s", script_of("style"), f->data_text);
	put_panel_arrays(f, to);
	fprintf(to, "set multiplot\n# --- plots/%s.gp\n%s", k->script,
		script_of(k->script));
	fprintf(to,
		"# --- texts, in pixels\n%s%splot NaN notitle\n"
		"unset multiplot\nunset output\n",
		script_of("over"), f->over_text);
	if (fclose(to) != 0)
		return err_sys(e, "open_memstream");
	p->headline = strdup(f->headline);
	p->about = strdup(f->about);
	p->left_out = strdup(f->left_out);
	return p->headline && p->about && p->left_out
		       ? 0
		       : err_code(e, ENOMEM, "%s", k->name);
}

int figure_write(const struct figure_kind *k, const struct figure_wish *w,
		 struct figure_program *p, struct err *e)
{
	struct figure f = { .wish = w,
			    .width = w->column ? FIGURE_COLUMN : FIGURE_PAGE };
	int rc = begin(&f, e);

	memset(p, 0, sizeof(*p));
	if (rc == 0)
		rc = k->draw(&f, e);
	finish(&f);
	if (rc == 0)
		rc = compose(&f, k, p, e);
	if (rc < 0)
		figure_program_free(p);
	free(f.data_text);
	free(f.over_text);
	return rc;
}

void figure_program_free(struct figure_program *p)
{
	free(p->text);
	free(p->headline);
	free(p->about);
	free(p->left_out);
	memset(p, 0, sizeof(*p));
}
