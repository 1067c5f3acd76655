/* A side of the control socket that sends whatever a test wants. */
#include "peer.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>

_Static_assert(offsetof(struct peer_message, body) == PEER_HEAD,
	       "a header has 8 bytes");

void peer_message(struct peer_message *m, int type, const void *body,
		  size_t len)
{
	m->magic = PEER_MAGIC;
	m->version = CTL_VERSION;
	m->type = (uint8_t)type;
	m->len = (uint32_t)len;
	m->sent_bytes = PEER_HEAD + len;
	m->fds = 0;
	if (len)
		memcpy(m->body, body, len);
}

int peer_send(int sock, const struct peer_message *m)
{
	size_t fd_bytes = sizeof(int) * (size_t)m->fds;
	union {
		char space[CMSG_SPACE(sizeof(int) * PEER_FDS_MAX)];
		struct cmsghdr align;
	} control = { 0 };
	/* from `magic` on, the members lie as they are sent */
	struct iovec iov = { .iov_base = (void *)(uintptr_t)m,
			     .iov_len = m->sent_bytes };
	struct msghdr h = { .msg_iov = &iov, .msg_iovlen = 1 };

	if (m->fds) {
		h.msg_control = control.space;
		h.msg_controllen = CMSG_SPACE(fd_bytes);
		CMSG_FIRSTHDR(&h)->cmsg_level = SOL_SOCKET;
		CMSG_FIRSTHDR(&h)->cmsg_type = SCM_RIGHTS;
		CMSG_FIRSTHDR(&h)->cmsg_len = CMSG_LEN(fd_bytes);
		memcpy(CMSG_DATA(CMSG_FIRSTHDR(&h)), m->fd, fd_bytes);
	}
	if (sendmsg(sock, &h, MSG_NOSIGNAL | MSG_DONTWAIT) < 0)
		return -errno;
	return 0;
}

int peer_say(int sock, int type, const void *body, size_t len, int fd)
{
	struct peer_message m;

	peer_message(&m, type, body, len);
	if (fd >= 0)
		m.fd[m.fds++] = fd;
	return peer_send(sock, &m);
}

struct offer peer_offer(const char *spec, uint64_t length)
{
	struct offer o = {
		.length = length, .mode = 0600, .cpu = -1, .verify = 1
	};

	snprintf(o.spec, sizeof(o.spec), "%s", spec);
	return o;
}

int peer_item(int sock, const char *name, int fd)
{
	char body[CTL_NAME_MAX] = { 0 };

	snprintf(body, sizeof(body), "%s", name);
	return peer_say(sock, CTL_ITEM, body, sizeof(body), fd);
}
