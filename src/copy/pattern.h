/*
 * The content of messages without a file: words that count upwards, so that
 * every byte depends on its place and on the message it is in.
 */
#ifndef COPY_PATTERN_H
#define COPY_PATTERN_H

#include <stddef.h>
#include <stdint.h>

/* Writes len bytes that begin with the word `first`. */
void pattern_fill(void *buf, size_t len, uint64_t first);

/* Reads every byte of them. 0 where they are what pattern_fill wrote. */
uint64_t pattern_differs(const void *buf, size_t len, uint64_t first);

/* Messages of `size` bytes that arrive in pieces of any length. */
struct pattern {
	uint64_t first; /* the word that the message begins with */
	size_t size;
	size_t at;      /* bytes of it that have come */
	uint64_t wrong; /* not 0 once anything was */
};

/* The word that message number i begins with. */
static inline uint64_t pattern_of(uint64_t seed, uint64_t i, size_t size)
{
	return seed + i * ((size + 7) / 8);
}

/* Takes the next n bytes, which may end one message and begin another. */
void pattern_take(struct pattern *p, const void *buf, size_t n);

#endif
