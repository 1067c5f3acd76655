/* Words that are not known: what is allowed, and what was probably meant. */
#include "base/words.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

#define WORD_MAX 32

static unsigned least(unsigned a, unsigned b, unsigned c)
{
	unsigned m = a < b ? a : b;

	return m < c ? m : c;
}

/* Levenshtein's distance; longer words are not worth a guess. */
static unsigned distance(const char *a, const char *b)
{
	size_t la = strlen(a), lb = strlen(b);
	unsigned row[WORD_MAX + 1], corner, above;

	if (la > WORD_MAX || lb > WORD_MAX)
		return WORD_MAX;
	for (unsigned j = 0; j <= lb; j++)
		row[j] = j;
	for (unsigned i = 1; i <= la; i++) {
		corner = row[0];
		row[0] = i;
		for (unsigned j = 1; j <= lb; j++) {
			above = row[j];
			row[j] = least(above + 1, row[j - 1] + 1,
				       corner + (a[i - 1] != b[j - 1]));
			corner = above;
		}
	}
	return row[lb];
}

static const char *nearest(const char *word, words_at *at, const void *list)
{
	unsigned best = (unsigned)strlen(word) / 3 + 2;
	const char *found = NULL, *candidate;

	for (size_t i = 0; (candidate = at(i, list)); i++) {
		unsigned d = distance(word, candidate);

		if (d < best) {
			best = d;
			found = candidate;
		}
	}
	return found;
}

const char *words_in_array(size_t i, const void *array)
{
	return ((const char *const *)array)[i];
}

int words_refuse(struct err *e, const char *what, const char *word,
		 words_at *at, const void *list)
{
	const char *guess = nearest(word, at, list), *allowed;
	char all[240] = "";
	size_t used = 0;

	for (size_t i = 0; (allowed = at(i, list)) && used < sizeof(all); i++)
		used += (size_t)snprintf(all + used, sizeof(all) - used, "%s%s",
					 i ? ", " : "", allowed);
	return err_say(e, EINVAL, "%s '%.40s' is not known%s%s%s allowed: %s",
		       what, word, guess ? "; did you mean " : ";",
		       guess ? guess : "", guess ? "?" : "", all);
}
