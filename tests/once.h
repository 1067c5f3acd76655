/* One copy in this process, and what it said. */
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

/* The default mechanism from `src` to `dst`; the job may be changed. */
void once_init(struct once *o, const char *src, const char *dst);

void once_run(struct once *o);

/* Both of the above, and whether it was refused with that code and words. */
bool once_refused(struct once *o, const char *src, const char *dst, int code,
		  const char *words);

/* The same for a job already made. */
bool once_fails(struct once *o, int code, const char *words);

/* Whether it went well and `dst` is that sample; shows why not. */
bool once_copies(struct once *o, const struct sample *s);

/* Asks in a child, where anything may be changed for good. */
bool once_in_child(bool (*ask)(void));

/* The same as another user, unless we are not root anyway. */
bool once_as_nobody(bool (*ask)(void));

#endif
