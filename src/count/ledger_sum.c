/* Sums up a ledger's hops between an input and an output. */
#include <errno.h>
#include <inttypes.h>
#include <math.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "count/ledger_way.h"

/* The bytes that hops brought to an object and took from it. */
struct through {
	/*
	 * bytes of the input: those that came in and went on; those that went
	 * out
	 */
	uint64_t in, out;
	uint64_t all_in, all_out; /* including bytes that are not the input's */
	/* the bytes of `out` that the largest hop moved */
	uint64_t most_out;
	/* bytes that went out of it although no call had brought them */
	uint64_t unexplained;
	/*
	 * every hop out of it moved the input's bytes, perhaps with other bytes
	 * around them
	 */
	bool framed;
	/* some hop out of it moved only bytes that are not the input's */
	bool foreign;
	const char *process; /* the process that moved bytes out of it */
};

static void __attribute__((format(printf, 2, 0)))
keep_first(char *why, const char *fmt, va_list ap)
{
	if (!why[0])
		vsnprintf(why, sizeof(((struct ledger_sum *)0)->why), fmt, ap);
}

static void __attribute__((format(printf, 2, 3)))
because(struct ledger_sum *s, const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	keep_first(s->why, fmt, ap);
	va_end(ap);
}

static void __attribute__((format(printf, 2, 3)))
at_least_because(struct ledger_sum *s, const char *fmt, ...)
{
	va_list ap;

	s->lower_bound = true;
	va_start(ap, fmt);
	keep_first(s->bound, fmt, ap);
	va_end(ap);
}

static bool differ(uint64_t a, uint64_t b)
{
	uint64_t more = a > b ? a : b, less = a > b ? b : a;

	return more - less > more / WAY_PART;
}

/*
 * True if the numbers show that a program changed the bytes. A compressor can
 * write nearly as many bytes as it read, so the largest difference that does
 * not count is small: 1/16384 of the larger number plus 8 bytes. The 8 bytes
 * allow a program to add a line end.
 */
static bool differs_much(uint64_t took, uint64_t gave)
{
	uint64_t more = took > gave ? took : gave;

	return more - (took > gave ? gave : took) > more / 16384 + 8;
}

/*
 * As differs_much, but for a program that wrote the input's bytes with other
 * bytes around them: a difference of up to 2 % does not count.
 */
static bool differs_much_framed(const struct through *t)
{
	uint64_t more = t->in > t->all_out ? t->in : t->all_out;

	return more - (t->in < t->all_out ? t->in : t->all_out) > more / 50;
}

static bool changed(const struct through *t)
{
	uint64_t others = t->all_in - t->in;

	if (t->foreign)
		return true;
	if (!differs_much(t->in, t->all_out) ||
	    (t->framed && !differs_much_framed(t)))
		return false;
	/* if many bytes of other inputs came in, too, compare all bytes */
	return others < t->in / 50 || differ(t->all_in, t->all_out);
}

/* --- one hop -------------------------------------------------------------- */

static void sum_hop(const struct way *w, int i, struct ledger_sum *s)
{
	const struct ledger_hop *h = way_hop(w, i);
	double per_byte = way_counted(w, i) / (double)s->delivered_bytes;

	s->calls += h->calls;
	s->lower_bound |= h->at_least;
	if (h->at_least && h->by == LEDGER_BY_KERNEL)
		at_least_because(
			s,
			"the process %s stored into pages that it had shared "
			"with another process since a fork: %s",
			h->process,
			h->copies ? "the kernel copied these pages, and it is "
				    "not known which bytes the program stored"
				  : "the kernel may have copied these pages");
	else if (h->at_least && h->from != h->to)
		at_least_because(
			s,
			"no call brought the bytes from %s to %s: the program "
			"%s copied them itself, at least once",
			w->l->object[h->from].name, w->l->object[h->to].name,
			h->process);
	if (h->copies == LEDGER_COPIES_UNKNOWN) {
		s->resolved = false;
		because(s,
			"it is not known whether the call %s copies from %s to "
			"%s",
			h->call, w->l->object[h->from].name,
			w->l->object[h->to].name);
		return;
	}
	if (h->by == LEDGER_BY_KERNEL)
		s->copies_kernel += per_byte * h->copies;
	else if (h->by == LEDGER_BY_USER)
		s->copies_user += per_byte * h->copies;
	else
		s->by_device += per_byte;
}

/* --- one object ----------------------------------------------------------- */

static struct through through(const struct way *w, int object)
{
	struct through t = { .framed = true };

