/* User input: sizes, times, mechanisms, and the errors for wrong ones. */
#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "base/err.h"
#include "base/size.h"
#include "base/words.h"
#include "tap.h"
#include "transport/transport.h"
#include "variants.h"

#define COUNT(array) (sizeof(array) / sizeof((array)[0]))

/* --- sizes, counts, times ----------------------------------------------- */

static const struct {
	const char *text;
	uint64_t bytes;
} good_sizes[] = {
	{ "0", 0 },
	{ "1", 1 },
	{ "007", 7 },
	{ "64K", 65536 },
	{ "64k", 65536 },
	{ "64KiB", 65536 },
	{ "1M", 1 << 20 },
	{ "2G", 2ULL << 30 },
	{ "3T", 3ULL << 40 },
	{ "512B", 512 },
	{ "16777215T", 16777215ULL << 40 },
	{ "18446744073709551615", UINT64_MAX },
};
static const char *const bad_sizes[] = {
	"",
	"12Q",
	"-1",
	"+1",
	" 1",
	"1 ",
	"1.5K",
	"K",
	"0x10",
	"1KB",
	"1Ki",
	"1KiBB",
	"1KK",
	"1e3",
	"64Kib",
	"16777216T",
	"1,5",
	"\xd9\xa1",
	"18446744073709551616",
};

static void test_size(void)
{
	uint64_t value;

	for (size_t i = 0; i < COUNT(good_sizes); i++)
		ok(size_parse(good_sizes[i].text, &value) &&
			   value == good_sizes[i].bytes,
		   "size %s is %" PRIu64, good_sizes[i].text,
		   good_sizes[i].bytes);
	for (size_t i = 0; i < COUNT(bad_sizes); i++)
		ok(!size_parse(bad_sizes[i], &value),
		   "'%s' is refused as a size", bad_sizes[i]);
}

static void test_count(void)
{
	static const char *const bad[] = {
		"", "-1", "1K", " 1", "1 ", "1.", "18446744073709551616"
	};
	uint64_t value;

	ok(count_parse("65536", &value) && value == 65536, "count 65536");
	for (size_t i = 0; i < COUNT(bad); i++)
		ok(!count_parse(bad[i], &value), "'%s' is refused as a count",
		   bad[i]);
}

static void test_duration(void)
{
	static const struct {
		const char *text;
		int64_t ms;
	} good[] = { { "0", 0 },
		     { "10", 10000 },
		     { "10s", 10000 },
		     { "250ms", 250 },
		     { "2m", 120000 },
		     { "1h", 3600000 },
		     { "8760h", 31536000000 } };
	static const char *const bad[] = { "",
					   "s",
					   "-1",
					   " 1",
					   "1.5s",
					   "1us",
					   "1S",
					   "1 s",
					   "1sec",
					   "8761h",
					   "99999999999999999999" };
	int64_t value;

	for (size_t i = 0; i < COUNT(good); i++)
		ok(duration_parse(good[i].text, &value) && value == good[i].ms,
		   "%s is %" PRId64 " ms", good[i].text, good[i].ms);
	for (size_t i = 0; i < COUNT(bad); i++)
		ok(!duration_parse(bad[i], &value), "'%s' is refused as a time",
		   bad[i]);
}

static void test_size_word(void)
{
	static const struct {
		uint64_t bytes;
		const char *word, *human;
	} table[] = {
		{ 0, "0", "0 B" },
		{ 1, "1", "1 B" },
		{ 1023, "1023", "1023 B" },
		{ 1024, "1K", "1.0 KiB" },
		{ 1025, "1025", "1.0 KiB" },
		{ 1536, "1536", "1.5 KiB" },
		{ 65536, "64K", "64.0 KiB" },
		{ 3 << 20, "3M", "3.0 MiB" },
		{ 1ULL << 40, "1T", "1.0 TiB" },
		{ 1ULL << 50, "1024T", "1.0 PiB" },
		{ UINT64_MAX, "18446744073709551615", "16384.0 PiB" },
	};
	char word[32], human[32];
	uint64_t back;

	for (size_t i = 0; i < COUNT(table); i++) {
		size_word(table[i].bytes, word, sizeof(word));
		size_human((double)table[i].bytes, human, sizeof(human));
		ok(!strcmp(word, table[i].word) && size_parse(word, &back) &&
			   back == table[i].bytes &&
			   !strcmp(human, table[i].human),
		   "%" PRIu64 " is written %s and %s", table[i].bytes, word,
		   human);
	}
}

