/* The size of a page of memory, and sizes in whole pages. */
#ifndef BASE_PAGE_H
#define BASE_PAGE_H

#include <stddef.h>
#include <unistd.h>

static inline size_t page_bytes(void)
{
	return (size_t)sysconf(_SC_PAGESIZE);
}

static inline size_t round_up(size_t bytes, size_t unit)
{
	return (bytes + unit - 1) / unit * unit;
}

static inline size_t page_round(size_t bytes)
{
	return round_up(bytes, page_bytes());
}

#endif
