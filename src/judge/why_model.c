/*
 * The cost model (doc/METHOD): the time of a byte as rates predict it, and its
 * parts.
 */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "judge/why.h"

const char *const why_left_names[] = {
	[WHY_PREDICTED] = "",
	[WHY_NO_RATE] = "no price of a copy for such a condition",
	[WHY_NO_CHANNEL] = "no price of a passage through its channel",
	[WHY_NO_PATH] = "its bytes go a way that has no prices",
};

const char *const why_by_names[] = {
	[WHY_SAME_CPU] = "both",
	[WHY_SLOW_SERVER] = "server",
	[WHY_SLOW_CLIENT] = "client",
	[WHY_OPEN] = "in turns",
};

/* The rates that a cell needs, in nanoseconds for a message. */
struct tariff {
	double read, write;         /* copies by the kernel, in the cache */
	double far_read, far_write; /* copies by the kernel, not in the cache */
	double make, check;         /* making and checking the contents */
	/* how much longer a memcpy takes if a buffer is not in the cache */
	double crossing;
	double call, turn; /* a system call, a switch between the sides */
	/* a passage through the channel, without the switches */
	double pass;
};

/* One side's time for a message, without its part of the passage. */
struct load_of {
	double body;  /* for the file, or for the contents */
	double cross; /* extra time: the channel's memory is not cached */
};

static double or_nothing(double x)
{
	return isfinite(x) ? x : 0;
}

/*
 * How much longer a memcpy takes if one buffer is not in the CPU's own cache.
 * The dose is one such copy on each side. On one CPU both of them add up.
 */
static double crossing_of(const struct why *w, const struct run_cell *c)
{
	double both = why_rate(w, DOSE_CROSSINGS, WHY_EACH, c, NULL);

	return both / (run_is_place(&c->at, RUN_SAME) ? 2 : 1) -
	       why_rate(w, DOSE_COPIES, WHY_SERVER, c, NULL);
}

static struct tariff tariff_of(const struct why *w, const struct run_cell *c)
{
	return (struct tariff){
		.read = why_rate(w, DOSE_KERNEL_COPIES, WHY_CLIENT, c, NULL),
		.write = why_rate(w, DOSE_KERNEL_COPIES, WHY_SERVER, c, NULL),
		.far_read = why_rate(w, DOSE_FAR_COPIES, WHY_SERVER, c, NULL),
		.far_write = why_rate(w, DOSE_FAR_COPIES, WHY_CLIENT, c, NULL),
		.make = why_rate(w, DOSE_CONTENTS, WHY_SERVER, c, NULL),
		.check = why_rate(w, DOSE_CONTENTS, WHY_CLIENT, c, NULL),
		.crossing = crossing_of(w, c),
		.call = why_rate(w, DOSE_CALLS, WHY_SERVER, c, NULL),
		.turn = why_switch(w, run_is_place(&c->at, RUN_SAME)),
		.pass = why_rate(w, DOSE_PASSES, WHY_EACH, c, c->label),
	};
}

/* --- memory --------------------------------------------------------------- */

/* The bytes of the largest cache that no two cores share; NaN: not known. */
static double own_cache(const struct run *r)
{
	const json_t *at = json_object_get(r->manifest, "machine");
	const json_t *list;
	double cores, bytes = NAN;

	at = json_object_get(at, "topology");
	cores = json_number_value(json_object_get(at, "cores"));
	list = json_object_get(at, "caches");
	for (size_t i = 0; i < json_array_size(list); i++) {
		const json_t *c = json_array_get(list, i);

		if (json_number_value(json_object_get(c, "count")) >= cores)
			bytes = fmax(bytes, json_number_value(json_object_get(
						    c, "bytes")));
	}
	return bytes;
}

static double setting(const struct run_cell *c, const char *key)
{
	char buf[40];

	return strtod(run_setting(c, key, buf, sizeof(buf), "nan"), NULL);
}

/*
 * The bytes that lie in the channel before the other side takes them: on one
 * CPU all that was sent between two switches. A ring uses its slots in turn, so
 * at least all of its slots count.
 */
static double under_way(const struct run_cell *c)
{
	double size = (double)c->at.size_bytes;
	double turn = 2 * size / c->middle[RUN_SWITCHES];

	return run_is_ring(c) ? fmax(turn, size * setting(c, "depth")) : turn;
}

