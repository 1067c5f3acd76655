/* Descriptors: close, read or write in full, wait, take one from a message. */
#include "base/fd.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/hot.h"
#include "base/stop.h"

void fd_close(int *fd)
{
	if (*fd >= 0)
		close(*fd);
	*fd = -1;
}

int fd_nonblock(int fd, bool on)
{
	int flags = fcntl(fd, F_GETFL);

	if (flags < 0)
		return -errno;
	flags = on ? flags | O_NONBLOCK : flags & ~O_NONBLOCK;
	return fcntl(fd, F_SETFL, flags) < 0 ? -errno : 0;
}

ssize_t fd_read_some(int fd, void *buf, size_t len)
{
	for (;;) {
		ssize_t n = read(fd, buf, len);

		if (n >= 0)
			return n;
		if (errno != EINTR)
			return -errno;
		if (stop_requested())
			return -ECANCELED;
	}
}

ssize_t fd_read_full(int fd, void *buf, size_t len)
{
	size_t have = 0;

	while (have < len) {
		ssize_t n = fd_read_some(fd, (char *)buf + have, len - have);

		if (n < 0)
			return n;
		if (n == 0)
			break;
		have += (size_t)n;
	}
	return (ssize_t)have;
}

int fd_write_all(int fd, const void *buf, size_t len)
{
	const char *p = buf;

	while (len > 0) {
		ssize_t n = write(fd, p, len);

		if (n > 0) {
			p += n;
			len -= (size_t)n;
		} else if (n == 0) {
			return -EIO; /* do not try for ever */
		} else if (errno != EINTR) {
			return -errno;
		} else if (stop_requested()) {
			return -ECANCELED;
		}
	}
	return 0;
}

int fd_poll(int fd, short events)
{
	struct pollfd p = { .fd = fd, .events = events };

	while (!stop_requested()) {
		if (poll(&p, 1, -1) > 0)
			return 0;
		if (errno != EINTR)
			return -errno;
	}
	return -ECANCELED;
}

int fd_wait_for_try(int fd, short events, const struct waiter *w,
		    uint32_t *looked)
{
	if (stop_requested())
		return -ECANCELED;
	if (errno == EINTR)
		return 0;
	if (errno != EAGAIN)
		return -errno;
	return waiter_spins(w, looked) ? 0 : fd_poll(fd, events);
}

HOT ssize_t fd_read_again(int fd, void *buf, size_t len, const struct waiter *w)
{
	uint32_t looked = 0;
	ssize_t n = -1;

	while (n < 0) {
		int rc = fd_wait_for_try(fd, POLLIN, w, &looked);

		if (rc < 0)
			return rc;
		n = read(fd, buf, len);
	}
	return n;
}

HOT int fd_write_rest(int fd, const void *buf, size_t len, ssize_t n,
		      const struct waiter *w)
{
	const char *p = buf;
	uint32_t looked = 0;

	for (;;) {
		if (n >= 0) {
			p += n;
			len -= (size_t)n;
			looked = 0;
		} else {
			int rc = fd_wait_for_try(fd, POLLOUT, w, &looked);

			if (rc < 0)
				return rc;
		}
		if (len == 0)
			return 0;
		n = write(fd, p, len);
	}
}

int fd_keep_one(struct msghdr *h)
{
	struct cmsghdr *cm;
	int kept = -1;

	for (cm = CMSG_FIRSTHDR(h); cm; cm = CMSG_NXTHDR(h, cm)) {
		size_t bytes = cm->cmsg_len - CMSG_LEN(0);

		if (cm->cmsg_level != SOL_SOCKET || cm->cmsg_type != SCM_RIGHTS)
			continue;
		for (size_t at = 0; at + sizeof(int) <= bytes;
		     at += sizeof(int)) {
			int fd;

			memcpy(&fd, CMSG_DATA(cm) + at, sizeof(fd));
			if (kept < 0)
				kept = fd;
			else
				fd_close(&fd);
		}
	}
	return kept;
}

bool fd_has_name(int fd)
{
	struct stat st;

	return fstat(fd, &st) == 0 && st.st_nlink > 0;
}

bool fd_read_text(const char *path, char *buf, size_t size)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC);
	ssize_t n;

	if (fd < 0)
		return false;
	n = fd_read_full(fd, buf, size - 1);
	fd_close(&fd);
	if (n < 0)
		return false;
	buf[n] = '\0';
	return true;
}

uint64_t fd_read_number(const char *path, uint64_t fallback)
{
	char text[64], *end;
	uint64_t value;

	if (!fd_read_text(path, text, sizeof(text)))
		return fallback;
	errno = 0;
	value = strtoull(text, &end, 10);
	return errno || end == text ? fallback : value;
}
