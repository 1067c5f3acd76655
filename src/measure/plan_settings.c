/*
 * The settings of a mechanism at a point of a grid: its depth, and how it
 * waits. If the plan leaves a setting open, this file lists the values that the
 * pilot may pick.
 */
#include <errno.h>
#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/grow.h"
#include "measure/plan_read.h"

/*
 * The slots of a deep ring fill DEEP_RING_BYTES, but a ring has at least
 * DEEP_RING_LEAST and at most DEEP_RING_MOST slots.
 */
#define DEEP_RING_BYTES (2 << 20)
#define DEEP_RING_LEAST 8
#define DEEP_RING_MOST  256

static const struct tr_param *param_of(const struct tr_spec *spec,
				       const char *name)
{
	for (const struct tr_param *p = spec->ops->params; p->name; p++)
		if (!strcmp(p->name, name))
			return p;
	return NULL;
}

bool plan_is_told(const struct tr_spec *base, int i)
{
	return base->given[i] || !strcmp(base->ops->params[i].name, "sync");
}

/* --- as a text ------------------------------------------------------------ */

__attribute__((format(printf, 2, 3))) static void add(char *text,
						      const char *fmt, ...)
{
	size_t used = strlen(text);
	va_list ap;

	if (used + 1 >= TR_SPEC_MAX)
		return;
	text[used] = strchr(text, ':') ? ',' : ':';
	va_start(ap, fmt);
	vsnprintf(text + used + 1, TR_SPEC_MAX - used - 1, fmt, ap);
	va_end(ap);
}

static void put_own(const struct tr_spec *base, char *text)
{
	const struct tr_param *p = base->ops->params;

	snprintf(text, TR_SPEC_MAX, "%s", base->ops->name);
	for (int i = 0; p[i].name; i++) {
		if (!plan_is_told(base, i))
			continue;
		if (p[i].kind == TR_CHOICE)
			add(text, "%s=%s", p[i].name,
			    p[i].choices[base->value[i]]);
		else
			add(text, "%s=%" PRIu64, p[i].name, base->value[i]);
	}
}

/* Adds "key=n"; "key=best" while the setting is open. */
static void add_number(char *text, const char *key, uint64_t n, bool is_open)
{
	if (is_open)
		add(text, "%s=best", key);
	else
		add(text, "%s=%" PRIu64, key, n);
}

/*
 * The parameter that sets the depth. NULL: the mechanism has no depth, or the
 * workload is pingpong, where only one message is under way at any time.
 */
static const struct tr_param *depth_of(const struct point *at,
				       const struct meas_cell *c)
{
	const struct tr_param *p = param_of(&at->base, "depth");

	if (c->workload == COPY_PINGPONG)
		return NULL;
	return p ? p : param_of(&at->base, "capacity");
}

static void put_depth(struct point *at, uint64_t deep, struct meas_cell *c)
{
	const struct tr_param *p = depth_of(at, c);
	uint64_t depth = at->depth == DEPTH_DEEP ? deep : at->depth;

	snprintf(c->depth, sizeof(c->depth), "-");
	at->derived = false;
	if (!p)
		return;
	snprintf(c->depth, sizeof(c->depth), "%" PRIu64, at->depth);
	if (at->depth == DEPTH_OWN) {
		snprintf(c->depth, sizeof(c->depth), "own");
		return;
	}
	if (at->depth == DEPTH_DEEP || at->depth == DEPTH_BEST)
		snprintf(c->depth, sizeof(c->depth), "%s",
			 at->depth == DEPTH_DEEP ? "deep" : "best");
	at->derived = strcmp(p->name, "depth") != 0;
	if (at->derived && at->depth != DEPTH_DEEP)
		depth *= at->size;
	add_number(c->via, p->name, depth, at->depth == DEPTH_BEST);
}

static void put_wait(const struct point *at, struct meas_cell *c)
{
	uint64_t own = tr_spec_value(&at->base, "wait", WAIT_DEFAULT);
	uint64_t wait = at->wait == WAIT_DEFAULT ? own : at->wait;

	c->wait = "-";
	if (own == WAIT_DEFAULT)
		return;
	if (wait == WAIT_OWN) {
		c->wait = "own";
		return;
	}
	c->wait = wait == WAIT_BEST ? "best" : tr_wait_names[wait];
	if (wait != own)
		add(c->via, "wait=%s", c->wait);
}

/* Sets own, via, depth and wait of the cell. */
static void put_settings(struct point *at, uint64_t deep, struct meas_cell *c)
{
	put_own(&at->base, c->own);
	memcpy(c->via, c->own, sizeof(c->via));
	add(c->via, "size=%" PRIu64, at->size);
	put_depth(at, deep, c);
	put_wait(at, c);
}

/* --- what is allowed here ------------------------------------------------- */

/*
 * As many slots as should not push each other out of a cache, within the limits
 * above.
 */
static uint64_t slots_in_cache(uint64_t size)
{
	uint64_t n = DEEP_RING_BYTES / size;

	if (n < DEEP_RING_LEAST)
		n = DEEP_RING_LEAST;
	return n > DEEP_RING_MOST ? DEEP_RING_MOST : n;
}

