/* One process maps both files, after some preparation. */
#ifndef TRANSPORT_MAPPED_H
#define TRANSPORT_MAPPED_H

#include "transport/transport.h"

/* Indices of tr->map. */
enum { TR_MAP_OUTPUT, TR_MAP_INPUT };

/*
 * Gives the output its length and its space. With `say` it also reports to the
 * courier.
 */
int tr_mapped_reserve(struct tr *tr, int fd, uint64_t len, bool say);

/*
 * Maps the input and sets *len to the number of bytes mapped. An empty input is
 * not mapped.
 */
int tr_mapped_input(struct tr *tr, int in_fd, uint64_t len_bytes,
		    uint64_t *len);

/* Copies from one mapping to the other, in steps of one message. */
int tr_mapped_copy(struct tr *tr, uint64_t len, bool say);

#endif
