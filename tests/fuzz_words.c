/* The messages of fuzz_handshake's hostile peer, good and spoilt. */
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/eventfd.h>
#include <sys/mman.h>
#include <sys/sendfile.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/fd.h"
#include "copy/messages.h"
#include "fuzz_peer.h"
#include "peer.h"

/* Names relative to the scratch directory, or absolute. */
static const char *const names[] = {
	"",
	"/etc/passwd",
	"/ipcopy-../x",
	"ipcopy-1",
	"/ipcopy-nothing",
	"run/ipcopy/ipcopy-pipe",
	"run/ipcopy/ipcopy-link",
	"run/ipcopy/ipcopy-hard",
	"run/ipcopy/ipcopy-short",
	"run/ipcopy/ipcopy-dir",
	"run/../precious",
	"precious",
	"/dev/zero",
	"//ipcopy-x",
	"run",
	"/1",
};
#define NAMES (sizeof(names) / sizeof(names[0]))

/* --- descriptors --------------------------------------------------------- */

static int make_pipe(size_t fill)
{
	char junk[100];
	int fd[2];

	if (pipe2(fd, O_CLOEXEC) < 0)
		return -1;
	memset(junk, 'j', sizeof(junk));
	if (fill && write(fd[1], junk, sizeof(junk)) < 0)
		fd_close(&fd[0]);
	fd_close(&fd[1]);
	return fd[0];
}

static int make_memfd(size_t len, int seals)
{
	int fd = memfd_create("ipcopy-fuzz", MFD_CLOEXEC | MFD_ALLOW_SEALING);

	if (fd >= 0 && (ftruncate(fd, (off_t)len) < 0 ||
			fcntl(fd, F_ADD_SEALS, seals) < 0))
		fd_close(&fd);
	return fd;
}

