/* The cells of a run: found by name, and their properties. */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "run/name.h"
#include "run/run.h"

/* --- by name -------------------------------------------------------------- */

static size_t hash(const char *name)
{
	size_t h = 5381;

	for (; *name; name++)
		h = h * 33 + (unsigned char)*name;
	return h;
}

/* The place of the cell with this name in the index, or a free place for it. */
static size_t place_of(const struct run *r, const char *name)
{
	size_t at = hash(name) & (r->places - 1);

	while (r->index[at] && strcmp(r->index[at]->name, name) != 0)
		at = (at + 1) & (r->places - 1);
	return at;
}

struct run_cell *run_find(const struct run *r, const char *name)
{
	return r->places ? r->index[place_of(r, name)] : NULL;
}

/*
 * Keeps at least twice as many places as cells, so that a search always ends at
 * a free place.
 */
static bool make_room(struct run *r)
{
	size_t places = r->places ? 2 * r->places : 64;
	struct run_cell **larger, **index;

	if (2 * (r->cells + 1) <= r->places)
		return true;
	larger = realloc(r->cell, places / 2 * sizeof(*larger));
	if (!larger)
		return false;
	r->cell = larger;
	index = calloc(places, sizeof(*index));
	if (!index)
		return false;
	free(r->index);
	r->index = index;
	r->places = places;
	for (size_t i = 0; i < r->cells; i++)
		r->index[place_of(r, r->cell[i]->name)] = r->cell[i];
	return true;
}

struct run_cell *run_new_cell(struct run *r, const char *name)
{
	struct run_cell *c;

	if (!make_room(r))
		return NULL;
	c = calloc(1, sizeof(*c));
	if (!c)
		return NULL;
	c->name = name;
	c->status = c->reason = c->stopped = c->unit = "";
	c->dose = run_name_dose(name, &c->dosed);
	c->spec = strndup(name, run_name_spec(name));
	if (!c->spec) {
		free(c);
		return NULL;
	}
	r->index[place_of(r, name)] = c;
	r->cell[r->cells++] = c;
	return c;
}

/* --- what a cell is ------------------------------------------------------- */

bool run_is_believed(const struct run_cell *c)
{
	return c->groups > 0 && c->speed.value > 0 &&
	       c->over_ceiling != RUN_YES && !run_is_control(c);
}

const char *run_setting(const struct run_cell *c, const char *key, char *buf,
			size_t size, const char *fallback)
{
	const char *at = strchr(c->spec, ':');
	size_t len = strlen(key);

	for (; at; at = strchr(at, ',')) {
		at++;
		if (strncmp(at, key, len) || at[len] != '=')
			continue;
		snprintf(buf, size, "%.*s", (int)strcspn(at + len + 1, ","),
			 at + len + 1);
		return buf;
	}
	return fallback;
}

const char *run_via(const struct run_cell *c)
{
	return c->via && *c->via ? c->via : c->spec;
}

/*
 * The wait of a cell. A ring with sync=spin can only spin. It takes part in the
 * conditions of every wait, so its wait is "-".
 */
static const char *wait_of(const struct run_cell *c)
{
	char sync[32];

	if (run_is_ring(c) &&
	    !strcmp(run_setting(c, "sync", sync, sizeof(sync), ""), "spin"))
		return "-";
	return c->at.wait;
}

struct run_condition run_condition_of(const struct run_cell *c)
{
	struct run_condition k = c->at;

	k.wait = wait_of(c);
	return k;
}

bool run_takes_part(const struct run_cell *c, const struct run_condition *k)
{
	return run_same_place(&c->at, k) && run_fits(c->at.depth, k->depth) &&
	       run_fits(wait_of(c), k->wait);
}

/* --- percentiles ---------------------------------------------------------- */

#define BEYOND_IN_GENERATION 10
#define BEYOND_IN_TRANSFER   1

bool run_holds_percentile(enum run_value value, double trips_of_generation,
			  double trips_of_transfer)
{
	/* how many trips of a thousand are longer than the percentile */
	static const double beyond[RUN_VALUES] = {
		[RUN_P50] = 500, [RUN_P90] = 100, [RUN_P99] = 10, [RUN_P999] = 1
	};

	if (beyond[value] <= 0)
		return true;
	return trips_of_generation * beyond[value] >=
		       1000.0 * BEYOND_IN_GENERATION &&
	       trips_of_transfer * beyond[value] >= 1000.0 * BEYOND_IN_TRANSFER;
}

/* --- the machine's own copy ----------------------------------------------- */

struct stats_interval run_ceiling(const struct run *r,
				  const struct run_condition *k)
{
	struct stats_interval most = { NAN, NAN, NAN };

	for (size_t i = 0; i < r->cells; i++) {
		const struct run_cell *c = r->cell[i];
		const struct stats_interval *s = &c->speed;

		if (c->is.claim != TR_CLAIM_CEILING || c->groups == 0 ||
		    strcmp(c->at.workload, k->workload) != 0 ||
		    strcmp(c->at.cache, k->cache) != 0)
			continue;
		most.value = fmax(most.value, s->value);
		most.low = fmax(most.low, isnan(s->low) ? s->value : s->low);
		most.high =
			fmax(most.high, isnan(s->high) ? s->value : s->high);
	}
	return most;
}
