/*
 * Sockets of a tracee. The bytes under way in one direction are one object, so
 * the two directions of a connection are never mixed up. The name of this
 * object has the sending end for a unix socket, both ends for TCP, and the
 * receiving port for UDP.
 */
#include <arpa/inet.h>
#include <errno.h>
#include <inttypes.h>
#include <linux/netlink.h>
#include <linux/sock_diag.h>
#include <linux/unix_diag.h>
#include <netinet/in.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "base/fd.h"
#include "count/trace.h"

/* Unix sockets, by inode, that are peers of each other. */
struct pair {
	uint64_t a, b;
	struct pair *next;
};

void trace_pair(struct tracer *t, uint64_t a, uint64_t b)
{
	struct pair *new = malloc(sizeof(*new));

	if (!new)
		abort();
	*new = (struct pair){ a, b, t->pair };
	t->pair = new;
}

void trace_free_sockets(struct tracer *t)
{
	struct pair *next;

	for (struct pair *p = t->pair; p; p = next) {
		next = p->next;
		free(p);
	}
	t->pair = NULL;
	fd_close(&t->diag_fd);
}

/* --- the peer of a unix socket -------------------------------------------- */

static bool ask_for_peer(int fd, uint64_t ino)
{
	struct {
		struct nlmsghdr head;
		struct unix_diag_req req;
	} m = {
		.head = { .nlmsg_len = sizeof(m),
			  .nlmsg_type = SOCK_DIAG_BY_FAMILY,
			  .nlmsg_flags = NLM_F_REQUEST },
		.req = { .sdiag_family = AF_UNIX,
			 .udiag_ino = (uint32_t)ino,
			 .udiag_show = UDIAG_SHOW_PEER,
			 .udiag_cookie = { UINT32_MAX, UINT32_MAX } },
	};

	return send(fd, &m, sizeof(m), 0) == (ssize_t)sizeof(m);
}

/* The inode of the peer, from the kernel's answer; 0: there is no peer. */
static uint64_t peer_in(const char *at, size_t len)
{
	struct nlattr a;
	uint32_t ino;
	size_t step;

	while (len >= sizeof(a)) {
		memcpy(&a, at, sizeof(a));
		if (a.nla_len < sizeof(a) || a.nla_len > len)
			return 0;
		if (a.nla_type == UNIX_DIAG_PEER &&
		    a.nla_len >= sizeof(a) + sizeof(ino)) {
			memcpy(&ino, at + sizeof(a), sizeof(ino));
			return ino;
		}
		step = NLA_ALIGN((size_t)a.nla_len);
		if (step >= len)
			return 0;
		at += step;
		len -= step;
	}
	return 0;
}

static uint64_t ask_sock_diag(struct tracer *t, uint64_t ino)
{
	size_t skip = NLMSG_HDRLEN + NLMSG_ALIGN(sizeof(struct unix_diag_msg));
	struct nlmsghdr head;
	char answer[1024];
	ssize_t n;

	if (t->diag_fd == -1)
		t->diag_fd = socket(AF_NETLINK, SOCK_RAW | SOCK_CLOEXEC,
				    NETLINK_SOCK_DIAG);
	if (t->diag_fd < 0 || !ask_for_peer(t->diag_fd, ino))
		return 0;
	n = recv(t->diag_fd, answer, sizeof(answer), 0);
	if (n < (ssize_t)skip)
		return 0;
	memcpy(&head, answer, sizeof(head));
	if (head.nlmsg_type != SOCK_DIAG_BY_FAMILY)
		return 0;
	return peer_in(answer + skip, (size_t)n - skip);
}

static uint64_t peer_of(struct tracer *t, uint64_t ino)
{
	uint64_t peer;

	for (const struct pair *p = t->pair; p; p = p->next) {
		if (p->a == ino)
			return p->b;
		if (p->b == ino)
			return p->a;
	}
	peer = ask_sock_diag(t, ino);
	if (peer)
		trace_pair(t, ino, peer);
	return peer;
}

static struct fd_entry unix_end(struct tracer *t, uint64_t ino)
{
	uint64_t peer = peer_of(t, ino);
	struct fd_entry e = { .in = FD_NONE, .out = FD_NONE };
	char key[48], name[48];

	snprintf(key, sizeof(key), "unix:from:%" PRIu64, ino);
	snprintf(name, sizeof(name), "socket %" PRIu64, ino);
	e.out = ledger_object(t->ledger, LEDGER_UNIX, key, name, "unix", 0);
	/* if the peer is not known, only bytes that are sent can be followed */
	if (!peer)
		return e;
	snprintf(key, sizeof(key), "unix:from:%" PRIu64, peer);
	snprintf(name, sizeof(name), "socket %" PRIu64, peer);
	e.in = ledger_object(t->ledger, LEDGER_UNIX, key, name, "unix", 0);
	return e;
}

/* --- TCP and UDP ---------------------------------------------------------- */

