/* Hostile clients against copy_serve(). */
#include <fcntl.h>
#include <netinet/in.h>
#include <poll.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/fd.h"
#include "copy/messages.h"
#include "hostile.h"
#include "peer.h"
#include "tap.h"

/* --- nonsense: turned away; the next client is served --------------------- */

static void say_rubbish(int sock)
{
	struct peer_message m;

	memset(&m, 0x5a, sizeof(m));
	m.sent_bytes = 64;
	m.fds = 0;
	peer_send(sock, &m);
}

static void say_half_a_header(int sock)
{
	struct peer_message m;

	peer_message(&m, SESSION_HELLO, NULL, 0);
	m.sent_bytes = PEER_HEAD / 2;
	peer_send(sock, &m);
}

static void say_a_giant(int sock)
{
	struct peer_message m = { .magic = 0 };

	peer_message(&m, SESSION_HELLO, NULL, 0);
	m.len = PEER_BODY_MAX;
	m.sent_bytes += PEER_BODY_MAX;
	peer_send(sock, &m);
}

static void say_version_77(int sock)
{
	struct peer_message m;

	peer_message(&m, SESSION_HELLO, NULL, 0);
	m.version = 77;
	peer_send(sock, &m);
}

static void claim_4_gigabytes(int sock)
{
	struct peer_message m;

	peer_message(&m, SESSION_HELLO, NULL, 0);
	m.len = UINT32_MAX;
	peer_send(sock, &m);
}

static void say_joined_first(int sock)
{
	struct offer_joined joined = { .cpu = -1 };

	peer_say(sock, SESSION_JOINED, &joined, sizeof(joined), -1);
}

static void say_hello_with_a_body(int sock)
{
	peer_say(sock, SESSION_HELLO, "x", 1, -1);
}

static void say_hello_twice(int sock)
{
	peer_say(sock, SESSION_HELLO, NULL, 0, -1);
	peer_say(sock, SESSION_HELLO, NULL, 0, -1);
}

/* Sends HELLO with `n` descriptors. True if the server closes all of them. */
static bool bring_descriptors(int sock, int n)
{
	struct peer_message m;
	struct pollfd p[PEER_FDS_MAX];
	bool closed = true;
	int fd[2];

	peer_message(&m, SESSION_HELLO, NULL, 0);
	for (int i = 0; i < n; i++) {
		if (pipe2(fd, O_CLOEXEC) < 0)
			return false;
		p[i] = (struct pollfd){ .fd = fd[0] };
		m.fd[m.fds++] = fd[1];
	}
	peer_send(sock, &m);
	for (int i = 0; i < n; i++)
		fd_close(&m.fd[i]);
	for (int i = 0; i < n; i++) {
		/* POLLHUP: no process has the other end any more */
		closed &= poll(&p[i], 1, 300) == 1 && p[i].revents & POLLHUP;
		fd_close(&p[i].fd);
	}
	return closed;
}

static void bring_5(int sock)
{
	/* HELLO itself is valid, so the server goes on and waits for JOINED */
	ok(bring_descriptors(sock, 5), "5 descriptors nobody asked for are "
				       "closed by a server that goes on");
	say_rubbish(sock);
}

static void bring_12(int sock)
{
	ok(bring_descriptors(sock, 12), "12 descriptors nobody asked for are "
					"closed");
}

/* Sends an error. Its text reaches the user's terminal. */
static void say_error(int sock)
{
	struct {
		int32_t code;
		char text[300];
	} e = { .code = -5 };

	memset(e.text, '\033', sizeof(e.text));
	memcpy(e.text, "\r\n\a[2J", 6);
	peer_say(sock, CTL_ERROR, &e, sizeof(e), -1);
}

static const struct {
	const char *what;
	void (*say)(int sock);
	const char *words;
} strangers[] = {
	{ "rubbish", say_rubbish, "does not speak ipcopy's protocol" },
	{ "half a header", say_half_a_header, "does not speak" },
	{ "a giant message", say_a_giant, "does not speak" },
	{ "version 77", say_version_77,
	  "speaks version 77 of the protocol, and this program speaks version "
	  "2" },
	{ "a length of 4 GiB", claim_4_gigabytes, "claims to have" },
	{ "JOINED before HELLO", say_joined_first,
	  "sent a message of type 4 with" },
	{ "HELLO with a body", say_hello_with_a_body,
	  "a message of type 1 with 1 bytes" },
	{ "HELLO twice", say_hello_twice, "sent a message of type 1 with" },
	{ "5 descriptors, then rubbish", bring_5, "does not speak" },
	{ "12 descriptors", bring_12, "does not speak" },
	{ "ERROR with control characters and no end", say_error,
	  "the client says: ???[2J??" },
};

static void meet_stranger(size_t i)
{
	const char *name = hostile_name();
	struct honest server, client;
	struct verdict v, w;
	int sock;

	honest_files();
	honest_serve(&server, name, "pipe");
	sock = hostile_connect(name);
	strangers[i].say(sock);
	honest_fetch(&client, name);
	w = honest_end(&client, 4000);
	fd_close(&sock);
	v = honest_end(&server, 4000);
	ok(honest_is_sound(&v, "server") && honest_is_sound(&w, "client") &&
		   v.strangers == 1 && hostile_said(&v, strangers[i].words) &&
		   !strpbrk(v.stranger.text, "\033\r\n\a") && v.rc == 0 &&
		   w.rc == 0 && honest_dst_is_sound(&w, &honest_source),
	   "a stranger says %s; the next client is served", strangers[i].what);
}

/* --- a client that is silent, or never stops ------------------------------ */

static void judge(struct honest *server, int within_ms, const char *words,
		  const char *what)
{
	struct verdict v = honest_end(server, within_ms);

	ok(honest_is_sound(&v, "server") && v.rc < 0 && hostile_said(&v, words),
	   "%s", what);
}

