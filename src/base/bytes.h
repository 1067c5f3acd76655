/* The one way payload is copied in user space: ptrace cannot see a memcpy. */
#ifndef BASE_BYTES_H
#define BASE_BYTES_H

#include <stdint.h>
#include <string.h>

/* How much this process has copied by hand; written by bytes_copy only. */
extern uint64_t bytes_copied;
extern uint64_t bytes_copies;

static inline void bytes_copy(void *to, const void *from, size_t len)
{
	memcpy(to, from, len);
	bytes_copied += len;
	bytes_copies++;
}

#endif
