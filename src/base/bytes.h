/*
 * The only function that copies payload in user space. It counts its copies,
 * because ptrace cannot see a memcpy.
 */
#ifndef BASE_BYTES_H
#define BASE_BYTES_H

#include <stdbool.h>
#include <stdint.h>
#include <string.h>

/*
 * prctl(BYTES_TELL, to, from, len, how) means nothing to the kernel, which
 * returns EINVAL. The copy counter takes the call as a report of what `how`
 * says, such as that this process has copied `len` bytes itself. Any program
 * may make this call.
 */
#define BYTES_TELL 0x69706379
enum bytes_how {
	BYTES_COUNTED,   /* a copy, reported by bytes_copy */
	BYTES_PRELOADED, /* a copy, reported by count/preload.c */
	BYTES_BEGIN,     /* not a copy: side `to` passes the start line */
	BYTES_END,       /* not a copy: side `to` has moved its last byte */
};

/* The bytes that bytes_copy has copied in this process, and its calls. */
extern uint64_t bytes_copied;
extern uint64_t bytes_copies;

/*
 * A copy counter sets this environment variable, and the program that it counts
 * inherits it. bytes_told is true if the variable is set. Then each copy is
 * reported.
 */
#define BYTES_TOLD_ENV "IPCOPY_COUNTED"
extern bool bytes_told;
void bytes_tell(const void *to, const void *from, size_t len);

/*
 * Reports BYTES_BEGIN or BYTES_END, if a copy counter has set BYTES_TOLD_ENV.
 */
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
