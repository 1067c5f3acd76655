/* Ways through pipes, sockets and calls between two descriptors. */
#include <fcntl.h>
#include <netinet/in.h>
#include <stddef.h>
#include <string.h>
#include <sys/sendfile.h>
#include <sys/socket.h>
#include <sys/uio.h>
#include <sys/un.h>
#include <unistd.h>

#include "count_ways.h"

#define PIECE 4096

static int end[2];

/* Reads the input piece by piece and sends each piece. */
static int each_piece(int (*send_piece)(char *buf))
{
	char *buf = way_buffer();
	int in = way_in();

	for (int i = 0; i < WAY_BYTES / PIECE; i++) {
		way_read(in, buf, PIECE);
		if (send_piece(buf) != 0)
			return 2;
	}
	return 0;
}

static int receive_all(ssize_t (*receive)(char *buf))
{
	char *buf = way_buffer();
	int out = way_out();
	ssize_t n;

	for (size_t got = 0; got < WAY_BYTES; got += (size_t)n) {
		n = receive(buf);
		if (n <= 0)
			return 2;
		way_write(out, buf, (size_t)n);
	}
	return 0;
}

/* --- messages ------------------------------------------------------------- */

static ssize_t by_recvmsg(char *buf)
{
	struct iovec iov[2] = { { buf, 100 }, { buf + 100, PIECE - 100 } };
	struct msghdr h = { .msg_iov = iov, .msg_iovlen = 2 };

	return recvmsg(end[1], &h, 0);
}

static int by_sendmsg(char *buf)
{
	struct iovec iov[2] = { { buf, 7 }, { buf + 7, PIECE - 7 } };
	struct msghdr h = { .msg_iov = iov, .msg_iovlen = 2 };

	return sendmsg(end[0], &h, 0) != PIECE;
}

static int receive_messages(void)
{
	close(end[0]);
	return receive_all(by_recvmsg);
}

static int messages(void)
{
	pid_t pid;
	int rc;

	if (socketpair(AF_UNIX, SOCK_STREAM, 0, end) < 0)
		return 2;
	pid = way_fork(receive_messages);
	close(end[1]);
	rc = each_piece(by_sendmsg);
	return way_join(pid) + rc;
}

static ssize_t by_peeking(char *buf)
{
	if (recv(end[1], buf, PIECE, MSG_PEEK) <= 0)
		return -1;
	return recv(end[1], buf, PIECE, 0);
}

static int receive_peeking(void)
{
	close(end[0]);
	return receive_all(by_peeking);
}

static int by_send(char *buf)
{
	return send(end[0], buf, PIECE, 0) != PIECE;
}

static int peeked_at(void)
{
	pid_t pid;
	int rc;

	if (socketpair(AF_UNIX, SOCK_SEQPACKET, 0, end) < 0)
		return 2;
	pid = way_fork(receive_peeking);
	close(end[1]);
	rc = each_piece(by_send);
	return way_join(pid) + rc;
}

static ssize_t by_recvmmsg(char *buf)
{
	struct iovec iov[2] = { { buf, PIECE }, { buf + PIECE, PIECE } };
	struct mmsghdr h[2] = {
		{ .msg_hdr = { .msg_iov = &iov[0], .msg_iovlen = 1 } },
		{ .msg_hdr = { .msg_iov = &iov[1], .msg_iovlen = 1 } }
	};

	return recvmmsg(end[1], h, 2, 0, NULL) == 2 ? (ssize_t)2 * PIECE : -1;
}

static int by_sendmmsg(char *buf)
{
	struct iovec iov = { buf, PIECE };
	struct mmsghdr h = { .msg_hdr = { .msg_iov = &iov, .msg_iovlen = 1 } };

	return sendmmsg(end[0], &h, 1, 0) != 1;
}

static int receive_many(void)
{
	close(end[0]);
	return receive_all(by_recvmmsg);
}

