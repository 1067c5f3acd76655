/*
 * The common part of controls. A control is one process that has both files:
 * the server passes the input's descriptor before the start line, says that it
 * is time, and then sleeps until the client has done it all.
 */
#ifndef TRANSPORT_CONTROL_H
#define TRANSPORT_CONTROL_H

#include "transport/courier.h"

/* Their priv. */
struct control {
	struct courier courier; /* first: that is where courier.c looks */
	int in_fd;              /* client: the input; -1 before it came */
};

/* Hooks. */
void control_init(struct tr *tr);
int control_offer(struct tr *tr, struct ctl *ctl);
int control_join(struct tr *tr, struct ctl *ctl);
int control_send_file(struct tr *tr, int in_fd, uint64_t len_bytes);
void control_close(struct tr *tr);

/* For recv_file: waits for the time, and tells when `copy` has ended. */
typedef int control_copy(struct tr *tr, int in_fd, int out_fd,
			 uint64_t len_bytes);
int control_run(struct tr *tr, int out_fd, uint64_t len_bytes,
		control_copy *copy);

#endif
