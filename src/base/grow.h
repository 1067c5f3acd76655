/* Arrays that grow by doubling. */
#ifndef BASE_GROW_H
#define BASE_GROW_H

#include <stdlib.h>

/*
 * The array with room for one more than the `n` elements of `each` bytes that
 * are in use; *room is how many fit. NULL: no memory, and it is as it was.
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
