/*
 * Contents that are made and not copied from a user's file: words that count
 * up.
 */
#include "copy/pattern.h"

#include <string.h>

#include "base/hot.h"

/* Four words, which one store of AVX2 writes, at any address. */
typedef uint64_t four __attribute__((vector_size(32), aligned(1), may_alias));

#define WORD  sizeof(uint64_t)
#define BLOCK (4 * sizeof(four))

/*
 * With this attribute a function uses AVX2 if the CPU on which the program
 * starts has it, as memset does. (clang wants the attribute at the declaration,
 * too.)
 */
#if defined(__x86_64__) && defined(__GLIBC__) && !defined(__clang__)
#define WIDEST __attribute__((target_clones("avx2", "default")))
#else
#define WIDEST
#endif

WIDEST void pattern_fill(void *buf, size_t len, uint64_t first)
{
	four a = { first, first + 1, first + 2, first + 3 };
	four b = a + 4, c = a + 8, d = a + 12;
	char *p = buf, *end = p + len / BLOCK * BLOCK;
	uint64_t word;

	for (; p < end; p += BLOCK) {
		four *to = (four *)p;

		to[0] = a;
		to[1] = b;
		to[2] = c;
		to[3] = d;
		a += 16;
		b += 16;
		c += 16;
		d += 16;
	}
	word = a[0];
	for (len %= BLOCK; len >= WORD; len -= WORD, p += WORD, word++)
		memcpy(p, &word, WORD);
	memcpy(p, &word, len);
}

/*
 * Compares the last bytes of a message. If the message ends within a word, the
 * rest of that word does not count.
 */
static uint64_t tail_differs(const char *p, size_t len, uint64_t word)
{
	uint64_t found, wrong = 0;

	for (; len >= WORD; len -= WORD, p += WORD, word++) {
		memcpy(&found, p, WORD);
		wrong |= found ^ word;
	}
	found = word;
	memcpy(&found, p, len);
	return wrong | (found ^ word);
}

WIDEST uint64_t pattern_differs(const void *buf, size_t len, uint64_t first)
{
	four a = { first, first + 1, first + 2, first + 3 };
	four b = a + 4, c = a + 8, d = a + 12;
	four wrong = { 0 }, other = { 0 };
	const char *p = buf, *end = p + len / BLOCK * BLOCK;

	for (; p < end; p += BLOCK) {
		const four *from = (const four *)p;

		wrong |= (from[0] ^ a) | (from[1] ^ b);
		other |= (from[2] ^ c) | (from[3] ^ d);
		a += 16;
		b += 16;
		c += 16;
		d += 16;
	}
	wrong |= other;
	return wrong[0] | wrong[1] | wrong[2] | wrong[3] |
	       tail_differs(p, len % BLOCK, a[0]);
}

/*
 * For a piece that begins within a word: compares up to the end of that word,
 * or to the end of the piece. Returns the number of bytes.
 */
static size_t take_rest_of_word(struct pattern *p, const char *buf, size_t n)
{
	uint64_t word = p->first + p->at / WORD, found = word;
	size_t skip = p->at % WORD;
	size_t len = WORD - skip < n ? WORD - skip : n;

	memcpy((char *)&found + skip, buf, len);
	p->wrong |= found ^ word;
	return len;
}

static size_t take_within_message(struct pattern *p, const char *buf, size_t n)
{
	size_t left = p->size - p->at;

	if (n > left)
		n = left;
	if (p->at % WORD)
		return take_rest_of_word(p, buf, n);
	p->wrong |= pattern_differs(buf, n, p->first + p->at / WORD);
	return n;
}

HOT void pattern_take(struct pattern *p, const void *buf, size_t n)
{
	const char *from = buf;

	while (n > 0) {
		size_t len = take_within_message(p, from, n);

		from += len;
		n -= len;
		p->at += len;
		if (p->at == p->size) {
			p->at = 0;
			p->first = pattern_of(p->first, 1, p->size);
		}
	}
}
