/* The hooks that a message through shared memory takes; see transport.h. */
#ifndef TRANSPORT_SHM_H
#define TRANSPORT_SHM_H

#include "transport/transport.h"

int tr_shm_lend(struct tr *tr, void **buf);
int tr_shm_send(struct tr *tr, size_t len);
ssize_t tr_shm_receive(struct tr *tr, const void **buf);
int tr_shm_give_back(struct tr *tr);

#endif
