/*
 * Cases that conform does not try: strangers at a TCP port, and System V queues
 * that are full, removed, left behind or not ours.
 */
#include <errno.h>
#include <netinet/in.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/msg.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/time.h>
#include <unistd.h>

#include "base/fd.h"
#include "base/stop.h"
#include "base/sysv.h"
#include "tap.h"
#include "transport/transport.h"

#define PATIENCE_MS 5000

/* Both ends of a channel in this process, with the members that tests need. */
struct both {
	struct err err;
	struct lease lease;
	struct tr server, client;
	int ctl_fd[2];
	struct ctl ctl[2];
};

static int both_begin(struct both *b, const char *text)
{
	struct tr_spec spec;
	int rc;

	memset(b, 0, sizeof(*b));
	b->lease = (struct lease)LEASE_INIT;
	rc = tr_spec_parse(text, &spec, &b->err);
	if (rc == 0)
		rc = tr_probe(&spec, &b->err);
	if (rc == 0)
		rc = tr_init(&b->server, &spec, &b->lease, &b->err);
	if (rc == 0)
		rc = tr_init(&b->client, &spec, &b->lease, &b->err);
	if (rc == 0)
		rc = ctl_pair(b->ctl_fd, &b->err);
	for (int i = 0; i < 2; i++)
		b->ctl[i] = (struct ctl){ .fd = b->ctl_fd[i],
					  .err = &b->err,
					  .patience_ms = PATIENCE_MS,
					  .peer = "the other" };
	if (rc == 0)
		rc = b->server.ops->create(&b->server);
	return rc < 0 ? rc : b->server.ops->offer(&b->server, &b->ctl[0]);
}

static void both_end(struct both *b)
{
	tr_close(&b->server);
	tr_close(&b->client);
	fd_close(&b->ctl_fd[0]);
	fd_close(&b->ctl_fd[1]);
	lease_end(&b->lease);
	stop_signal = 0;
}

static bool send_text(struct both *b, const char *text)
{
	size_t len = strlen(text);
	void *buf;

	if (b->server.ops->lend(&b->server, &buf) < 0)
		return false;
	memcpy(buf, text, len);
	return b->server.ops->send(&b->server, len) == 0;
}

static bool receives_text(struct both *b, const char *text)
{
	const void *buf;
	ssize_t n = b->client.ops->receive(&b->client, &buf);

	return n == (ssize_t)strlen(text) && !memcmp(buf, text, (size_t)n) &&
	       b->client.ops->give_back(&b->client) == 0;
}

/* --- TCP ------------------------------------------------------------------ */

static unsigned port_of(const struct tr *tr)
{
	struct sockaddr_in at = { 0 };
	socklen_t len = sizeof(at);

	getsockname(tr->fd[TR_READ_END], (struct sockaddr *)&at, &len);
	return ntohs(at.sin_port);
}

/*
 * A stranger connects before the client does and sends `words`. Returns its
 * socket.
 */
static int stranger(unsigned port, const char *words)
{
	struct sockaddr_in at = { .sin_family = AF_INET,
				  .sin_port = htons((uint16_t)port),
				  .sin_addr.s_addr = htonl(INADDR_LOOPBACK) };
	int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);

	if (connect(fd, (struct sockaddr *)&at, sizeof(at)) < 0 ||
	    send(fd, words, strlen(words), MSG_NOSIGNAL) < 0)
		fd_close(&fd);
	return fd;
}

static bool was_turned_away(int fd)
{
	char c;
	ssize_t n = recv(fd, &c, 1, 0);

	return n == 0 || (n < 0 && errno == ECONNRESET);
}

static bool is_loopback_only(const struct tr *tr)
{
	struct sockaddr_in at = { 0 };
	socklen_t len = sizeof(at);

	return getsockname(tr->fd[TR_READ_END], (struct sockaddr *)&at, &len) ==
		       0 &&
	       at.sin_addr.s_addr == htonl(INADDR_LOOPBACK);
}

static void strangers_come_first(const char *name)
{
	static const char *const words[] = {
		"",
		"x",
		"0123456789abcdef",
		"0123456789abcdef0123456789abcdef",
		"GET / HTTP/1.0\r\n\r\n and more than any token has",
	};
	enum { WORDS = sizeof(words) / sizeof(words[0]), N = 40 };
	int fd[N], there = 0, away = 0;
	struct both b;

	if (both_begin(&b, name) < 0) {
		skip("%s: %s", name, b.err.text);
		both_end(&b);
		return;
	}
	ok(is_loopback_only(&b.server), "%s: listens on loopback only", name);
	for (int i = 0; i < N; i++) {
		fd[i] = stranger(port_of(&b.server), words[i % WORDS]);
		there += fd[i] >= 0;
	}
	ok(there == N, "%s: strangers connect before the client", name);
	if (!ok(b.client.ops->join(&b.client, &b.ctl[1]) == 0 &&
			b.server.ops->attach(&b.server) == 0,
		"%s: the client is accepted after the strangers", name))
		diag("%s", b.err.text);
	for (int i = 0; i < N; i++) {
		away += was_turned_away(fd[i]);
		fd_close(&fd[i]);
	}
	ok(away == N, "%s: strangers are refused, even silent ones", name);
	ok(send_text(&b, "for the client") &&
		   receives_text(&b, "for the client"),
	   "%s: the client receives what is sent", name);
	both_end(&b);
}

