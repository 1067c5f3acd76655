/* Arrays that grow by doubling. */
#ifndef BASE_GROW_H
#define BASE_GROW_H

#include <stdlib.h>

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

#endif
