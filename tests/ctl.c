/*
 * The control socket: which messages it accepts, and how it refuses other
 * messages.
 */
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/ctl.h"
#include "base/stop.h"
#include "copy/messages.h"
#include "leftovers.h"
#include "peer.h"
#include "tap.h"

#define MIB (1 << 20)

/* Our end with its error, and the peer's end. */
static struct ctl us;
static struct err e;
static int them;
static int fds;

static void begin(void)
{
	int fd[2];

	memset(&e, 0, sizeof(e));
	fds = leftovers_fds();
	if (ctl_pair(fd, &e) < 0)
		diag("%s", e.text);
	us = (struct ctl){
		.fd = fd[0], .err = &e, .patience_ms = 10000, .peer = "it"
	};
	them = fd[1];
}

/* Closes both ends. True if no further descriptor is left open. */
static bool end(void)
{
	close(us.fd);
	close(them);
	if (leftovers_fds() != fds)
		diag("%d descriptors instead of %d", leftovers_fds(), fds);
	return leftovers_fds() == fds;
}

/* The peer sends this message. We expect SESSION_DONE with 8 bytes. */
static bool refuses(const struct peer_message *m, int code, const char *words)
{
	char body[PEER_BODY_MAX];
	int fd = 77, rc;
	bool good;

	peer_send(them, m);
	rc = ctl_recv(&us, SESSION_DONE, body, 8, &fd);
	good = rc == -code && e.code == code && fd == -1 &&
	       strstr(e.text, words) && !strchr(e.text, '\n');
	if (!good)
		diag("%d: %s", rc, e.text);
	return end() && good;
}

static struct peer_message message(void)
{
	static const char body[8] = "eight..";
	struct peer_message m;

	begin();
	peer_message(&m, SESSION_DONE, body, sizeof(body));
	return m;
}

static void add_fds(struct peer_message *m, int n)
{
	/* any descriptor will do, since the test is that it gets closed */
	for (m->fds = 0; m->fds < n; m->fds++)
		m->fd[m->fds] = them;
}

/* --- messages that are accepted ------------------------------------------- */

static void test_exchange(void)
{
	struct ctl peer;
	char name[CTL_NAME_MAX], body[4];
	struct stat sent, got;
	int fd = -1;
	bool good;

	begin();
	peer = us;
	peer.fd = them;
	good = ctl_send(&us, SESSION_HELLO, NULL, 0, -1) == 0 &&
	       ctl_send(&us, SESSION_DONE, "four", 4, -1) == 0 &&
	       ctl_give(&us, "a name", STDERR_FILENO) == 0 &&
	       ctl_give(&us, "", -1) == 0;
	ok(good && ctl_recv(&peer, SESSION_HELLO, NULL, 0, NULL) == 0 &&
		   ctl_recv(&peer, SESSION_DONE, body, 4, NULL) == 0 &&
		   !memcmp(body, "four", 4),
	   "messages arrive as they were sent");
	good = ctl_take(&peer, name, &fd) == 0 && !strcmp(name, "a name") &&
	       fd >= 0 && fcntl(fd, F_GETFD) & FD_CLOEXEC &&
	       fstat(fd, &got) == 0 && fstat(STDERR_FILENO, &sent) == 0 &&
	       got.st_ino == sent.st_ino;
	close(fd);
	ok(good, "a message brings a descriptor, which exec closes");
	good = ctl_take(&peer, name, &fd) == 0 && !*name && fd == -1;
	ok(end() && good, "a message may come without a descriptor");
}

static void test_long_name(void)
{
	char name[CTL_NAME_MAX], letters[CTL_NAME_MAX];

	begin();
	memset(letters, 'x', sizeof(letters));
	peer_say(them, CTL_ITEM, letters, sizeof(letters), -1);
	ok(ctl_take(&us, name, NULL) == 0 && strlen(name) == CTL_NAME_MAX - 1 &&
		   end(),
	   "a name without a terminating zero gets one");
}

/* --- messages that are refused -------------------------------------------- */

static void test_nonsense(void)
{
	struct peer_message m = message();

	m.magic ^= 1;
	add_fds(&m, 1);
	ok(refuses(&m, EPROTO, "does not speak ipcopy's protocol"),
	   "another protocol is refused");
	m = message();
	m.version = CTL_VERSION + 1;
	add_fds(&m, 1);
	ok(refuses(&m, EPROTO,
		   "it speaks version 3 of the protocol, and this "
		   "program speaks version 2"),
	   "another version is refused");
	m = message();
	m.len = 9;
	ok(refuses(&m, EPROTO, "claims to have"),
	   "a length beyond the message is refused");
	m = message();
	m.len = 7;
	ok(refuses(&m, EPROTO, "claims to have"),
	   "a length below the message is refused");
	m = message();
	m.len = UINT32_MAX;
	ok(refuses(&m, EPROTO, "claims to have"),
	   "a length of 4 GiB is refused");
	m = message();
	m.sent_bytes = 3;
	ok(refuses(&m, EPROTO, "does not speak"), "half a header is refused");
	m = message();
	m.sent_bytes = 3000;
	m.len = 3000 - PEER_HEAD;
	ok(refuses(&m, EPROTO, "does not speak"),
	   "a body of 3000 bytes is refused");
}

