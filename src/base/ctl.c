/* The control socket: typed messages between two sides, with descriptors. */
#include "base/ctl.h"

#include <errno.h>
#include <linux/sockios.h>
#include <poll.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/fd.h"
#include "base/stop.h"

#define CTL_MAGIC    0x7963u
#define CTL_BODY_MAX 1024
#define CTL_FDS_MAX  8 /* room for descriptors; only the first is kept */
#define ALIVE_STEP   (1u << 20)
#define UNREAD_MOST  (64 << 10) /* then reports of life are left out */

struct ctl_message {
	uint16_t magic;
	uint8_t version;
	uint8_t type;
	uint32_t len;
	unsigned char body[CTL_BODY_MAX];
};

#define HEAD_BYTES offsetof(struct ctl_message, body)

int ctl_pair(int fd[2], struct err *e)
{
	if (socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, fd) < 0)
		return err_sys(e, "socketpair");
	return 0;
}

static int send_message(struct ctl *c, unsigned int type, const void *body,
			size_t len, int fd)
{
	struct ctl_message m = { .magic = CTL_MAGIC,
				 .version = CTL_VERSION,
				 .type = (uint8_t)type,
				 .len = (uint32_t)len };
	union {
		char space[CMSG_SPACE(sizeof(int))];
		struct cmsghdr align;
	} control = { 0 };
	struct iovec iov = { .iov_base = &m, .iov_len = HEAD_BYTES + len };
	struct msghdr h = { .msg_iov = &iov, .msg_iovlen = 1 };

	if (len)
		memcpy(m.body, body, len);
	if (fd >= 0) {
		h.msg_control = control.space;
		h.msg_controllen = sizeof(control.space);
		CMSG_FIRSTHDR(&h)->cmsg_level = SOL_SOCKET;
		CMSG_FIRSTHDR(&h)->cmsg_type = SCM_RIGHTS;
		CMSG_FIRSTHDR(&h)->cmsg_len = CMSG_LEN(sizeof(int));
		memcpy(CMSG_DATA(CMSG_FIRSTHDR(&h)), &fd, sizeof(int));
	}
	while (sendmsg(c->fd, &h, MSG_DONTWAIT | MSG_NOSIGNAL) < 0) {
		if (errno != EINTR)
			return -errno;
		if (stop_requested())
			return -ECANCELED;
	}
	return 0;
}

static int say_silence(struct ctl *c)
{
	return err_say(c->err, ETIMEDOUT, "%s gave no answer for %g s", c->peer,
		       c->patience_ms / 1000.0);
}

static int wait_readable(struct ctl *c, int64_t deadline_ns)
{
	struct pollfd p = { .fd = c->fd, .events = POLLIN };

	for (;;) {
		int n;

		if (stop_requested())
			return -ECANCELED;
		n = poll(&p, 1, clock_ms_until(deadline_ns));
		if (n > 0)
			return 0;
		if (n == 0 && clock_ns() >= deadline_ns)
			return say_silence(c);
		if (n < 0 && errno != EINTR)
			return err_sys(c->err, "poll");
	}
}

/* Records a failure of the peer: the peer's name, and then `words`. */
static int relay(struct ctl *c, int code, const char *words)
{
	if (!c->err->code)
		c->err->relayed = true;
	return err_say(c->err, code, "%s %.240s", c->peer, words);
}

