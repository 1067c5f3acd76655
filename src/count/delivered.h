/* Finds out how many bytes of the input an output holds at the end. */
#ifndef COUNT_DELIVERED_H
#define COUNT_DELIVERED_H

#include <sys/stat.h>

#include "count/count.h"

/* An end that the caller named: its file before and after the count. */
struct end {
	const char *path;
	bool was; /* the file existed before the count */
	uint64_t size_before;
	bool is; /* the file exists after the count */
	struct stat st;
};

/* Bytes that came to the output, but not from the input. */
uint64_t delivered_by_others(const struct count_result *r);

uint64_t delivered_bytes(struct count_result *r, const struct end *named);

/*
 * Adds a note if the output lost over 1/200 of the bytes that came to it. If
 * the output holds the whole input, but over 1/200 of it seems to come from
 * elsewhere, the count has no number.
 */
void delivered_judge(struct count_result *r);

#endif
