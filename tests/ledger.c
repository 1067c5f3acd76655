/* The ledger on made-up traces with known answers. No process is traced. */
#include <math.h>
#include <string.h>

#include "count/ledger.h"
#include "tap.h"

#define MIB (1 << 20)

/* Each letter is an object: lower case a file, upper case private memory. */
struct trace {
	struct ledger *l;
	int object[128];
};

static int object(struct trace *t, char name)
{
	char key[2] = { name, '\0' };
	bool private = name >= 'A' && name <= 'Z';

	if (ledger_find(t->l, key) >= 0)
		return ledger_find(t->l, key);
	t->object[(int)name] = ledger_object(t->l,
					     private       ? LEDGER_PRIVATE
					     : name == '|' ? LEDGER_PIPE
					     : name == '#' ? LEDGER_SHARED
							   : LEDGER_FILE,
					     key, key, "", private ? name : 0);
	if (private)
		ledger_track(t->l, t->object[(int)name]);
	return t->object[(int)name];
}

static int hop_by(struct trace *t, enum ledger_by by, char from, char to,
		  uint64_t bytes, int copies)
{
	const struct ledger_hop hop = {
		.from = object(t, from),
		.to = object(t, to),
		.by = by,
		.pid = 1,
		.process = "p",
		.call = by == LEDGER_BY_USER ? "memcpy" : "read",
		.calls = 1,
		.bytes = bytes,
		.copies = copies,
	};

	return ledger_add(t->l, &hop);
}

static int hop(struct trace *t, char from, char to, uint64_t bytes)
{
	return hop_by(t, LEDGER_BY_KERNEL, from, to, bytes, 1);
}

static struct trace begin(void)
{
	return (struct trace){ .l = ledger_new() };
}

static struct ledger_sum sum(struct trace *t, char in, char out,
			     uint64_t delivered)
{
	ledger_imply(t->l, object(t, in), object(t, out));
	return ledger_sum(t->l, object(t, in), object(t, out), delivered, NULL);
}

static bool is(double a, double b)
{
	return fabs(a - b) < 0.001;
}

/*
 * a → A → | → B → b, and each byte was seen to pass.
 */
static struct trace cat_cat(void)
{
	struct trace t = begin();
	int read = hop(&t, 'a', 'A', MIB), write = hop(&t, 'A', '|', MIB);
	int receive = hop(&t, '|', 'B', MIB), out = hop(&t, 'B', 'b', MIB);

	ledger_pass(t.l, read, write, MIB);
	ledger_pass(t.l, receive, out, MIB);
	return t;
}

static void four_through_a_pipe(void)
{
	struct trace t = cat_cat();
	struct ledger_sum s = sum(&t, 'a', 'b', MIB);

	ok(s.path && s.resolved && !s.lower_bound && is(s.copies, 4) &&
		   is(s.copies_kernel, 4) && s.calls == 4,
	   "a file through a pipe: %.3f copies, %d calls", s.copies,
	   (int)s.calls);
	ledger_free(t.l);
}

static void by_pieces(void)
{
	struct trace t = begin();
	struct ledger_sum s;
	bool on_path[8];

	for (int i = 0; i < 16; i++)
		ledger_pass(t.l, hop(&t, 'a', 'A', MIB / 16),
			    hop(&t, 'A', 'b', MIB / 16), MIB / 16);
	ok(ledger_hops(t.l) == 2 && ledger_hop_at(t.l, 0)->calls == 16 &&
		   ledger_hop_at(t.l, 0)->bytes == MIB,
	   "calls of the same kind are one hop");
	s = ledger_sum(t.l, object(&t, 'a'), object(&t, 'b'), MIB, on_path);
	ok(is(s.copies, 2) && on_path[0] && on_path[1],
	   "both hops are on the path");
	ledger_free(t.l);
}

static void noise_drops_out(void)
{
	struct trace t = cat_cat();
	struct ledger_sum s;

	hop(&t, 'l', 'A', 3000); /* a locale, which nothing writes anywhere */
	hop(&t, 'a', 'B', MIB);  /* read again for a checksum */
	hop(&t, 'b', 'B', MIB);  /* the output, read for a checksum */
	hop(&t, 'A', 'e', 50);   /* a message on standard error */
	s = sum(&t, 'a', 'b', MIB);
	ok(s.resolved && is(s.copies, 4),
	   "a hop that leads nowhere does not count: %.3f", s.copies);
	ledger_free(t.l);
}

