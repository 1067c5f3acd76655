/* How much of the input an output holds in the end. */
#ifndef COUNT_DELIVERED_H
#define COUNT_DELIVERED_H

#include <sys/stat.h>

#include "count/count.h"

/* A file named as an end, before and after. */
struct end {
	const char *path;
	bool was; /* it was there before */
	uint64_t size_before;
	bool is;
	struct stat st;
};

/* Bytes that came to the output from elsewhere than the input. */
uint64_t delivered_by_others(const struct count_result *r);

uint64_t delivered_bytes(struct count_result *r, const struct end *named);

/* A note, where bytes came to the output that it does not hold any more. */
void delivered_note_lost(struct count_result *r);

#endif
