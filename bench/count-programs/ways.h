/* The ways of copying in this folder, and functions that they share. */
#ifndef WAYS_H
#define WAYS_H

#include <stddef.h>
#include <sys/types.h>

#define BLOCK 65536

struct way {
	const char *name;
	void (*copy)(int in, int out);
};

/* Each list ends with a way that has no name. */
extern const struct way calls[];
extern const struct way memory[];
extern const struct way processes[];
extern const struct way sockets[];

/* Ends the program if the call failed. Returns its result. */
ssize_t must(ssize_t result, const char *what);
size_t length_of(int fd);
void write_all(int fd, const void *from, size_t len);
size_t read_all(int fd, void *to, size_t len);
/* Reads blocks from one descriptor and writes them to another. */
void pump(int from, int to);
/* Forks. True in the child, which must end by exit(0). */
int child(void);
void wait_for_child(void);
void *shared(size_t len);

#endif
