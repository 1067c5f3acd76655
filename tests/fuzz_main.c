/*
 * Drives a fuzz target without libFuzzer: tries its seeds, and then inputs that
 * are made from the seeds or from nothing. Without SEED, every run tries the
 * same inputs.
 *
 *   fuzz-NAME [COUNT [SEED]]
 *
 *   fuzz-NAME FILE...
 */
#include <ctype.h>
#include <dirent.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "fuzz.h"
#include "tap.h"

#define SEEDS_MAX 64
#define INPUT_MAX 1024

struct input {
	uint8_t bytes[INPUT_MAX];
	size_t len;
};

static struct input seeds[SEEDS_MAX];
static size_t n_seeds;

/* The current input. on_end shows it. */
static struct input now;

/* --- when the target crashes ---------------------------------------------- */

static struct sigaction was[NSIG]; /* the handlers before ours; set once */

static void put_hex(uint8_t byte)
{
	static const char digits[] = "0123456789abcdef";
	const char text[2] = { digits[byte >> 4], digits[byte & 15] };

	if (write(STDOUT_FILENO, text, 2) < 0)
		_exit(1);
}

static void put_text(const char *text)
{
	if (write(STDOUT_FILENO, text, strlen(text)) < 0)
		_exit(1);
}

/* Prints the input in hexadecimal. `xxd -r -p` makes a file of it. */
static void on_end(int sig)
{
	put_text("# the input was:\n# ");
	for (size_t i = 0; i < now.len; i++)
		put_hex(now.bytes[i]);
	put_text("\n");
	/*
	 * give the signal to the handler of a sanitizer, if there is one; a
	 * crash comes again by itself, but SIGALRM must be raised
	 */
	sigaction(sig, &was[sig], NULL);
	if (sig == SIGALRM)
		raise(sig);
}

static void show_input_when_it_ends(void)
{
	static const int sigs[] = { SIGABRT, SIGSEGV, SIGBUS,
				    SIGFPE,  SIGILL,  SIGALRM };
	struct sigaction sa = { .sa_handler = on_end };

	for (size_t i = 0; i < sizeof(sigs) / sizeof(sigs[0]); i++)
		sigaction(sigs[i], &sa, &was[sigs[i]]);
}

/* --- inputs -------------------------------------------------------------- */

/* xorshift64*, which gives the same numbers everywhere. rand() does not. */
static uint64_t state;

static uint64_t dice(uint64_t sides)
{
	state ^= state >> 12;
	state ^= state << 25;
	state ^= state >> 27;
	return (state * 0x2545f4914f6cdd1d >> 11) % sides;
}

static void read_input(const char *path, struct input *in)
{
	FILE *f = fopen(path, "re");

	in->len = f ? fread(in->bytes, 1, sizeof(in->bytes), f) : 0;
	if (f)
		fclose(f);
	else
		diag("%s: %m", path);
}

static int by_name(const struct dirent **a, const struct dirent **b)
{
	return strcmp((*a)->d_name, (*b)->d_name);
}

static int is_seed(const struct dirent *entry)
{
	return entry->d_name[0] != '.';
}

static void read_seeds(void)
{
	const char *top = getenv("top_srcdir");
	struct dirent **list;
	char path[600];
	int n;

	snprintf(path, sizeof(path), "%s/tests/corpus/%s", top ? top : ".",
		 fuzz_name);
	n = scandir(path, &list, is_seed, by_name);
	for (int i = 0; i < n; i++) {
		size_t dir = strlen(path);

		snprintf(path + dir, sizeof(path) - dir, "/%s",
			 list[i]->d_name);
		if (n_seeds < SEEDS_MAX)
			read_input(path, &seeds[n_seeds++]);
		path[dir] = '\0';
		free(list[i]);
	}
	if (n >= 0)
		free(list);
}

static void make_from_nothing(struct input *in)
{
	in->len = (size_t)dice(64);
	for (size_t i = 0; i < in->len; i++)
		in->bytes[i] = (uint8_t)dice(256);
}

/* Joins the front of one seed and the back of another. */
static void splice_in(struct input *in, const struct input *other)
{
	size_t at = (size_t)dice(in->len + 1);
	size_t from = (size_t)dice(other->len + 1);
	size_t len = other->len - from;

	if (len > INPUT_MAX - at)
		len = INPUT_MAX - at;
	memcpy(in->bytes + at, other->bytes + from, len);
	in->len = at + len;
}

static void change(struct input *in)
{
	size_t at = (size_t)dice(in->len + 1), rest = in->len - at;

	switch (dice(4)) {
	case 0:
		if (rest)
			in->bytes[at] ^= (uint8_t)(1u << dice(8));
		break;
	case 1:
		if (rest)
			in->bytes[at] = (uint8_t)dice(256);
		break;
	case 2:
		if (in->len == INPUT_MAX)
			break;
		memmove(in->bytes + at + 1, in->bytes + at, rest);
		in->bytes[at] = (uint8_t)dice(256);
		in->len++;
		break;
	default:
		if (!rest)
			break;
		memmove(in->bytes + at, in->bytes + at + 1, rest - 1);
		in->len--;
	}
}

static void make_input(struct input *in)
{
	if (!n_seeds || dice(8) == 0) {
		make_from_nothing(in);
		return;
	}
	*in = seeds[dice(n_seeds)];
	if (dice(3) == 0)
		splice_in(in, &seeds[dice(n_seeds)]);
	for (uint64_t i = dice(4) + 1; i > 0; i--)
		change(in);
}

/* --- runs ---------------------------------------------------------------- */

/*
 * Copies the input to a heap block of exactly its length, so that a sanitizer
 * notices a read beyond its end.
 */
static void try_input(void)
{
	uint8_t *copy = malloc(now.len ? now.len : 1);

	if (!copy)
		return;
	memcpy(copy, now.bytes, now.len);
	alarm(20);
	LLVMFuzzerTestOneInput(copy, now.len);
	alarm(0);
	free(copy);
}

static void try_files(char **path)
{
	for (; *path; path++) {
		read_input(*path, &now);
		try_input();
		ok(true, "%s: %s", fuzz_name, *path);
	}
}

static void try_made(unsigned long count, uint64_t seed)
{
	state = seed * 2 + 1; /* must not be 0 */
	for (unsigned long i = 0; i < count; i++) {
		make_input(&now);
		try_input();
	}
	ok(true, "%s: %lu inputs, seed %llu", fuzz_name, count,
	   (unsigned long long)seed);
}

int main(int argc, char **argv)
{
	unsigned long count = fuzz_inputs;
	uint64_t seed = 1;

	LLVMFuzzerInitialize(&argc, &argv);
	show_input_when_it_ends();
	if (argc > 1 && !isdigit((unsigned char)argv[1][0])) {
		try_files(argv + 1);
		return done_testing();
	}
	if (argc > 1)
		count = strtoul(argv[1], NULL, 10);
	if (argc > 2)
		seed = strtoull(argv[2], NULL, 10);
	read_seeds();
	for (size_t i = 0; i < n_seeds; i++) {
		now = seeds[i];
		try_input();
	}
	ok(n_seeds > 0, "%s: %zu seeds", fuzz_name, n_seeds);
	try_made(count, seed);
	return done_testing();
}
