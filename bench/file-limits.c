/*
 * Measures two limits that no copy by read(2) and write(2) can beat: the time
 * to read a file without writing, and the time to write a file without reading.
 * The calls and the kind of destination are those of `ipcopy copy`.
 */
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/fd.h"
#include "base/page.h"
#include "base/size.h"

static int usage(void)
{
	fputs("usage: file-limits read FILE SIZE | write DIR BYTES SIZE\n",
	      stderr);
	return 2;
}

static int failed(const char *what)
{
	perror(what);
	return 3;
}

/*
 * The buffer gets pages of its own before the clock starts. Otherwise write(2)
 * would read the same page of zeros at all its addresses.
 */
static void *make_buffer(size_t size)
{
	void *buf = page_map(size);

	if (buf)
		memset(buf, 0x5a, size);
	return buf;
}

static int read_all(int fd, void *buf, size_t size)
{
	int64_t t0_ns = clock_ns();
	ssize_t n;

	do {
		n = fd_read_some(fd, buf, size);
	} while (n > 0);
	if (n < 0)
		return failed("read");
	printf("%" PRId64 "\n", clock_ns() - t0_ns);
	return 0;
}

static int write_all(int fd, const void *buf, size_t size, uint64_t bytes)
{
	int64_t t0_ns = clock_ns();

	for (uint64_t done = 0; done < bytes; done += size) {
		size_t len = bytes - done < size ? bytes - done : size;

		if (fd_write_all(fd, buf, len) < 0)
			return failed("write");
	}
	printf("%" PRId64 "\n", clock_ns() - t0_ns);
	return 0;
}

int main(int argc, char **argv)
{
	bool reads = argc == 4 && !strcmp(argv[1], "read");
	bool writes = argc == 5 && !strcmp(argv[1], "write");
	uint64_t size, bytes = 0;
	void *buf;
	int fd;

	if ((!reads && !writes) || !size_parse(argv[argc - 1], &size) ||
	    size == 0 || (writes && !size_parse(argv[3], &bytes)))
		return usage();
	buf = make_buffer(size);
	if (!buf)
		return failed("mmap");
	fd = open(argv[2],
		  reads ? O_RDONLY | O_CLOEXEC : O_TMPFILE | O_RDWR | O_CLOEXEC,
		  0600);
	if (fd < 0)
		return failed(argv[2]);
	return reads ? read_all(fd, buf, size)
		     : write_all(fd, buf, size, bytes);
}
