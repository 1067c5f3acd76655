/* copy_file_range(2) from file to file, and whether it copied anything. */
#ifndef TRANSPORT_RANGE_H
#define TRANSPORT_RANGE_H

#include "transport/transport.h"

/*
 * Copies from the input's start to the output's offset. With `say` it also
 * reports to the courier.
 */
int tr_range_copy(struct tr *tr, int in_fd, int out_fd, uint64_t len_bytes,
		  bool say);

/* Adds a remark that says whether the output shares its extents. */
void tr_range_remark(struct tr *tr, int out_fd);

#endif
