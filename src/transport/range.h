/* Copies by copy_file_range(2), and says whether any bytes were copied. */
#ifndef TRANSPORT_RANGE_H
#define TRANSPORT_RANGE_H

#include "transport/transport.h"

/*
 * Reads from the start of the input, and writes at the present offset of the
 * output. With `say` it also reports its progress to the other side
 * (courier.h).
 */
int tr_range_copy(struct tr *tr, int in_fd, int out_fd, uint64_t len_bytes,
		  bool say);

/*
 * Sets a remark that says whether the output shares extents with another file:
 * such extents were not copied.
 */
void tr_range_remark(struct tr *tr, int out_fd);

#endif
