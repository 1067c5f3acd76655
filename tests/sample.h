/* Files of pseudo-random contents, and a check that a copy is the same. */
#ifndef TESTS_SAMPLE_H
#define TESTS_SAMPLE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

struct sample {
	uint64_t len;
	uint64_t seed;
	mode_t mode;
};

/*
 * Fills `buf` with the bytes that each sample with this seed has from `at` on.
 * `at` must be a multiple of 8.
 */
void sample_fill(void *buf, size_t len, uint64_t seed, uint64_t at);

/* Makes or replaces the file. Ends the test on failure. */
void sample_write(const char *path, const struct sample *s);

/* The result of copying `in` over `old`. As by cp, the old mode stays. */
struct sample sample_over(const struct sample *in, const struct sample *old);

/* NULL if `path` is exactly this sample, else the difference. */
const char *sample_differs(const char *path, const struct sample *s);

#endif
