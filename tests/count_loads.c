/*
 * Counts streams, round trips and copies without an output file. Streams and
 * round trips have no files: only the channel's own copies and calls count.
 */
#include <math.h>
#include <string.h>

#include "count/count_spec.h"
#include "scratch.h"
#include "tap.h"
#include "variants.h"

#define BYTES   (1 << 20)
#define MESSAGE (1 << 16)
#define TRIES   8

static const struct count_load loads[] = {
	{ .workload = COPY_STREAM },
	{ .workload = COPY_PINGPONG },
	{ .workload = COPY_FILE, .sink = COPY_NOWHERE },
};

static const char *words_of(const struct count_load *load)
{
	return load->workload == COPY_FILE
		       ? "file to null"
		       : copy_workload_names[load->workload];
}

/* Counts a load. False: this machine cannot count it. */
static bool counted(const char *text, const struct count_load *load,
		    struct count_spec *c)
{
	struct err e = { 0 };
	struct tr_spec spec;
	int rc = tr_spec_parse(text, &spec, &e);

	if (rc == 0)
		rc = tr_probe(&spec, &e);
	if (rc == 0)
		rc = count_load(&spec, load, NULL, BYTES, c, &e);
	if (rc < 0)
		skip("%s, %s: %s", text, words_of(load), e.text);
	return rc == 0;
}

static void agrees(const char *text, const struct count_load *load)
{
	struct count_spec c = { .in = -1, .out = -1 };

	if (!counted(text, load, &c))
		return;
	if (!ok(c.agrees, "%s, %s: the count agrees with the prediction", text,
		words_of(load)))
		diag("kernel %.4f and not %d, user %.4f and not %d: %s",
		     c.copies_kernel, c.predicted_kernel, c.copies_user,
		     c.predicted_user, c.why);
	count_spec_free(&c);
}

static bool is_wanted(const struct variant *v)
{
	return v->kind == VARIANT_DEFAULT ||
	       (v->kind == VARIANT_CHOICE && !strstr(v->text, "=none"));
}

static void all_agree(void)
{
	static struct variant list[VARIANTS_MAX];
	const struct transport *ops;

	for_each_transport(ops) {
		size_t n = variants_of(ops, list);

		if (!tr_has_message_form(ops) || ops->carries_nothing)
			continue;
		for (size_t i = 0; i < n; i++)
			for (size_t k = 0; is_wanted(&list[i]) && k < 3; k++)
				agrees(list[i].text, &loads[k]);
	}
}

/*
 * The copies of each byte, and the calls that both sides make for each message,
 * according to strace.
 */
static const struct {
	const char *text;
	double copies, calls; /* calls: without those that only wait or wake */
	bool is_stream;
} known[] = {
	{ "pipe", 2, 2, false },
	{ "fifo", 2, 2, false },
	{ "mq", 2, 2, false },
	{ "sysvmq", 2, 2, false },
	{ "unix", 2, 2, true },
	{ "tcp", 2, 2, true },
	{ "vmsplice", 1, 2, false },
	{ "cma", 1, 1, false },
	{ "shm", 0, 0, false },
	{ "shm:sync=futex", 0, 0, false },
	{ "shm:buffers=private", 2, 0, false },
};

/* True if each message went into its channel by one call. */
static bool are_sent_whole(const struct count_spec *c)
{
	uint64_t most = 0;

	for (size_t i = 0; i < ledger_hops(c->ledger); i++) {
		const struct ledger_hop *h = ledger_hop_at(c->ledger, i);
		const struct ledger_object *to =
			ledger_object_at(c->ledger, (size_t)h->to);

		if (!ledger_is_channel(to->kind) || h->bytes < BYTES)
			continue;
		if (h->calls * MESSAGE != h->bytes)
			return false;
		most = h->bytes;
	}
	return most > 0;
}

/*
 * The sender of a byte stream needs one call for each message. On a busy
 * machine, a message may arrive in pieces, and each piece needs a call.
 */
static bool are_calls(const struct count_spec *c, double calls, bool is_stream)
{
	double more = c->steady_calls_per_message - calls;

	if (is_stream && !are_sent_whole(c))
		return false;
	return more > -0.001 && more < (is_stream ? 0.25 : 0.001);
}

static bool is_known(const struct count_spec *c, size_t i, double trips)
{
	return fabs(c->copies - known[i].copies) < 0.001 &&
	       are_calls(c, trips * known[i].calls, known[i].is_stream) &&
	       c->calls_per_message >= c->steady_calls_per_message;
}

/*
 * True if messages were sent whole, but perhaps arrived in pieces, each of
 * which needs a call. Then the load is counted again.
 */
static bool are_pieces(const struct count_spec *c, size_t i, double trips)
{
	return known[i].is_stream && are_sent_whole(c) &&
	       c->steady_calls_per_message > trips * known[i].calls;
}

static void are_known(const struct count_load *load, double trips)
{
	for (size_t i = 0; i < sizeof(known) / sizeof(known[0]); i++) {
		struct count_spec c = { .in = -1, .out = -1 };
		bool counts = counted(known[i].text, load, &c);

		for (int tries = 1;
		     counts && tries < TRIES && !is_known(&c, i, trips) &&
		     are_pieces(&c, i, trips);
		     tries++) {
			count_spec_free(&c);
			counts = counted(known[i].text, load, &c);
		}
		if (!counts)
			continue;
		if (!ok(is_known(&c, i, trips),
			"%s, %s: %g copies, %g calls for each message",
			known[i].text, words_of(load), known[i].copies,
			trips * known[i].calls))
			diag("%.4f copies, %.4f calls", c.copies,
			     c.steady_calls_per_message);
		count_spec_free(&c);
	}
}

static void nothing_is_no_copy(void)
{
	struct count_spec c = { .in = -1, .out = -1 };

	if (!counted("null", &loads[0], &c))
		return;
	ok(!c.resolved && isnan(c.copies),
	   "null delivers nothing, so it has no number");
	count_spec_free(&c);
}

int main(void)
{
	scratch_begin();
	scratch_isolate();
	all_agree();
	are_known(&loads[0], 1);
	are_known(&loads[1], 2);
	nothing_is_no_copy();
	return done_testing();
}