/* --- suggestions ---------------------------------------------------------- */

static void test_words(void)
{
	static const char *const list[] = { "sem", "named-sem", "futex", "spin",
					    NULL };
	static const struct {
		const char *word, *said;
	} table[] = {
		{ "fotex", "; did you mean futex?" },
		{ "futexx", "; did you mean futex?" },
		{ "sem-named", ";" },
		{ "named_sem", "; did you mean named-sem?" },
		{ "spni", "; did you mean spin?" },
		{ "psni", "; did you mean spin?" },
		{ "f", "; did you mean futex?" },
		{ "named", "; did you mean named-sem?" },
		{ "s", ";" },
		{ "entirely", ";" },
		{ "", ";" },
	};

	for (size_t i = 0; i < COUNT(table); i++) {
		struct err e = { 0 };
		char said[200];
		int rc = words_refuse(&e, "sync", table[i].word, words_in_array,
				      list);

		snprintf(said, sizeof(said),
			 "sync '%s' is not known%s allowed: sem, named-sem, "
			 "futex, spin",
			 table[i].word, table[i].said);
		if (!ok(rc == -EINVAL && !strcmp(e.text, said),
			"the error for '%s' lists the words", table[i].word))
			diag("%s", e.text);
	}
}

/* A long word must not overflow the text or break its line. */
static void test_long_word(void)
{
	static const char *const list[] = { "x", NULL };
	struct err e = { 0 };
	char word[5000];

	memset(word, 'y', sizeof(word) - 1);
	word[sizeof(word) - 1] = '\0';
	ok(words_refuse(&e, "word", word, words_in_array, list) == -EINVAL &&
		   strlen(e.text) < sizeof(e.text) && strstr(e.text, "yyy"),
	   "a word of 5000 letters is shortened in the error");
}

static void test_first_error_wins(void)
{
	struct err e = { 0 };

	errno = ENOENT;
	ok(err_sys(&e, "open of %s", "x") == -ENOENT && e.code == ENOENT &&
		   !strcmp(e.text, "open of x: No such file or directory"),
	   "an error names the call and the reason");
	ok(err_say(&e, EINVAL, "a consequence") == -EINVAL &&
		   err_code(&e, -EIO, "another") == -EIO && e.code == ENOENT &&
		   strstr(e.text, "open of x"),
	   "a later error does not replace the first one");
	memset(&e, 0, sizeof(e));
	ok(err_code(&e, -EPIPE, "write") == -EPIPE && e.code == EPIPE,
	   "a negative code works like a positive one");
	memset(&e, 0, sizeof(e));
	err_code(&e, 4000, "what");
	ok(!strcmp(e.text, "what: unknown error"),
	   "an unknown code is named as such");
}

/* --- mechanisms with their settings ------------------------------------- */

static void refuses(const char *text, const char *said)
{
	struct err e = { 0 };
	struct tr_spec spec;

	if (!ok(tr_spec_parse(text, &spec, &e) == -EINVAL &&
			!strcmp(e.text, said),
		"'%s' is refused", text))
		diag("%s", e.text);
}

static void test_bad_specs(void)
{
	refuses("shm:dept=4",
		"shm: setting 'dept' is not known; did you mean depth? "
		"allowed: size, depth, region, sync, buffers, wait, spin");
	refuses("shm:", "shm: setting '' is not known; allowed: size, depth, "
			"region, sync, buffers, wait, spin");
	refuses("shm:depth", "shm: depth needs a value, as in shm:depth=…");
	refuses("shm:depth=4,depth=5", "shm: depth is given twice");
	refuses("shm:depth=0",
		"shm: depth=0 is not allowed; depth is 1 to 65536");
	refuses("shm:depth=65537",
		"shm: depth=65537 is not allowed; depth is 1 to 65536");
	refuses("shm:depth=4K",
		"shm: depth=4K is not allowed; depth is 1 to 65536");
	refuses("shm:depth=",
		"shm: depth= is not allowed; depth is 1 to 65536");
	refuses("shm:size=2G",
		"shm: size=2G is not allowed; size is 1 to 1G, such as 4096, "
		"64K or 1M");
	refuses("shm:size=0",
		"shm: size=0 is not allowed; size is 1 to 1G, such as 4096, "
		"64K or 1M");
	refuses("shm:region=memfs",
		"shm: region 'memfs' is not known; did you mean memfd? "
		"allowed: anon, devzero, posix, file, memfd, sysv, hugetlb");
	refuses("shm:wait=", "shm: wait '' is not known; allowed: block, spin, "
			     "spin-then-block, batch");
	refuses("pipe:capacity=1K",
		"pipe: capacity=1K is not allowed; capacity is 4K to 1G, such "
		"as 4096, 64K or 1M");
}

