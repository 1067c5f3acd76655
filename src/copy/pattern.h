/*
 * Contents that are made and not copied from a user's file: words that count
 * upwards, so that every word depends on its place and on its message.
 */
#ifndef COPY_PATTERN_H
#define COPY_PATTERN_H

#include <stddef.h>
#include <stdint.h>

/* Writes len bytes that begin with the word `first`. */
void pattern_fill(void *buf, size_t len, uint64_t first);

/* Reads every byte. Returns 0 if all are as pattern_fill writes them. */
uint64_t pattern_differs(const void *buf, size_t len, uint64_t first);

/* Checks messages of `size` bytes that arrive in pieces of any length. */
struct pattern {
	uint64_t first; /* first word of the present message */
	size_t size;
	size_t at;      /* bytes of the present message that have come */
	uint64_t wrong; /* not 0 if any byte was wrong */
};

/* The first word of message number i. */
static inline uint64_t pattern_of(uint64_t seed, uint64_t i, size_t size)
{
	return seed + i * ((size + 7) / 8);
}

/* Checks the next n bytes, which may end one message and begin another. */
void pattern_take(struct pattern *p, const void *buf, size_t n);

#endif
