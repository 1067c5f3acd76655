/* Two files mapped by one process, and what has to be done before. */
#ifndef TRANSPORT_MAPPED_H
#define TRANSPORT_MAPPED_H

#include "transport/transport.h"

/* In tr->map. */
enum { TR_MAP_OUTPUT, TR_MAP_INPUT };

/* Gives the output its length and space; `say` also to the courier. */
int tr_mapped_reserve(struct tr *tr, int fd, uint64_t len, bool say);

/* Maps as much of the input as there is: *len, and none where it is empty. */
int tr_mapped_input(struct tr *tr, int in_fd, uint64_t len_bytes,
		    uint64_t *len);

/* From mapping to mapping, in steps of a message. */
int tr_mapped_copy(struct tr *tr, uint64_t len, bool say);

#endif
