/*
 * One mechanism counted once: a small file is copied through it under the
 * tracer, in processes of its own, and what is found is held against what the
 * mechanism predicts. Never while anything is timed.
 */
#ifndef COUNT_COUNT_SPEC_H
#define COUNT_COUNT_SPEC_H

#include "base/err.h"
#include "count/ledger.h"
#include "transport/transport.h"

#define COUNT_SPEC_BYTES (8 << 20) /* enough for 0.01 of a copy */

struct count_spec {
	bool resolved, lower_bound;
	double copies; /* per delivered byte; NaN where unresolved */
	double copies_kernel, copies_user;
	int predicted_kernel, predicted_user;
	bool agrees; /* resolved, and both as predicted, to 0.01 */
	uint64_t delivered_bytes;
	double calls_per_mib;     /* between the start line and the last byte */
	double calls_per_message; /* NaN for what has no messages */
	double blocked_per_message; /* waits that slept, likewise */
	double blocked_per_mib;
	char why[300]; /* if unresolved or only a lower bound */

	/* What it was found by; freed by count_spec_free. */
	struct ledger *ledger;
	int in, out; /* objects, -1 where there is no path */
};

/*
 * Copies `bytes` (0: COUNT_SPEC_BYTES) in files of its own in `dir` (NULL: as
 * TMPDIR says), removed again. 0, or -errno with the reason in `e`: this
 * machine cannot (-EPERM where ptrace is refused), or the copy failed.
 * Unresolved is a result, not an error.
 */
int count_spec(const struct tr_spec *spec, const char *dir, uint64_t bytes,
	       struct count_spec *c, struct err *e);
/* The same with files of the user's; `dst` is replaced as by a copy. */
int count_spec_copy(const struct tr_spec *spec, const char *src,
		    const char *dst, struct count_spec *c, struct err *e);
void count_spec_free(struct count_spec *c);

#endif
