/*
 * bytes_copy copies payload in user space. It counts its copies. If bytes_told
 * is true, it also reports them to the copy counter, which uses ptrace and
 * cannot see a memcpy.
 */
#ifndef BASE_BYTES_H
#define BASE_BYTES_H

#include <stdbool.h>
#include <stdint.h>
#include <string.h>

/*
 * prctl(BYTES_TELL, to, from, len, how) means nothing to the kernel, which
 * returns EINVAL. The copy counter reads the arguments as a report: `how` says
 * what happened, such as that this process has copied `len` bytes itself. Any
 * program that is counted can report its own copies by this call.
 */
#define BYTES_TELL 0x69706379
enum bytes_how {
	BYTES_COUNTED,   /* a copy, reported by bytes_copy */
	BYTES_PRELOADED, /* a copy, reported by count/preload.c */
	BYTES_BEGIN,     /* not a copy: side `to` begins its transfer */
	BYTES_END,       /* not a copy: side `to` has moved its last byte */
};

/*
 * The number of bytes that bytes_copy has copied in this process, and the
 * number of its calls.
 */
extern uint64_t bytes_copied;
extern uint64_t bytes_copies;

/*
 * A copy counter sets this environment variable for the program that it counts.
 * If the variable is set, bytes_told is true, and bytes_copy reports each copy.
 */
#define BYTES_TOLD_ENV "IPCOPY_COUNTED"
extern bool bytes_told;
void bytes_tell(const void *to, const void *from, size_t len);

/*
 * Reports `what`, BYTES_BEGIN or BYTES_END, for a side, if bytes_told is true.
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
