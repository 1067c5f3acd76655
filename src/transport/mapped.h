/* Common to mechanisms in which a process copies from or to mapped files. */
#ifndef TRANSPORT_MAPPED_H
#define TRANSPORT_MAPPED_H

#include "transport/transport.h"

/* Indices of tr->map. */
enum { TR_MAP_OUTPUT, TR_MAP_INPUT };

/*
 * Gives the output its length and reserves its space. With `say` it also
 * reports its progress to the other side (courier.h).
 */
int tr_mapped_reserve(struct tr *tr, int fd, uint64_t len, bool say);

/*
 * Maps the input, or its first len_bytes bytes, and sets *len to the number of
 * bytes mapped. An empty input is not mapped.
 */
int tr_mapped_input(struct tr *tr, int in_fd, uint64_t len_bytes,
		    uint64_t *len);

/* Copies from the input's mapping to the output's, in steps of one message. */
int tr_mapped_copy(struct tr *tr, uint64_t len, bool say);

#endif
