/* Sets the capacity of a pipe or FIFO exactly, or refuses it. */
#ifndef TRANSPORT_PIPE_SIZE_H
#define TRANSPORT_PIPE_SIZE_H

#include "transport/transport.h"

/* The capacity of a pipe that was not resized, if pages have 4 KiB. */
#define PIPE_DEFAULT_BYTES (1 << 16)

#define TR_PARAM_PIPE_CAPACITY                                           \
	{                                                                \
		.name = "capacity", .kind = TR_SIZE,                     \
		.def = PIPE_DEFAULT_BYTES, .min = 4096, .max = 1 << 30,  \
		.about = "bytes the pipe holds: a power of two, and at " \
			 "least 4K"                                      \
	}

int tr_pipe_size_check(const struct tr_spec *spec, struct err *e);
int tr_pipe_size_set(struct tr *tr, int fd);
void tr_pipe_size_limits(char *text, size_t size);
uint64_t tr_pipe_size_deepest(uint64_t size);

#endif