	way_each_in(w, i, object) {
		if (way_hop(w, i)->from == object)
			continue;
		t.all_in += way_hop(w, i)->bytes;
		t.in += way_has(w, i) ? way_went_on(w, i) : 0;
	}
	way_each_out(w, i, object) {
		const struct ledger_hop *h = way_hop(w, i);
		uint64_t moved;

		if (way_has(w, i) && way_seen_copy(w->l, i))
			t.unexplained += way_unknown(w, i);
		if (!way_has(w, i) || h->to == object)
			continue;
		moved = (uint64_t)(w->share[i] + 0.5);
		t.out += moved;
		t.all_out += h->bytes;
		t.most_out = moved > t.most_out ? moved : t.most_out;
		t.unexplained += way_unexplained(w->l, i);
		t.process = h->process;
		t.framed &= w->l->hop[i].content == LEDGER_PAYLOAD;
		t.foreign |= w->l->hop[i].content == LEDGER_FOREIGN;
	}
	return t;
}

static bool was_implied(const struct way *w, int object)
{
	way_each_out(w, i, object)
		if (way_hop(w, i)->to == object &&
		    way_hop(w, i)->evidence == LEDGER_IMPLIED)
			return true;
	return false;
}

/*
 * False if fewer than 1/WAY_PART of the delivered bytes went out of the object.
 * They may be a request for the other bytes.
 */
static bool matters(const struct through *t, uint64_t delivered_bytes)
{
	return t->out >= delivered_bytes / WAY_PART;
}

static bool copied_itself(const struct through *t)
{
	return t->unexplained > t->all_out / WAY_PART;
}

static void look_at_memory(const struct way *w, int object,
			   const struct through *t, struct ledger_sum *s)
{
	const char *name = w->l->object[object].name;

	if (!copied_itself(t))
		return;
	if (changed(t)) {
		s->transformed = true;
		s->resolved = false;
		because(s,
			"the process %s took in %" PRIu64
			" bytes and gave out %" PRIu64 ": it transformed them",
			name, t->in, t->all_out);
		return;
	}
	s->framed |= differs_much(t->in, t->all_out);
	at_least_because(s,
			 "the process %s copied bytes itself: it passed on "
			 "bytes from memory into which no call had put them",
			 name);
	if (!was_implied(w, object))
		s->copies_user +=
			(double)t->unexplained / (double)s->delivered_bytes;
}

static void look_at_object(const struct way *w, int object,
			   struct ledger_sum *s)
{
	struct through t = through(w, object);

	if (!matters(&t, s->delivered_bytes))
		return;
	if (w->l->object[object].kind == LEDGER_PRIVATE)
		look_at_memory(w, object, &t, s);
	else if (t.most_out > t.in && differ(t.most_out, t.in)) {
		s->resolved = false;
		because(s,
			"%" PRIu64
			" bytes were taken from %s, but only %" PRIu64
			" were seen to come there",
			t.most_out, w->l->object[object].name, t.in);
	}
}

/* --- the whole ------------------------------------------------------------ */

static uint64_t arrived(const struct way *w, int out)
{
	uint64_t bytes = 0;

	way_each_in(w, i, out)
		if (way_has(w, i))
			bytes += (uint64_t)(w->share[i] * w->whole + 0.5);
	return bytes;
}

static bool has_path(const struct way *w)
{
	for (size_t i = 0; i < w->l->hops; i++)
		if (way_has(w, (int)i))
			return true;
	return false;
}

static bool way_touches(const struct way *w, int object)
{
	way_each_in(w, i, object)
		if (way_has(w, i))
			return true;
	way_each_out(w, i, object)
		if (way_has(w, i))
			return true;
	return false;
}

static void look_at_doubts(const struct way *w, struct ledger_sum *s)
{
	for (size_t i = 0; i < w->l->doubts; i++) {
		const struct ledger_doubt *d = &w->l->doubt[i];

		if (s->path && (d->object == LEDGER_IF_NO_PATH ||
				(d->object >= 0 && !way_touches(w, d->object))))
			continue;
		s->resolved = false;
		because(s, "%s", d->text);
	}
}

static void look_at_output(const struct way *w, int out, struct ledger_sum *s)
{
	uint64_t bytes = arrived(w, out);

	if (bytes >= s->delivered_bytes || !differ(bytes, s->delivered_bytes))
		return;
	s->resolved = false;
	because(s,
		"%" PRIu64 " bytes are in %s, but only %" PRIu64
		" were seen to come there",
		s->delivered_bytes, w->l->object[out].name, bytes);
}

/*
 * Finds a program whose buffers were not watched. For two hops, it is enough if
 * some of the bytes that passed between them were watched.
 */
