/* The ledger on made-up copies that a program makes within its memory. */
#include <math.h>

#include "count/ledger.h"
#include "tap.h"

#define MIB (1 << 20)

/* A program with memory A reads file a and writes file b. */
struct trace {
	struct ledger *l;
	int a, A, b;
};

static struct trace begin(void)
{
	struct trace t = { .l = ledger_new() };

	t.a = ledger_object(t.l, LEDGER_FILE, "a", "a", "", 0);
	t.A = ledger_object(t.l, LEDGER_PRIVATE, "A", "A", "", 1);
	t.b = ledger_object(t.l, LEDGER_FILE, "b", "b", "", 0);
	ledger_track(t.l, t.A);
	return t;
}

static struct ledger_hop hop(int from, int to, const char *call)
{
	return (struct ledger_hop){
		.from = from,
		.to = to,
		.by = from == to ? LEDGER_BY_USER : LEDGER_BY_KERNEL,
		.pid = 1,
		.process = "p",
		.call = call,
		.calls = 1,
		.bytes = MIB,
		.copies = 1,
	};
}

static int read_file(struct trace *t)
{
	const struct ledger_hop h = hop(t->a, t->A, "read");

	return ledger_add(t->l, &h);
}

/* A copy of bytes that hop `before` had brought. */
static int copy(struct trace *t, int before)
{
	struct ledger_hop h = hop(t->A, t->A, "memcpy");

	h.evidence = LEDGER_PRELOADED;
	return ledger_add_copy(t->l, &h, before);
}

/* Writes the bytes that hop `before` brought; -1: none is known. */
static struct ledger_sum write_file(struct trace *t, int before)
{
	const struct ledger_hop h = hop(t->A, t->b, "write");
	int out = ledger_add(t->l, &h);

	if (before >= 0)
		ledger_pass(t->l, before, out, MIB);
	ledger_imply(t->l, t->a, t->b);
	return ledger_sum(t->l, t->a, t->b, MIB, NULL);
}

static bool is(double a, double b)
{
	return fabs(a - b) < 0.001;
}

static void only_what_goes_on(void)
{
	struct trace t = begin();
	struct ledger_sum s;
	int read = read_file(&t), first, second;

	copy(&t, -1); /* other bytes of the program */
	first = copy(&t, read);
	ok(copy(&t, read) == first && copy(&t, -1) != first,
	   "copies are one hop if the same hop brought their bytes");
	second = copy(&t, first);
	ok(second != first, "a copy of a copy is another hop");
	copy(&t, second); /* nothing takes these bytes */
	s = write_file(&t, second);
	ok(s.resolved && !s.lower_bound && is(s.copies, 4) &&
		   is(s.copies_user, 2) && s.arrived_bytes == MIB,
	   "only copies of bytes that go on count: %.3f", s.copies);
	ledger_free(t.l);
}

/* A program copies bytes unseen, and copies them again by memcpy. */
static void unseen_before_seen(void)
{
	struct trace t = begin();
	struct ledger_sum s;

	read_file(&t);
	copy(&t, -1);
	copy(&t, -1);
	s = write_file(&t, copy(&t, -1));
	ok(s.resolved && s.lower_bound && is(s.copies, 4) &&
		   s.arrived_bytes == MIB,
	   "a copy of bytes that no hop had brought: at least %.3f", s.copies);
	ledger_free(t.l);
}

/* The bytes that are written need not have been copied by memcpy. */
static void unseen_beside_seen(void)
{
	struct trace t = begin();
	struct ledger_sum s;

	copy(&t, read_file(&t));
	s = write_file(&t, -1);
	ok(s.resolved && s.lower_bound && is(s.copies, 3),
	   "a copy beside an unseen one: at least %.3f", s.copies);
	ledger_free(t.l);
}

static void many_in_a_row(void)
{
	struct trace t = begin();
	struct ledger_sum s;
	int last = read_file(&t);

	for (int i = 0; i < 1000; i++)
		last = copy(&t, last);
	s = write_file(&t, last);
	ok(ledger_hops(t.l) < 200, "1000 copies in a row are %d hops",
	   (int)ledger_hops(t.l));
	ok(s.resolved && s.lower_bound && s.copies > 2 && s.copies < 1002,
	   "1000 copies in a row: at least %.3f", s.copies);
	ledger_free(t.l);
}

int main(void)
{
	only_what_goes_on();
	unseen_before_seen();
	unseen_beside_seen();
	many_in_a_row();
	return done_testing();
}