static void test_other_messages(void)
{
	struct peer_message m = message();

	m.type = SESSION_RESULT;
	add_fds(&m, 1);
	ok(refuses(&m, EPROTO,
		   "sent a message of type 9 with 8 bytes, but type 8 with 8"),
	   "an unexpected type is refused");
	m = message();
	m.len = 4;
	m.sent_bytes = PEER_HEAD + 4;
	ok(refuses(&m, EPROTO, "type 8 with 4 bytes, but type 8 with 8"),
	   "an unexpected length is refused");
	m = message();
	m.type = 200;
	ok(refuses(&m, EPROTO, "sent a message of type 200"),
	   "an unknown type is refused");
}

static void test_surplus_fds(void)
{
	struct peer_message m = message();
	char body[8];
	int fd = -1;
	bool good;

	add_fds(&m, 3);
	peer_send(them, &m);
	good = ctl_recv(&us, SESSION_DONE, body, 8, &fd) == 0 && fd >= 0;
	close(fd);
	ok(end() && good,
	   "of three descriptors one is taken, and the others closed");
	m = message();
	add_fds(&m, 3);
	peer_send(them, &m);
	good = ctl_recv(&us, SESSION_DONE, body, 8, NULL) == 0;
	ok(end() && good, "a descriptor that is not expected is closed");
	m = message();
	add_fds(&m, 12);
	ok(refuses(&m, EPROTO, "does not speak"),
	   "twelve descriptors are refused");
	m = message();
	add_fds(&m, 2);
	m.sent_bytes = 0;
	ok(refuses(&m, EPIPE, "it is gone"),
	   "an empty message is the end, and its descriptors are closed");
	m = message();
	m.type = CTL_ALIVE;
	add_fds(&m, 2);
	peer_send(them, &m);
	peer_say(them, SESSION_DONE, body, 8, -1);
	good = ctl_recv(&us, SESSION_DONE, body, 8, NULL) == 0;
	ok(end() && good, "descriptors of a sign of life are closed");
}

/* --- errors of the peer ------------------------------------------------- */

struct said {
	int32_t code;
	char text[300];
};

static struct peer_message error(int code, const char *text)
{
	struct said said = { .code = code };
	struct peer_message m;

	begin();
	snprintf(said.text, sizeof(said.text), "%s", text);
	peer_message(&m, CTL_ERROR, &said, sizeof(said));
	return m;
}

static void test_errors(void)
{
	struct peer_message m = error(ENOSPC, "its disk is full");
	char out[300];

	ok(refuses(&m, ENOSPC, "its disk is full") && e.relayed,
	   "the peer's reason becomes ours, and is marked as the peer's");
	m = error(EIO, "a\nb\x1b[31mc\x7f");
	ok(refuses(&m, EIO, "a?b?[31mc?"),
	   "control characters in a reason are replaced");
	m = error(-5, "odd");
	ok(refuses(&m, EPROTO, "odd"), "a code that is no error is refused");
	m = error(70000, "odd");
	ok(refuses(&m, EPROTO, "odd"), "a code beyond all errors is refused");
	m = error(EIO, "");
	memset(m.body, 'y', sizeof(struct said));
	ok(refuses(&m, EPROTO, "yyy"), "a text without an end is kept");
	m = error(EIO, "");
	m.len = 20;
	m.sent_bytes = PEER_HEAD + 20;
	ok(refuses(&m, EPROTO, "without giving a reason"),
	   "an error without text is refused");

	m = error(EDOM, "last words");
	peer_say(them, SESSION_HELLO, NULL, 0, -1);
	peer_say(them, SESSION_DONE, out, 8, -1);
	peer_send(them, &m);
	close(them);
	them = -1;
	ok(ctl_last_words(&us, 0) == -EDOM && strstr(e.text, "last words") &&
		   end(),
	   "an error is found behind other messages");
	m = error(EDOM, "last words");
	peer_send(them, &m);
	close(them);
	them = -1;
	ok(ctl_send(&us, SESSION_HELLO, NULL, 0, -1) < 0 &&
		   strstr(e.text, "last words") && end(),
	   "an error is found by a side that only sends");
	begin();
	ok(ctl_last_words(&us, 0) == 0 && !e.code && end(),
	   "no error: no last words");
}

/*
 * The peer sends an error with the text `said`, about us or about itself. True
 * if our user then reads the text `relayed`.
 */
static bool relays(const char *said, const char *relayed)
{
	struct err why = { .code = EIO };
	struct ctl peer;
	bool good;

	begin();
	peer = us;
	peer.fd = them;
	us.peer = "the client";
	snprintf(why.text, sizeof(why.text), "%s", said);
	ctl_say_error(&peer, &why);
	good = ctl_recv(&us, SESSION_DONE, NULL, 0, NULL) == -EIO &&
	       !strcmp(e.text, relayed);
	if (!good)
		diag("%s", e.text);
	return good && end();
}

