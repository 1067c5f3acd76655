/* One process of the measuring program: started, read, ended. */
#ifndef MEASURE_CHILD_H
#define MEASURE_CHILD_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/err.h"

struct child_job {
	char *const *argv;
	int env_bytes;  /* added to the environment */
	int timeout_ms; /* for all of it; then it is killed */
};

struct child_result {
	char *out;      /* what it wrote, ended by a zero; to be freed */
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
