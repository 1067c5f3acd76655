/*
 * Evidence for shared memory: which physical frames stand behind the mappings
 * of two processes. Frame numbers are for root only; without it the kernel
 * still tells whether a page is there, and whether another maps it too.
 */
#ifndef COUNT_FRAMES_H
#define COUNT_FRAMES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/err.h"
#include "transport/transport.h"

#define FRAMES_MAPS  16   /* of a process that are looked at */
#define FRAMES_PAGES 1024 /* of each, from its first */

struct frames_map {
	uint64_t start, len;
	unsigned int dev_major, dev_minor;
	uint64_t ino, offset;
	char name[120];
	size_t pages;
	uint64_t entry[FRAMES_PAGES]; /* as /proc/PID/pagemap has them */
};

/* The shared mappings of one process. */
struct frames {
	int maps;
	struct frames_map map[FRAMES_MAPS];
};

/* Looks at this process: what it shares, of at least so many bytes. */
void frames_look(struct frames *f, uint64_t least_bytes);

/* What an entry says. */
bool frames_present(uint64_t entry);
bool frames_exclusive(uint64_t entry);  /* no other process maps it */
uint64_t frames_number(uint64_t entry); /* 0: not told, or not there */

/* How many mappings a frame has, by /proc/kpagecount; 0: not told. */
uint64_t frames_mapped(uint64_t number);

/* What both have; -1: `b` does not have it. */
int frames_find(const struct frames *b, const struct frames_map *map);

/*
 * Copies a small file and looks at both sides after the last byte, in
 * side[COPY_SERVER] and side[COPY_CLIENT]; freed by frames_free.
 */
int frames_of_copy(const struct tr_spec *spec, struct frames **side,
		   struct err *e);
void frames_free(struct frames *side);

#endif