static void test_words(void)
{
	ok(relays("cannot write x", "the client cannot write x") &&
		   relays("the client was killed by signal 9 (Killed)",
			  "the client was killed by signal 9 (Killed)") &&
		   relays("the server gave no answer for 1 s",
			  "the client says that the server gave no answer for "
			  "1 s") &&
		   relays("a semaphore was overwritten",
			  "the client says that a semaphore was overwritten"),
	   "the peer's reason becomes a sentence about the peer");
	ok(relays("pipe2: Too many open files",
		  "the client says: pipe2: Too many open files") &&
		   relays("no progress for 1 s",
			  "the client says: no progress for 1 s"),
	   "a reason that is no sentence is quoted");
}

/* --- a peer that is silent, or never stops -------------------------------- */

static void test_gone(void)
{
	struct peer_message m = message();
	char body[8];

	peer_send(them, &m);
	close(them);
	them = -1;
	ok(ctl_recv(&us, SESSION_DONE, body, 8, NULL) == 0,
	   "a message that came before the end is read");
	ok(ctl_recv(&us, SESSION_DONE, body, 8, NULL) == -EPIPE &&
		   !strcmp(e.text, "it is gone") && e.relayed && end(),
	   "a peer is found gone after its last message");
}

static void test_timeout(void)
{
	begin();
	us.patience_ms = 50;
	ok(ctl_recv(&us, SESSION_DONE, NULL, 0, NULL) == -ETIMEDOUT &&
		   !strcmp(e.text, "it gave no answer for 0.05 s") && end(),
	   "a silent peer is given up in time");
}

static void test_stop(void)
{
	begin();
	stop_signal = SIGTERM;
	ok(ctl_recv(&us, SESSION_DONE, NULL, 0, NULL) == -ECANCELED && !e.code,
	   "a side that is asked to stop does not wait");
	stop_signal = 0;
	end();
}

/* Forks a peer that never stops talking. It exits when our socket closes. */
static pid_t start_talker(uint64_t from, uint64_t step)
{
	pid_t pid = fork();

	if (pid)
		return pid;
	alarm(30);
	close(us.fd);
	for (uint64_t done = from;; done += step)
		while (peer_say(them, CTL_ALIVE, &done, sizeof(done), -1) < 0)
			if (recv(them, &done, 1, MSG_DONTWAIT) == 0)
				_exit(0);
}

/* True: we gave up in time. */
static bool gives_up_on(uint64_t from, uint64_t step)
{
	int64_t begin_ns = clock_ns();
	pid_t pid;
	bool good;

	begin();
	us.patience_ms = 100;
	us.alive_max = 100 * MIB;
	pid = start_talker(from, step);
	good = ctl_recv(&us, SESSION_DONE, NULL, 0, NULL) == -ETIMEDOUT &&
	       clock_ns() - begin_ns < 15000 * MS_IN_NS;
	end();
	waitpid(pid, NULL, 0);
	return good;
}

static void test_alive(void)
{
	_Atomic uint64_t beats = 0;
	uint64_t done;
	char body[8] = { 0 };

	begin();
	us.beats = &beats;
	us.alive_max = 3 * MIB;
	for (done = 0; done <= 5 * MIB; done += MIB / 2)
		peer_say(them, CTL_ALIVE, &done, sizeof(done), -1);
	peer_say(them, CTL_ALIVE, body, 4, -1);
	peer_say(them, SESSION_DONE, body, 8, -1);
	ok(ctl_recv(&us, SESSION_DONE, body, 8, NULL) == 0 && beats == 3 &&
		   us.alive == 3 * MIB && end(),
	   "a sign of life counts for each MiB, up to the whole length");
	ok(gives_up_on(0, 0), "repeating the same number is no sign of life");
	ok(gives_up_on(0, 1), "small steps are no sign of life");
	ok(gives_up_on(200 * MIB, MIB),
	   "a number beyond the whole length is no sign of life");
}

/* A peer that reads nothing must not block us for ever. */
static void test_full(void)
{
	int rc = 0, given = -1;

	begin();
	for (int i = 0; i < 100000; i++)
		ctl_say_alive(&us, MIB); /* leaves room for other messages */
	for (; given < 100000 && rc == 0; given++)
		rc = ctl_give(&us, "x", -1);
	ok(given > 0 && rc == -EPROTO && strstr(e.text, "not read") && end(),
	   "a peer that reads nothing is given up: %s", e.text);
}

int main(void)
{
	test_exchange();
	test_long_name();
	test_nonsense();
	test_other_messages();
	test_surplus_fds();
	test_errors();
	test_words();
	test_gone();
	test_timeout();
	test_stop();
	test_alive();
	test_full();
	return done_testing();
}
