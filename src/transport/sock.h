/*
 * Common to mechanisms with sockets: buffers of an exact size, and checks of a
 * socket's type.
 */
#ifndef TRANSPORT_SOCK_H
#define TRANSPORT_SOCK_H

#include "transport/transport.h"

#define TR_PARAM_BUFFER                                                       \
	{                                                                     \
		.name = "buffer", .kind = TR_SIZE, .max = 1 << 29,            \
		.about = "bytes of the socket's buffer; the kernel reserves " \
			 "twice as many, also for its own needs; 0: the "     \
			 "kernel chooses"                                     \
	}

/*
 * Sets the socket option `option` (SO_SNDBUF or SO_RCVBUF) to the setting
 * `buffer`. Fails if the kernel takes another size.
 */
int sock_set_buffer(const struct tr_spec *spec, int fd, int option,
		    struct err *e);

/*
 * Checks that the peer's descriptor is a Unix socket of this type. Returns 0 or
 * -EPROTO.
 */
int sock_check_unix(struct tr *tr, int fd, int type);

/*
 * Writes how large the buffer may be if only the sender's is set: "buffer up to
 * 208K (net.core.wmem_max)".
 */
void sock_limits(char *text, size_t size);

/*
 * Like sock_limits, if the buffers of both sides are set: writes the smaller
 * limit, and the names of both limits.
 */
void sock_limits_both(char *text, size_t size);

#endif