/*
 * True if the channel's memory is no longer in the cache, or if this is not
 * known. On one CPU, twice the bytes under way go through the cache: those of
 * the channel and those of the file.
 */
static bool is_far(const struct why *w, const struct run_cell *c)
{
	return !(2 * under_way(c) < own_cache(w->v->run));
}

static bool has_file(const struct run_cell *c, enum copy_role role)
{
	return run_moves(&c->at, COPY_FILE) &&
	       (role == COPY_SERVER || run_goes(&c->at, COPY_OVER));
}

/*
 * The copies of each byte that the channel makes: all except the copies of
 * files.
 */
static double copies_of_channel(const struct run_cell *c)
{
	return why_copies(c) - has_file(c, COPY_SERVER) -
	       has_file(c, COPY_CLIENT);
}

/*
 * True if the side is taken to work in the memory of the channel itself, and
 * to have no buffer of its own. If the channel makes two copies, neither side
 * does; if it makes one, the server does; if it makes none, both sides do.
 */
static bool works_in_channel(const struct run_cell *c, enum copy_role role)
{
	return copies_of_channel(c) < (role == COPY_SERVER ? 1.5 : 0.5);
}

/*
 * How much longer a side needs because the channel's memory is not in the cache
 * of this side's CPU. On two CPUs, this memory is in the cache of the other
 * CPU. The copies that a channel makes do not count here: the rate of a passage
 * (tariff.pass) includes them.
 */
static double cross_of(const struct why *w, const struct tariff *t,
		       const struct run_cell *c, enum copy_role role)
{
	if (!works_in_channel(c, role) ||
	    (run_is_place(&c->at, RUN_SAME) && !is_far(w, c)))
		return 0;
	return fmax(0, or_nothing(t->crossing));
}

/* --- the two sides -------------------------------------------------------- */

static struct load_of side_of(const struct why *w, const struct tariff *t,
			      const struct run_cell *c, enum copy_role role)
{
	struct load_of s = { .cross = cross_of(w, t, c, role) };

	if (role == COPY_SERVER)
		s.body = has_file(c, role) ? t->far_read : t->make;
	else
		s.body = has_file(c, role) ? t->far_write : t->check;
	return s;
}

static double time_of(const struct load_of *s)
{
	return s->body + s->cross;
}

static struct load_of add(struct load_of a, struct load_of b)
{
	return (struct load_of){ a.body + b.body, a.cross + b.cross };
}

/*
 * The work besides the passage that makes up the time of a message; *by: the
 * side that does it.
 */
static struct load_of busy(const struct why *w, const struct tariff *t,
			   const struct run_cell *c, enum why_slower *by)
{
	struct load_of server = side_of(w, t, c, COPY_SERVER);
	struct load_of client = side_of(w, t, c, COPY_CLIENT);

	*by = run_is_place(&c->at, RUN_SAME) ? WHY_SAME_CPU : WHY_OPEN;
	if (why_takes_turns(c))
		return add(server, client);
	if (time_of(&server) >= time_of(&client)) {
		*by = WHY_SLOW_SERVER;
		return server;
	}
	*by = WHY_SLOW_CLIENT;
	return client;
}

/* --- a cell --------------------------------------------------------------- */

static enum why_left left_of(const struct tariff *t, const struct run_cell *c)
{
	const struct run_condition *k = &c->at;

	if (run_goes(k, COPY_NEW) || !run_is_cache(k, RUN_HOT) || k->pairs > 1)
		return WHY_NO_PATH;
	if (!isfinite(t->read + t->write + t->far_read + t->far_write) ||
	    (!has_file(c, COPY_CLIENT) && !isfinite(t->make + t->check)))
		return WHY_NO_RATE;
	return isfinite(t->pass) ? WHY_PREDICTED : WHY_NO_CHANNEL;
}

/*
 * System calls for a message, without those that only sleep or wake if the
 * counter told these apart.
 */
static double calls_of(const struct run_cell *c)
{
	return isfinite(c->steady_calls) ? c->steady_calls
					 : c->calls_per_message;
}

/*
 * Splits the time: first the copies, calls and switches that were counted, as
 * if all memory were in the cache; then the channel's own work, which is the
 * rest of the passage. The time that is left is due to the memory.
 */
