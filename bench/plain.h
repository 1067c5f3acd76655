/*
 * The plain program with which bench/truth compares the measuring engine. It is
 * an independent witness: it includes and links nothing of ours.
 */
#ifndef BENCH_PLAIN_H
#define BENCH_PLAIN_H

#include <semaphore.h>
#include <stdalign.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

#define PLAIN_CHANNELS 3
#define PLAIN_LINE     64 /* of the cache: no two semaphores in one */

enum { PLAIN_FAILED = 1, PLAIN_USAGE = 2, PLAIN_CANNOT = 4 };

struct plain_options {
	size_t bytes, size, rounds, seed;
	size_t depth;           /* as the user gave it; 0: deep */
	size_t slots, capacity; /* what this means for a ring and for a pipe */
	int cpu[2];             /* the server's, the client's */
	bool same, batch, keep;
	const char *dir, *channel;
};

/* Both sides of a pair and the parent map it; the ring's slots follow. */
struct plain_shared {
	/* from the parent: the client may begin */
	alignas(PLAIN_LINE) sem_t go;
	alignas(PLAIN_LINE) sem_t ready; /* from the client to the server */
	alignas(PLAIN_LINE) sem_t done;  /* from each side to the parent */
	alignas(PLAIN_LINE) sem_t empty;
	alignas(PLAIN_LINE) sem_t full;
	alignas(PLAIN_LINE) int64_t t0_ns;
	alignas(PLAIN_LINE) int64_t t1_ns;
	alignas(4096) char slots[];
};

/* After fork each side has its own copy of this. */
struct plain_pair {
	const struct plain_options *o;
	const struct plain_channel *channel;
	struct plain_shared *shared;
	size_t slot, owed; /* of a ring: the next, and those to give back */
	int end[2];        /* of a stream: to read from, to write to */
	int in, out;
	char *buf;
	pid_t pid[2];
};

/* No hook returns after an error. */
struct plain_channel {
	const char *name;
	void (*open)(struct plain_pair *p);
	void (*send)(struct plain_pair *p);
	void (*receive)(struct plain_pair *p);
	void (*rest)(struct plain_pair *p); /* after the clock has stopped */
};

extern const struct plain_channel plain_channels[PLAIN_CHANNELS];

/* Exits if the options are refused, and after --help. */
void plain_read_options(struct plain_options *o, char **arg);

/* Ends the process, with errno's text, unless all is good. */
void plain_must(bool good, const char *text);

#endif
