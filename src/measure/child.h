/* Starts a process of the measuring program, reads its output, and ends it. */
#ifndef MEASURE_CHILD_H
#define MEASURE_CHILD_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/err.h"

/*
 * A function that is called with each line of the child's output, without the
 * end of line. If it returns -errno, the child is killed. If it returns 0, the
 * child gets a line on its standard input: the job's `answer` as it is then.
 */
typedef int child_line(void *arg, const char *line);

struct child_job {
	char *const *argv;
	int env_bytes;    /* bytes added to the environment */
	int timeout_ms;   /* then the child is asked to end, and later killed */
	child_line *line; /* called with each line as soon as it comes */
	/* one line, which `line` may change from call to call; NULL: empty */
	const char *answer;
	void *arg;
};

struct child_result {
	/* the last line of the child's errors; "": none */
	char said[300];
	int status; /* the status that waitpid gives */
	bool late;  /* it had not ended after timeout_ms */
	int64_t took_ns;
};

/*
 * Runs the child. 0: the child has ended, with whatever status. -EINTR: this
 * process or the child was asked to stop, and the child has ended. The child's
 * own children end with the child.
 */
int child_run(const struct child_job *job, struct child_result *r,
	      struct err *e);

/* Why the child failed, as a clause; "" if it ended in time with status 0. */
const char *child_words(const struct child_result *r, char *buf, size_t size);

#endif
