/* ways WAY IN OUT: copies a file in the way that has this name. */
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "ways.h"

ssize_t must(ssize_t result, const char *what)
{
	if (result < 0) {
		perror(what);
		exit(3);
	}
	return result;
}

size_t length_of(int fd)
{
	struct stat st;

	must(fstat(fd, &st), "fstat");
	return st.st_size;
}

void write_all(int fd, const void *from, size_t len)
{
	for (size_t done = 0; done < len;)
		done += must(write(fd, (const char *)from + done, len - done),
			     "write");
}

size_t read_all(int fd, void *to, size_t len)
{
	size_t done = 0;
	ssize_t n = 1;

	while (done < len && n > 0) {
		n = must(read(fd, (char *)to + done, len - done), "read");
		done += n;
	}
	return done;
}

void pump(int from, int to)
{
	static char buffer[BLOCK];
	ssize_t n;

	while ((n = must(read(from, buffer, sizeof(buffer)), "read")) > 0)
		write_all(to, buffer, n);
}

int child(void)
{
	return must(fork(), "fork") == 0;
}

void wait_for_child(void)
{
	int status;

	must(wait(&status), "wait");
	if (status != 0)
		exit(3);
}

void *shared(size_t len)
{
	void *p = mmap(NULL, len, PROT_READ | PROT_WRITE,
		       MAP_SHARED | MAP_ANONYMOUS, -1, 0);

	must(p == MAP_FAILED ? -1 : 0, "mmap");
	return p;
}

static const struct way *const lists[] = { calls, memory, processes, sockets };

static const struct way *find(const char *name)
{
	for (size_t i = 0; i < sizeof(lists) / sizeof(*lists); i++)
		for (const struct way *w = lists[i]; w->name; w++)
			if (!strcmp(w->name, name))
				return w;
	return NULL;
}

int main(int argc, char **argv)
{
	const struct way *w = argc == 4 ? find(argv[1]) : NULL;
	int in, out;

	if (!w) {
		fprintf(stderr, "usage: ways WAY IN OUT\n");
		return 2;
	}
	in = must(open(argv[2], O_RDONLY), argv[2]);
	out = must(open(argv[3], O_RDWR | O_CREAT | O_TRUNC, 0644), argv[3]);
	w->copy(in, out);
	return 0;
}
