/* Whether what a program wrote is what it read. */
#include "count/change.h"

#include <fcntl.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/fd.h"

#define STEP_BYTES 65536
#define STEPS_MOST 64 /* of a large file so many, all over it */

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

/* As far as both go. What changes bytes, changes them everywhere. */
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

bool change_seen(const char *in, const char *out)
{
	uint64_t of_in = 0, of_out = 0;
	int a = open_regular(in, &of_in), b = open_regular(out, &of_out);
	bool seen = a >= 0 && b >= 0 &&
		    !are_alike(a, b, of_in < of_out ? of_in : of_out);

	fd_close(&a);
	fd_close(&b);
	return seen;
}
