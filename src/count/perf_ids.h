/* The numbers of the two tracepoints, which each kernel gives out anew. */
#ifndef COUNT_PERF_IDS_H
#define COUNT_PERF_IDS_H

#include <stdint.h>

#include "base/err.h"

struct perf_ids {
	uint64_t enter, exit;
};

/* 0 or -errno: tracefs is not to be had. */
int perf_ids_find(struct perf_ids *ids, struct err *e);

/* As they were found last. */
void perf_ids_known(struct perf_ids *ids);

#endif
