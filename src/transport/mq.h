/* The hooks that a message through a POSIX queue takes; see transport.h. */
#ifndef TRANSPORT_MQ_H
#define TRANSPORT_MQ_H

#include "transport/transport.h"

int tr_mq_send(struct tr *tr, size_t len);
ssize_t tr_mq_receive(struct tr *tr, const void **buf);

#endif
