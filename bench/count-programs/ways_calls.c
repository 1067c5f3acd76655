/* Ways that differ in the calls that move the bytes. */
#include <fcntl.h>
#include <linux/aio_abi.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/sendfile.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <unistd.h>

#include "ways.h"

static char buffer[BLOCK] __attribute__((aligned(4096)));

static void with_read(int in, int out)
{
	pump(in, out);
}

static void with_pread(int in, int out)
{
	off_t at = 0;
	ssize_t n;

	while ((n = must(pread(in, buffer, BLOCK, at), "pread")) > 0) {
		must(pwrite(out, buffer, n, at), "pwrite");
		at += n;
	}
}

static void with_readv(int in, int out)
{
	struct iovec v[2] = { { buffer, 100 }, { buffer + 100, BLOCK - 100 } };
	ssize_t n;

	while ((n = must(readv(in, v, 2), "readv")) == BLOCK)
		must(writev(out, v, 2), "writev");
	write_all(out, buffer, n);
}

static void with_preadv2(int in, int out)
{
	struct iovec v = { buffer, BLOCK };
	off_t at = 0;

	while ((v.iov_len = must(preadv2(in, &v, 1, at, 0), "preadv2")) > 0) {
		must(pwritev2(out, &v, 1, at, 0), "pwritev2");
		at += v.iov_len;
	}
}

static void with_stdio(int in, int out)
{
	FILE *from = fdopen(in, "r"), *to = fdopen(out, "w");
	size_t n;

	while ((n = fread(buffer, 1, BLOCK, from)) > 0)
		fwrite(buffer, 1, n, to);
	fclose(to);
}

static void with_getc(int in, int out)
{
	FILE *from = fdopen(in, "r"), *to = fdopen(out, "w");
	int c;

	while ((c = getc(from)) != EOF)
		putc(c, to);
	fclose(to);
}

static void with_sendfile(int in, int out)
{
	while (must(sendfile(out, in, NULL, 1 << 20), "sendfile") > 0)
		;
}

static void with_copy_file_range(int in, int out)
{
	while (must(copy_file_range(in, NULL, out, NULL, 1 << 20, 0),
		    "copy_file_range") > 0)
		;
}

static void with_splice(int in, int out)
{
	int fd[2];
	ssize_t n;

	must(pipe(fd), "pipe");
	while ((n = must(splice(in, NULL, fd[1], NULL, BLOCK, 0), "splice")))
		while (n > 0)
			n -= must(splice(fd[0], NULL, out, NULL, n, 0),
				  "splice");
}

/* The pipe gets the file's own pages. Only read(2) and write(2) copy them. */
static void with_splice_read(int in, int out)
{
	int fd[2];
	ssize_t n;

	must(pipe(fd), "pipe");
	while ((n = must(splice(in, NULL, fd[1], NULL, BLOCK, 0), "splice"))) {
		read_all(fd[0], buffer, n);
		write_all(out, buffer, n);
	}
}

static void with_vmsplice(int in, int out)
{
	int fd[2];
	struct iovec v = { buffer, BLOCK };

	must(pipe(fd), "pipe");
	while ((v.iov_len = must(read(in, buffer, BLOCK), "read")) > 0) {
		size_t left = must(vmsplice(fd[1], &v, 1, 0), "vmsplice");

		while (left > 0)
			left -= must(splice(fd[0], NULL, out, NULL, left, 0),
				     "splice");
	}
}

static void one_request(aio_context_t context, struct iocb *request)
{
	struct io_event event;

	must(syscall(SYS_io_submit, context, 1, &request), "io_submit");
	must(syscall(SYS_io_getevents, context, 1, 1, &event, NULL),
	     "io_getevents");
	must(event.res, "aio");
}

static void with_aio(int in, int out)
{
	aio_context_t context = 0;
	size_t len = length_of(in);

	must(syscall(SYS_io_setup, 4, &context), "io_setup");
	for (size_t at = 0; at < len; at += BLOCK) {
		size_t n = len - at < BLOCK ? len - at : BLOCK;
		struct iocb request = {
			.aio_lio_opcode = IOCB_CMD_PREAD,
			.aio_fildes = in,
			.aio_buf = (unsigned long)buffer,
			.aio_nbytes = n,
			.aio_offset = at,
		};

		one_request(context, &request);
		request.aio_lio_opcode = IOCB_CMD_PWRITE;
		request.aio_fildes = out;
		one_request(context, &request);
	}
}

/* Each block is written twice to the same place. */
static void write_twice(int in, int out)
{
	off_t at = 0;
	ssize_t n;

	while ((n = must(read(in, buffer, BLOCK), "read")) > 0) {
		must(pwrite(out, buffer, n, at), "pwrite");
		must(pwrite(out, buffer, n, at), "pwrite");
		at += n;
	}
}

static void blocks_backwards(int in, int out)
{
	size_t len = length_of(in), at = len / BLOCK * BLOCK + BLOCK;

	while (at > 0) {
		at -= BLOCK;
		must(pwrite(out, buffer,
			    must(pread(in, buffer, BLOCK, at), "pread"), at),
		     "pwrite");
	}
}

/*
 * Writes pieces of irregular lengths, most of which begin and end within pages.
 */
static void odd_pieces(int in, int out)
{
	size_t len = 1;
	ssize_t n;

	while ((n = must(read(in, buffer + len % 64, len), "read")) > 0) {
		write_all(out, buffer + len % 64, n);
		len = (len * 7 + 5) % 60000 + 1;
	}
}

static void only_every_bit_changed(int in, int out)
{
	ssize_t n;

	while ((n = must(read(in, buffer, BLOCK), "read")) > 0) {
		for (ssize_t i = 0; i < n; i++)
			buffer[i] ^= 0xff;
		write_all(out, buffer, n);
	}
}

const struct way calls[] = {
	{ "read", with_read },
	{ "pread", with_pread },
	{ "readv", with_readv },
	{ "preadv2", with_preadv2 },
	{ "stdio", with_stdio },
	{ "getc", with_getc },
	{ "sendfile", with_sendfile },
	{ "copy_file_range", with_copy_file_range },
	{ "splice", with_splice },
	{ "splice-read", with_splice_read },
	{ "vmsplice", with_vmsplice },
	{ "aio", with_aio },
	{ "write-twice", write_twice },
	{ "backwards", blocks_backwards },
	{ "odd-pieces", odd_pieces },
	{ "inverted", only_every_bit_changed },
	{ NULL, NULL },
};