static int make_fd(uint8_t kind)
{
	switch (kind % 11) {
	case 0:
		return make_pipe(1);
	case 1:
		return make_pipe(0);
	case 2:
		return open("/", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	case 3:
		return open("/dev/null", O_RDWR | O_CLOEXEC);
	case 4:
		return open("/dev/zero", O_RDWR | O_CLOEXEC);
	case 5:
		return make_memfd(100, F_SEAL_SHRINK);
	case 6:
		return make_memfd(FUZZ_CHANNEL_MAX, 0);
	case 7:
		return make_memfd(FUZZ_CHANNEL_MAX, F_SEAL_SHRINK);
	case 8:
		return make_memfd(FUZZ_CHANNEL_MAX,
				  F_SEAL_SHRINK | F_SEAL_WRITE);
	case 9:
		return socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
	default:
		return eventfd(1, EFD_CLOEXEC);
	}
}

static void add_fds(struct peer_message *m, struct script *s, int n)
{
	uint8_t kind = script_u8(s);

	for (int i = 0; i < n; i++) {
		int fd = make_fd((uint8_t)(kind + i));

		if (fd >= 0)
			m->fd[m->fds++] = fd;
	}
}

/* --- messages to a courier ------------------------------------------------ */

/* A file for a courier to pass: a right one or a wrong one. */
static int make_file(uint8_t kind, uint64_t bytes)
{
	char path[PATH_MAX];
	int from, fd;

	fuzz_peer_path("sent", path);
	if (kind % 4 == 0)
		return make_fd(kind / 4);
	if (kind % 4 == 1)
		return open(path, O_RDONLY | O_CLOEXEC);
	fd = make_memfd(0, 0);
	from = open(path, O_RDONLY | O_CLOEXEC);
	if (fd < 0 || from < 0 || sendfile(fd, from, NULL, bytes) < 0 ||
	    ftruncate(fd, (off_t)bytes) < 0)
		fuzz_broken("no file to pass: %m");
	if (kind % 4 == 2)
		fcntl(fd, F_ADD_SEALS,
		      F_SEAL_SHRINK | F_SEAL_GROW | F_SEAL_WRITE | F_SEAL_SEAL);
	fd_close(&from);
	return fd;
}

void fuzz_peer_courier(int sock, uint64_t bytes, struct script *s)
{
	struct {
		uint32_t magic, kind;
		uint64_t done_bytes;
	} w;
	struct peer_message m = { .fds = 0 };

	_Static_assert(sizeof(w) == 16, "a word has no holes");
	for (int n = script_u8(s) % 4; n > 0; n--) {
		uint8_t how = script_u8(s), kind = script_u8(s);

		w.magic = how % 16 == 15 ? 1 : 0x77637069u;
		w.kind = how % 16 == 14 ? kind : how & 1 ? 1 : 2;
		w.done_bytes = script_odd(s, bytes);
		/* a message is sent as it lies in memory */
		memcpy(&m, &w, sizeof(w));
		m.sent_bytes = how >= 240 ? how % 16 : sizeof(w);
		m.fds = 0;
		if (how & 16)
			m.fd[m.fds++] = make_file(kind, bytes);
		if (how >= 230)
			add_fds(&m, s, 8);
		peer_send(sock, &m);
		for (int i = 0; i < m.fds; i++)
			fd_close(&m.fd[i]);
	}
}

/* --- messages ------------------------------------------------------------- */

static void make_offer(struct peer_message *m, struct script *s)
{
	struct offer o = peer_offer(fuzz_peer_pick_spec(s), script_odd(s, 100));
	uint8_t how = script_u8(s);
	struct tr_spec spec;
	struct err e = { 0 };

	o.sparse = how & 1;
	o.verify = !(how & 2);
	o.mode = (uint32_t)script_u(s, 2);
	/* change some letters, or send another text */
	for (int i = how >> 6; i > 0; i--)
		o.spec[script_u8(s)] = (char)script_u8(s);
	if (how & 4)
		script_take(s, o.spec, script_u8(s));
	if (memchr(o.spec, '\0', sizeof(o.spec)) &&
	    tr_spec_parse(o.spec, &spec, &e) == 0 && !fuzz_peer_is_cheap(&spec))
		snprintf(o.spec, sizeof(o.spec), "null");
	peer_message(m, SESSION_OFFER, &o, sizeof(o));
}

static void make_item(struct peer_message *m, struct script *s)
{
	char name[CTL_NAME_MAX] = { 0 }, path[PATH_MAX];
	uint8_t which = script_u8(s);

	snprintf(name, sizeof(name), "%s",
		 fuzz_peer_path(names[which % NAMES], path));
	if (which >= 200) /* without a terminating zero */
		memset(name + strlen(name), 'A', sizeof(name) - strlen(name));
	if (which > 230)
		script_take(s, name, script_u8(s) % sizeof(name));
	peer_message(m, CTL_ITEM, name, sizeof(name));
	add_fds(m, s, which & 1);
}

static void make_done(const struct fuzz_peer *p, struct peer_message *m,
		      struct script *s)
{
	struct offer_done d = { .bytes = p->bytes,
				.hash = p->hash,
				.t0_ns = clock_ns() };
	uint8_t how = script_u8(s);

	if (how & 1)
		d.bytes = script_odd(s, p->bytes);
	if (how & 2)
		d.hash = script_u(s, 8);
	if (how & 4)
		d.t0_ns = (int64_t)script_odd(s, 0);
	peer_message(m, SESSION_DONE, &d, sizeof(d));
}

/*
 * Notes what the peer promises: the bytes and the hash in a message "done", as
 * they are sent, which is after all changes to the message.
 */
static void note_done(struct fuzz_peer *p, const struct peer_message *m)
{
	struct offer_done d;

	if (m->type != SESSION_DONE || p->dones == PEER_DONES_MAX)
		return;
	memcpy(&d, m->body, sizeof(d));
	p->done_bytes[p->dones] = d.bytes;
	p->done_hash[p->dones++] = d.hash;
}

static void make_result(struct peer_message *m, struct script *s,
			uint64_t bytes)
{
	struct offer_result r = { .bytes = bytes, .t1_ns = clock_ns() };
	uint8_t how = script_u8(s);

	if (how & 1)
		r.bytes = script_odd(s, bytes);
	if (how & 2)
		r.t1_ns = (int64_t)script_odd(s, 0);
	peer_message(m, SESSION_RESULT, &r, sizeof(r));
}

static void make_error(struct peer_message *m, struct script *s)
{
	struct {
		int32_t code;
		char text[300];
	} e = { .code = (int32_t)script_odd(s, 71) };

	memset(e.text, script_u8(s), sizeof(e.text));
	script_take(s, e.text, script_u8(s));
	peer_message(m, CTL_ERROR, &e, sizeof(e));
}

static void make_joined(struct peer_message *m, struct script *s)
{
	struct offer_joined j = { .cpu = (int8_t)script_u8(s) };

	peer_message(m, SESSION_JOINED, &j, sizeof(j));
}

/* Spoils a good message now and then. Most messages are left alone. */
static void twist(struct peer_message *m, struct script *s)
{
	uint8_t how = script_u8(s);

	switch (how % 16) {
	case 8:
		m->magic = (uint16_t)script_u(s, 2);
		break;
	case 9:
		m->version = script_u8(s);
		break;
	case 10:
		m->len = (uint32_t)script_odd(s, m->len);
		break;
	case 11:
		m->sent_bytes -= script_u8(s) % (m->sent_bytes + 1);
		break;
	case 12:
		m->sent_bytes += script_u(s, 2) % (PEER_BODY_MAX - 1024);
		break;
	case 13:
		m->body[script_u8(s)] = script_u8(s);
		break;
	case 14:
		m->type = script_u8(s);
		break;
	case 15:
		m->sent_bytes = 0;
	}
	if (how >= 240)
		add_fds(m, s, 8);
	else if (how >= 208)
		add_fds(m, s, 1 + how % 11);
}

static void say_alive(struct fuzz_peer *p, struct script *s)
{
	uint64_t done = script_odd(s, 0), step = script_odd(s, 1 << 20);

	for (int n = script_u8(s) % 40; n > 0; n--, done += step)
		peer_say(p->sock, CTL_ALIVE, &done, sizeof(done), -1);
}

static void make_any(struct peer_message *m, struct script *s)
{
	peer_message(m, script_u8(s), NULL, 0);
	m->len = (uint32_t)script_take(s, m->body, script_u8(s));
	m->sent_bytes += m->len;
}

static void say_one(struct fuzz_peer *p, struct script *s)
{
	struct peer_message m = { .magic = 0 };
	uint8_t what = script_u8(s) % 14;

	switch (what) {
	case 0:
		fuzz_peer_offer(p, s);
		return;
	case SESSION_OFFER:
		make_offer(&m, s);
		break;
	case CTL_ITEM:
		make_item(&m, s);
		break;
	case SESSION_JOINED:
		make_joined(&m, s);
		break;
	case SESSION_DONE:
		make_done(p, &m, s);
		break;
	case SESSION_RESULT:
		make_result(&m, s, p->bytes);
		break;
	case CTL_ERROR:
		make_error(&m, s);
		break;
	case CTL_ALIVE:
		say_alive(p, s);
		return;
	case 13:
		make_any(&m, s);
		break;
	default: /* HELLO, START, READY and two types that do not exist */
		peer_message(&m, what, NULL, 0);
	}
	twist(&m, s);
	note_done(p, &m);
	peer_send(p->sock, &m);
	for (int i = 0; i < m.fds; i++)
		fd_close(&m.fd[i]);
}

void fuzz_peer_speak(struct fuzz_peer *p, struct script *s)
{
	uint8_t ending = script_u8(s);
	int words = script_u8(s) % 24;

	for (int i = 0; i < words && s->left; i++)
		say_one(p, s);
	/*
	 * usually the peer ends its messages and goes on reading; else it
	 * leaves, or only waits
	 */
	if (ending % 8 == 1)
		fd_close(&p->sock);
	else if (ending % 8 != 2)
		shutdown(p->sock, SHUT_WR);
}
