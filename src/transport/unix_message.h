/* A pair of AF_UNIX sockets that keep the boundaries of messages. */
#ifndef TRANSPORT_UNIX_MESSAGE_H
#define TRANSPORT_UNIX_MESSAGE_H

#include "transport/sock.h"

/* The settings of unix-seqpacket and unix-dgram, in this order. */
enum { UNIX_P_SIZE, UNIX_P_BUFFER, UNIX_P_WAIT, UNIX_P_SPIN, UNIX_P_END };

extern const struct tr_param unix_message_params[];

/* Hooks of struct transport; `type` is SOCK_SEQPACKET or SOCK_DGRAM. */
void unix_message_settle(struct tr_spec *spec);
int unix_message_probe(const struct tr_spec *spec, int type, struct err *e);
int unix_message_create(struct tr *tr, int type);
int unix_message_join(struct tr *tr, struct ctl *ctl, int type);
void unix_message_limits(char *text, size_t size);

#endif
