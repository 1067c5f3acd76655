/* Starts a process of the measuring program, reads its output, and ends it. */
#ifndef MEASURE_CHILD_H
#define MEASURE_CHILD_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/err.h"

/*
 * Called with each line of the child's output, without the end of line. If it
 * returns anything but 0, the child is killed. Otherwise the child then gets an
 * empty line on its standard input.
 */
typedef int child_line(void *arg, const char *line);

struct child_job {
	char *const *argv;
	int env_bytes;    /* bytes added to the environment */
	int timeout_ms;   /* for its whole life; after that it is killed */
	child_line *line; /* called at once for each line */
	void *arg;
};

struct child_result {
	/* the last line of its error output; "": there was none */
	char said[300];
	int status; /* the status that waitpid gives */
	bool late;  /* it ran into the timeout */
	int64_t took_ns;
};

/*
 * 0 once the child has ended, however it ended. -EINTR: this process was asked
 * to stop, and has ended the child. The children of the child end with it.
 */
int child_run(const struct child_job *job, struct child_result *r,
	      struct err *e);

/* Why it failed, as a clause; "" if it ended with status 0. */
const char *child_words(const struct child_result *r, char *buf, size_t size);

#endif
