/* Ways of copying through pipes, sockets and a terminal. */
#include <arpa/inet.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/sendfile.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <termios.h>
#include <unistd.h>

#include "ways.h"

static char buffer[BLOCK];

/* The child reads from one end up to end-of-file and writes the file. */
static void pass(int in, int to, int from, int out)
{
	if (child()) {
		close(to);
		pump(from, out);
		exit(0);
	}
	close(from);
	pump(in, to);
	close(to);
	wait_for_child();
}

static void through_pipe(int in, int out)
{
	int fd[2];

	must(pipe(fd), "pipe");
	pass(in, fd[1], fd[0], out);
}

static void through_socketpair(int in, int out)
{
	int fd[2];

	must(socketpair(AF_UNIX, SOCK_STREAM, 0, fd), "socketpair");
	pass(in, fd[0], fd[1], out);
}

static void through_seqpacket(int in, int out)
{
	int fd[2];

	must(socketpair(AF_UNIX, SOCK_SEQPACKET, 0, fd), "socketpair");
	pass(in, fd[0], fd[1], out);
}

/* A datagram without bytes is the end. */
static void through_dgram(int in, int out)
{
	int fd[2];

	must(socketpair(AF_UNIX, SOCK_DGRAM, 0, fd), "socketpair");
	if (child()) {
		pump(fd[1], out);
		exit(0);
	}
	pump(in, fd[0]);
	must(send(fd[0], "", 0, 0), "send");
	wait_for_child();
}

static void to_itself(int in, int out)
{
	int fd[2];
	ssize_t n;

	must(pipe(fd), "pipe");
	while ((n = must(read(in, buffer, BLOCK / 2), "read")) > 0) {
		write_all(fd[1], buffer, n);
		read_all(fd[0], buffer, n);
		write_all(out, buffer, n);
	}
}

static void through_two_pipes(int in, int out)
{
	int first[2], second[2];

	must(pipe(first), "pipe");
	must(pipe(second), "pipe");
	if (child()) {
		close(first[1]);
		pump(first[0], second[1]);
		exit(0);
	}
	close(first[0]);
	close(second[1]);
	pass(in, first[1], second[0], out);
	wait_for_child();
}

/* Makes a listening socket. Its address is in *at. */
static int listener(struct sockaddr *at, socklen_t len)
{
	int s = must(socket(at->sa_family, SOCK_STREAM, 0), "socket");

	must(bind(s, at, len), "bind");
	must(listen(s, 1), "listen");
	must(getsockname(s, at, &len), "getsockname");
	return s;
}

/*
 * The server accepts as soon as it can, so the client may send before or after.
 */
static void client_and_server(struct sockaddr *at, socklen_t len, int in,
			      int out)
{
	int s = listener(at, len), c;

	if (child()) {
		pump(must(accept(s, NULL, NULL), "accept"), out);
		exit(0);
	}
	c = must(socket(at->sa_family, SOCK_STREAM, 0), "socket");
	must(connect(c, at, len), "connect");
	pump(in, c);
	close(c);
	wait_for_child();
}

static void through_named_unix(int in, int out)
{
	struct sockaddr_un un = { .sun_family = AF_UNIX };

	/* an abstract name, which is no file: its first byte is zero */
	snprintf(un.sun_path + 1, sizeof(un.sun_path) - 1, "ways-%d", getpid());
	client_and_server((struct sockaddr *)&un, sizeof(un), in, out);
}