static int many_messages(void)
{
	pid_t pid;
	int rc;

	if (socketpair(AF_UNIX, SOCK_SEQPACKET, 0, end) < 0)
		return 2;
	pid = way_fork(receive_many);
	close(end[1]);
	rc = each_piece(by_sendmmsg);
	return way_join(pid) + rc;
}

/* --- unix sockets with a name, TCP and UDP -------------------------------- */

static int listener;

static int receive_accepted(void)
{
	end[1] = accept(listener, NULL, NULL);
	return end[1] < 0 ? 2 : receive_all(by_recvmsg);
}

static int connect_and_send(int domain, struct sockaddr *addr, socklen_t len)
{
	pid_t pid;
	int rc;

	listener = socket(domain, SOCK_STREAM, 0);
	if (listener < 0 || bind(listener, addr, len) < 0 ||
	    listen(listener, 1) < 0 || getsockname(listener, addr, &len) < 0)
		return WAY_CANNOT;
	pid = way_fork(receive_accepted);
	end[0] = socket(domain, SOCK_STREAM, 0);
	if (connect(end[0], addr, len) < 0)
		return 2;
	rc = each_piece(by_sendmsg);
	close(end[0]);
	return way_join(pid) + rc;
}

static int named_socket(void)
{
	struct sockaddr_un addr = { .sun_family = AF_UNIX,
				    .sun_path = "socket" };
	int rc = connect_and_send(AF_UNIX, (struct sockaddr *)&addr,
				  sizeof(addr));

	unlink("socket");
	return rc;
}

static int over_tcp(void)
{
	struct sockaddr_in addr = {
		.sin_family = AF_INET,
		.sin_addr.s_addr = htonl(INADDR_LOOPBACK),
	};

	return connect_and_send(AF_INET, (struct sockaddr *)&addr,
				sizeof(addr));
}

/* Waits for an answer to each datagram, so that none is lost. */
static int over_udp(void)
{
	struct sockaddr_in addr = {
		.sin_family = AF_INET,
		.sin_addr.s_addr = htonl(INADDR_LOOPBACK),
	};
	socklen_t len = sizeof(addr);
	char *buf = way_buffer(), *other = way_buffer();
	int in = way_in(), out = way_out();
	int to = socket(AF_INET, SOCK_DGRAM, 0);
	int from = socket(AF_INET, SOCK_DGRAM, 0);

	if (bind(to, (struct sockaddr *)&addr, len) < 0 ||
	    getsockname(to, (struct sockaddr *)&addr, &len) < 0)
		return WAY_CANNOT;
	for (int i = 0; i < WAY_BYTES / PIECE; i++) {
		way_read(in, buf, PIECE);
		if (sendto(from, buf, PIECE, 0, (struct sockaddr *)&addr,
			   len) != PIECE ||
		    recvfrom(to, other, PIECE, 0, NULL, NULL) != PIECE)
			return 2;
		way_write(out, other, PIECE);
	}
	return 0;
}

/* --- descriptors that change ---------------------------------------------- */

static int passed_out;

static int take_and_write(void)
{
	union {
		char space[CMSG_SPACE(sizeof(int))];
		struct cmsghdr align;
	} control;
	char byte, *buf = way_buffer();
	struct iovec iov = { &byte, 1 };
	struct msghdr h = { .msg_iov = &iov,
			    .msg_iovlen = 1,
			    .msg_control = &control,
			    .msg_controllen = sizeof(control) };

	close(passed_out);
	if (recvmsg(end[1], &h, 0) != 1)
		return 2;
	memcpy(&passed_out, CMSG_DATA(CMSG_FIRSTHDR(&h)), sizeof(int));
	way_read(way_in(), buf, WAY_BYTES);
	way_write(passed_out, buf, WAY_BYTES);
	return 0;
}

