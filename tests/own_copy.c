/* A program to be counted: copies a file through two buffers of its own. */
#include <fcntl.h>
#include <string.h>
#include <unistd.h>

#define BYTES 65536

static char first[BYTES], second[BYTES];

int main(int argc, char **argv)
{
	/* so that the compiler cannot inline the copy */
	void *(*volatile copy)(void *, const void *, size_t) = memcpy;
	int in = argc == 3 ? open(argv[1], O_RDONLY) : -1;
	int out = argc == 3 ? open(argv[2], O_WRONLY | O_CREAT, 0600) : -1;
	ssize_t n;

	if (in < 0 || out < 0)
		return 2;
	while ((n = read(in, first, BYTES)) > 0) {
		copy(second, first, (size_t)n);
		if (write(out, second, (size_t)n) != n)
			return 1;
	}
	return n < 0;
}