static uint64_t deepest(const struct point *at, const struct meas_cell *c)
{
	const struct tr_param *p = depth_of(at, c);
	const struct transport *ops = at->base.ops;
	uint64_t n;

	if (!p)
		return 0;
	n = ops->deepest ? ops->deepest(at->size) : slots_in_cache(at->size);
	return n < p->max ? n : p->max;
}

/*
 * Returns 0; -EINVAL: the settings make no sense; another code: this machine
 * does not allow them. The reason is in `e`.
 */
static int try_settings(struct point *at, uint64_t deep, struct meas_cell *c,
			struct err *e)
{
	int rc;

	put_settings(at, deep, c);
	rc = tr_spec_parse(c->via, &c->spec, e);
	return rc < 0 ? rc : tr_probe(&c->spec, e);
}

/*
 * For "deep", finds a depth that this machine allows: the deepest or, if that
 * is refused, half of it, and so on. Each depth is tried, since queues have
 * limits of several kinds. If the parameter is `capacity`, only the deepest is
 * tried.
 */
static int settle_depth(struct point *at, struct meas_cell *c, struct err *e)
{
	uint64_t deep = 0, n;
	int rc;

	if (at->depth == DEPTH_DEEP)
		deep = deepest(at, c);
	rc = try_settings(at, deep, c, e);
	for (n = deep / 2; rc < 0 && n && !at->derived; n /= 2) {
		struct err unused = { 0 };

		if (try_settings(at, n, c, &unused) == 0)
			return 0;
	}
	return rc == 0 ? 0
		       : (try_settings(at, deep, c, &(struct err){ 0 }), rc);
}

/* --- settings that are open ----------------------------------------------- */

static int keep_candidate(struct meas_plan *plan, struct meas_cell *c,
			  const char *via, struct err *e)
{
	if (!array_reach(&plan->setting, &plan->settings, plan->settings + 1,
			 sizeof(*plan->setting)))
		return err_say(e, ENOMEM, "out of memory");
	snprintf(plan->setting[plan->settings - 1], TR_SPEC_MAX, "%s", via);
	c->candidates++;
	return 0;
}

static bool is_kept(const struct meas_plan *plan, const struct meas_cell *c,
		    const char *via)
{
	for (size_t i = 0; i < c->candidates; i++)
		if (!strcmp(plan->setting[c->candidate + i], via))
			return true;
	return false;
}

/*
 * Adds the setting to the candidates. A setting that this machine refuses is
 * left out; as long as there is no candidate, `e` has the reason.
 */
static int try_candidate(struct point at, struct meas_plan *plan,
			 struct meas_cell *c, struct err *e)
{
	struct meas_cell one = *c;
	struct err why = { 0 };
	int rc = settle_depth(&at, &one, &why);

	if (rc < 0) {
		if (!c->candidates)
			*e = why;
		return 0;
	}
	if (is_kept(plan, c, one.via))
		return 0;
	if (!c->candidates)
		c->spec = one.spec;
	return keep_candidate(plan, c, one.via, e);
}

/* Tries the largest depth first, and then all smaller powers of two. */
static int try_depths(struct point at, struct meas_plan *plan,
		      struct meas_cell *c, struct err *e)
{
	uint64_t n = deepest(&at, c), power = 1;
	int rc;

	if (at.depth != DEPTH_BEST || !depth_of(&at, c))
		return try_candidate(at, plan, c, e);
	at.depth = DEPTH_DEEP;
	rc = try_candidate(at, plan, c, e);
	while (power < n)
		power *= 2;
	for (at.depth = power / 2; at.depth > 0 && rc == 0; at.depth /= 2)
		rc = try_candidate(at, plan, c, e);
	return rc;
}

/*
 * Tries the mechanism's default wait first. In the place "same" it leaves out
 * the wait "spin", since a side that spins only takes CPU time from the other
 * side.
 */
static int try_waits(struct point at, struct meas_plan *plan,
		     struct meas_cell *c, struct err *e)
{
	bool is_open = at.wait == WAIT_BEST;
	int rc;

	if (is_open)
		at.wait = WAIT_DEFAULT;
	rc = try_depths(at, plan, c, e);
	if (!is_open || !param_of(&at.base, "wait"))
		return rc;
	for (at.wait = 0; tr_wait_names[at.wait] && rc == 0; at.wait++)
		if (at.wait != WAIT_SPIN || c->place != RUN_SAME)
			rc = try_depths(at, plan, c, e);
	return rc;
}

/* Until the pilot has picked a setting, the cell has its first candidate. */
static int settle_open(struct point *at, struct meas_plan *plan,
		       struct meas_cell *c, char *shown, struct err *e)
{
	int rc;

	put_settings(at, 0, c);
	snprintf(shown, TR_SPEC_MAX, "%s", c->via);
	c->candidate = plan->settings;
	c->candidates = 0;
	rc = try_waits(*at, plan, c, e);
	if (rc == 0 && !c->candidates)
		return -e->code;
	if (rc == 0)
		snprintf(c->via, sizeof(c->via), "%s",
			 plan->setting[c->candidate]);
	return rc;
}

int plan_settle(struct point *at, struct meas_plan *plan, struct meas_cell *c,
		char *shown, struct err *e)
{
	int rc;

	if (at->depth == DEPTH_BEST || at->wait == WAIT_BEST)
		return settle_open(at, plan, c, shown, e);
	rc = settle_depth(at, c, e);
	snprintf(shown, TR_SPEC_MAX, "%s", c->via);
	return rc;
}
