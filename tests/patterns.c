/* The payload of messages, and the histogram of their times. */
#include <stdint.h>
#include <string.h>

#include "copy/histogram.h"
#include "copy/pattern.h"
#include "tap.h"

#define SEED 0xfedcba9876543210ULL

static bool every_byte_counts(size_t len)
{
	char buf[200];

	pattern_fill(buf, len, SEED);
	if (pattern_differs(buf, len, SEED))
		return false;
	for (size_t i = 0; i < len; i++) {
		buf[i] ^= 0x40;
		if (!pattern_differs(buf, len, SEED))
			return false;
		buf[i] ^= 0x40;
	}
	return len < 8 || pattern_differs(buf, len, SEED + 1);
}

static bool pieces_are_joined(size_t size, size_t piece)
{
	struct pattern p = { .first = SEED, .size = size };
	char buf[10 * 61];

	for (size_t i = 0; i < 10; i++)
		pattern_fill(buf + i * size, size, pattern_of(SEED, i, size));
	for (size_t at = 0; at < 10 * size; at += piece)
		pattern_take(&p, buf + at,
			     piece < 10 * size - at ? piece : 10 * size - at);
	return !p.wrong && p.at == 0;
}

static void ask_pattern(void)
{
	bool good = true;

	for (size_t len = 0; len <= 200; len++)
		good &= every_byte_counts(len);
	ok(good, "every wrong byte of a message is noticed");
	for (size_t size = 1; size <= 61; size++)
		for (size_t piece = 1; piece <= 130; piece += 3)
			good &= pieces_are_joined(size, piece);
	ok(good, "messages may be checked in pieces of any size");
}

/* --- the histogram -------------------------------------------------------- */

static bool is_near(const struct histogram *h, unsigned share, double ns)
{
	double found = (double)histogram_at(h, share);

	if (found >= ns * 0.992 && found <= ns * 1.008)
		return true;
	diag("share %u: %g instead of %g", share, found, ns);
	return false;
}

static void ask_histogram(void)
{
	static struct histogram one, two;
	bool good = true;

	for (int64_t ns = 1; ns < 1LL << 40; ns += ns / 5 + 1) {
		memset(&one, 0, sizeof(one));
		histogram_add(&one, ns);
		one.max_ns = INT64_MAX;
		good &= ns < 128 ? histogram_at(&one, 500) == ns
				 : is_near(&one, 500, (double)ns);
	}
	ok(good, "times are right to 0.8 %%, and short times are exact");
	memset(&one, 0, sizeof(one));
	for (int64_t us = 1; us <= 1000; us++)
		histogram_add(us % 2 ? &one : &two, us * 1000);
	histogram_merge(&one, &two);
	ok(histogram_total(&one) == 1000 && is_near(&one, 500, 500e3) &&
		   is_near(&one, 990, 990e3) && is_near(&one, 999, 999e3) &&
		   one.max_ns == 1000000,
	   "two merged histograms have the percentiles of both");
	histogram_add(&one, INT64_MAX);
	ok(histogram_at(&one, 1000) > 1 << 30 && one.max_ns == INT64_MAX,
	   "a time that is too long counts as the longest");
}

int main(void)
{
	ask_pattern();
	ask_histogram();
	return done_testing();
}
