/* The other side may pass any file. It must be checked before it is used. */
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/fd.h"
#include "tap.h"
#include "transport/courier.h"

#define LEN 10000

static const int all_seals =
	F_SEAL_SHRINK | F_SEAL_GROW | F_SEAL_WRITE | F_SEAL_SEAL;

/* The side under test, and a peer that sends what the test wants. */
struct pair {
	struct tr own, peer;
	struct err own_err, peer_err;
	struct lease lease;
	_Atomic uint64_t moved, beats;
};

static void open_pair(struct pair *p, const char *name, int own_end)
{
	struct tr_spec spec;
	int fd[2];

	memset(p, 0, sizeof(*p));
	if (tr_spec_parse(name, &spec, &p->own_err) < 0 ||
	    tr_init(&p->own, &spec, &p->lease, &p->own_err) < 0 ||
	    tr_init(&p->peer, &spec, &p->lease, &p->peer_err) < 0 ||
	    socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, fd) < 0)
		abort();
	p->own.moved_bytes = p->peer.moved_bytes = &p->moved;
	p->own.beats = p->peer.beats = &p->beats;
	p->own.fd[own_end] = fd[0];
	p->peer.fd[!own_end] = fd[1];
}

static void close_pair(struct pair *p)
{
	tr_close(&p->own);
	tr_close(&p->peer);
}

static int new_file(size_t len, int seals)
{
	int fd = memfd_create("passed", MFD_CLOEXEC | MFD_ALLOW_SEALING);

	if (fd < 0 || ftruncate(fd, (off_t)len) < 0 ||
	    (seals && fcntl(fd, F_ADD_SEALS, seals) < 0))
		abort();
	return fd;
}

/* Opens the same file again with other rights. */
static int reopen(int fd, int flags)
{
	char path[40];
	int again;

	snprintf(path, sizeof(path), "/proc/self/fd/%d", fd);
	again = open(path, flags | O_CLOEXEC);
	fd_close(&fd);
	return again;
}

static void refuses(struct pair *p, int rc, const char *what)
{
	if (!ok(rc == -EPROTO && p->own_err.code == EPROTO,
		"%s is refused by %s", what, p->own.ops->name))
		diag("%d: %s", rc, p->own_err.text);
}

/* Passes `fd` to the client, as if the server had finished. */
static void give_client(const char *name, int fd, const char *what)
{
	int out = new_file(0, 0);
	struct pair p;

	open_pair(&p, name, TR_READ_END);
	tr_courier_end(&p.peer, LEN, fd);
	refuses(&p, p.own.ops->recv_file(&p.own, out, LEN), what);
	close_pair(&p);
	fd_close(&out);
	fd_close(&fd);
}

/* Passes `fd` to the server as the output file. */
static void give_server(const char *name, int fd, int in, const char *what)
{
	struct pair p;

	open_pair(&p, name, TR_WRITE_END);
	tr_courier_end(&p.peer, LEN, fd);
	refuses(&p, p.own.ops->send_file(&p.own, in, LEN), what);
	close_pair(&p);
	if (fd != in)
		fd_close(&fd);
}

static void give_wrong_outputs(const char *name)
{
	int in = new_file(LEN, 0);

	give_server(name, -1, in, "no descriptor");
	give_server(name, open("/dev/zero", O_RDWR | O_CLOEXEC), in,
		    "a device");
	give_server(name, new_file(LEN - 1, 0), in, "a file of another length");
	give_server(name, reopen(new_file(LEN, 0), O_RDONLY), in,
		    "a file that may not be written");
	give_server(name, in, in, "the input itself");
	fd_close(&in);
}

static void give_wrong_inputs(void)
{
	give_client("memfd-seal", -1, "no descriptor");
	give_client("memfd-seal", new_file(LEN, 0), "a memfd without seals");
	give_client("memfd-seal", new_file(LEN, all_seals & ~F_SEAL_WRITE),
		    "a memfd that can be written");
	give_client("memfd-seal", new_file(LEN + 1, all_seals),
		    "a memfd of another length");
	give_client("fdpass", -1, "no descriptor");
	give_client("fdpass", open("/", O_RDONLY | O_CLOEXEC), "a directory");
	give_client("fdpass", open("/dev/zero", O_RDONLY | O_CLOEXEC),
		    "a device");
	give_client("fdpass", reopen(new_file(LEN, 0), O_WRONLY),
		    "a file that may not be read");
	give_client("fdpass", reopen(new_file(LEN, 0), O_PATH),
		    "a descriptor with O_PATH");
}

/* Sends wrong messages. A side must refuse them and must not go on waiting. */
static void say_wrong_words(void)
{
	uint64_t done;
	struct pair p;

	open_pair(&p, "fdpass", TR_WRITE_END);
	tr_courier_end(&p.peer, LEN + 1, -1);
	refuses(&p, tr_courier_hear(&p.own, LEN, NULL, &done, NULL),
		"a number beyond the length");
	close_pair(&p);

	open_pair(&p, "fdpass", TR_WRITE_END);
	tr_courier_say(&p.peer, 3 << 20);
	tr_courier_end(&p.peer, 2 << 20, -1);
	refuses(&p, tr_courier_hear(&p.own, 4 << 20, NULL, &done, NULL),
		"a number that goes back");
	close_pair(&p);

	open_pair(&p, "fdpass", TR_WRITE_END);
	if (send(p.peer.fd[TR_READ_END], "what", 4, 0) == 4)
		refuses(&p, tr_courier_hear(&p.own, LEN, NULL, &done, NULL),
			"nonsense");
	close_pair(&p);

	open_pair(&p, "fdpass", TR_WRITE_END);
	tr_courier_say(&p.peer, 1 << 20);
	fd_close(&p.peer.fd[TR_READ_END]);
	ok(tr_courier_hear(&p.own, 2 << 20, NULL, &done, NULL) == -EPIPE &&
		   p.beats == 1,
	   "a peer that leaves is noticed after its last sign of life");
	close_pair(&p);
}

int main(void)
{
	give_wrong_inputs();
	give_wrong_outputs("mapout");
	give_wrong_outputs("mapboth");
	say_wrong_words();
	return done_testing();
}
