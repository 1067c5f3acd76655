/*
 * Common to controls, which serve for comparison with mechanisms: in a control
 * one process, the client, has both files. The server passes the descriptor of
 * the input before the start line, tells the client to start, and sleeps until
 * the client has copied everything.
 */
#ifndef TRANSPORT_CONTROL_H
#define TRANSPORT_CONTROL_H

#include "transport/courier.h"

/* The priv of a control. */
struct control {
	struct courier courier; /* first, because courier.c looks there */
	int in_fd;              /* client: the input; -1 until it has come */
};

/* Hooks. */
void control_init(struct tr *tr);
int control_offer(struct tr *tr, struct ctl *ctl);
int control_join(struct tr *tr, struct ctl *ctl);
int control_send_file(struct tr *tr, int in_fd, uint64_t len_bytes);
void control_close(struct tr *tr);

/*
 * For .recv_file: waits until the server says start, calls `copy`, and reports
 * that the copy is made.
 */
typedef int control_copy(struct tr *tr, int in_fd, int out_fd,
			 uint64_t len_bytes);
int control_run(struct tr *tr, int out_fd, uint64_t len_bytes,
		control_copy *copy);

#endif
