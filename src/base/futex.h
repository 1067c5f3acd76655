/* futex(2) for memory that processes share. */
#ifndef BASE_FUTEX_H
#define BASE_FUTEX_H

#include <errno.h>
#include <linux/futex.h>
#include <stdatomic.h>
#include <stdint.h>
#include <sys/syscall.h>
#include <unistd.h>

/*
 * Sleeps while *word == seen. It may also return without a reason, so the
 * caller must look at the word again. 0 or -errno.
 */
static inline int futex_sleep(_Atomic uint32_t *word, uint32_t seen)
{
	long rc = syscall(SYS_futex, word, FUTEX_WAIT, seen, NULL, NULL, 0);

	if (rc < 0 && errno != EAGAIN && errno != EINTR)
		return -errno;
	return 0;
}

static inline void futex_wake_all(_Atomic uint32_t *word)
{
	syscall(SYS_futex, word, FUTEX_WAKE, INT32_MAX, NULL, NULL, 0);
}

#endif
