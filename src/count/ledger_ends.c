/* Guesses the input and the output of a command's copy. */
#include <string.h>

#include "count/ledger_way.h"

/*
 * how many inputs are tried; many are needed, since an interpreter reads many
 * files at its start
 */
#define CANDIDATES 256

/* a program may add a line end of up to so many bytes to the last line */
#define LINE_END 2

/*
 * Describes a pair of ends, to choose the best pair. Two pairs are compared by
 * the first member that differs. `bytes` counts as different only if the two
 * numbers are far apart.
 */
struct rank {
	bool files;     /* both are files */
	uint64_t bytes; /* bytes that came to the output */
	/* about as many bytes were read for the output as came to it */
	bool alike;
	/* no bytes come to the input, and none go on from the output */
	bool outermost;
	uint64_t read; /* bytes that were read from the input */
};

struct ends {
	int in, out;
	struct rank rank;
};

static bool is_file(const struct ledger *l, int object)
{
	return l->object[object].kind == LEDGER_FILE;
}

static bool can_be_end(const struct ledger *l, int object)
{
	return l->object[object].kind != LEDGER_PRIVATE &&
	       l->object[object].kind != LEDGER_SHARED &&
	       !l->object[object].aside;
}

static bool is_channel(const struct ledger *l, int object)
{
	return ledger_is_channel(l->object[object].kind);
}

static uint64_t bytes_out(const struct way *w, int object)
{
	uint64_t bytes = 0;

	way_each_out(w, i, object)
		bytes += way_hop(w, i)->bytes;
	return bytes;
}

static uint64_t bytes_in(const struct way *w, int object, const bool *only)
{
	uint64_t bytes = 0;

	way_each_in(w, i, object)
		if (!only || only[i])
			bytes += way_hop(w, i)->bytes;
	return bytes;
}

static bool much_more(uint64_t a, uint64_t b)
{
	return a > b && a - b > a / WAY_PART;
}

static bool better(const struct rank *a, const struct rank *b)
{
	if (a->files != b->files)
		return a->files;
	if (much_more(a->bytes, b->bytes) || much_more(b->bytes, a->bytes))
		return a->bytes > b->bytes;
	if (a->alike != b->alike)
		return a->alike;
	if (a->outermost != b->outermost)
		return a->outermost;
	return a->read > b->read;
}

/*
 * True if the hop moves bytes to an object other than private memory, or if
 * another hop can have moved the bytes on from that memory.
 */
static bool passes_on(const struct way *w, int hop)
{
	int to = way_hop(w, hop)->to;

	if (w->l->object[to].kind != LEDGER_PRIVATE)
		return true;
	way_each_out(w, i, to)
		if (w->ahead[i] && (!way_tracked(w->l, to) ||
				    ledger_pass_index(w->l, hop, i) >= 0))
			return true;
	return false;
}

/*
 * True if bytes that came to the object `from` go on from there. Bytes that a
 * process only reads again, to verify them, do not go on.
 */
static bool goes_on(const struct way *w, int from)
{
	way_each_out(w, i, from)
		if (w->ahead[i] && passes_on(w, i))
			return true;
	return false;
}

static bool alike(uint64_t a, uint64_t b)
{
	return !much_more(a, b + LINE_END) && !much_more(b, a + LINE_END);
}

/*
 * The bytes read from `in` that went towards `out`. If a program reads the
 * input a second time to verify it, the bytes of the second time do not count.
 */
static uint64_t bytes_toward(struct way *w, int in, int out)
{
	uint64_t bytes = 0;

	way_to(w, in, out);
	way_each_out(w, i, in)
		if (w->back[i])
			bytes += way_hop(w, i)->bytes;
	return bytes;
}

static void try_pair(struct way *w, int in, int out, struct ends *best)
{
	const struct ledger *l = w->l;
	struct rank r = {
		.files = is_file(l, in) && is_file(l, out),
		.bytes = bytes_in(w, out, w->ahead),
		.outermost = bytes_in(w, in, NULL) == 0 && !goes_on(w, out),
		.read = bytes_out(w, in),
	};

	r.alike = alike(r.read, r.bytes);
	/* bytes_toward is slow, so call it only if its result can decide */
	if (!r.alike && r.read > r.bytes && r.bytes >= best->rank.bytes)
		r.alike = alike(bytes_toward(w, in, out), r.bytes);
	if (r.bytes && (best->in < 0 || better(&r, &best->rank)))
		*best = (struct ends){ in, out, r };
}

static bool can_be_input(const struct way *w, int object)
{
	return can_be_end(w->l, object) && !w->l->object[object].mapped &&
	       (!is_channel(w->l, object) || !bytes_in(w, object, NULL));
}

/*
 * The objects from which the most bytes were taken, the largest first. If the
 * input is given, only the input.
 */
static int candidates(const struct way *w, int given, int *object)
{
	int n = 0;

	for (int o = 0; o < (int)w->l->objects; o++) {
		uint64_t bytes = bytes_out(w, o);
		int at = n;

		if (given >= 0 ? o != given : !bytes || !can_be_input(w, o))
			continue;
		while (at > 0 && bytes > bytes_out(w, object[at - 1]))
			at--;
		if (at == CANDIDATES)
			continue;
		n += n < CANDIDATES;
		memmove(&object[at + 1], &object[at],
			(size_t)(n - at - 1) * sizeof(*object));
		object[at] = o;
	}
	return n;
}

static bool may_be(const struct way *w, int in, int out)
{
	const struct ledger *l = w->l;

	if (in == out || !can_be_end(l, out) ||
	    (is_channel(l, out) && bytes_out(w, out)))
		return false;
	/*
	 * without w->strict, the path may include copies that a program is only
	 * assumed to have made; so both ends must be files
	 */
	return w->strict || (is_file(l, in) && is_file(l, out));
}

static void try_all(struct way *w, int in, int out, struct ends *best)
{
	int object[CANDIDATES + 1], n = candidates(w, in, object);

	for (int i = 0; i < n; i++) {
		way_from(w, object[i], out);
		if (out >= 0)
			try_pair(w, object[i], out, best);
		for (int o = 0; out < 0 && o < (int)w->l->objects; o++)
			if (may_be(w, object[i], o))
				try_pair(w, object[i], o, best);
	}
}

bool ledger_ends(const struct ledger *l, int *in, int *out)
{
	struct ends best = { .in = -1, .out = -1 };
	struct way w = { 0 };

	if (way_init(&w, l) == 0) {
		try_all(&w, *in, *out, &best);
		w.strict = true;
		try_all(&w, *in, *out, &best);
	}
	way_free(&w);
	*in = best.in >= 0 ? best.in : *in;
	*out = best.out >= 0 ? best.out : *out;
	return best.in >= 0;
}
