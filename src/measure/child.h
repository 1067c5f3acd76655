/* One process of the measuring program: started, read, ended. */
#ifndef MEASURE_CHILD_H
#define MEASURE_CHILD_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/err.h"

/*
 * A line of its output, without its end. Not 0: it shall end. Once it is taken
 * the child gets an empty line on its standard input.
 */
typedef int child_line(void *arg, const char *line);

struct child_job {
	char *const *argv;
	int env_bytes;    /* added to the environment */
	int timeout_ms;   /* for all of it; then it is killed */
	child_line *line; /* called for each line at once */
	void *arg;
};

struct child_result {
	char said[300]; /* the last line of its errors, "" for none */
	int status;     /* as from waitpid */
	bool late;      /* it ran into the timeout */
	int64_t took_ns;
};

/*
 * 0 once it has ended, however it did. -EINTR: this process was asked to stop,
 * and has ended the child. Its own children end with it.
 */
int child_run(const struct child_job *job, struct child_result *r,
	      struct err *e);

/* Why it failed, in a clause; "" if it ended with status 0. */
const char *child_words(const struct child_result *r, char *buf, size_t size);

#endif
