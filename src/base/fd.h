/* Descriptors: close, read or write in full, wait, take one from a message. */
#ifndef BASE_FD_H
#define BASE_FD_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>
#include <unistd.h>

#include "base/wait.h"

struct msghdr;

/* Closes *fd if it is open and makes it -1. */
void fd_close(int *fd);

/* Sets or clears O_NONBLOCK. 0 or -errno. */
int fd_nonblock(int fd, bool on);

/*
 * Reads `len` bytes, or fewer at the end of the file. Returns the number of
 * bytes, or -errno; -ECANCELED if this process was asked to stop.
 */
ssize_t fd_read_full(int fd, void *buf, size_t len);

/* One read(2) of up to `len` bytes, repeated after EINTR. 0: end of file. */
ssize_t fd_read_some(int fd, void *buf, size_t len);

/* Writes all `len` bytes. 0 or -errno. */
int fd_write_all(int fd, const void *buf, size_t len);

/*
 * For use after a read(2) that failed with errno, or after a write(2) that
 * returned `n`. These functions wait as the waiter says, and call read(2)
 * again, or write(2) for the bytes that are left.
 */
ssize_t fd_read_again(int fd, void *buf, size_t len, const struct waiter *w);
int fd_write_rest(int fd, const void *buf, size_t len, ssize_t n,
		  const struct waiter *w);

/*
 * read(2) and write(2) for a channel. Its descriptor is O_NONBLOCK unless the
 * waiter sleeps without looking first. Between tries these functions wait as
 * the waiter says. If the first try succeeds, they cost one system call and one
 * comparison.
 */
static inline ssize_t fd_read_wait(int fd, void *buf, size_t len,
				   const struct waiter *w)
{
	ssize_t n = read(fd, buf, len);

	return n >= 0 ? n : fd_read_again(fd, buf, len, w);
}

static inline int fd_write_wait(int fd, const void *buf, size_t len,
				const struct waiter *w)
{
	ssize_t n = write(fd, buf, len);

	return n == (ssize_t)len ? 0 : fd_write_rest(fd, buf, len, n, w);
}

/*
 * For use after a call on a channel that failed with errno: waits as the waiter
 * says. 0: try again. -errno: the call failed for good. -ECANCELED: this
 * process was asked to stop.
 */
int fd_wait_for_try(int fd, short events, const struct waiter *w,
		    uint32_t *looked);

/*
 * Sleeps until `fd` has one of `events`, an error or a hang-up. 0, -errno, or
 * -ECANCELED: this process was asked to stop.
 */
int fd_poll(int fd, short events);

/* The first descriptor that came with a message, or -1. Closes all others. */
int fd_keep_one(struct msghdr *h);

/*
 * False if the file has been removed, for example between open and flock by a
 * process that took its lock first.
 */
bool fd_has_name(int fd);

/* Reads a small text file, such as one in /proc. False: it cannot be read. */
bool fd_read_text(const char *path, char *buf, size_t size);

/* The number in a file of /proc/sys; `fallback` if it cannot be read. */
uint64_t fd_read_number(const char *path, uint64_t fallback);

#endif
