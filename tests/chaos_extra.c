/*
 * Draws what makes a trial more than one plain copy: extra work for each
 * message, several clients of one server, several pairs side by side.
 */
#include "chaos.h"

#include <stdio.h>
#include <string.h>

#include "transport/transport.h"

/*
 * The most extra work of one copy, so that a trial does not take too long, and
 * of one message, which must not take as long as the timeout.
 */
#define WORK_BYTES    (48u << 20)
#define MESSAGE_BYTES (8u << 20)
/* pieces of work that move no bytes; a wake-up may need a time slice */
#define WORK_PIECES 4000
#define WORK_WAKES  200

/* --- doses ---------------------------------------------------------------- */

static uint64_t least(uint64_t a, uint64_t b)
{
	return a < b ? a : b;
}

/* The most pieces of this work that a side may do for each message. */
static uint64_t most_times(const struct plan *p, enum dose_kind kind)
{
	uint64_t size = tr_spec_value(&p->spec, "size", 1 << 16);
	uint64_t messages = p->src.len / size + 1;
	uint64_t bytes = messages * size;
	uint64_t copies = p->stands ? CHAOS_TRANSFERS * (uint64_t)p->crowd : 1;
	uint64_t pieces = WORK_PIECES;

	if (kind == DOSE_WAKES || kind == DOSE_PASSES)
		pieces = WORK_WAKES;
	if (p->count_calls)
		pieces /= 4;
	pieces = least(pieces / (messages * copies), DOSE_MOST);
	if (!dose_is_by_byte(kind) && kind != DOSE_PASSES)
		return pieces;
	return least(pieces, least(WORK_BYTES / (bytes * copies),
				   MESSAGE_BYTES / size));
}

/*
 * For passages and crossings, both sides must inherit memory or a channel, so
 * serve and fetch cannot have them. With mq, the queue for passages could
 * exceed the user's limit on the bytes of queues.
 */
static bool may_have(const struct plan *p, enum dose_kind kind)
{
	if (kind == DOSE_PASSES || kind == DOSE_CROSSINGS)
		return !p->two && strcmp(p->spec.ops->name, "mq") != 0;
	return true;
}

static void draw_kind(uint64_t *s, struct plan *p)
{
	enum dose_kind kind = (enum dose_kind)chaos_below(s, DOSE_KINDS);
	uint64_t most = most_times(p, kind), sides = chaos_below(s, 3);
	struct err unused = { 0 };
	struct dose with = p->dose;
	int times;

	if (most == 0 || !may_have(p, kind))
		return;
	times = (int)(chaos_chance(s, 50) ? 1 : 1 + chaos_below(s, most));
	if (kind == DOSE_PASSES)
		sides = 2;
	for (int role = 0; role < COPY_ROLES; role++)
		if (sides == 2 || (int)sides == role)
			with.times[kind][role] = times;
	/* a side that moves whole files can have no extra work */
	if (dose_check(&with, p->spec.ops, &unused) == 0)
		p->dose = with;
}

void extra_draw_dose(uint64_t *s, struct plan *p)
{
	if (!chaos_chance(s, 30))
		return;
	/* many kinds are not possible with this mechanism */
	for (int tries = 0; tries < 8 && dose_is_none(&p->dose); tries++)
		draw_kind(s, p);
	if (chaos_chance(s, 30))
		draw_kind(s, p);
}

/* --- crowds --------------------------------------------------------------- */

void extra_draw_crowd(uint64_t *s, struct plan *p)
{
	uint64_t wait = tr_spec_value(&p->spec, "wait", WAIT_BLOCK);
	unsigned percent = p->stands ? 40 : p->two ? 25 : 0;

	p->crowd = 1;
	/* a side that spins among many waits for the time slices of all */
	if (chaos_chance(s, percent) && wait != WAIT_SPIN)
		p->crowd = 2 + (int)chaos_below(s, CHAOS_CROWD - 1);
}

/* --- in words ------------------------------------------------------------- */

const char *extra_words(const struct plan *p, char *buf, size_t size)
{
	char dose[DOSE_TEXT_MAX], crowd[40] = "";

	if (p->crowd > 1)
		snprintf(crowd, sizeof(crowd), ", %d %s", p->crowd,
			 p->stands ? "pairs" : "clients");
	dose_text(&p->dose, dose, sizeof(dose));
	snprintf(buf, size, "%s%s%s", crowd, *dose ? ", extra " : "", dose);
	return buf;
}