static void look_at_watches(const struct way *w, struct ledger_sum *s)
{
	for (size_t i = 0; i < w->l->passes && !s->unwatched; i++) {
		const struct ledger_passed *p = &w->l->pass[i];
		const struct ledger_hop *in = way_hop(w, p->in);

		if (p->kept || in->by == LEDGER_BY_USER || !way_has(w, p->in) ||
		    !way_has(w, p->out) ||
		    p->bytes < s->delivered_bytes / WAY_PART)
			continue;
		s->unwatched = true;
		snprintf(s->unwatched_by, sizeof(s->unwatched_by), "%s",
			 way_hop(w, p->out)->process);
	}
}

static void add_up(const struct way *w, int in, int out, struct ledger_sum *s)
{
	look_at_output(w, out, s);
	for (size_t i = 0; i < w->l->objects; i++)
		if ((int)i != in && (int)i != out)
			look_at_object(w, (int)i, s);
	for (size_t i = 0; i < w->l->hops; i++)
		if (way_has(w, (int)i))
			sum_hop(w, (int)i, s);
	look_at_watches(w, s);
	s->copies = s->copies_kernel + s->copies_user;
	if (!s->why[0])
		memcpy(s->why, s->bound, sizeof(s->why));
}

static struct ledger_sum nothing(void)
{
	return (struct ledger_sum){
		.copies = (double)NAN,
	};
}

struct ledger_sum ledger_sum(const struct ledger *l, int in, int out,
			     uint64_t delivered_bytes, bool *on_path)
{
	struct ledger_sum s = nothing();
	struct way w = { 0 };

	if (on_path)
		memset(on_path, 0, l->hops);
	if (in < 0 || out < 0 || in == out || way_init(&w, l) < 0) {
		because(&s, "the input or the output is not known%s%s",
			l->doubts ? ", perhaps because " : "",
			l->doubts ? l->doubt[0].text : "");
		way_free(&w);
		return s;
	}
	way_from(&w, in, out);
	way_to(&w, in, out);
	way_share(&w, in);
	s.split = way_split(&w, in, out);
	s.path = s.resolved = has_path(&w);
	s.arrived_bytes = arrived(&w, out);
	look_at_doubts(&w, &s);
	if (s.path)
		s.delivered_bytes = delivered_bytes;
	else
		because(&s, "no calls were seen that bring bytes from %s to %s",
			l->object[in].name, l->object[out].name);
	if (s.path && delivered_bytes == 0)
		s.resolved = false, because(&s, "nothing was delivered");
	else if (s.path)
		add_up(&w, in, out, &s);
	for (size_t i = 0; on_path && i < l->hops; i++)
		on_path[i] = way_has(&w, (int)i);
	way_free(&w);
	return s;
}

int ledger_parts(const struct ledger *l, int in, int out,
		 uint64_t delivered_bytes, double *part)
{
	struct way w = { 0 };
	int rc = way_init(&w, l);

	if (rc == 0) {
		way_from(&w, in, out);
		way_to(&w, in, out);
		way_share(&w, in);
		way_split(&w, in, out);
	}
	for (size_t i = 0; rc == 0 && i < l->hops; i++)
		part[i] = way_has(&w, (int)i) ? way_counted(&w, (int)i) /
							(double)delivered_bytes
					      : 0;
	way_free(&w);
	return rc;
}

/* --- what must have been -------------------------------------------------- */

static void imply_copy(struct ledger *l, int object, const struct through *t)
{
	const struct ledger_hop hop = {
		.from = object,
		.to = object,
		.by = LEDGER_BY_USER,
		.pid = l->object[object].pid,
		.process = t->process,
		.call = "its own copy",
		.bytes = t->unexplained,
		.copies = 1,
		.at_least = true,
		.evidence = LEDGER_IMPLIED,
	};

	ledger_add(l, &hop);
}

void ledger_imply(struct ledger *l, int in, int out)
{
	struct way w = { 0 };
	struct through t;

	if (in >= 0 && out >= 0 && way_init(&w, l) == 0) {
		way_from(&w, in, out);
		way_to(&w, in, out);
		way_share(&w, in);
		way_split(&w, in, out);
		for (size_t i = 0; i < l->objects; i++) {
			if (!way_tracked(l, (int)i) || was_implied(&w, (int)i))
				continue;
			t = through(&w, (int)i);
			if (matters(&t, arrived(&w, out)) &&
			    copied_itself(&t) && !changed(&t))
				imply_copy(l, (int)i, &t);
		}
	}
	way_free(&w);
}
