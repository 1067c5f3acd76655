/*
 * The one function that copies payload in user space, since ptrace cannot see a
 * memcpy.
 */
#ifndef BASE_BYTES_H
#define BASE_BYTES_H

#include <stdbool.h>
#include <stdint.h>
#include <string.h>

/*
 * prctl(BYTES_TELL, to, from, len, how) means nothing to the kernel, which
 * returns EINVAL. The copy counter takes it as a report: this process has
 * copied so many bytes itself. Any program may make this call.
 */
#define BYTES_TELL 0x69706379
enum bytes_how {
	BYTES_COUNTED,
	BYTES_PRELOADED,
	BYTES_BEGIN, /* not a copy: side number `to` passes the start line */
	BYTES_END,   /* not a copy: that side has moved its last byte */
};

/* Bytes that this process has copied itself; written by bytes_copy only. */
extern uint64_t bytes_copied;
extern uint64_t bytes_copies;

/*
 * A copy counter that listens sets this variable, and children inherit it.
 * While it is set, each copy is reported.
 */
#define BYTES_TOLD_ENV "IPCOPY_COUNTED"
extern bool bytes_told;
void bytes_tell(const void *to, const void *from, size_t len);

/* Reports BYTES_BEGIN or BYTES_END to a copy counter that listens. */
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
