/* Ways that differ in what the program does with the bytes in its memory. */
#include <pthread.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "ways.h"

static char a[BLOCK], b[BLOCK];

/* volatile, or else the compiler might leave a copy out */
static void *(*volatile copy_bytes)(void *, const void *, size_t) = memcpy;

static void memcpy_between(int in, int out)
{
	ssize_t n;

	while ((n = must(read(in, a, BLOCK), "read")) > 0) {
		copy_bytes(b, a, n);
		write_all(out, b, n);
	}
}

static void loop_between(int in, int out)
{
	volatile char *to = b;
	ssize_t n;

	while ((n = must(read(in, a, BLOCK), "read")) > 0) {
		for (ssize_t i = 0; i < n; i++)
			to[i] = a[i];
		write_all(out, b, n);
	}
}

/* Copies the bytes out of the buffer, overwrites it, and copies them back. */
static void there_and_back(int in, int out)
{
	ssize_t n;

	while ((n = must(read(in, a, BLOCK), "read")) > 0) {
		copy_bytes(b, a, n);
		memset(a, 0, n);
		copy_bytes(a, b, n);
		write_all(out, a, n);
	}
}

/* As there_and_back, but malloc may return the freed buffer again. */
static void malloc_there_and_back(int in, int out)
{
	ssize_t n;

	do {
		char *first = malloc(BLOCK), *second;

		n = must(read(in, first, BLOCK), "read");
		copy_bytes(b, first, n);
		memset(first, 1, BLOCK);
		free(first);
		second = malloc(BLOCK);
		copy_bytes(second, b, n);
		write_all(out, second, n);
		free(second);
	} while (n > 0);
}

static void move_by_one(int in, int out)
{
	ssize_t n;

	while ((n = must(read(in, a, BLOCK - 1), "read")) > 0) {
		memmove(a + 1, a, n);
		write_all(out, a + 1, n);
	}
}

static void whole_file(int in, int out)
{
	size_t len = length_of(in);
	char *all = malloc(len);

	write_all(out, all, read_all(in, all, len));
}

static void whole_file_copied(int in, int out)
{
	size_t len = length_of(in);
	char *all = malloc(len), *again = malloc(len);

	read_all(in, all, len);
	copy_bytes(again, all, len);
	write_all(out, again, len);
}

/* mremap moves pages, not bytes. */
static void moved_pages(int in, int out)
{
	size_t len = length_of(in);
	char *p = mmap(NULL, len, PROT_READ | PROT_WRITE,
		       MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

	read_all(in, p, len);
	p = mremap(p, len, 4 * len, MREMAP_MAYMOVE);
	write_all(out, p, len);
}

static void *map_of(int fd, size_t len, int prot, int flags)
{
	void *p = mmap(NULL, len, prot, flags, fd, 0);

	must(p == MAP_FAILED ? -1 : 0, "mmap");
	return p;
}

static void map_in(int in, int out)
{
	size_t len = length_of(in);

	write_all(out, map_of(in, len, PROT_READ, MAP_SHARED), len);
}

static void private_map_in(int in, int out)
{
	size_t len = length_of(in);

	write_all(out, map_of(in, len, PROT_READ, MAP_PRIVATE), len);
}

/* Stores into each page, so that the kernel copies all of them. */
static void private_map_touched(int in, int out)
{
	size_t len = length_of(in);
	volatile char *p = map_of(in, len, PROT_READ | PROT_WRITE, MAP_PRIVATE);

	for (size_t i = 0; i < len; i += 4096)
		p[i] = p[i];
	write_all(out, (char *)p, len);
}

static char *mapped_output(int out, size_t len)
{
	must(ftruncate(out, len), "ftruncate");
	return map_of(out, len, PROT_READ | PROT_WRITE, MAP_SHARED);
}

static void map_out(int in, int out)
{
	size_t len = length_of(in);

	read_all(in, mapped_output(out, len), len);
}

static void map_both(int in, int out)
{
	size_t len = length_of(in);

	copy_bytes(mapped_output(out, len),
		   map_of(in, len, PROT_READ, MAP_SHARED), len);
}

static void map_both_through_buffer(int in, int out)
{
	size_t len = length_of(in);
	char *from = map_of(in, len, PROT_READ, MAP_SHARED);
	char *to = mapped_output(out, len);

	for (size_t at = 0; at < len; at += BLOCK) {
		size_t n = len - at < BLOCK ? len - at : BLOCK;

		copy_bytes(a, from + at, n);
		copy_bytes(to + at, a, n);
	}
}

struct half {
	char *from, *to;
	size_t len;
	int in, out;
	off_t at;
};

static void *copy_half(void *arg)
{
	struct half *h = arg;

	copy_bytes(h->to, h->from, h->len);
	return NULL;
}

static void *pass_half(void *arg)
{
	struct half *h = arg;
	char *own = malloc(h->len);

	must(pread(h->in, own, h->len, h->at), "pread");
	must(pwrite(h->out, own, h->len, h->at), "pwrite");
	free(own);
	return NULL;
}

static void in_two_threads(struct half half[2], void *(*run)(void *))
{
	pthread_t thread[2];

	for (int i = 0; i < 2; i++)
		must(-pthread_create(&thread[i], NULL, run, &half[i]),
		     "pthread_create");
	for (int i = 0; i < 2; i++)
		pthread_join(thread[i], NULL);
}

static void map_both_in_threads(int in, int out)
{
	size_t len = length_of(in), first = len / 2;
	char *from = map_of(in, len, PROT_READ, MAP_SHARED);
	char *to = mapped_output(out, len);
	struct half half[2] = {
		{ .from = from, .to = to, .len = first },
		{ .from = from + first, .to = to + first, .len = len - first },
	};

	in_two_threads(half, copy_half);
}

static void two_threads(int in, int out)
{
	size_t len = length_of(in), first = len / 2;
	struct half half[2] = {
		{ .in = in, .out = out, .len = first },
		{ .in = in, .out = out, .len = len - first, .at = first },
	};

	in_two_threads(half, pass_half);
}

const struct way memory[] = {
	{ "memcpy", memcpy_between },
	{ "loop", loop_between },
	{ "there-and-back", there_and_back },
	{ "malloc-there-and-back", malloc_there_and_back },
	{ "memmove", move_by_one },
	{ "whole", whole_file },
	{ "whole-copied", whole_file_copied },
	{ "mremap", moved_pages },
	{ "map-in", map_in },
	{ "private-map-in", private_map_in },
	{ "private-map-touched", private_map_touched },
	{ "map-out", map_out },
	{ "map-both", map_both },
	{ "map-both-through-buffer", map_both_through_buffer },
	{ "map-both-threads", map_both_in_threads },
	{ "threads", two_threads },
	{ NULL, NULL },
};
