/* Turns a ledger into a story: its boxes, and its hops in a possible order. */
#include "teach/story.h"

#include <errno.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "teach/teach.h"

#define PART_LEAST 0.005 /* a hop that moves less of each byte has no step */

struct making {
	struct story *s;
	const struct story_wish *w;
	bool *on_path; /* hops of the ledger on a way from IN to OUT */
	double *part;
	bool *taken; /* hops of the ledger that are in the story */
	bool failed; /* there is too little room */
};

static const struct ledger_object *object_of(const struct story *s, int box)
{
	return ledger_object_at(s->ledger, (size_t)s->box[box].object);
}

/* --- boxes ---------------------------------------------------------------- */

static bool forgets(enum ledger_kind kind)
{
	return kind != LEDGER_FILE && kind != LEDGER_PRIVATE &&
	       kind != LEDGER_SHARED && kind != LEDGER_DEVICE;
}

static int box_of(struct making *m, int object, bool again)
{
	struct story *s = m->s;

	for (int i = 0; i < s->boxes; i++)
		if (s->box[i].object == object && s->box[i].again == again)
			return i;
	if (s->boxes == STORY_BOXES) {
		m->failed = true;
		return 0;
	}
	s->box[s->boxes] = (struct story_box){ .object = object,
					       .again = again,
					       .slots = 1 };
	s->box[s->boxes].forgets = forgets(object_of(s, s->boxes)->kind);
	return s->boxes++;
}

static int actor_of(struct making *m, const struct ledger_hop *h)
{
	struct story *s = m->s;

	for (int i = 0; i < s->actors; i++)
		if (s->pid[i] == h->pid &&
		    !strcmp(s->actor[i], teach_short_name(h->process)))
			return i;
	if (s->actors == STORY_BOXES) {
		m->failed = true;
		return 0;
	}
	s->pid[s->actors] = h->pid;
	snprintf(s->actor[s->actors], sizeof(s->actor[0]), "%s",
		 teach_short_name(h->process));
	return s->actors++;
}

/* --- hops ----------------------------------------------------------------- */

/* True if the hop is on the way and moves enough bytes to be a step. */
static bool has_step(const struct making *m, size_t i)
{
	return m->on_path[i] && m->part[i] >= PART_LEAST;
}

/*
 * True if a program copies within its memory all bytes that came there. Then
 * the memory has a second box for the copies. If the program copies only some
 * bytes, all bytes stay in one box, since a call takes the copies away with the
 * other bytes.
 */
static bool has_second_box(const struct making *m, int object)
{
	double into = 0, within = 0;

	for (size_t i = 0; i < ledger_hops(m->w->ledger); i++) {
		const struct ledger_hop *h = ledger_hop_at(m->w->ledger, i);

		if (has_step(m, i) && h->to == object)
			*(h->from == object ? &within : &into) += m->part[i];
	}
	return within > 0 && within >= into - PART_LEAST;
}

static bool takes_again(const struct making *m, const struct ledger_hop *h)
{
	return h->to != h->from && has_second_box(m, h->from);
}

/* True if bytes have come to the place from which the hop takes them. */
static bool is_filled(const struct making *m, const struct ledger_hop *h)
{
	const struct story *s = m->s;
	bool again = takes_again(m, h);

	for (int i = 0; i < s->hops; i++) {
		const struct story_box *b = &s->box[s->hop[i].to];

		if (s->hop[i].played && b->object == h->from &&
		    b->again == again)
			return true;
	}
	return h->from == s->box[s->in].object && !again;
}

static void add_hop(struct making *m, size_t i)
{
	const struct ledger_hop *l = ledger_hop_at(m->w->ledger, i);
	struct story *s = m->s;
	struct story_hop h = { .hop = l,
			       .part = m->part[i],
			       .played = has_step(m, i) && is_filled(m, l) };

	m->taken[i] = true;
	if (s->hops == STORY_HOPS) {
		m->failed = true;
		return;
	}
	h.from = box_of(m, l->from, takes_again(m, l));
	h.to = box_of(m, l->to, l->from == l->to && has_second_box(m, l->to));
	h.actor = actor_of(m, l);
	h.way = l->by != LEDGER_BY_KERNEL
			? PROBE_NO_WAY
			: probe_way_of(object_of(s, h.from)->kind,
				       object_of(s, h.to)->kind, l->call);
	s->hop[s->hops++] = h;
	if (!h.played)
		return;
	s->shown = s->boxes;
	s->acting = s->actors;
}

/* True if another hop must first bring bytes to where this hop takes them. */
static bool must_wait(const struct making *m, size_t i)
{
	const struct ledger *l = m->w->ledger;
	const struct ledger_hop *h = ledger_hop_at(l, i);

	for (size_t j = 0; j < ledger_hops(l); j++) {
		const struct ledger_hop *o = ledger_hop_at(l, j);

		if (j != i && has_step(m, j) && !m->taken[j] &&
		    o->to == h->from && (o->from != o->to || h->to != h->from))
			return true;
	}
	return false;
}

/*
 * The next hop: one whose bytes have all arrived. In a circle each hop waits
 * for another one. Then, of the hops whose bytes have arrived in part, the one
 * that the trace saw first is the next. Hops without a step come last. -1: all
 * hops are placed.
 */
static long next_hop(const struct making *m)
{
	long any = -1, filled = -1;

	for (size_t i = 0; i < ledger_hops(m->w->ledger); i++) {
		if (!m->on_path[i] || m->taken[i])
			continue;
		if (any < 0)
			any = (long)i;
		if (!has_step(m, i) ||
		    !is_filled(m, ledger_hop_at(m->w->ledger, i)))
			continue;
		if (!must_wait(m, i))
			return (long)i;
		if (filled < 0)
			filled = (long)i;
	}
	return filled >= 0 ? filled : any;
}

