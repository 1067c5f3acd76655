/*
 * Refuses an unknown word: says which words are allowed, and which of them the
 * user probably meant.
 */
#include "base/words.h"

#include <errno.h>
#include <stdbool.h>
#include <string.h>

#include "base/append.h"

#define WORD_MAX 32

static unsigned least(unsigned a, unsigned b, unsigned c)
{
	unsigned m = a < b ? a : b;

	return m < c ? m : c;
}

static bool are_transposed(const char *a, const char *b)
{
	return a[0] == b[1] && a[1] == b[0];
}

/*
 * Levenshtein's distance, except that two swapped neighbouring letters count as
 * one mistake. It is WORD_MAX if a word is longer than that.
 */
static unsigned distance(const char *a, const char *b)
{
	size_t la = strlen(a), lb = strlen(b);
	unsigned d[WORD_MAX + 1][WORD_MAX + 1];

	if (la > WORD_MAX || lb > WORD_MAX)
		return WORD_MAX;
	for (size_t j = 0; j <= lb; j++)
		d[0][j] = (unsigned)j;
	for (size_t i = 1; i <= la; i++) {
		d[i][0] = (unsigned)i;
		for (size_t j = 1; j <= lb; j++) {
			d[i][j] =
				least(d[i - 1][j] + 1, d[i][j - 1] + 1,
				      d[i - 1][j - 1] + (a[i - 1] != b[j - 1]));
			if (i > 1 && j > 1 &&
			    are_transposed(a + i - 2, b + j - 2))
				d[i][j] = least(d[i][j], d[i - 2][j - 2] + 1,
						WORD_MAX);
		}
	}
	return d[la][lb];
}

/* The only allowed word that begins with `word`; NULL if none or several do. */
static const char *beginning(const char *word, words_at *at, const void *list)
{
	const char *found = NULL, *candidate;

	for (size_t i = 0; *word && (candidate = at(i, list)); i++) {
		if (strncmp(candidate, word, strlen(word)) != 0)
			continue;
		if (found)
			return NULL;
		found = candidate;
	}
	return found;
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

const char *words_guess(const char *word, words_at *at, const void *list)
{
	const char *guess = beginning(word, at, list);

	return guess ? guess : nearest(word, at, list);
}

int words_refuse(struct err *e, const char *what, const char *word,
		 words_at *at, const void *list)
{
	const char *guess = words_guess(word, at, list), *allowed;
	char all[240] = "";

	for (size_t i = 0; (allowed = at(i, list)); i++)
		text_append(all, sizeof(all), "%s%s", i ? ", " : "", allowed);
	return err_say(e, EINVAL, "%s '%.40s' is not known%s%s%s allowed: %s",
		       what, word, guess ? "; did you mean " : ";",
		       guess ? guess : "", guess ? "?" : "", all);
}