static int recv_message(struct ctl *c, struct ctl_message *m, int *fd)
{
	union {
		char space[CMSG_SPACE(sizeof(int) * CTL_FDS_MAX)];
		struct cmsghdr align;
	} control;
	struct iovec iov = { .iov_base = m, .iov_len = sizeof(*m) };
	struct msghdr h = { .msg_iov = &iov,
			    .msg_iovlen = 1,
			    .msg_control = control.space,
			    .msg_controllen = sizeof(control.space) };
	ssize_t n = recvmsg(c->fd, &h, MSG_CMSG_CLOEXEC | MSG_DONTWAIT);

	/* before any return: an empty message can bring descriptors, too */
	*fd = n >= 0 ? fd_keep_one(&h) : -1;
	/*
	 * recvmsg reports ECONNRESET only once: the next call can still receive
	 * the peer's last message
	 */
	if (n < 0 && (errno == EINTR || errno == EAGAIN || errno == ECONNRESET))
		return -EAGAIN;
	if (n == 0)
		return relay(c, EPIPE, "is gone");
	if (n < 0)
		return err_sys(c->err, "cannot receive from %s", c->peer);
	if (h.msg_flags & (MSG_TRUNC | MSG_CTRUNC) || (size_t)n < HEAD_BYTES ||
	    m->magic != CTL_MAGIC)
		return err_say(c->err, EPROTO,
			       "%s does not speak ipcopy's protocol", c->peer);
	if (m->version != CTL_VERSION)
		return err_say(
			c->err, EPROTO,
			"%s speaks version %u of the protocol, and this "
			"program speaks version %u; use the same ipcopy on "
			"both sides",
			c->peer, m->version, CTL_VERSION);
	if (m->len != (size_t)n - HEAD_BYTES)
		return err_say(c->err, EPROTO,
			       "%s sent a message of %zd bytes that claims to "
			       "have %zu bytes",
			       c->peer, n, m->len + HEAD_BYTES);
	return 0;
}

static bool begins_with_any(const char *words, const char *const *list)
{
	for (; *list; list++)
		if (!strncmp(words, *list, strlen(*list)))
			return true;
	return false;
}

/*
 * Puts the peer's name before its report: "the client cannot write DST". If the
 * report is a sentence about something else ("the disk …"), the result is "the
 * client says that the disk …". Any other report ("mq_open: …") becomes "the
 * client says: mq_open: …".
 */
static int relay_words(struct ctl *c, int code, const char *words)
{
	static const char *const verbs[] = { "cannot ", "was ",     "is ",
					     "has ",    "does ",    "did ",
					     "gave ",   "sent ",    "ended ",
					     "speaks ", "belongs ", NULL };
	static const char *const articles[] = { "the ", "a ", "an ", NULL };
	size_t len = strlen(c->peer);
	char text[300];

	if (!strncmp(words, c->peer, len) && words[len] == ' ')
		words += len + 1;
	if (begins_with_any(words, verbs))
		return relay(c, code, words);
	snprintf(text, sizeof(text), "says%s %.240s",
		 begins_with_any(words, articles) ? " that" : ":", words);
	return relay(c, code, text);
}

struct ctl_error {
	int32_t code;
	char text[300];
};

/*
 * Records the peer's report of an error. Control characters in it are replaced,
 * since the text is written to a terminal.
 */
static int take_error(struct ctl *c, const struct ctl_message *m)
{
	struct ctl_error said;

	if (m->len != sizeof(said))
		return relay(c, EPROTO, "gave up without giving a reason");
	memcpy(&said, m->body, sizeof(said));
	said.text[sizeof(said.text) - 1] = '\0';
	if (!said.text[0])
		return relay(c, EPROTO, "gave up without giving a reason");
	for (char *p = said.text; *p; p++)
		if ((unsigned char)*p < ' ' || *p == 127)
			*p = '?';
	if (said.code <= 0 || said.code > 4095)
		said.code = EPROTO;
	/* EINTR would mean that this process, not the peer, was interrupted */
	if (said.code == EINTR)
		said.code = ECANCELED;
	return relay_words(c, said.code, said.text);
}

int ctl_last_words(struct ctl *c, int wait_ms)
{
	int64_t deadline_ns = clock_ns() + wait_ms * MS_IN_NS;
	struct pollfd p = { .fd = c->fd, .events = POLLIN };
	struct ctl_message m;
	int fd, rc;

	/* fewer messages wait before the report (UNREAD_MOST) */
	for (int i = 0; i < 128; i++) {
		if (poll(&p, 1, clock_ms_until(deadline_ns)) <= 0)
			return 0;
		rc = recv_message(c, &m, &fd);
		fd_close(&fd);
		if (rc == 0 && m.type == CTL_ERROR)
			return take_error(c, &m);
		if (rc < 0 && rc != -EAGAIN)
			return rc;
	}
	return 0;
}