static void no_path_no_number(void)
{
	struct trace t = begin();
	struct ledger_sum s;

	hop(&t, 'a', 'A', MIB);
	hop(&t, 'B', 'b', MIB);
	s = sum(&t, 'a', 'b', MIB);
	ok(!s.path && !s.resolved && isnan(s.copies) && s.why[0] &&
		   s.delivered_bytes == 0,
	   "without a path there is no number: %s", s.why);
	s = ledger_sum(t.l, -1, object(&t, 'b'), MIB, NULL);
	ok(!s.path && isnan(s.copies), "without an input there is no number");
	s = ledger_sum(t.l, 0, 0, MIB, NULL);
	ok(!s.path && isnan(s.copies),
	   "from a file to itself there is no number");
	ledger_free(t.l);
}

static void own_copies(void)
{
	struct trace t = begin();
	struct ledger_sum s;

	hop(&t, 'a', 'A', MIB);
	hop(&t, 'A', 'b', MIB); /* from addresses not read to */
	s = sum(&t, 'a', 'b', MIB);
	ok(s.resolved && s.lower_bound && is(s.copies, 3) &&
		   is(s.copies_user, 1),
	   "a program that copies by itself: at least %.3f", s.copies);
	ok(ledger_hop_at(t.l, ledger_hops(t.l) - 1)->evidence == LEDGER_IMPLIED,
	   "the program's own copy is a hop");
	ledger_imply(t.l, object(&t, 'a'), object(&t, 'b'));
	ok(ledger_hops(t.l) == 3, "the hop of an own copy is added once");
	ledger_free(t.l);
}

static void transformed(void)
{
	struct trace t = begin();
	struct ledger_sum s;

	hop(&t, 'a', 'A', MIB);
	hop(&t, 'A', 'b', MIB / 3);
	s = sum(&t, 'a', 'b', MIB / 3);
	ok(s.path && s.transformed && !s.resolved, "a compressor: %s", s.why);
	ledger_free(t.l);
}

/*
 * The process with memory C asks for a file by a message of a few bytes. The
 * process with memory S reads this message and sends the file.
 */
static void requests(void)
{
	struct trace t = begin();
	const uint64_t all = 64 * MIB;
	struct ledger_sum s;
	int r = hop(&t, 'c', 'C', all), w = hop(&t, 'C', 'b', all);

	hop(&t, 'a', 'c', all);
	hop(&t, 'C', 'q', 85);
	hop(&t, 'q', 'S', 85);
	hop(&t, 'S', 'c', 246);
	ledger_pass(t.l, r, w, all);
	s = sum(&t, 'a', 'b', all);
	ok(s.resolved && !s.lower_bound && fabs(s.copies - 3) < 0.01,
	   "a request is not on the path: %.3f %s", s.copies, s.why);
	ledger_free(t.l);
}

static void told_copies(void)
{
	struct trace t = begin();
	struct ledger_sum s;
	int read = hop(&t, 'a', 'A', MIB);
	int to = hop_by(&t, LEDGER_BY_USER, 'A', '#', MIB, 1);
	int from = hop_by(&t, LEDGER_BY_USER, '#', 'B', MIB, 1);
	int write = hop(&t, 'B', 'b', MIB);

	ledger_pass(t.l, read, to, MIB);
	ledger_pass(t.l, from, write, MIB);
	s = sum(&t, 'a', 'b', MIB);
	ok(s.resolved && !s.lower_bound && is(s.copies, 4) &&
		   is(s.copies_user, 2),
	   "copies that a program reports are exact: %.0f by the kernel, %.0f "
	   "by the program",
	   s.copies_kernel, s.copies_user);
	ledger_free(t.l);
}

