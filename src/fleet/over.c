/* Combines the hosts' ratios, without pooling samples; finds hosts' paces. */
#include <math.h>
#include <stdlib.h>

#include "fleet/fleet.h"

/* --- ratios --------------------------------------------------------------- */

struct room {
	double *log, *error, *p, *adjusted;
};

static void sum_up(const struct fleet *f, size_t n, const struct room *r)
{
	for (size_t i = 0; i < f->hosts; i++) {
		const struct fleet_ratio *ratio = fleet_ratio_of(f, i, n);

		r->log[i] = ratio ? ratio->log : NAN;
		r->error[i] = ratio ? ratio->error : NAN;
	}
	f->pair[n].over =
		stats_over_hosts(r->log, r->error, f->hosts, f->level);
}

/* Decides the comparisons of a family, by Holm's procedure as in a run. */
static void decide(struct fleet *f, enum rep_family family,
		   const struct room *r)
{
	size_t n = 0;

	for (size_t i = 0; i < f->pairs; i++)
		if (f->pair[i].family == family)
			r->p[n++] = f->pair[i].over.p;
	stats_holm(r->p, n, r->adjusted);
	n = 0;
	for (size_t i = 0; i < f->pairs; i++) {
		struct fleet_pair *p = &f->pair[i];

		if (p->family != family)
			continue;
		p->p_holm = r->adjusted[n++];
		p->outcome = stats_decide(rep_as_ratio(p->over.mean), p->p_holm,
					  f->alpha, f->margin);
	}
}

void fleet_find_ratios(struct fleet *f)
{
	size_t n = f->hosts + f->pairs + 1;
	double *room = malloc(4 * n * sizeof(*room));
	const struct room r = { room, room + n, room + 2 * n, room + 3 * n };

	f->broken = f->broken || !room;
	for (size_t i = 0; !f->broken && i < f->pairs; i++)
		sum_up(f, i, &r);
	for (int i = 0; !f->broken && i < REP_FAMILIES; i++)
		decide(f, (enum rep_family)i, &r);
	free(room);
}

/* --- paces ---------------------------------------------------------------- */

/*
 * A host is odd if its pace differs from the median pace of the others by a
 * factor of more than FAR, and by more than SPREADS standard deviations.
 */
#define FAR     1.1
#define SPREADS 3.5
#define NORMAL  1.4826 /* times the median distance: a standard deviation */

static double speed_of(const struct fleet_host *h, size_t cell)
{
	return cell < h->speeds ? h->speed[cell] : NAN;
}

static size_t speeds_of_cell(const struct fleet *f, size_t cell, double *to)
{
	size_t n = 0;

	for (size_t i = 0; i < f->hosts; i++)
		if (isfinite(speed_of(&f->host[i], cell)))
			to[n++] = speed_of(&f->host[i], cell);
	return n;
}

/* The usual speed: the median over hosts, for each cell. */
static void find_usual(const struct fleet *f, double *usual, double *room)
{
	for (size_t cell = 0; cell < f->cell.names; cell++) {
		size_t n = speeds_of_cell(f, cell, room);

		usual[cell] = n > 1 ? stats_median(room, n) : NAN;
	}
}

static double pace_of(const struct fleet_host *h, const double *usual,
		      double *room)
{
	size_t n = 0;

	for (size_t cell = 0; cell < h->speeds; cell++)
		if (isfinite(h->speed[cell]) && isfinite(usual[cell]))
			room[n++] = h->speed[cell] - usual[cell];
	return n ? stats_median(room, n) : NAN;
}

/*
 * Compares the host with the other hosts only. If there are just two hosts,
 * neither is called odd, since nothing tells which of them it would be.
 */
static bool is_odd(const struct fleet *f, const double *pace, size_t host,
		   double *room)
{
	double middle, off;
	size_t n = 0;

	for (size_t i = 0; i < f->hosts; i++)
		if (i != host && isfinite(pace[i]))
			room[n++] = pace[i];
	if (n < 2)
		return false;
	middle = stats_median(room, n);
	off = fabs(pace[host] - middle);
	for (size_t i = 0; i < n; i++)
		room[i] = fabs(room[i] - middle);
	return off > log(FAR) && off > SPREADS * NORMAL * stats_median(room, n);
}

static void find_odd(struct fleet *f, const double *pace, double *room)
{
	for (size_t i = 0; i < f->hosts; i++) {
		f->host[i].pace = exp(pace[i]);
		f->host[i].odd = is_odd(f, pace, i, room);
	}
}

void fleet_find_paces(struct fleet *f)
{
	size_t n = f->hosts + f->cell.names + 1;
	double *usual = malloc(3 * n * sizeof(*usual));
	double *pace = usual + n, *room = usual + 2 * n;

	f->broken = f->broken || !usual;
	if (!f->broken) {
		find_usual(f, usual, room);
		for (size_t i = 0; i < f->hosts; i++)
			pace[i] = pace_of(&f->host[i], usual, room);
		find_odd(f, pace, room);
	}
	free(usual);
}
