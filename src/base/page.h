/* The size of a page of memory, sizes in whole pages, and memory in pages. */
#ifndef BASE_PAGE_H
#define BASE_PAGE_H

#include <stddef.h>
#include <sys/mman.h>
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

/*
 * Maps private memory full of zeros. The kernel allocates its pages during this
 * call, so that the first use of a page costs no more than a later one. NULL:
 * errno has the reason.
 */
static inline void *page_map(size_t bytes)
{
	void *map = mmap(NULL, bytes, PROT_READ | PROT_WRITE,
			 MAP_PRIVATE | MAP_ANONYMOUS | MAP_POPULATE, -1, 0);

	return map == MAP_FAILED ? NULL : map;
}

#endif