static void no_copies(void)
{
	struct trace t = begin();
	struct ledger_sum s;

	hop_by(&t, LEDGER_BY_KERNEL, 'a', '|', MIB, 0);
	hop(&t, '|', 'b', MIB);
	s = sum(&t, 'a', 'b', MIB);
	ok(s.resolved && is(s.copies, 1),
	   "a hop that moves pages makes no copy: %.3f", s.copies);
	ledger_free(t.l);
	t = begin();
	hop_by(&t, LEDGER_BY_KERNEL, 'a', 'b', MIB, 0);
	s = sum(&t, 'a', 'b', MIB);
	ok(s.resolved && is(s.copies, 0),
	   "a hop that shares blocks makes no copy: %.3f", s.copies);
	ledger_free(t.l);
}

static void unknown_hop(void)
{
	struct trace t = begin();
	struct ledger_sum s;

	hop_by(&t, LEDGER_BY_KERNEL, 'a', '|', MIB, LEDGER_COPIES_UNKNOWN);
	hop(&t, '|', 'b', MIB);
	s = sum(&t, 'a', 'b', MIB);
	ok(s.path && !s.resolved && strstr(s.why, "not known"),
	   "a hop whose copies are unknown: %s", s.why);
	ledger_free(t.l);
}

static void doubts(void)
{
	struct trace t = cat_cat();
	struct ledger_sum s;

	hop(&t, 'l', 'C', 100);
	ledger_doubt(t.l, object(&t, 'C'), "C cannot be looked into");
	ledger_doubt(t.l, object(&t, 'C'), "C cannot be looked into");
	ok(ledger_doubts(t.l) == 1, "a doubt is noted once");
	s = sum(&t, 'a', 'b', MIB);
	ok(s.resolved,
	   "a doubt about a process that is not on the path does not count");
	ledger_doubt(t.l, object(&t, 'B'), "B hides something");
	s = sum(&t, 'a', 'b', MIB);
	ok(!s.resolved && strcmp(s.why, "B hides something") == 0,
	   "a doubt about a process on the path counts: %s", s.why);
	ledger_free(t.l);
	t = begin();
	hop(&t, 'a', 'A', MIB);
	ledger_doubt(t.l, object(&t, 'C'), "C hides something");
	s = sum(&t, 'a', 'b', MIB);
	ok(strcmp(s.why, "C hides something") == 0,
	   "without a path, every doubt is a reason");
	ledger_note(t.l, "by the way");
	ledger_note(t.l, "by the way");
	ok(ledger_notes(t.l) == 1, "a note is noted once");
	ledger_free(t.l);
}

static void bytes_that_are_missing(void)
{
	struct trace t = begin();
	struct ledger_sum s;
	int read = hop(&t, 'a', 'A', MIB), write = hop(&t, 'A', 'b', MIB);

	ledger_pass(t.l, read, write, MIB);
	s = sum(&t, 'a', 'b', 2 * MIB);
	ok(s.path && !s.resolved,
	   "an output with bytes that no call brought: %s", s.why);
	ledger_free(t.l);
	t = begin();
	hop(&t, 'a', '#', 1000);
	hop(&t, '#', 'b', MIB);
	s = sum(&t, 'a', 'b', MIB);
	ok(s.path && !s.resolved,
	   "shared memory with bytes that no call brought: %s", s.why);
	ledger_free(t.l);
}

static void read_more_than_written(void)
{
	struct trace t = begin();
	struct ledger_sum s;
	int read = hop(&t, 'a', 'A', MIB), write = hop(&t, 'A', 'b', 1000);

	ledger_pass(t.l, read, write, 1000);
	s = sum(&t, 'a', 'b', 1000);
	ok(s.resolved && is(s.copies, 2),
	   "bytes that are read and not passed on do not count: %.3f",
	   s.copies);
	ledger_free(t.l);
}

/*
 * a → A and x → A, then A → | → B → b
 */
static void other_inputs(void)
{
	struct trace t = begin();
	struct ledger_sum s;
	int a = hop(&t, 'a', 'A', 3 * MIB), x = hop(&t, 'x', 'A', MIB);
	int w = hop(&t, 'A', '|', 4 * MIB);
	int r = hop(&t, '|', 'B', 4 * MIB), b = hop(&t, 'B', 'b', 4 * MIB);

	ledger_pass(t.l, a, w, 3 * MIB);
	ledger_pass(t.l, x, w, MIB);
	ledger_pass(t.l, r, b, 4 * MIB);
	s = sum(&t, 'a', 'b', 3 * MIB);
	ok(s.resolved && is(s.copies, 4) && s.arrived_bytes == 3 * MIB,
	   "the first of two inputs has its share: %.3f copies of %d MiB",
	   s.copies, (int)(s.arrived_bytes / MIB));
	s = sum(&t, 'x', 'b', MIB);
	ok(s.resolved && is(s.copies, 4) && s.arrived_bytes == MIB,
	   "the second of two inputs has its share");
	ledger_free(t.l);
}

