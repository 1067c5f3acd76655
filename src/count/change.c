/* Finds out whether a program wrote the same bytes that it read. */
#include "count/change.h"

#include <errno.h>
#include <fcntl.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/fd.h"

#define STEP_BYTES 65536
#define STEPS_MOST 64 /* a large file is compared at 64 to 128 places */

static int open_regular(const char *path, uint64_t *size)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
	struct stat st;

	if (fd >= 0 && (fstat(fd, &st) < 0 || !S_ISREG(st.st_mode)))
		fd_close(&fd);
	if (fd >= 0)
		*size = (uint64_t)st.st_size;
	return fd;
}

static bool alike_at(int a, int b, uint64_t at, char *of_a, char *of_b)
{
	ssize_t n = pread(a, of_a, STEP_BYTES, (off_t)at);
	ssize_t m = pread(b, of_b, STEP_BYTES, (off_t)at);

	if (n <= 0 || m <= 0)
		return true;
	return memcmp(of_a, of_b, (size_t)(n < m ? n : m)) == 0;
}

/*
 * Compares two files at places spread evenly over them, up to the end of the
 * shorter file. A few places are enough, since a program that transforms bytes
 * changes nearly all bytes.
 */
static bool are_alike(int a, int b, uint64_t size)
{
	char *of_a = malloc(STEP_BYTES), *of_b = malloc(STEP_BYTES);
	uint64_t step = size / STEPS_MOST / STEP_BYTES * STEP_BYTES;
	bool alike = true;

	if (step < STEP_BYTES)
		step = STEP_BYTES;
	for (uint64_t at = 0; of_a && of_b && alike && at < size; at += step)
		alike = alike_at(a, b, at, of_a, of_b);
	free(of_a);
	free(of_b);
	return alike;
}

/* --- bytes at other places ------------------------------------------------ */

#define PIECES      CHANGE_PIECES
#define PIECE_BYTES CHANGE_PIECE
#define PIECE_LEAST 16 /* shorter pieces can be in any file by chance */
#define CHUNK_BYTES (1 << 20)
#define SEARCH_MOST (64 << 20) /* longer inputs are not searched */

struct pieces {
	char bytes[PIECES][PIECE_BYTES];
	size_t len;
	bool found[PIECES];
	int n;
};

static bool is_hole(int fd, uint64_t at)
{
	off_t data = lseek(fd, (off_t)at, SEEK_DATA);

	return data > (off_t)at || (data < 0 && errno == ENXIO);
}

/* Reads pieces at places spread evenly over the output; leaves out holes. */
static void take_pieces(struct pieces *p, int out, uint64_t size)
{
	uint64_t room, step;

	p->len = size < PIECE_BYTES ? (size_t)size : PIECE_BYTES;
	room = size - p->len;
	step = room / (PIECES - 1) ? room / (PIECES - 1) : 1;
	for (uint64_t at = 0; at <= room && p->n < PIECES; at += step)
		if (!is_hole(out, at) && pread(out, p->bytes[p->n], p->len,
					       (off_t)at) == (ssize_t)p->len)
			p->n++;
}

static void find_pieces(struct pieces *p, const char *chunk, size_t len)
{
	for (int i = 0; i < p->n; i++)
		if (!p->found[i])
			p->found[i] =
				memmem(chunk, len, p->bytes[i], p->len) != NULL;
}

static void search(struct pieces *p, int in, uint64_t size)
{
	char *chunk = malloc(CHUNK_BYTES);
	ssize_t n;

	for (uint64_t at = 0; chunk && at < size;
	     at += CHUNK_BYTES - PIECE_BYTES) {
		n = pread(in, chunk, CHUNK_BYTES, (off_t)at);
		if (n <= 0)
			break;
		find_pieces(p, chunk, (size_t)n);
	}
	free(chunk);
}

static enum change where_from(int in, uint64_t in_size, int out,
			      uint64_t out_size)
{
	struct pieces p = { .n = 0 };
	int found = 0;

	if (in_size > SEARCH_MOST)
		/* without a search, nothing shows that the bytes changed */
		return CHANGE_PLACE;
	take_pieces(&p, out, out_size);
	if (p.len < PIECE_LEAST)
		return CHANGE_BYTES;
	search(&p, in, in_size);
	for (int i = 0; i < p.n; i++)
		found += p.found[i];
	return found * 2 < p.n ? CHANGE_BYTES : CHANGE_PLACE;
}

enum change change_seen(const char *in, const char *out)
{
	uint64_t of_in = 0, of_out = 0;
	int a = open_regular(in, &of_in), b = open_regular(out, &of_out);
	enum change seen = CHANGE_NONE;

	if (a >= 0 && b >= 0 &&
	    !are_alike(a, b, of_in < of_out ? of_in : of_out))
		seen = where_from(a, of_in, b, of_out);
	fd_close(&a);
	fd_close(&b);
	return seen;
}

bool change_equal(const char *in, const char *out)
{
	uint64_t of_in = 0, of_out = 0;
	int a = open_regular(in, &of_in), b = open_regular(out, &of_out);
	char *of_a = malloc(STEP_BYTES), *of_b = malloc(STEP_BYTES);
	bool same = a >= 0 && b >= 0 && of_a && of_b && of_in == of_out;

	for (uint64_t at = 0; same && at < of_in; at += STEP_BYTES)
		same = alike_at(a, b, at, of_a, of_b);
	free(of_a);
	free(of_b);
	fd_close(&a);
	fd_close(&b);
	return same;
}

bool change_holds(const char *in, const struct change_pieces *pieces)
{
	struct pieces p = { .len = CHANGE_PIECE, .n = pieces->n };
	uint64_t size = 0;
	int fd = open_regular(in, &size), found = 0;

	memcpy(p.bytes, pieces->bytes, sizeof(p.bytes));
	if (fd >= 0 && size <= SEARCH_MOST)
		search(&p, fd, size);
	fd_close(&fd);
	for (int i = 0; i < p.n; i++)
		found += p.found[i];
	return found * 2 > p.n;
}