static bool address(int fd, bool peer, char *text, size_t size)
{
	struct sockaddr_in6 in6 = { 0 };
	struct sockaddr_in in4;
	socklen_t len = sizeof(in6);
	char host[INET6_ADDRSTRLEN] = "";
	int rc = peer ? getpeername(fd, (struct sockaddr *)&in6, &len)
		      : getsockname(fd, (struct sockaddr *)&in6, &len);

	if (rc < 0)
		return false;
	memcpy(&in4, &in6, sizeof(in4));
	if (in4.sin_family == AF_INET)
		inet_ntop(AF_INET, &in4.sin_addr, host, sizeof(host));
	else if (IN6_IS_ADDR_V4MAPPED(&in6.sin6_addr))
		inet_ntop(AF_INET, &in6.sin6_addr.s6_addr[12], host,
			  sizeof(host));
	else
		inet_ntop(AF_INET6, &in6.sin6_addr, host, sizeof(host));
	snprintf(text, size, "%s:%d", host, ntohs(in6.sin6_port));
	return true;
}

static int direction(struct tracer *t, const char *from, const char *to)
{
	char key[160], name[160];

	snprintf(key, sizeof(key), "tcp:%s>%s", from, to);
	snprintf(name, sizeof(name), "%s to %s", from, to);
	return ledger_object(t->ledger, LEDGER_TCP, key, name, "TCP", 0);
}

static struct fd_entry tcp_end(struct tracer *t, int fd)
{
	struct fd_entry e = { .in = FD_NONE, .out = FD_NONE };
	char own[64], peer[64];

	if (!address(fd, false, own, sizeof(own)) ||
	    !address(fd, true, peer, sizeof(peer)))
		return e;
	e.out = direction(t, own, peer);
	e.in = direction(t, peer, own);
	return e;
}

/*
 * A datagram's object is the port that it goes to, whichever socket sends it.
 */
static int to_port(struct tracer *t, unsigned int port)
{
	char key[32], name[32];

	snprintf(key, sizeof(key), "udp:to:%u", port);
	snprintf(name, sizeof(name), "to UDP port %u", port);
	return ledger_object(t->ledger, LEDGER_UDP, key, name, "datagrams", 0);
}

int trace_udp_to(struct tracer *t, const struct task *p, uint64_t addr)
{
	/* an IPv6 address has its port at the same place */
	struct sockaddr_in in;

	if (!addr || trace_peek(p, &in, addr, 8) < 8)
		return FD_NONE;
	return to_port(t, ntohs(in.sin_port));
}

static unsigned int port_of(int fd, bool peer)
{
	struct sockaddr_in6 in6 = { 0 };
	socklen_t len = sizeof(in6);
	int rc = peer ? getpeername(fd, (struct sockaddr *)&in6, &len)
		      : getsockname(fd, (struct sockaddr *)&in6, &len);

	return rc < 0 ? 0 : ntohs(in6.sin6_port);
}

static struct fd_entry udp_end(struct tracer *t, int fd)
{
	struct fd_entry e = { .in = FD_NONE, .out = FD_NONE, .udp = true };

	if (port_of(fd, false))
		e.in = to_port(t, port_of(fd, false));
	if (port_of(fd, true))
		e.out = to_port(t, port_of(fd, true));
	return e;
}

/* --- any socket ----------------------------------------------------------- */

static int option(int fd, int name)
{
	int value = -1;
	socklen_t len = sizeof(value);

	getsockopt(fd, SOL_SOCKET, name, &value, &len);
	return value;
}

int trace_borrow(const struct task *p, int fd)
{
	int pidfd = (int)syscall(SYS_pidfd_open, p->process->pid, 0);
	int copy = pidfd < 0 ? -1 : (int)syscall(SYS_pidfd_getfd, pidfd, fd, 0);

	fd_close(&pidfd);
	return copy;
}

/*
 * Finds a connection by its inode in the kernel's list of connections. This is
 * for containers in which no descriptor can be borrowed.
 */
static bool find_listed(const struct task *p, const char *list, uint64_t ino,
			char *own, char *peer)
{
	char path[48], *line = NULL;
	size_t room = 0;
	uint64_t found = 0;
	FILE *f;

	snprintf(path, sizeof(path), "/proc/%d/net/%s", (int)p->tracee.tid,
		 list);
	f = fopen(path, "re");
	while (f && found != ino && getline(&line, &room, f) > 0)
		if (sscanf(line,
			   "%*d: %47s %47s %*x %*s %*s %*s %*d %*d %" SCNu64,
			   own, peer, &found) != 3)
			found = 0;
	free(line);
	if (f)
		fclose(f);
	return found == ino;
}

static struct fd_entry listed_end(struct tracer *t, const struct task *p,
				  uint64_t ino)
{
	struct fd_entry e = { .in = FD_NONE, .out = FD_NONE };
	char own[48], peer[48];

	if (!find_listed(p, "tcp", ino, own, peer) &&
	    !find_listed(p, "tcp6", ino, own, peer))
		return unix_end(t, ino);
	e.out = direction(t, own, peer);
	e.in = direction(t, peer, own);
	return e;
}

struct fd_entry trace_socket(struct tracer *t, const struct task *p, int fd,
			     uint64_t ino)
{
	struct fd_entry e = { .in = FD_NONE, .out = FD_NONE };
	int copy = trace_borrow(p, fd);
	int domain = copy < 0 ? AF_UNIX : option(copy, SO_DOMAIN);

	if (copy < 0)
		e = listed_end(t, p, ino);
	else if (domain == AF_UNIX)
		e = unix_end(t, ino);
	else if (option(copy, SO_TYPE) == SOCK_DGRAM)
		e = udp_end(t, copy);
	else if (domain == AF_INET || domain == AF_INET6)
		e = tcp_end(t, copy);
	fd_close(&copy);
	return e;
}
