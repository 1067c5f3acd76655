/* A TCP connection over loopback between exactly these two sides. */
#include "transport/tcp_meet.h"

#include <errno.h>
#include <inttypes.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <stdio.h>
#include <string.h>
#include <sys/random.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/fd.h"
#include "base/stop.h"
#include "transport/sock.h"

/*
 * At most so many connections may wait without having sent the token. If one
 * more comes, the oldest is closed.
 */
#define CALLERS_MAX 16

static struct sockaddr_in loopback(unsigned port)
{
	return (struct sockaddr_in){
		.sin_family = AF_INET,
		.sin_port = htons((uint16_t)port),
		.sin_addr.s_addr = htonl(INADDR_LOOPBACK),
	};
}

static int new_socket(struct err *e)
{
	int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);

	return fd < 0 ? err_sys(e, "socket") : fd;
}

/* --- the server's port ---------------------------------------------------- */

static int say_unreachable(struct err *e)
{
	return err_say(
		e, ENOTSUP,
		"cannot reach 127.0.0.1; bring it up with: ip link set lo up");
}

static int bind_any(int fd, struct err *e)
{
	struct sockaddr_in at = loopback(0);

	if (bind(fd, (struct sockaddr *)&at, sizeof(at)) == 0)
		return 0;
	return errno == EADDRNOTAVAIL ? say_unreachable(e)
				      : err_sys(e, "bind to 127.0.0.1");
}

/* Makes a port. A socket accepted there inherits the buffer's size. */
static int open_port(const struct tr_spec *spec, int *fd, struct err *e)
{
	int rc;

	*fd = new_socket(e);
	if (*fd < 0)
		return *fd;
	rc = sock_set_buffer(spec, *fd, SO_SNDBUF, e);
	return rc < 0 ? rc : bind_any(*fd, e);
}

/*
 * Checks that there is a route to 127.0.0.1. Connecting a datagram socket looks
 * for the route and sends nothing.
 */
static int check_way(struct err *e)
{
	int fd = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0), rc = 0;
	struct sockaddr_in at = loopback(9);

	if (fd < 0)
		return err_sys(e, "socket");
	if (connect(fd, (struct sockaddr *)&at, sizeof(at)) < 0)
		rc = say_unreachable(e);
	fd_close(&fd);
	return rc;
}

int tcp_meet_probe(const struct tr_spec *spec, struct err *e)
{
	int fd, rc = open_port(spec, &fd, e);

	if (rc == 0)
		rc = sock_set_buffer(spec, fd, SO_RCVBUF, e);
	if (rc == 0)
		rc = check_way(e);
	fd_close(&fd);
	return rc;
}

static int make_token(struct tr *tr, struct tcp_meet *m)
{
	uint64_t salt[TCP_TOKEN_LEN / 16];

	if (getrandom(salt, sizeof(salt), 0) != sizeof(salt))
		return tr_errno(tr, "getrandom");
	snprintf(m->token, sizeof(m->token), "%016" PRIx64 "%016" PRIx64,
		 salt[0], salt[1]);
	return 0;
}

int tcp_meet_create(struct tr *tr)
{
	struct tcp_meet *m = tr->priv;
	struct sockaddr_in at;
	socklen_t len = sizeof(at);
	int rc = open_port(&tr->spec, &tr->fd[TR_READ_END], tr->err);

	if (rc < 0)
		return rc;
	/* a long queue, so that other processes hardly keep the client out */
	if (listen(tr->fd[TR_READ_END], SOMAXCONN) < 0)
		return tr_errno(tr, "listen");
	if (getsockname(tr->fd[TR_READ_END], (struct sockaddr *)&at, &len) < 0)
		return tr_errno(tr, "getsockname");
	m->port = ntohs(at.sin_port);
	return make_token(tr, m);
}

/* --- telling where and by what token -------------------------------------- */

static void meet_write(const struct tcp_meet *m, char text[CTL_NAME_MAX])
{
	snprintf(text, CTL_NAME_MAX, "%u %s", m->port, m->token);
}