static int passed(void)
{
	union {
		char space[CMSG_SPACE(sizeof(int))];
		struct cmsghdr align;
	} control = { .space = { 0 } };
	char byte = 0;
	struct iovec iov = { &byte, 1 };
	struct msghdr h = { .msg_iov = &iov,
			    .msg_iovlen = 1,
			    .msg_control = &control,
			    .msg_controllen = sizeof(control) };
	struct cmsghdr *cm = CMSG_FIRSTHDR(&h);
	pid_t pid;

	if (socketpair(AF_UNIX, SOCK_STREAM, 0, end) < 0)
		return 2;
	passed_out = way_out();
	pid = way_fork(take_and_write);
	cm->cmsg_level = SOL_SOCKET;
	cm->cmsg_type = SCM_RIGHTS;
	cm->cmsg_len = CMSG_LEN(sizeof(int));
	memcpy(CMSG_DATA(cm), &passed_out, sizeof(int));
	if (sendmsg(end[0], &h, 0) != 1)
		return 2;
	return way_join(pid);
}

/*
 * A descriptor that stands for another file after dup2, or after close and
 * open.
 */
static int other_files(void)
{
	char *buf = way_buffer();
	int fd = open("/dev/zero", O_RDONLY), in, out;

	way_read(fd, buf, PIECE);
	in = way_in();
	dup2(in, fd);
	way_read(fd, buf, WAY_BYTES);
	close(fd);
	fd = open("/dev/null", O_WRONLY);
	way_write(fd, buf, PIECE);
	close(fd);
	out = way_out();
	if (out != fd)
		return 2;
	way_write(out, buf, WAY_BYTES);
	return 0;
}

/* --- within the kernel ---------------------------------------------------- */

static int by_sendfile(void)
{
	return sendfile(way_out(), way_in(), NULL, WAY_BYTES) == WAY_BYTES
		       ? 0
		       : WAY_CANNOT;
}

static int by_tee(void)
{
	int in = way_in(), out = way_out(), null, a[2], b[2];

	null = open("/dev/null", O_WRONLY);
	if (pipe(a) < 0 || pipe(b) < 0)
		return 2;
	for (ssize_t done = 0, n; done < WAY_BYTES; done += n) {
		n = splice(in, NULL, a[1], NULL, PIECE, 0);
		if (n <= 0 || tee(a[0], b[1], (size_t)n, 0) != n ||
		    splice(b[0], NULL, out, NULL, (size_t)n, 0) != n ||
		    splice(a[0], NULL, null, NULL, (size_t)n, 0) != n)
			return WAY_CANNOT;
	}
	return 0;
}

static int into_memory_by_vmsplice(void)
{
	int in = way_in(), out = way_out(), p[2];
	char *buf = way_buffer();
	struct iovec iov = { buf, PIECE };

	if (pipe(p) < 0)
		return 2;
	for (ssize_t done = 0, n; done < WAY_BYTES; done += n) {
		n = splice(in, NULL, p[1], NULL, PIECE, 0);
		if (n <= 0 || vmsplice(p[0], &iov, 1, 0) != n)
			return WAY_CANNOT;
		way_write(out, buf, (size_t)n);
	}
	return 0;
}

const struct count_way ways_sockets[] = {
	{ .name = "sendmsg and recvmsg", messages, 4, 0 },
	{ .name = "sendmmsg and recvmmsg", many_messages, 4, 0 },
	{ .name = "a message that is looked at first", peeked_at, 4, 0 },
	{ .name = "a unix socket with a name", named_socket, 4, 0 },
	{ .name = "TCP", over_tcp, 4, 0 },
	{ .name = "UDP, not connected", over_udp, 4, 0 },
	{ .name = "a passed descriptor", passed, 2, 0 },
	{ .name = "descriptors that become other files", other_files, 2, 0 },
	{ .name = "sendfile from file to file", by_sendfile, 1, 0 },
	{ .name = "tee", by_tee, 1, 0 },
	{ .name = "vmsplice out of a pipe", into_memory_by_vmsplice, 2, 0 },
	{ .name = NULL },
};