/* The bits of n cells beside each other, of which `first` is the first. */
static unsigned int cells(int first, int n)
{
	return ((1u << n) - 1) << first;
}

/*
 * Chooses which of the held bytes a hop takes: as many as it moves, and if
 * possible those that no other hop has taken before.
 */
static void choose_cells(struct story_hop *h, int n, unsigned int held,
			 unsigned int taken)
{
	int most = -1;

	for (; n > 0 && most < 0; n--)
		for (int first = 0; first + n <= STORY_BYTES; first++) {
			unsigned int window = cells(first, n);
			int fresh = __builtin_popcount(window & ~taken);

			if ((window & held) != window || fresh <= most)
				continue;
			most = fresh;
			h->first = first;
			h->bytes = n;
		}
}

/* If bytes take several ways, decides which of the 16 bytes take each way. */
static void share_out(struct story *s)
{
	unsigned int held[STORY_BOXES] = { 0 }, taken[STORY_BOXES] = { 0 };
	double sum[STORY_BOXES] = { 0 };

	held[s->in] = cells(0, STORY_BYTES);
	for (int i = 0; i < s->hops; i++) {
		struct story_hop *h = &s->hop[i];
		int before = (int)(sum[h->from] * STORY_BYTES + 0.5), n;

		if (!h->played)
			continue;
		if (h->from == h->to) {
			choose_cells(h, (int)(h->part * STORY_BYTES) + 1,
				     held[h->from], 0);
			continue;
		}
		sum[h->from] += h->part;
		n = (int)(sum[h->from] * STORY_BYTES + 0.5) - before;
		n = n < 1 ? 1 : n > STORY_BYTES ? STORY_BYTES : n;
		choose_cells(h, n, held[h->from], taken[h->from]);
		taken[h->from] |= cells(h->first, h->bytes);
		held[h->to] |= cells(h->first, h->bytes);
	}
}

/* --- the whole ------------------------------------------------------------ */

/* The slots of a ring; none, if the bytes do not pass through its memory. */
static void take_slots(struct story *s, const struct tr_spec *spec)
{
	for (int i = 0; i < s->boxes; i++) {
		if (!s->box[i].mapped || i == s->in || i == s->out)
			continue;
		s->depth = (int)tr_spec_value(spec, "depth", 1);
		s->slots = s->depth < STORY_SLOTS ? s->depth : STORY_SLOTS;
		s->box[i].slots = s->slots;
	}
}

static void fill_steps(struct making *m)
{
	struct story *s = m->s;
	long hop;

	s->in = box_of(m, m->w->in, false);
	while (!m->failed && (hop = next_hop(m)) >= 0)
		add_hop(m, (size_t)hop);
	s->out = box_of(m, m->w->out, false);
	s->shown = s->shown > s->out ? s->shown : s->out + 1;
	teach_name(s);
	share_out(s);
	if (!m->w->spec)
		return;
	s->middle = m->w->spec->ops->middle;
	s->turn = turn_of(m->w->spec);
	if (s->turn)
		take_slots(s, m->w->spec);
}

static int make(struct making *m, struct err *e)
{
	const struct story_wish *w = m->w;
	struct story *s = m->s;

	s->sum = ledger_sum(w->ledger, w->in, w->out, w->delivered_bytes,
			    m->on_path);
	if (!s->sum.path)
		return err_say(e, EINVAL, "there are no steps to show: %s",
			       s->sum.why);
	if (ledger_parts(w->ledger, w->in, w->out, w->delivered_bytes,
			 m->part) < 0)
		return err_code(e, ENOMEM, "the page");
	fill_steps(m);
	if (m->failed)
		return err_say(e, EINVAL,
			       "the way has too many parts for a page: more "
			       "than %d objects or %d hops",
			       STORY_BOXES, STORY_HOPS);
	story_play(s, story_messages(s));
	return 0;
}

static struct story *begin(const struct story_wish *w)
{
	struct story *s = calloc(1, sizeof(*s));

	if (!s)
		return NULL;
	s->ledger = w->ledger;
	s->counted = w->counted;
	s->calls_per_message = w->calls_per_message;
	s->steady_per_message = w->steady_per_message;
	s->blocked_per_message = w->blocked_per_message;
	snprintf(s->title, sizeof(s->title), "%s", w->title);
	snprintf(s->summary, sizeof(s->summary), "%s", w->summary);
	return s;
}

int story_make(const struct story_wish *w, struct story **s, struct err *e)
{
	size_t n = ledger_hops(w->ledger) + 1;
	struct making m = { .w = w,
			    .s = begin(w),
			    .on_path = calloc(n, sizeof(bool)),
			    .part = calloc(n, sizeof(double)),
			    .taken = calloc(n, sizeof(bool)) };
	int rc = -ENOMEM;

	if (m.s && m.on_path && m.part && m.taken)
		rc = make(&m, e);
	else
		err_code(e, ENOMEM, "the page");
	free(m.on_path);
	free(m.part);
	free(m.taken);
	if (rc < 0)
		free(m.s);
	*s = rc < 0 ? NULL : m.s;
	return rc;
}

double story_copies(const struct story *s)
{
	double copies = 0;

	for (int i = 0; i < s->hops; i++)
		if (s->hop[i].hop->copies > 0 &&
		    s->hop[i].hop->by != LEDGER_BY_DEVICE)
			copies += s->hop[i].part * s->hop[i].hop->copies;
	return copies;
}
