/* Ways to copy a file to another. Each way uses different calls. */
#ifndef TESTS_COUNT_WAYS_H
#define TESTS_COUNT_WAYS_H

#include <stdbool.h>
#include <sys/types.h>

#define WAY_BYTES (1 << 20)

struct count_way {
	const char *name;
	/* Copies "in" to "out". Runs in a child that is counted. */
	int (*go)(void);
	double kernel, user;
	bool at_least;   /* the count must say that it is a lower bound */
	bool unresolved; /* there must be no number */
	bool found;      /* the counter must find the two ends by itself */
	const char *why; /* a part of the reason for no number; or NULL */
	unsigned int stops_most; /* 0: any number */
};

extern const struct count_way ways_memory[], ways_sound[], ways_sockets[];
extern const struct count_way ways_odd[], ways_blind[], ways_late[];

/* The exit status of a way that cannot be tried here. */
#define WAY_CANNOT 77

/* Open "in" and "out". */
int way_in(void);
int way_out(void);

/* Read or write exactly `len` bytes, or end the process. */
void way_read(int fd, void *buf, size_t len);
void way_write(int fd, const void *buf, size_t len);

/* A buffer of WAY_BYTES that was never used before. */
char *way_buffer(void);

/* Forks a child that calls `go` and exits. */
pid_t way_fork(int (*go)(void));
int way_join(pid_t pid);

#endif
