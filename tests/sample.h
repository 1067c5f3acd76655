/* Files of pseudo-random contents, and whether a copy is the same. */
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

/* The bytes of any sample with this seed from `at` on, a multiple of 8. */
void sample_fill(void *buf, size_t len, uint64_t seed, uint64_t at);

/* Makes the file, or replaces it. Ends the test if that fails. */
void sample_write(const char *path, const struct sample *s);

/* A copy of `in` over `old`: as with cp, the old permissions stay. */
struct sample sample_over(const struct sample *in, const struct sample *old);

/* NULL if `path` is exactly this sample, else what is different. */
const char *sample_differs(const char *path, const struct sample *s);

#endif
