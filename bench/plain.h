/*
 * The plain program with which bench/truth compares ipcopy-cell. To be
 * independent, it includes and links no code of ipcopy.
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
/* a cache line, so that no two semaphores share one */
#define PLAIN_LINE 64

enum { PLAIN_FAILED = 1, PLAIN_USAGE = 2, PLAIN_CANNOT = 4 };

struct plain_options {
	size_t bytes, size, rounds, seed;
	size_t depth; /* as --depth gives it; 0: deep */
	/* from depth: the number of a ring's slots, and a pipe's capacity */
	size_t slots, capacity;
	int cpu[2]; /* of the server and of the client */
	bool same, batch, keep;
	const char *dir, *channel;
};

/*
 * Both sides of a pair and their parent map this. The slots of the ring follow.
 */
struct plain_shared {
	/* the parent tells the client to begin */
	alignas(PLAIN_LINE) sem_t go;
	/* the client tells the server that it is ready */
	alignas(PLAIN_LINE) sem_t ready;
	/* each side tells the parent that its set-up or transfer has ended */
	alignas(PLAIN_LINE) sem_t done;
	alignas(PLAIN_LINE) sem_t empty;
	alignas(PLAIN_LINE) sem_t full;
	alignas(PLAIN_LINE) int64_t t0_ns;
	alignas(PLAIN_LINE) int64_t t1_ns;
	alignas(4096) char slots[];
};

/* A pair. After fork, each side has a copy of its own of this struct. */
struct plain_pair {
	const struct plain_options *o;
	const struct plain_channel *channel;
	struct plain_shared *shared;
	/* for a ring: the next slot, and how many slots are to be given back */
	size_t slot, owed;
	int end[2]; /* for a stream: the end to read, the end to write */
	int in, out;
	char *buf;
	pid_t pid[2];
};

/* The hooks of a channel. A hook that fails ends its process. */
struct plain_channel {
	const char *name;
	void (*open)(struct plain_pair *p);
	void (*send)(struct plain_pair *p);
	void (*receive)(struct plain_pair *p);
	/* does the work that may wait until the clock has stopped */
	void (*rest)(struct plain_pair *p);
};

extern const struct plain_channel plain_channels[PLAIN_CHANNELS];

/*
 * Exits if an option is refused, if there are too few CPUs, and after --help.
 */
void plain_read_options(struct plain_options *o, char **arg);

/* Ends the process with the text of errno, unless `good` is true. */
void plain_must(bool good, const char *text);

#endif
