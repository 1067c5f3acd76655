/*
 * A program to be counted: copies a file once, through buffers of its own, and
 * makes thousands of small copies of other bytes. Each letter of the third
 * argument is a step:
 *
 *     1 2 3  memcpy from buffer 0 to 1, from 1 to 2, from 2 to 3
 *     a b c  the same by a loop, which no library can see
 *     x y    memcpy from buffer 0 or 1 to a buffer that nothing reads
 *     s      small copies of other bytes
 *     h      from now on, only the first half of the bytes
 *
 * The last buffer that a step 1 to c filled is written.
 */
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define SMALL 5000

/* so that the compiler cannot inline the copy */
static void *(*volatile copy)(void *, const void *, size_t) = memcpy;

static void copy_unseen(char *to, const char *from, size_t len)
{
	for (size_t i = 0; i < len; i++) {
		to[i] = from[i];
		__asm__ volatile("" : : : "memory");
	}
}

static void copy_small(void)
{
	char from[256], to[256];

	memset(from, 7, sizeof(from));
	for (int i = 0; i < SMALL; i++)
		copy(to, from, 64 + (size_t)i % 192);
}

static char *step(char *const *buffer, char what, size_t len)
{
	if (what == 's')
		copy_small();
	else if (what == 'x' || what == 'y')
		copy(buffer[4], buffer[what - 'x'], len);
	if (what >= '1' && what <= '3')
		return copy(buffer[what - '0'], buffer[what - '1'], len);
	if (what < 'a' || what > 'c')
		return NULL;
	copy_unseen(buffer[what - 'a' + 1], buffer[what - 'a'], len);
	return buffer[what - 'a' + 1];
}

int main(int argc, char **argv)
{
	int in = argc == 4 ? open(argv[1], O_RDONLY) : -1;
	int out = argc == 4 ? open(argv[2], O_WRONLY | O_CREAT, 0600) : -1;
	char *buffer[5], *last;
	struct stat st;
	size_t len;

	if (in < 0 || out < 0 || fstat(in, &st) < 0)
		return 2;
	len = (size_t)st.st_size;
	for (int i = 0; i < 5; i++) {
		buffer[i] = malloc(len);
		if (!buffer[i])
			return 2;
	}
	last = buffer[0];
	if (read(in, buffer[0], len) != st.st_size)
		return 1;
	for (const char *at = argv[3]; *at; at++) {
		char *filled = step(buffer, *at, len);

		len = *at == 'h' ? len / 2 : len;
		last = filled ? filled : last;
	}
	return write(out, last, len) != (ssize_t)len;
}