/* The client sends its first block before the server calls accept(2). */
static void unix_sent_first(int in, int out)
{
	struct sockaddr_un un = { .sun_family = AF_UNIX };
	int s, c, accepted, go[2];

	snprintf(un.sun_path + 1, sizeof(un.sun_path) - 1, "ways-%d", getpid());
	s = listener((struct sockaddr *)&un, sizeof(un));
	must(pipe(go), "pipe");
	if (child()) {
		read_all(go[0], buffer, 1);
		accepted = must(accept(s, NULL, NULL), "accept");
		pump(accepted, out);
		exit(0);
	}
	c = must(socket(AF_UNIX, SOCK_STREAM, 0), "socket");
	must(connect(c, (struct sockaddr *)&un, sizeof(un)), "connect");
	write_all(c, buffer, read_all(in, buffer, BLOCK));
	write_all(go[1], "g", 1);
	pump(in, c);
	close(c);
	wait_for_child();
}

static struct sockaddr_in loopback(void)
{
	struct sockaddr_in at = { .sin_family = AF_INET };

	at.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
	return at;
}

static void through_tcp(int in, int out)
{
	struct sockaddr_in at = loopback();

	client_and_server((struct sockaddr *)&at, sizeof(at), in, out);
}

static void sendfile_to_tcp(int in, int out)
{
	struct sockaddr_in at = loopback();
	int s = listener((struct sockaddr *)&at, sizeof(at)), c;

	if (child()) {
		pump(must(accept(s, NULL, NULL), "accept"), out);
		exit(0);
	}
	c = must(socket(AF_INET, SOCK_STREAM, 0), "socket");
	must(connect(c, (struct sockaddr *)&at, sizeof(at)), "connect");
	while (must(sendfile(c, in, NULL, 1 << 20), "sendfile") > 0)
		;
	close(c);
	wait_for_child();
}

/* The receiver opens no file: a message brings it the sender's descriptor. */
static void passed_descriptor(int in, int out)
{
	char control[CMSG_SPACE(sizeof(int))] = { 0 }, byte = 0;
	struct iovec v = { &byte, 1 };
	struct msghdr m = { .msg_iov = &v, .msg_iovlen = 1 };
	struct cmsghdr *c;
	int fd[2];

	m.msg_control = control;
	m.msg_controllen = sizeof(control);
	c = CMSG_FIRSTHDR(&m);
	must(socketpair(AF_UNIX, SOCK_STREAM, 0, fd), "socketpair");
	if (child()) {
		must(recvmsg(fd[1], &m, 0), "recvmsg");
		pump(*(int *)CMSG_DATA(c), out);
		exit(0);
	}
	c->cmsg_level = SOL_SOCKET;
	c->cmsg_type = SCM_RIGHTS;
	c->cmsg_len = CMSG_LEN(sizeof(int));
	memcpy(CMSG_DATA(c), &in, sizeof(int));
	must(sendmsg(fd[0], &m, 0), "sendmsg");
	wait_for_child();
}

static void through_pty(int in, int out)
{
	int master = must(posix_openpt(O_RDWR | O_NOCTTY), "posix_openpt"), fd;
	size_t len = length_of(in);
	struct termios raw;
	ssize_t n;

	grantpt(master);
	unlockpt(master);
	fd = must(open(ptsname(master), O_RDWR | O_NOCTTY), "pty");
	tcgetattr(fd, &raw);
	cfmakeraw(&raw);
	tcsetattr(fd, TCSANOW, &raw);
	if (child()) {
		while (len > 0) {
			n = must(read(fd, buffer, 4096), "read");
			write_all(out, buffer, n);
			len -= n;
		}
		exit(0);
	}
	pump(in, master);
	wait_for_child();
}

const struct way sockets[] = {
	{ "pipe", through_pipe },
	{ "socketpair", through_socketpair },
	{ "seqpacket", through_seqpacket },
	{ "dgram", through_dgram },
	{ "pipe-to-itself", to_itself },
	{ "two-pipes", through_two_pipes },
	{ "unix", through_named_unix },
	{ "unix-sent-first", unix_sent_first },
	{ "tcp", through_tcp },
	{ "sendfile-tcp", sendfile_to_tcp },
	{ "passed-descriptor", passed_descriptor },
	{ "pty", through_pty },
	{ NULL, NULL },
};