static void fall_silent(enum polite_step step)
{
	const char *name = hostile_name();
	struct honest server;
	struct polite us;
	char what[80];
	int sock;

	honest_serve(&server, name, "shm:depth=2,size=4K");
	sock = hostile_connect(name);
	polite_begin(&us, sock);
	polite_client(&us, step);
	snprintf(what, sizeof(what), "silence after %s ends by the deadline",
		 polite_step_names[step]);
	judge(&server, 3 * HONEST_PATIENCE_MS + 1000,
	      step == POLITE_READY || step == POLITE_FIRST ? "no progress"
							   : "gave no answer",
	      what);
	polite_end(&us);
	fd_close(&sock);
}

static void vanish(enum polite_step step)
{
	const char *name = hostile_name();
	struct honest server;
	struct polite us;
	char what[80];
	int sock;

	honest_serve(&server, name, "shm:depth=2,size=4K,sync=futex");
	sock = hostile_connect(name);
	polite_begin(&us, sock);
	polite_client(&us, step);
	fd_close(&sock);
	snprintf(what, sizeof(what),
		 "a client that vanishes after %s is noticed",
		 polite_step_names[step]);
	judge(&server, HONEST_PATIENCE_MS + 1000, "the client is gone", what);
	polite_end(&us);
}

static void alive_without_end(uint64_t growth)
{
	const char *name = hostile_name();
	struct honest server;
	struct polite us;
	int sock;
	pid_t pid;

	honest_serve(&server, name, "pipe");
	sock = hostile_connect(name);
	polite_begin(&us, sock);
	polite_client(&us, growth ? POLITE_DONE : POLITE_HELLO);
	pid = hostile_flood(sock, growth);
	judge(&server, 2 * HONEST_PATIENCE_MS + 500, "gave no answer",
	      growth ? "ALIVE without end, of more than was sent"
		     : "ALIVE without end");
	honest_reap(pid);
	polite_end(&us);
	fd_close(&sock);
}

/* --- lies at the end ----------------------------------------------------- */

static void lie_about_result(uint64_t bytes, const char *words)
{
	const char *name = hostile_name();
	struct offer_result result = { .bytes = bytes, .t1_ns = clock_ns() };
	struct honest server;
	struct polite us;
	int sock;

	honest_serve(&server, name, "pipe");
	sock = hostile_connect(name);
	polite_begin(&us, sock);
	polite_client(&us, POLITE_DONE);
	peer_say(sock, SESSION_RESULT, &result, sizeof(result), -1);
	judge(&server, 2000, words, "RESULT with a wrong length is no success");
	polite_end(&us);
	fd_close(&sock);
}

static void lie_about_time(int64_t t1_ns)
{
	const char *name = hostile_name();
	struct offer_result result = { .t1_ns = t1_ns };
	struct honest server;
	struct verdict v;
	struct polite us;
	int sock;

	honest_serve(&server, name, "pipe");
	sock = hostile_connect(name);
	polite_begin(&us, sock);
	polite_client(&us, POLITE_DONE);
	result.bytes = us.done.bytes;
	peer_say(sock, SESSION_RESULT, &result, sizeof(result), -1);
	v = honest_end(&server, 2000);
	ok(honest_is_sound(&v, "server") && v.rc == 0 &&
		   v.out.transfer_ns <= v.took_ns,
	   "RESULT with an end at %lld ns is not believed", (long long)t1_ns);
	polite_end(&us);
	fd_close(&sock);
}

/* --- strangers at a port -------------------------------------------------- */

static int knock(unsigned port, const char *token)
{
	struct sockaddr_in at = {
		.sin_family = AF_INET,
		.sin_port = htons((uint16_t)port),
		.sin_addr.s_addr = htonl(INADDR_LOOPBACK),
	};
	int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);

	if (connect(fd, (struct sockaddr *)&at, sizeof(at)) < 0 ||
	    send(fd, token, strlen(token), MSG_NOSIGNAL) < 0)
		fd_close(&fd);
	return fd;
}

/* A stranger connects to the port with half a token or a wrong one. */
static void knock_without_token(void)
{
	const char *name = hostile_name();
	struct offer_joined joined = { .cpu = -1 };
	char item[CTL_NAME_MAX], token[33] = "";
	struct honest server;
	struct polite us;
	unsigned port = 0;
	int sock, half, wrong;

	honest_serve(&server, name, "tcp");
	sock = hostile_connect(name);
	polite_begin(&us, sock);
	polite_client(&us, POLITE_OFFER);
	ctl_take(&us.ctl, item, NULL);
	sscanf(item, "%5u %32s", &port, token);
	token[31] ^= 1;
	wrong = knock(port, token);
	token[16] = '\0';
	half = knock(port, token);
	peer_say(sock, SESSION_JOINED, &joined, sizeof(joined), -1);
	judge(&server, 2000, "no client with the right token came",
	      "tcp: a wrong token and half a token are refused");
	fd_close(&wrong);
	fd_close(&half);
	polite_end(&us);
	fd_close(&sock);
}

void hostile_clients(void)
{
	for (size_t i = 0; i < sizeof(strangers) / sizeof(strangers[0]); i++)
		meet_stranger(i);
	for (enum polite_step s = POLITE_NOTHING; s < POLITE_STEPS; s++) {
		fall_silent(s);
		vanish(s);
	}
	alive_without_end(0);
	alive_without_end(1 << 20);
	lie_about_result(1, "says that 1 arrived");
	lie_about_result(UINT64_MAX, "says that 18446744073709551615 arrived");
	lie_about_time(INT64_MIN);
	lie_about_time(INT64_MAX);
	lie_about_time(0);
	knock_without_token();
}
