/* The one way payload is copied in user space: ptrace cannot see a memcpy. */
#ifndef BASE_BYTES_H
#define BASE_BYTES_H

#include <stdbool.h>
#include <stdint.h>
#include <string.h>

/*
 * prctl(BYTES_TELL, to, from, len, how) is nothing to the kernel (EINVAL), but
 * the copy counter takes it as this process's word that it has copied so much
 * itself. Any program may say so.
 */
#define BYTES_TELL 0x69706379
enum bytes_how {
	BYTES_COUNTED,
	BYTES_PRELOADED,
	BYTES_BEGIN, /* no copy: side number `to` passes the start line */
	BYTES_END,   /* it has moved its last byte */
};

/* How much this process has copied by hand; written by bytes_copy only. */
extern uint64_t bytes_copied;
extern uint64_t bytes_copies;

/* Set where a copy counter listens, and inherited: each copy is told. */
#define BYTES_TOLD_ENV "IPCOPY_COUNTED"
extern bool bytes_told;
void bytes_tell(const void *to, const void *from, size_t len);

/* Tells BYTES_BEGIN or BYTES_END to a copy counter that listens. */
void bytes_mark(int side, enum bytes_how what);

static inline void bytes_copy(void *to, const void *from, size_t len)
{
	memcpy(to, from, len);
	bytes_copied += len;
	bytes_copies++;
	if (bytes_told)
		bytes_tell(to, from, len);
}

#endif