static void by_a_device(void)
{
	struct trace t = begin();
	struct ledger_sum s;
	int read = hop_by(&t, LEDGER_BY_DEVICE, 'a', 'A', MIB, 0);
	int write = hop(&t, 'A', 'b', MIB);

	ledger_pass(t.l, read, write, MIB);
	s = sum(&t, 'a', 'b', MIB);
	ok(s.resolved && is(s.copies, 1) && is(s.by_device, 1),
	   "bytes that a device moves are no copies: %.0f and %.0f", s.copies,
	   s.by_device);
	ledger_free(t.l);
}

static void finds_ends(void)
{
	struct trace t = cat_cat();
	int in = -1, out = -1;

	hop(&t, 'l', 'A', 9 * MIB); /* large, but no hop moves it on */
	ok(ledger_ends(t.l, &in, &out) && in == object(&t, 'a') &&
		   out == object(&t, 'b'),
	   "the ends are the largest files that a path joins");
	in = -1;
	out = object(&t, 'l');
	ok(!ledger_ends(t.l, &in, &out) && in == -1,
	   "an end that is given stays, even if no path joins it");
	ledger_free(t.l);
	t = begin();
	in = out = -1;
	ok(!ledger_ends(t.l, &in, &out), "an empty ledger has no ends");
	ledger_free(t.l);
}

/* A program that copies by itself and has also read a larger file. */
static void likely_ends(void)
{
	struct trace t = begin();
	int in = -1, out = -1;

	hop(&t, 'l', 'A', 3 * MIB);
	hop(&t, 'a', 'A', MIB);
	hop(&t, 'A', 'b', MIB);
	ok(ledger_ends(t.l, &in, &out) && in == object(&t, 'a') &&
		   out == object(&t, 'b'),
	   "the likely input has as many bytes as the output");
	ledger_free(t.l);
}

static void outermost_ends(void)
{
	struct trace t = begin();
	int in = -1, out = -1;
	int r = hop(&t, 'a', 'A', MIB), w = hop(&t, 'A', 't', MIB);
	int s = hop(&t, 't', 'B', MIB), x = hop(&t, 'B', 'b', MIB);

	ledger_pass(t.l, r, w, MIB);
	ledger_pass(t.l, s, x, MIB);
	ok(ledger_ends(t.l, &in, &out) && in == object(&t, 'a') &&
		   out == object(&t, 'b'),
	   "a file in between is not an end");
	ledger_free(t.l);
}

/* Both ends are read again by a program that compares them. */
static void verified_ends(void)
{
	struct trace t = begin();
	int in = -1, out = -1;
	int r = hop(&t, 'a', 'A', MIB), w = hop(&t, 'A', 't', MIB);
	int s = hop(&t, 't', 'B', MIB), x = hop(&t, 'B', 'b', MIB);

	ledger_pass(t.l, r, w, MIB);
	ledger_pass(t.l, s, x, MIB);
	hop(&t, 'a', 'C', MIB);
	hop(&t, 'b', 'C', MIB);
	ok(ledger_ends(t.l, &in, &out) && in == object(&t, 'a') &&
		   out == object(&t, 'b'),
	   "files that are compared afterwards are still the ends");
	ledger_free(t.l);
}

int main(void)
{
	four_through_a_pipe();
	by_pieces();
	noise_drops_out();
	no_path_no_number();
	own_copies();
	transformed();
	requests();
	told_copies();
	no_copies();
	unknown_hop();
	doubts();
	bytes_that_are_missing();
	read_more_than_written();
	other_inputs();
	by_a_device();
	finds_ends();
	likely_ends();
	outermost_ends();
	verified_ends();
	return done_testing();
}
