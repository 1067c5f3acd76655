/* Arrays that grow. */
#ifndef BASE_GROW_H
#define BASE_GROW_H

#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

/*
 * Makes room for one more element of `each` bytes. The array has `n` elements,
 * and room for *room. Returns the array. NULL: no memory; the old array is
 * unchanged.
 */
static inline void *array_grow(void *array, size_t n, size_t *room, size_t each)
{
	size_t more = *room ? 2 * *room : 32;

	if (n < *room)
		return array;
	array = realloc(array, more * each);
	if (array)
		*room = more;
	return array;
}

/*
 * Makes an array at least `n` elements long. `at` points to the pointer to the
 * array, and *have is its number of elements. New elements are zero. False: no
 * memory.
 */
static inline bool array_reach(void *at, size_t *have, size_t n, size_t each)
{
	char *array;

	if (n <= *have)
		return true;
	memcpy(&array, at, sizeof(array));
	array = realloc(array, n * each);
	if (!array)
		return false;
	memset(array + *have * each, 0, (n - *have) * each);
	memcpy(at, &array, sizeof(array));
	*have = n;
	return true;
}

#endif
