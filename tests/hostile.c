/*
 * A hostile process of the same user is the other side of the real copy_serve()
 * and copy_fetch(). Whatever it does, the honest side must end in time, give a
 * reason and leave nothing behind. The destination must be exact or unchanged.
 */
#include "hostile.h"

#include <errno.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/stop.h"
#include "leftovers.h"
#include "peer.h"
#include "scratch.h"
#include "tap.h"

const char *hostile_name(void)
{
	static char name[16];
	static int n;

	snprintf(name, sizeof(name), "case%d", n++);
	return name;
}

int hostile_connect(const char *name)
{
	struct err e = { 0 };
	int sock = meet_connect(name, 3000, &e);

	if (sock < 0)
		diag("cannot connect to the server: %s", e.text);
	return sock;
}

int hostile_accept(struct honest *h, struct meet *meet)
{
	const char *name = hostile_name();
	struct err e = { 0 };
	int sock = -1;

	honest_files();
	if (meet_open(meet, name, &e) == 0) {
		honest_fetch(h, name);
		sock = meet_accept(meet, 3000, &e);
	}
	if (sock < 0) {
		printf("Bail out! %s\n", e.text);
		exit(1);
	}
	return sock;
}

pid_t hostile_flood(int sock, uint64_t growth)
{
	pid_t pid = honest_fork();

	if (pid)
		return pid;
	for (uint64_t done = 0;; done += growth) {
		int rc = peer_say(sock, CTL_ALIVE, &done, sizeof(done), -1);

		if (rc < 0 && rc != -EAGAIN)
			_exit(0);
	}
}

int hostile_take_fd(int sock)
{
	struct pollfd p = { .fd = sock, .events = POLLIN };
	union {
		char space[CMSG_SPACE(sizeof(int))];
		struct cmsghdr align;
	} control;
	char body[PEER_BODY_MAX];
	struct iovec iov = { .iov_base = body, .iov_len = sizeof(body) };
	struct msghdr h = { .msg_iov = &iov,
			    .msg_iovlen = 1,
			    .msg_control = control.space,
			    .msg_controllen = sizeof(control.space) };
	int fd = -1;

	if (poll(&p, 1, 1000) == 1 &&
	    recvmsg(sock, &h, MSG_CMSG_CLOEXEC | MSG_DONTWAIT) >= 0 &&
	    CMSG_FIRSTHDR(&h))
		memcpy(&fd, CMSG_DATA(CMSG_FIRSTHDR(&h)), sizeof(fd));
	return fd;
}

bool hostile_said(const struct verdict *v, const char *words)
{
	if (strstr(v->err.text, words) || strstr(v->stranger.text, words))
		return true;
	diag("it said: %s%s", v->err.text, v->stranger.text);
	return false;
}

void hostile_note(const struct verdict *v)
{
	diag("it ended with: %s", v->rc < 0 ? v->err.text : "success");
}

int main(void)
{
	const char *why;
	char *before;

	scratch_begin();
	why = scratch_isolate();
	if (why)
		diag("%s", why);
	honest_files();
	/* makes the runtime directory, which stays */
	lease_sweep();
	before = leftovers_names();
	hostile_clients();
	hostile_servers();
	hostile_offers();
	hostile_regions();
	hostile_rings();
	hostile_couriers();
	honest_files();
	ok(leftovers_none_since(before), "no name is left behind");
	free(before);
	return done_testing();
}