/*
 * Reads a port and a token. Refuses every text that meet_write would not have
 * written, since the client will send the token to that port.
 */
static bool meet_parse(const char *text, struct tcp_meet *m)
{
	char again[CTL_NAME_MAX];

	if (sscanf(text, "%5u %32[0-9a-f]", &m->port, m->token) != 2)
		return false;
	meet_write(m, again);
	return !strcmp(text, again) && strlen(m->token) == TCP_TOKEN_LEN &&
	       m->port > 0 && m->port <= UINT16_MAX;
}

int tcp_meet_offer(struct tr *tr, struct ctl *ctl)
{
	struct tcp_meet *m = tr->priv;
	char text[CTL_NAME_MAX];

	m->patience_ms = ctl->patience_ms;
	meet_write(m, text);
	return ctl_give(ctl, text, -1);
}

/* --- the client ----------------------------------------------------------- */

/* Waits until the connection is made or refused. */
static int wait_connected(struct tr *tr, int fd, int64_t deadline_ns)
{
	struct pollfd p = { .fd = fd, .events = POLLOUT };
	socklen_t len = sizeof(int);
	int code = 0, n;

	do {
		if (stop_requested())
			return -ECANCELED;
		n = poll(&p, 1, clock_ms_until(deadline_ns));
	} while (n < 0 && errno == EINTR);
	if (n == 0)
		return err_say(tr->err, ETIMEDOUT,
			       "the server's port accepts no connection");
	if (n < 0 || getsockopt(fd, SOL_SOCKET, SO_ERROR, &code, &len) < 0)
		return tr_errno(tr, "connect");
	return code ? err_code(tr->err, code,
			       "cannot connect to the server's port")
		    : 0;
}

static int connect_to(struct tr *tr, int fd, const struct tcp_meet *m,
		      int64_t deadline_ns)
{
	struct sockaddr_in at = loopback(m->port);
	int rc = 0;

	if (connect(fd, (struct sockaddr *)&at, sizeof(at)) < 0) {
		if (errno != EINPROGRESS)
			return tr_errno(tr,
					"cannot connect to the server's port");
		rc = wait_connected(tr, fd, deadline_ns);
	}
	if (rc < 0)
		return rc;
	/* a new connection always has room for so few bytes */
	if (send(fd, m->token, TCP_TOKEN_LEN, MSG_NOSIGNAL) != TCP_TOKEN_LEN)
		return tr_errno(tr, "cannot send the token");
	return 0;
}

int tcp_meet_join(struct tr *tr, struct ctl *ctl)
{
	int64_t deadline_ns = clock_ns() + ctl->patience_ms * MS_IN_NS;
	char text[CTL_NAME_MAX];
	struct tcp_meet m;
	int rc, fd;

	tr_close_ends(tr); /* close the inherited port, which is the server's */
	rc = ctl_take(ctl, text, NULL);
	if (rc < 0)
		return rc;
	if (!meet_parse(text, &m))
		return err_say(tr->err, EPROTO,
			       "the server sent '%.100s', which is not a port "
			       "with a token",
			       text);
	fd = tr->fd[TR_READ_END] = new_socket(tr->err);
	if (fd < 0)
		return fd;
	rc = sock_set_buffer(&tr->spec, fd, SO_RCVBUF, tr->err);
	if (rc == 0)
		rc = connect_to(tr, fd, &m, deadline_ns);
	if (rc == 0)
		rc = tr_prepare_end(tr, fd);
	return rc < 0 ? rc : tr_make_buffer(tr);
}

/* --- the server finds its client ------------------------------------------ */

/* A connection that has not sent the whole token yet. */
struct caller {
	char said[TCP_TOKEN_LEN];
	size_t len;
};

struct door {
	const struct tcp_meet *meet;
	int n;
	struct pollfd poll[1 + CALLERS_MAX]; /* the port, then the callers */
	struct caller caller[CALLERS_MAX];
};