/*
 * The error must list all mechanisms. The table has them, so take them from
 * there.
 */
static void test_bad_mechanism(void)
{
	char said[300] = "mechanism 'pip' is not known; did you mean pipe? "
			 "allowed: ";
	const struct transport *ops;
	char text[TR_SPEC_MAX + 2];

	for_each_transport(ops) {
		strncat(said, ops->name, sizeof(said) - strlen(said) - 1);
		if (tr_at(ops_i + 1))
			strncat(said, ", ", sizeof(said) - strlen(said) - 1);
	}
	refuses("pip", said);
	memset(text, 'x', sizeof(text) - 1);
	text[sizeof(text) - 1] = '\0';
	refuses(text, "the name of a mechanism with its settings must not be "
		      "longer than 255 letters");
}

static void test_contradictions(void)
{
	static const struct {
		const char *text, *words;
	} table[] = {
		{ "shm:sync=spin,wait=block", "needs wait=spin" },
		{ "shm:size=1M,depth=65536", "at most 1.0 GiB" },
		{ "pipe:capacity=5000", "not a power of two" },
		{ "fifo:capacity=12K", "not a power of two" },
	};

	for (size_t i = 0; i < COUNT(table); i++) {
		struct err e = { 0 };
		struct tr_spec spec;
		bool good = tr_spec_parse(table[i].text, &spec, &e) == 0;

		ok(good && tr_probe(&spec, &e) == -EINVAL &&
			   strstr(e.text, table[i].words),
		   "%s contradicts itself: %s", table[i].text, e.text);
	}
}

/* True if the written form of a spec gives the same spec when it is read. */
static bool comes_back(const char *text)
{
	char all[TR_SPEC_MAX], again[TR_SPEC_MAX], given[TR_SPEC_MAX];
	struct tr_spec spec, back;
	struct err e = { 0 };
	bool good;

	if (tr_spec_parse(text, &spec, &e) < 0)
		return true; /* a spec that is refused has no written form */
	tr_spec_text(&spec, true, all, sizeof(all));
	tr_spec_text(&spec, false, given, sizeof(given));
	good = tr_spec_parse(all, &back, &e) == 0 && back.ops == spec.ops &&
	       !memcmp(back.value, spec.value, sizeof(spec.value)) &&
	       !strcmp(tr_spec_text(&back, true, again, sizeof(again)), all);
	good &= tr_spec_parse(given, &back, &e) == 0 &&
		!memcmp(&back, &spec, sizeof(spec));
	if (!good)
		diag("%s: %s: %s", text, all, e.text);
	return good;
}

static void test_round_trip(void)
{
	static struct variant list[VARIANTS_MAX];
	const struct transport *ops;

	for_each_transport(ops) {
		size_t n = variants_of(ops, list), bad = 0;

		for (size_t i = 0; i < n; i++)
			bad += !comes_back(list[i].text);
		ok(!bad, "%s: %zu specs are the same after writing and reading",
		   ops->name, n);
	}
}

static void test_values(void)
{
	struct err e = { 0 };
	struct tr_spec spec;

	ok(tr_spec_parse("shm:sync=futex,depth=4,size=1M", &spec, &e) == 0 &&
		   tr_spec_value(&spec, "depth", 0) == 4 &&
		   tr_spec_value(&spec, "size", 0) == 1 << 20 &&
		   tr_spec_value(&spec, "capacity", 77) == 77,
	   "a setting is found by its name");
	ok(tr_spec_parse("shm:sync=spin", &spec, &e) == 0 &&
		   tr_spec_value(&spec, "wait", 99) == WAIT_SPIN &&
		   tr_probe(&spec, &e) == 0,
	   "sync=spin implies wait=spin");
}

int main(void)
{
	test_size();
	test_count();
	test_duration();
	test_size_word();
	test_words();
	test_long_word();
	test_first_error_wins();
	test_bad_specs();
	test_bad_mechanism();
	test_contradictions();
	test_round_trip();
	test_values();
	return done_testing();
}
