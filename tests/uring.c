/* Messages of the other side about slots are checked before they are used. */
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/fd.h"
#include "sample.h"
#include "tap.h"
#include "transport/transport.h"

#define SIZE  1000
#define DEPTH 4
#define LEN   (3 * SIZE + 500)
#define SPEC  "uring:size=1000,depth=4"
#define END   UINT32_MAX

/* The message of uring_ring.h, which needs liburing. */
struct said {
	uint32_t slot, len;
	uint64_t at;
};

/* The side under test, and the other end of its socket. */
struct bed {
	struct tr own;
	struct err err;
	struct lease lease;
	_Atomic uint64_t moved, beats;
	int other, file;
};

static int new_file(uint64_t len)
{
	int fd = memfd_create("uring", MFD_CLOEXEC);
	char *bytes = calloc(1, LEN);

	sample_fill(bytes, LEN, 1, 0);
	if (fd < 0 || write(fd, bytes, len) != (ssize_t)len)
		abort();
	free(bytes);
	return fd;
}

/* TR_WRITE_END makes a server, which reads a file of `len` bytes. */
static void open_bed(struct bed *b, int own_end, uint64_t len)
{
	struct tr_spec spec;

	memset(b, 0, sizeof(*b));
	b->lease = (struct lease)LEASE_INIT;
	if (tr_spec_parse(SPEC, &spec, &b->err) < 0 ||
	    tr_init(&b->own, &spec, &b->lease, &b->err) < 0 ||
	    b->own.ops->create(&b->own) < 0 || b->own.ops->attach(&b->own) < 0)
		abort();
	b->own.moved_bytes = &b->moved;
	b->own.beats = &b->beats;
	b->other = b->own.fd[!own_end];
	b->own.fd[!own_end] = -1;
	b->file = new_file(len);
}

static void close_bed(struct bed *b)
{
	fd_close(&b->other);
	tr_close(&b->own);
	fd_close(&b->file);
}

static void say(struct bed *b, struct said s)
{
	if (send(b->other, &s, sizeof(s), MSG_NOSIGNAL) != sizeof(s))
		abort();
}

/* --- a server that lies --------------------------------------------------- */

static void client_refuses(struct said first, struct said second,
			   const char *what)
{
	struct bed b;
	int rc;

	open_bed(&b, TR_READ_END, 0);
	say(&b, first);
	say(&b, second);
	rc = b.own.ops->recv_file(&b.own, b.file, LEN);
	if (!ok(rc == -EPROTO && strstr(b.err.text, "makes no sense"),
		"a client refuses %s", what))
		diag("%d: %s", rc, b.err.text);
	close_bed(&b);
}

static void lie_to_client(void)
{
	const struct said end = { END, 0, 0 }, good = { 0, SIZE, 0 };

	client_refuses((struct said){ DEPTH, 1, 0 }, end,
		       "a fifth slot of four");
	client_refuses((struct said){ 0, 0, 0 }, end, "a slot without bytes");
	client_refuses((struct said){ 0, SIZE + 1, 0 }, end,
		       "more than a slot holds");
	client_refuses((struct said){ 0, SIZE, LEN - SIZE + 1 }, end,
		       "bytes behind the end of the file");
	client_refuses((struct said){ 0, SIZE, UINT64_MAX }, end,
		       "a place behind all files");
	client_refuses(good, good, "a slot that it has not given back");
	client_refuses(end, good, "a slot after the end");
}

static void leave_client(void)
{
	const struct said half = { 0, SIZE, 0 };
	struct bed b;
	int rc;

	open_bed(&b, TR_READ_END, 0);
	if (send(b.other, &half, sizeof(half) / 2, 0) != sizeof(half) / 2)
		abort();
	fd_close(&b.other);
	rc = b.own.ops->recv_file(&b.own, b.file, LEN);
	ok(rc == -EPIPE && strstr(b.err.text, "the server is gone"),
	   "a client notices that the server leaves within a message: %s",
	   b.err.text);
	close_bed(&b);
}

/* --- a client that lies --------------------------------------------------- */

static void server_refuses(struct said first, struct said second,
			   const char *what)
{
	struct bed b;
	int rc;

	/*
	 * the file is longer than all slots, so that the server must listen to
	 * the client
	 */
	open_bed(&b, TR_WRITE_END, LEN);
	if (ftruncate(b.file, 1 << 20) < 0)
		abort();
	say(&b, first);
	say(&b, second);
	rc = b.own.ops->send_file(&b.own, b.file, 1 << 20);
	if (!ok(rc == -EPROTO && strstr(b.err.text, "makes no sense"),
		"a server refuses %s", what))
		diag("%d: %s", rc, b.err.text);
	close_bed(&b);
}

static void lie_to_server(void)
{
	const struct said good = { 0, 0, 0 };

	server_refuses((struct said){ DEPTH, 0, 0 }, good,
		       "a fifth slot of four");
	server_refuses(good, good, "a slot that is given back twice");
}

/* --- a server that tells the truth ---------------------------------------- */

/* True if the other side told of all `len` bytes and then of the end. */
static bool hears_all(struct bed *b, uint64_t len)
{
	struct said s = { 0 };
	uint64_t heard = 0;

	while (fd_read_full(b->other, &s, sizeof(s)) == sizeof(s) &&
	       s.slot != END)
		heard += s.len;
	return s.slot == END && s.at == len && heard == len;
}

static void end_early(uint64_t len)
{
	struct bed b;
	int rc;

	open_bed(&b, TR_WRITE_END, len);
	rc = b.own.ops->send_file(&b.own, b.file, LEN);
	ok(rc == 0 && b.moved == len && hears_all(&b, len),
	   "a file that has become shorter is sent with %d bytes", (int)len);
	close_bed(&b);
}

int main(void)
{
	struct err e = { 0 };
	struct tr_spec spec;

	if (tr_spec_parse(SPEC, &spec, &e) < 0 || tr_probe(&spec, &e) < 0) {
		skip("%s", e.text);
		return done_testing();
	}
	lie_to_client();
	leave_client();
	lie_to_server();
	end_early(LEN);
	end_early(2 * SIZE);
	end_early(2 * SIZE + 1);
	end_early(0);
	return done_testing();
}