static void nobody_comes(const char *name)
{
	struct both b;
	int fd;

	if (both_begin(&b, name) < 0) {
		skip("%s: %s", name, b.err.text);
		both_end(&b);
		return;
	}
	fd = stranger(port_of(&b.server), "");
	/*
	 * offer notes how long attach waits for the client; wait only shortly
	 */
	b.ctl[0].patience_ms = 50;
	b.server.ops->offer(&b.server, &b.ctl[0]);
	ok(b.server.ops->attach(&b.server) == -ETIMEDOUT,
	   "%s: the server waits for the client no longer than it should",
	   name);
	fd_close(&fd);
	both_end(&b);
}

/* --- System V queue ------------------------------------------------------- */

static void on_alarm(int sig)
{
	stop_signal = sig;
}

/*
 * Asks this process to stop again and again, so that every blocked call
 * returns.
 */
static void alarm_every_ms(int ms)
{
	struct itimerval every = { .it_interval.tv_usec = ms * 1000,
				   .it_value.tv_usec = ms * 1000 };
	struct sigaction sa;

	memset(&sa, 0, sizeof(sa));
	sa.sa_handler = on_alarm;
	sigaction(SIGALRM, &sa, NULL);
	setitimer(ITIMER_REAL, &every, NULL);
}

static void full_queue(const char *wait)
{
	char text[100];
	struct both b;
	int rc;

	snprintf(text, sizeof(text),
		 "sysvmq:size=8,capacity=16,spin=10,wait=%s", wait);
	if (both_begin(&b, text) < 0) {
		skip("%s: %s", text, b.err.text);
		both_end(&b);
		return;
	}
	b.client.ops->join(&b.client, &b.ctl[1]);
	b.server.ops->attach(&b.server);
	ok(send_text(&b, "message1") && send_text(&b, "message2"),
	   "sysvmq, wait=%s: two messages fill the queue", wait);
	alarm_every_ms(10);
	rc = b.server.ops->send(&b.server, 8);
	alarm_every_ms(0);
	ok(rc == -ECANCELED && !b.err.code,
	   "sysvmq, wait=%s: the third waits until it is asked to stop", wait);
	stop_signal = 0;
	ok(receives_text(&b, "message1") && send_text(&b, "message3") &&
		   receives_text(&b, "message2") &&
		   receives_text(&b, "message3"),
	   "sysvmq, wait=%s: no message is lost or doubled", wait);
	ok(b.server.ops->send(&b.server, 0) == 0 && receives_text(&b, ""),
	   "sysvmq, wait=%s: the end arrives", wait);
	both_end(&b);
}

/*
 * Reads the key that is on its way through the control socket, and sends it on.
 */
static void take_key(struct both *b, char key[CTL_NAME_MAX])
{
	ctl_take(&b->ctl[1], key, NULL);
	ctl_give(&b->ctl[0], key, -1);
}

static bool is_there(const char *key)
{
	return msgget((key_t)strtoul(key, NULL, 16), 0) >= 0;
}

static void removed_queue(void)
{
	char key[CTL_NAME_MAX];
	struct both b;
	const void *buf;

	if (both_begin(&b, "sysvmq") < 0) {
		skip("sysvmq: %s", b.err.text);
		both_end(&b);
		return;
	}
	take_key(&b, key);
	b.client.ops->join(&b.client, &b.ctl[1]);
	b.server.ops->attach(&b.server);
	sysv_remove(SYSV_MSG, key);
	ok(b.client.ops->receive(&b.client, &buf) == -EPIPE,
	   "sysvmq: a queue that is removed while in use is an error");
	both_end(&b);
}

static void queue_in_lease(void)
{
	struct lease mine = LEASE_INIT;
	char key[CTL_NAME_MAX];
	struct both b;

	if (both_begin(&b, "sysvmq") < 0) {
		skip("sysvmq: %s", b.err.text);
		both_end(&b);
		return;
	}
	take_key(&b, key);
	ok(is_there(key), "sysvmq: the queue exists as long as the lease");
	/* as if all processes of the run had been killed */
	mine = b.lease;
	lease_leave(&b.lease);
	lease_sweep();
	ok(!is_there(key), "sysvmq: the next start removes a dead run's queue");
	ok(access(mine.path, F_OK) < 0,
	   "sysvmq: the next start removes a dead run's lease");
	both_end(&b);
}

static void foreign_keys(void)
{
	static const char *const keys[] = { "",         "0",        "69",
					    "12345678", "69ABCDEF", "69abcdefg",
					    "-9abcdef", "00000000" };
	int id = msgget(0x12345678, IPC_CREAT | IPC_EXCL | 0600);
	size_t refused = 0, n = sizeof(keys) / sizeof(keys[0]);

	for (size_t i = 0; i < n; i++) {
		struct err e = { 0 };

		refused += sysv_find(SYSV_MSG, keys[i], &e) == -EPROTO;
		sysv_remove(SYSV_MSG, keys[i]);
	}
	ok(refused == n, "sysvmq: keys that ipcopy does not make are refused");
	if (id < 0)
		skip("a queue of another program: the key is in use");
	else
		ok(msgctl(id, IPC_RMID, NULL) == 0,
		   "sysvmq: another program's queue is left alone");
}

int main(void)
{
	char dir[] = "/tmp/ipcopy-sockets-XXXXXX", ours[64];

	if (!mkdtemp(dir))
		return 99;
	setenv("XDG_RUNTIME_DIR", dir, 1);
	signal(SIGPIPE, SIG_IGN);
	strangers_come_first("tcp");
	strangers_come_first("tcp-zerocopy");
	nobody_comes("tcp");
	full_queue("block");
	full_queue("spin");
	full_queue("spin-then-block");
	removed_queue();
	queue_in_lease();
	foreign_keys();
	snprintf(ours, sizeof(ours), "%s/ipcopy", dir);
	ok(rmdir(ours) == 0 && rmdir(dir) == 0, "nothing is left behind");
	return done_testing();
}