int ctl_send(struct ctl *c, unsigned int type, const void *body, size_t len,
	     int fd)
{
	/*
	 * Do not wait for room. A full socket means that the peer has read
	 * nothing for long.
	 */
	int rc = send_message(c, type, body, len, fd);

	if (rc == -EPIPE || rc == -ECONNRESET) {
		ctl_last_words(c, 0);
		return relay(c, EPIPE, "is gone");
	}
	if (rc == -EAGAIN)
		return err_say(c->err, EPROTO,
			       "%s does not read its control messages",
			       c->peer);
	if (rc < 0 && rc != -ECANCELED)
		return err_code(c->err, rc, "cannot send to %s", c->peer);
	return rc;
}

/*
 * True if the report shows progress. Only then is the deadline extended, so
 * that a peer cannot keep us waiting for ever with empty reports.
 */
static bool take_alive(struct ctl *c, const struct ctl_message *m)
{
	uint64_t done;

	if (m->len != sizeof(done))
		return false;
	memcpy(&done, m->body, sizeof(done));
	if (done > c->alive_max || done < c->alive ||
	    done - c->alive < ALIVE_STEP)
		return false;
	c->alive = done;
	if (c->beats)
		atomic_fetch_add(c->beats, 1);
	return true;
}

/* Receives one message of any type except CTL_ALIVE. */
static int next_message(struct ctl *c, struct ctl_message *m, int *fd)
{
	int64_t deadline_ns = clock_ns() + c->patience_ms * MS_IN_NS;
	int rc;

	for (;;) {
		rc = wait_readable(c, deadline_ns);
		if (rc == 0)
			rc = recv_message(c, m, fd);
		if (rc == -EAGAIN)
			continue;
		if (rc < 0 || m->type != CTL_ALIVE)
			return rc;
		fd_close(fd);
		if (take_alive(c, m))
			deadline_ns = clock_ns() + c->patience_ms * MS_IN_NS;
		else if (clock_ns() > deadline_ns)
			return say_silence(c); /* reports show no progress */
	}
}

int ctl_recv(struct ctl *c, unsigned int type, void *body, size_t len,
	     int *fd_out)
{
	struct ctl_message m;
	int fd = -1, rc;

	if (fd_out)
		*fd_out = -1;
	rc = next_message(c, &m, &fd);
	if (rc == 0 && m.type == CTL_ERROR)
		rc = take_error(c, &m);
	else if (rc == 0 && (m.type != type || m.len != len))
		rc = err_say(c->err, EPROTO,
			     "%s sent a message of type %u with %u bytes, but "
			     "type %u with %zu bytes was expected",
			     c->peer, m.type, m.len, type, len);
	if (rc < 0 || !fd_out)
		fd_close(&fd);
	if (rc < 0)
		return rc;
	if (len)
		memcpy(body, m.body, len);
	if (fd_out)
		*fd_out = fd;
	return 0;
}

int ctl_give(struct ctl *c, const char *name, int fd)
{
	char body[CTL_NAME_MAX] = { 0 };

	snprintf(body, sizeof(body), "%s", name);
	return ctl_send(c, CTL_ITEM, body, sizeof(body), fd);
}

int ctl_take(struct ctl *c, char name[CTL_NAME_MAX], int *fd)
{
	int rc = ctl_recv(c, CTL_ITEM, name, CTL_NAME_MAX, fd);

	name[CTL_NAME_MAX - 1] = '\0';
	return rc;
}

void ctl_say_error(struct ctl *c, const struct err *why)
{
	struct ctl_error said = { .code = why->code };

	if (c->fd < 0)
		return;
	snprintf(said.text, sizeof(said.text), "%s", why->text);
	send_message(c, CTL_ERROR, &said, sizeof(said), -1);
}

void ctl_say_alive(struct ctl *c, uint64_t done_bytes)
{
	int unread = 0;

	if (ioctl(c->fd, SIOCOUTQ, &unread) == 0 && unread > UNREAD_MOST)
		return;
	send_message(c, CTL_ALIVE, &done_bytes, sizeof(done_bytes), -1);
}
