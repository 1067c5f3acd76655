/* copy_file_range(2) from file to file, and whether anything was copied. */
#ifndef TRANSPORT_RANGE_H
#define TRANSPORT_RANGE_H

#include "transport/transport.h"

/* From the input's start to where the output is; `say` also to the courier. */
int tr_range_copy(struct tr *tr, int in_fd, int out_fd, uint64_t len_bytes,
		  bool say);

/* Remarks whether the output shares its extents. */
void tr_range_remark(struct tr *tr, int out_fd);

#endif