static void turn_away(struct door *d, int i)
{
	fd_close(&d->poll[1 + i].fd);
	d->n--;
	memmove(&d->poll[1 + i], &d->poll[2 + i],
		(size_t)(d->n - i) * sizeof(d->poll[0]));
	memmove(&d->caller[i], &d->caller[i + 1],
		(size_t)(d->n - i) * sizeof(d->caller[0]));
}

static int let_in(struct tr *tr, struct door *d)
{
	int fd = accept4(d->poll[0].fd, NULL, NULL,
			 SOCK_NONBLOCK | SOCK_CLOEXEC);

	if (fd < 0 && (errno == EMFILE || errno == ENFILE || errno == ENOMEM ||
		       errno == ENOBUFS))
		return tr_errno(tr, "accept");
	if (fd < 0)
		return 0; /* the other process has closed it */
	/*
	 * the client sends the token as soon as it is connected, so the
	 * connection that has been silent for the longest time is not the
	 * client's
	 */
	if (d->n == CALLERS_MAX)
		turn_away(d, 0);
	d->caller[d->n].len = 0;
	d->n++;
	d->poll[d->n] = (struct pollfd){ .fd = fd, .events = POLLIN };
	return 0;
}

enum answer { SILENT, WRONG, RIGHT };

static enum answer hear(const struct door *d, int fd, struct caller *c)
{
	ssize_t n = recv(fd, c->said + c->len, TCP_TOKEN_LEN - c->len, 0);

	if (n < 0 && (errno == EAGAIN || errno == EINTR))
		return SILENT;
	if (n <= 0)
		return WRONG;
	c->len += (size_t)n;
	if (memcmp(c->said, d->meet->token, c->len))
		return WRONG;
	return c->len < TCP_TOKEN_LEN ? SILENT : RIGHT;
}

/*
 * True once the client has sent the token. The descriptor of the client's
 * connection is then in tr->fd, and no longer in `d`.
 */
static bool hear_all(struct tr *tr, struct door *d)
{
	for (int i = d->n - 1; i >= 0; i--) {
		struct pollfd *p = &d->poll[1 + i];
		enum answer a = SILENT;

		if (p->revents)
			a = hear(d, p->fd, &d->caller[i]);
		if (a == SILENT)
			continue;
		if (a == RIGHT) {
			tr->fd[TR_WRITE_END] = p->fd;
			p->fd = -1;
		}
		turn_away(d, i);
		if (a == RIGHT)
			return true;
	}
	return false;
}

static int wait_client(struct tr *tr, struct door *d)
{
	int64_t deadline_ns = clock_ns() + d->meet->patience_ms * MS_IN_NS;
	int n, rc = 0;

	while (rc == 0) {
		if (stop_requested())
			return -ECANCELED;
		/* this wait must end even if strangers connect for ever */
		if (clock_ns() > deadline_ns)
			return err_say(tr->err, ETIMEDOUT,
				       "no client with the right token came to "
				       "port %u",
				       d->meet->port);
		n = poll(d->poll, (nfds_t)d->n + 1,
			 clock_ms_until(deadline_ns));
		if (n < 0 && errno != EINTR)
			return tr_errno(tr, "poll");
		if (n <= 0)
			continue;
		if (hear_all(tr, d))
			return 0;
		if (d->poll[0].revents)
			rc = let_in(tr, d);
	}
	return rc;
}

int tcp_meet_attach(struct tr *tr)
{
	struct door d = { .meet = tr->priv };
	int one = 1, rc;

	d.poll[0] =
		(struct pollfd){ .fd = tr->fd[TR_READ_END], .events = POLLIN };
	rc = wait_client(tr, &d);
	while (d.n > 0)
		turn_away(&d, d.n - 1);
	fd_close(&tr->fd[TR_READ_END]);
	if (rc < 0)
		return rc;
	one = !tr_spec_value(&tr->spec, "nagle", 0);
	if (setsockopt(tr->fd[TR_WRITE_END], IPPROTO_TCP, TCP_NODELAY, &one,
		       sizeof(one)) < 0)
		return tr_errno(tr, "TCP_NODELAY");
	return tr_prepare_end(tr, tr->fd[TR_WRITE_END]);
}
