/*
 * Refuses an unknown word: says which words are allowed (as many as fit), and
 * which of them the user probably meant.
 */
#ifndef BASE_WORDS_H
#define BASE_WORDS_H

#include <stddef.h>

#include "base/err.h"

/* The i-th allowed word, NULL past the end. */
typedef const char *words_at(size_t i, const void *list);

/* words_at for a NULL-terminated array of strings. */
const char *words_in_array(size_t i, const void *array);

/* The allowed word that the user probably meant; NULL if none is similar. */
const char *words_guess(const char *word, words_at *at, const void *list);

/*
 * Records a message such as "mechanism 'pip' is not known; did you mean pipe?
 * allowed: null, pipe, …". `what` is "mechanism" here. Returns -EINVAL.
 */
int words_refuse(struct err *e, const char *what, const char *word,
		 words_at *at, const void *list);

#endif
