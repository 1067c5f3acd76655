/*
 * The common part of controls. A control is one process that has both files:
 * the server passes the descriptor of the input before the start line, tells
 * the client to start, and then sleeps until the client has copied everything.
 */
#ifndef TRANSPORT_CONTROL_H
#define TRANSPORT_CONTROL_H

#include "transport/courier.h"

/* The priv of a control. */
struct control {
	struct courier courier; /* first, because courier.c looks there */
	int in_fd;              /* client: the input; -1 until it came */
};

/* Hooks. */
void control_init(struct tr *tr);
int control_offer(struct tr *tr, struct ctl *ctl);
int control_join(struct tr *tr, struct ctl *ctl);
int control_send_file(struct tr *tr, int in_fd, uint64_t len_bytes);
void control_close(struct tr *tr);

/* For recv_file: waits for the start, and reports when `copy` has ended. */
typedef int control_copy(struct tr *tr, int in_fd, int out_fd,
			 uint64_t len_bytes);
int control_run(struct tr *tr, int out_fd, uint64_t len_bytes,
		control_copy *copy);

#endif
