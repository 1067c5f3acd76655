/* Each mechanism looks unlike every other in every figure. */
#include <string.h>

#include "figure/figure.h"
#include "figure/style.h"
#include "tests/tap.h"
#include "transport/transport.h"

#define MOST 64

struct seen {
	char label[60];
	struct figure_style style;
};

static struct seen seen[MOST];
static size_t n;

static void note(const char *mechanism, const char *label)
{
	const struct run_cell cell = { .mechanism = mechanism,
				       .label = label,
				       .is = run_mechanism(NULL, mechanism) };
	struct figure_style style = figure_style_of(&cell);
	const struct seen *same = NULL;

	for (size_t i = 0; i < n; i++)
		if (seen[i].style.colour == style.colour &&
		    seen[i].style.point == style.point)
			same = &seen[i];
	ok(!same, "%s has a colour and marker of its own%s%s", label,
	   same ? ", not those of " : "", same ? same->label : "");
	if (n == MOST)
		return;
	snprintf(seen[n].label, sizeof(seen[n].label), "%s", label);
	seen[n++].style = style;
}

static void every_mechanism(void)
{
	const struct transport *t;

	for_each_transport(t)
		if (t->claim != TR_CLAIM_RING)
			note(t->name, t->name);
	note("shm", "shm sem");
	note("shm", "shm named-sem");
	note("shm", "shm sysv-sem");
	note("shm", "shm mutex");
	note("shm", "shm eventfd");
	note("shm", "shm futex");
	note("shm", "shm spin");
}

static void spread_keeps_apart(void)
{
	double y[] = { 50, 51, 10, 52, 99 }, tight[] = { 5, 5, 5 };

	figure_spread(y, 5, 12, 0, 100);
	ok(y[2] == 10 && y[4] <= 100,
	   "a label without a neighbour stays, and all stay within the figure");
	ok(y[1] - y[0] > 11.99 && y[3] - y[1] > 11.99 && y[4] - y[3] > 11.99,
	   "neighbours are moved apart, in their order");
	figure_spread(tight, 3, 10, 0, 100);
	ok(tight[0] == 0 && tight[1] == 10 && tight[2] == 20,
	   "labels that crowd at an edge are moved apart");
}

/* A run's manifest describes its mechanisms, even those not known here. */
static void told_by_the_run(void)
{
	static const char text[] =
		"{\"mechanisms\": {\"pipe\": {\"kind\": \"control\"},"
		" \"tube\": {\"kind\": \"mechanism\", \"family\": \"queue\","
		" \"nth_of_family\": 7, \"claim\": \"rival\"}}}";
	json_t *manifest = json_loads(text, 0, NULL);
	const struct run_mechanism tube = run_mechanism(manifest, "tube");
	const struct run_cell mq = { .mechanism = "mq",
				     .label = "mq",
				     .is = run_mechanism(manifest, "mq") };
	const struct run_cell cell = { .mechanism = "tube",
				       .label = "tube",
				       .is = tube };

	ok(tube.family == TR_FAMILY_QUEUE && tube.claim == TR_CLAIM_RIVAL &&
		   !tube.control,
	   "an unknown mechanism is described by its run");
	ok(figure_style_of(&cell).colour == figure_style_of(&mq).colour,
	   "an unknown mechanism has the colour of its family");
	ok(run_mechanism(manifest, "pipe").control &&
		   !run_mechanism(NULL, "pipe").control,
	   "facts of the run replace facts that are known here");
	json_decref(manifest);
}

/* Impossible numbers in a manifest count as missing. */
static void nonsense_is_harmless(void)
{
	json_t *m = json_pack(
		"{s:{s:{s:s,s:i}},s:[{s:s,s:i,s:f}],s:{s:f}}", "mechanisms",
		"pipe", "family", "pipe", "nth_of_family", -5, "cells", "cell",
		"c", "size_bytes", -1, "pairs", 1e300, "plan", "level", 1e300);
	const struct run_cell cell = { .mechanism = "pipe",
				       .label = "pipe",
				       .is = run_mechanism(m, "pipe") };
	struct err e = { 0 };
	struct run r;

	ok(cell.is.nth >= 0 && figure_style_of(&cell).point > 0,
	   "a mechanism with an impossible number in its family has a look");
	ok(run_plan(&r, m, &e) == 0 && r.cells == 1 &&
		   r.cell[0]->at.size_bytes == 0 && r.cell[0]->at.pairs == 1 &&
		   r.level < 1,
	   "impossible sizes, pairs and shares are ignored");
	run_free(&r);
	json_decref(m);
}

int main(void)
{
	char cut[40];

	every_mechanism();
	told_by_the_run();
	nonsense_is_harmless();
	spread_keeps_apart();
	figure_text_cut(cut, sizeof(cut), "größe und mehr", 8.5, 50);
	ok(strstr(cut, "…") && figure_text_width(cut, 8.5, false) <= 50,
	   "a text is cut between letters");
	return done_testing();
}