static void split(struct why_parts *p, const struct tariff *t,
		  const struct load_of *s)
{
	const struct run_cell *c = p->cell;
	double size = (double)c->at.size_bytes;
	bool both = p->by == WHY_SAME_CPU || p->by == WHY_OPEN;
	double share = both ? 1 : 0.5;
	double files = has_file(c, COPY_CLIENT) ? 2 * share : 0;
	double copy = fmax(0, (t->read + t->write) / 2 - or_nothing(t->call));
	double to_wait; /* calls that only sleep or wake */

	p->copies = why_copies(c) * share;
	p->copy = copy / size;
	p->switches = or_nothing(c->middle[RUN_SWITCHES]) * share;
	to_wait = why_calls_of_switch(c) * p->switches;
	p->calls = calls_of(c) * share + to_wait;
	p->call = or_nothing(t->call) / size;
	p->contents = files > 0 ? 0 : s->body / size;
	p->wake = t->turn / size;
	p->channel = t->pass / size - (p->copies - files) * p->copy -
		     (calls_of(c) * share - files) * p->call;
	p->memory =
		time_of(s) / size - p->contents - files * (p->copy + p->call);
	/*
	 * needs no counts of copies and calls, so it is known even if parts are
	 * not
	 */
	p->predicted = (time_of(s) + t->pass) / size + to_wait * p->call +
		       p->switches * p->wake;
}

struct why_parts why_parts(const struct why *w, const struct run_cell *cell)
{
	struct tariff t = tariff_of(w, cell);
	struct why_parts p = {
		.cell = cell,
		.left = left_of(&t, cell),
		.by = WHY_OPEN,
		.ns = why_time(cell, w->v->run->level).value,
		.predicted = NAN,
		.copies = NAN,
		.copy = NAN,
		.calls = NAN,
		.call = NAN,
		.channel = NAN,
		.memory = NAN,
		.contents = NAN,
		.switches = NAN,
		.wake = NAN,
		.rest = NAN,
	};
	struct load_of s;

	if (p.left != WHY_PREDICTED)
		return p;
	s = busy(w, &t, cell, &p.by);
	split(&p, &t, &s);
	p.rest = p.ns - p.predicted;
	return p;
}

/* --- all cells ------------------------------------------------------------ */

static double error_of(const struct why_parts *g)
{
	return fabs(log(g->predicted / g->ns));
}

static int worst_first(const void *a, const void *b)
{
	const struct why_parts *g = a, *h = b;
	double x, y;

	if (g->left || h->left)
		return (g->left > h->left) - (g->left < h->left);
	x = error_of(g);
	y = error_of(h);
	return (x < y) - (x > y);
}

static void rate(struct why_model *m)
{
	double mean = 0, off = 0, all = 0;
	double *error = malloc((m->n + 1) * sizeof(*error));

	for (size_t i = 0; i < m->n; i++)
		mean += log(m->guess[i].ns) / (double)m->n;
	for (size_t i = 0; i < m->n && error; i++) {
		const struct why_parts *g = &m->guess[i];

		off += pow(error_of(g), 2);
		all += pow(log(g->ns) - mean, 2);
		error[i] = fabs(g->predicted / g->ns - 1);
	}
	/* if all times are nearly the same, there is nothing to explain */
	m->r_squared = all > 1e-4 * (double)m->n ? 1 - off / all : NAN;
	m->error = error && m->n ? stats_median(error, m->n) : NAN;
	free(error);
}

static bool is_of_model(const struct run_cell *c)
{
	return run_is_believed(c) && !run_is_pingpong(&c->at) &&
	       !c->is.carries_nothing;
}

struct why_model why_model(const struct why *w)
{
	const struct run *r = w->v->run;
	struct why_model m = { .guess =
				       calloc(r->cells + 1, sizeof(*m.guess)) };

	for (size_t i = 0; m.guess && w->rates && i < r->cells; i++) {
		if (!is_of_model(r->cell[i]))
			continue;
		m.guess[m.all] = why_parts(w, r->cell[i]);
		m.n += m.guess[m.all++].left == WHY_PREDICTED;
	}
	if (m.all)
		qsort(m.guess, m.all, sizeof(*m.guess), worst_first);
	rate(&m);
	return m;
}
