/* Ways to bring a file to another, each by calls of its own. */
#ifndef TESTS_COUNT_WAYS_H
#define TESTS_COUNT_WAYS_H

#include <stdbool.h>
#include <sys/types.h>

#define WAY_BYTES (1 << 20)

struct count_way {
	const char *name;
	/* Copies "in" to "out"; runs in a child that is counted. */
	int (*go)(void);
	double kernel, user;
	bool at_least;   /* the count must say so */
	bool unresolved; /* there must be none */
	bool found;      /* the ends are not named: by itself */
	const char *why; /* a word of the reason, where there is one */
};

extern const struct count_way ways_memory[], ways_sound[], ways_sockets[];
extern const struct count_way ways_odd[], ways_blind[];

/* The exit status of a way that cannot be tried here. */
#define WAY_CANNOT 77

/* "in" and "out", opened. */
int way_in(void);
int way_out(void);

/* Reads or writes exactly so much, or ends the process. */
void way_read(int fd, void *buf, size_t len);
void way_write(int fd, const void *buf, size_t len);

/* A buffer that was never used before, WAY_BYTES long. */
char *way_buffer(void);

/* Forks; in the child calls `go` and ends. */
pid_t way_fork(int (*go)(void));
int way_join(pid_t pid);

#endif
