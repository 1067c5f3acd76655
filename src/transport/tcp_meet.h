/*
 * A TCP connection over loopback between exactly these two sides.
 *
 * Any process of this machine may connect to the port that the kernel chose. So
 * the server sends a random token over the control socket. The first process
 * that sends this token over its connection is the client. The server closes
 * all other connections.
 */
#ifndef TRANSPORT_TCP_MEET_H
#define TRANSPORT_TCP_MEET_H

#include "transport/transport.h"

#define TCP_TOKEN_LEN 32

/* The priv of a mechanism that uses this begins with this struct. */
struct tcp_meet {
	unsigned port;
	char token[TCP_TOKEN_LEN + 1];
	int patience_ms;
};

/*
 * Hooks of struct transport. On the server, tr->fd[TR_READ_END] listens until
 * .attach has run. From then on tr->fd[TR_WRITE_END] is the server's end, and
 * tr->fd[TR_READ_END] is closed. On the client, tr->fd[TR_READ_END] is its end.
 */
int tcp_meet_probe(const struct tr_spec *spec, struct err *e);
int tcp_meet_create(struct tr *tr);
int tcp_meet_offer(struct tr *tr, struct ctl *ctl);
int tcp_meet_join(struct tr *tr, struct ctl *ctl);
int tcp_meet_attach(struct tr *tr);

#endif
