/* Makes one copy in this process and keeps its messages. */
#ifndef TESTS_ONCE_H
#define TESTS_ONCE_H

#include "copy/session.h"
#include "sample.h"

struct once {
	struct copy_job job;
	int rc;
	struct err err;
	struct copy_outcome out;
};

/*
 * Prepares a copy from `src` to `dst` by the default mechanism. The job may
 * then be changed.
 */
void once_init(struct once *o, const char *src, const char *dst);

void once_run(struct once *o);

/* Prepares and runs a copy. True if it was refused with this code and words. */
bool once_refused(struct once *o, const char *src, const char *dst, int code,
		  const char *words);

/*
 * Runs a job that is ready. True if it failed with this code and these words.
 */
bool once_fails(struct once *o, int code, const char *words);

/* True if the copy succeeded and `dst` is that sample. Prints why not. */
bool once_copies(struct once *o, const struct sample *s);

/* Calls `ask` in a child, where it may change anything for good. */
bool once_in_child(bool (*ask)(void));

/* Calls `ask` in a child; if we are root, as another user. */
bool once_as_nobody(bool (*ask)(void));

#endif
