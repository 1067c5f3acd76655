/* The limit and the probe of System V semaphores, for the ring. */
#ifndef TRANSPORT_RING_SYSV_H
#define TRANSPORT_RING_SYSV_H

#include "transport/ring.h"

#define RING_SYSV_MAX 32767 /* SEMVMX: the largest value of a semaphore */

/* For .probe of a transport: makes a set of semaphores and removes it. */
int ring_sysv_probe(struct err *e);

#endif
