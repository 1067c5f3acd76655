/* Mechanisms that pass a file: wrong messages and files on their socket. */
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/fd.h"
#include "hostile.h"
#include "peer.h"
#include "tap.h"

#define LEN   1000
#define OTHER "other" /* a file of LEN bytes that may be passed */

static unsigned char data[LEN];
static const struct sample sent = { .len = LEN, .seed = 8, .mode = 0600 };

/* --- descriptors --------------------------------------------------------- */

static int none(void)
{
	return -1;
}

static int directory(void)
{
	return open(".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
}

static int dev_zero(void)
{
	return open("/dev/zero", O_RDWR | O_CLOEXEC);
}

static int write_only(void)
{
	return open(OTHER, O_WRONLY | O_CLOEXEC);
}

static int read_only(void)
{
	return open(OTHER, O_RDONLY | O_CLOEXEC);
}

static int path_only(void)
{
	return open(OTHER, O_PATH | O_CLOEXEC);
}

static int whole(void)
{
	return open(OTHER, O_RDWR | O_CLOEXEC);
}

static int own_source(void)
{
	return open(HONEST_SRC, O_RDWR | O_CLOEXEC);
}

static int memfd(size_t len, int seals)
{
	int fd = memfd_create("hostile", MFD_CLOEXEC | MFD_ALLOW_SEALING);

	if (fd >= 0 && (write(fd, data, len) != (ssize_t)len ||
			fcntl(fd, F_ADD_SEALS, seals) < 0))
		fd_close(&fd);
	return fd;
}

static int loose(void)
{
	return memfd(LEN, F_SEAL_SHRINK | F_SEAL_GROW);
}

static int cut_short(void)
{
	return memfd(LEN - 1,
		     F_SEAL_SHRINK | F_SEAL_GROW | F_SEAL_WRITE | F_SEAL_SEAL);
}

static int frozen(void)
{
	return memfd(LEN,
		     F_SEAL_SHRINK | F_SEAL_GROW | F_SEAL_WRITE | F_SEAL_SEAL);
}

/* --- messages ------------------------------------------------------------- */

/* The message of courier.c, written down a second time. */
struct word {
	uint32_t magic, kind;
	uint64_t done_bytes;
};

#define MAGIC 0x77637069u
enum { ALIVE = 1, END };
/*
 * FOREIGN: an END with a wrong magic number. LATER: an ALIVE after ALIVE 9,
 * with a number that is not larger.
 */
enum { FOREIGN = 100, LATER };

static void say(int sock, const struct word *w, size_t len, int fd, int fds)
{
	union {
		char space[CMSG_SPACE(sizeof(int) * PEER_FDS_MAX)];
		struct cmsghdr align;
	} control = { 0 };
	struct iovec iov = { .iov_base = (void *)(uintptr_t)w, .iov_len = len };
	struct msghdr h = { .msg_iov = &iov, .msg_iovlen = 1 };
	size_t bytes = sizeof(int) * (size_t)fds;

	if (fd >= 0) {
		h.msg_control = control.space;
		h.msg_controllen = CMSG_SPACE(bytes);
		CMSG_FIRSTHDR(&h)->cmsg_level = SOL_SOCKET;
		CMSG_FIRSTHDR(&h)->cmsg_type = SCM_RIGHTS;
		CMSG_FIRSTHDR(&h)->cmsg_len = CMSG_LEN(bytes);
		for (int i = 0; i < fds; i++)
			memcpy(CMSG_DATA(CMSG_FIRSTHDR(&h)) +
				       sizeof(int) * (size_t)i,
			       &fd, sizeof(int));
	}
	sendmsg(sock, &h, MSG_NOSIGNAL | MSG_DONTWAIT);
}

struct deed {
	const char *spec, *what;
	uint32_t kind;
	uint64_t done_bytes;
	/* makes the descriptor that comes with the message */
	int (*open)(void);
	const char *words;
};

static void say_words(int sock, const struct deed *d)
{
	struct word before = { MAGIC, ALIVE, 9 };
	struct word w = { MAGIC, d->kind, d->done_bytes };
	int fd = d->open();

	if (d->kind == FOREIGN)
		w = (struct word){ MAGIC + 1, END, d->done_bytes };
	if (d->kind == LATER) {
		say(sock, &before, sizeof(before), -1, 0);
		w.kind = ALIVE;
	}
	say(sock, &w, sizeof(w), fd, 1);
	fd_close(&fd);
}

/* --- against a client ---------------------------------------------------- */

static const struct deed to_client[] = {
	{ "fdpass", "no descriptor", END, LEN, none,
	  "sent no descriptor for the input file" },
	{ "fdpass", "a directory", END, LEN, directory,
	  "something other than a regular file" },
	{ "fdpass", "/dev/zero", END, LEN, dev_zero,
	  "something other than a regular file" },
	{ "fdpass", "a write-only file", END, LEN, write_only,
	  "not open for the access that is needed" },
	{ "fdpass", "O_PATH", END, LEN, path_only,
	  "not open for the access that is needed" },
	{ "fdpass", "a wrong magic", FOREIGN, LEN, whole, "makes no sense" },
	{ "fdpass", "an unknown message", 9, LEN, whole, "cannot be right" },
	{ "fdpass", "too much", END, LEN + 1, whole,
	  "cannot be right: 1001 of 1000" },
	{ "fdpass", "a step back", LATER, 8, none,
	  "cannot be right: 8 of 1000 bytes are done, and 9 were done before" },
	{ "fdpass", "no step forward", LATER, 9, none,
	  "cannot be right: 9 of 1000 bytes are done, and 9 were done before" },
	{ "fdpass", "another file", END, LEN, whole,
	  "not those that were sent" },
	{ "memfd-seal", "no descriptor", END, LEN, none, "sent no descriptor" },
	{ "memfd-seal", "a file", END, LEN, whole, "not sealed" },
	{ "memfd-seal", "a loose memfd", END, LEN, loose, "not sealed" },
	{ "memfd-seal", "a short memfd", END, LEN, cut_short,
	  "has 999 bytes instead of 1000" },
	{ "memfd-seal", "less than was offered", END, LEN - 1, cut_short,
	  "the server sent 1000 bytes, and 999 arrived" },
	{ "mapout", "an end without a byte", END, 0, none,
	  "the server sent 1000 bytes, and 0 arrived" },
	{ "mapboth", "zeros only", END, LEN, none, "not those that were sent" },
	{ "mapboth", "too much", END, UINT64_MAX, none, "cannot be right" },
};

/* Ends with a correct DONE, so that only the courier's message can be wrong. */
static void hurt_client(const struct deed *d)
{
	struct honest client;
	struct verdict v;
	struct polite us;
	struct meet meet;

	polite_begin(&us, hostile_accept(&client, &meet));
	us.data = data;
	us.len = LEN;
	polite_server(&us, d->spec, POLITE_READY);
	say_words(us.tr.fd[TR_WRITE_END], d);
	us.step = POLITE_LAST;
	polite_server(&us, d->spec, POLITE_DONE);
	v = honest_end(&client, 2000);
	ok(honest_is_sound(&v, "client") && v.rc < 0 &&
		   honest_dst_is_sound(&v, &sent) && hostile_said(&v, d->words),
	   "%s: a client gets %s", d->spec, d->what);
	fd_close(&us.ctl.fd);
	polite_end(&us);
	meet_close(&meet);
}

/* Truncates the client's output file, which the client has passed to us. */
static void cut_output(const char *spec, off_t len)
{
	struct word w = { MAGIC, END, LEN };
	struct honest client;
	struct verdict v;
	struct polite us;
	struct meet meet;
	int sock, fd = -1;

	polite_begin(&us, hostile_accept(&client, &meet));
	us.data = data;
	us.len = LEN;
	polite_server(&us, spec, POLITE_READY);
	sock = us.tr.fd[TR_WRITE_END];
	fd = hostile_take_fd(sock);
	if (ftruncate(fd, len) < 0)
		fd_close(&fd);
	say(sock, &w, sizeof(w), -1, 0);
	us.step = POLITE_LAST;
	polite_server(&us, spec, POLITE_DONE);
	v = honest_end(&client, 2000);
	ok(fd >= 0 && honest_is_sound(&v, "client") && v.rc < 0 &&
		   honest_dst_is_sound(&v, &sent) &&
		   hostile_said(&v, "the output file has"),
	   "%s: the client's output is truncated to %lld bytes", spec,
	   (long long)len);
	fd_close(&fd);
	fd_close(&us.ctl.fd);
	polite_end(&us);
	meet_close(&meet);
}

/* --- against a server ---------------------------------------------------- */

#define SRC_LEN 300001 /* the length of honest_source */

static const struct deed to_server[] = {
	{ "mapout", "no descriptor", END, SRC_LEN, none,
	  "sent no descriptor for the output file" },
	{ "mapout", "a directory", END, SRC_LEN, directory,
	  "something other than a regular file" },
	{ "mapout", "/dev/zero", END, SRC_LEN, dev_zero,
	  "something other than a regular file" },
	{ "mapout", "a read-only file", END, SRC_LEN, read_only,
	  "not open for the access that is needed" },
	{ "mapout", "a short file", END, SRC_LEN, whole,
	  "has 1000 bytes instead of 300001" },
	{ "mapout", "a frozen memfd", END, SRC_LEN, frozen,
	  "bytes instead of" },
	{ "mapout", "its own source", END, SRC_LEN, own_source,
	  "is the server's input file" },
	{ "mapboth", "its own source", END, SRC_LEN, own_source,
	  "is the server's input file" },
	{ "mapboth", "too much", END, SRC_LEN + 1, none,
	  "cannot be right: 300002 of 300001" },
	{ "fdpass", "too much", ALIVE, SRC_LEN + 1, none, "cannot be right" },
	{ "memfd-seal", "a wrong magic", FOREIGN, SRC_LEN, none,
	  "makes no sense" },
};

static void hurt_server(const struct deed *d)
{
	const char *name = hostile_name();
	struct honest server;
	struct verdict v;
	struct polite us;

	honest_files();
	honest_serve(&server, name, d->spec);
	polite_begin(&us, hostile_connect(name));
	polite_client(&us, POLITE_READY);
	say_words(us.tr.fd[TR_READ_END], d);
	v = honest_end(&server, 2000);
	ok(honest_is_sound(&v, "server") && v.rc < 0 &&
		   !sample_differs(HONEST_SRC, &honest_source) &&
		   hostile_said(&v, d->words),
	   "%s: a server gets %s", d->spec, d->what);
	fd_close(&us.ctl.fd);
	polite_end(&us);
}

/*
 * Truncates the file and restores its length again and again. Its length is
 * right often enough to pass the check.
 */
static pid_t shake(int fd)
{
	pid_t pid = honest_fork();

	if (pid)
		return pid;
	for (;;) {
		usleep((useconds_t)(random() % 200));
		if (ftruncate(fd, 0) < 0 || ftruncate(fd, SRC_LEN) < 0)
			_exit(1);
	}
}

static void shake_output(const char *spec)
{
	struct word w = { MAGIC, END, SRC_LEN };
	const char *name = hostile_name();
	int fd = open(OTHER, O_RDWR | O_CLOEXEC);
	struct honest server;
	struct verdict v;
	struct polite us;
	pid_t pid;

	honest_serve(&server, name, spec);
	polite_begin(&us, hostile_connect(name));
	polite_client(&us, POLITE_READY);
	if (ftruncate(fd, SRC_LEN) < 0)
		ok(false, "ftruncate");
	pid = shake(fd);
	say(us.tr.fd[TR_READ_END], &w, sizeof(w), fd, 1);
	v = honest_end(&server, 3 * HONEST_PATIENCE_MS + 1000);
	honest_reap(pid);
	ok(honest_is_sound(&v, "server") && v.rc < 0,
	   "%s: an output that shrinks while it is mapped is an error", spec);
	hostile_note(&v);
	fd_close(&fd);
	fd_close(&us.ctl.fd);
	polite_end(&us);
}

/* --- all cases ------------------------------------------------------------ */

/*
 * Sends a message of `len` bytes with `fds` descriptors. A side accepts at most
 * eight.
 */
static void misspell(size_t len, int fds)
{
	struct word w = { MAGIC, END, LEN };
	struct honest client;
	struct verdict v;
	struct polite us;
	struct meet meet;
	int fd = whole();

	polite_begin(&us, hostile_accept(&client, &meet));
	us.data = data;
	us.len = LEN;
	polite_server(&us, "fdpass", POLITE_READY);
	say(us.tr.fd[TR_WRITE_END], &w, len, fd, fds);
	v = honest_end(&client, 2000);
	ok(honest_is_sound(&v, "client") && v.rc < 0 &&
		   hostile_said(&v, "makes no sense"),
	   "fdpass: a message of %zu bytes with %d descriptors", len, fds);
	fd_close(&fd);
	fd_close(&us.ctl.fd);
	polite_end(&us);
	meet_close(&meet);
}

void hostile_couriers(void)
{
	const struct sample other = { .len = LEN, .seed = 9, .mode = 0600 };

	sample_fill(data, LEN, sent.seed, 0);
	sample_write(OTHER, &other);
	for (size_t i = 0; i < sizeof(to_client) / sizeof(to_client[0]); i++)
		hurt_client(&to_client[i]);
	cut_output("mapout", 0);
	cut_output("mapboth", LEN + 1);
	misspell(sizeof(struct word), 9);
	misspell(sizeof(struct word) - 1, 1);
	for (size_t i = 0; i < sizeof(to_server) / sizeof(to_server[0]); i++)
		hurt_server(&to_server[i]);
	shake_output("mapout");
	shake_output("mapboth");
	unlink(OTHER);
}
