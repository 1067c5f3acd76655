/*
 * Counts one mechanism once: a file is copied through it, or messages are sent,
 * under the tracer, in processes made for that, and the result is compared with
 * the mechanism's prediction. Never count while anything is timed.
 */
#ifndef COUNT_COUNT_SPEC_H
#define COUNT_COUNT_SPEC_H

#include "base/err.h"
#include "copy/dose.h"
#include "count/ledger.h"
#include "transport/transport.h"

#define COUNT_SPEC_BYTES (8 << 20) /* enough to see 0.01 of a copy */

struct count_spec {
	bool resolved, lower_bound;
	double copies; /* per delivered byte; meaningless unless `resolved` */
	double copies_kernel, copies_user;
	int predicted_kernel, predicted_user;
	/*
	 * an exact count, and both numbers are within 0.01 of the predicted
	 * ones
	 */
	bool agrees;
	uint64_t delivered_bytes;
	/* per MiB delivered, from the first byte to the last */
	double calls_per_mib;
	double calls_per_message; /* NaN if there are no messages */
	/* waits that slept; NaN if there are no messages */
	double blocked_per_message;
	double blocked_per_mib;
	/*
	 * All calls except those that only sleep or wake. This number does not
	 * depend on which side had to wait.
	 */
	double steady_calls_per_mib, steady_calls_per_message;
	char why[300]; /* the reason, if unresolved or only a lower bound */
	enum copy_workload workload;

	/* The ledger that these numbers come from; freed by count_spec_free. */
	struct ledger *ledger;
	int in, out; /* objects; -1: none was found */
	struct ledger_sum sum;
	bool *on_path; /* a flag for each hop */
};

/*
 * Copies `bytes` (0: COUNT_SPEC_BYTES) in files that it makes in `dir` (NULL:
 * where TMPDIR says) and removes again. 0, or -errno with the reason in `e`:
 * this machine cannot count (-EPERM: ptrace is refused), or the copy failed. An
 * unresolved count is a result and not an error.
 */
int count_spec(const struct tr_spec *spec, const char *dir, uint64_t bytes,
	       struct count_spec *c, struct err *e);

/* The workload that is counted. All zeros: copy a file into a new file. */
struct count_load {
	enum copy_workload workload;
	enum copy_sink sink; /* the sink, if a file is copied */
	/*
	 * extra work per message; the prediction includes only its DOSE_COPIES
	 */
	struct dose dose;
};

/*
 * As count_spec, but for any workload. If no output file is written, everything
 * that both sides copy from the start line to the last byte is counted. For a
 * file, this includes reading the input. For a stream or round trips there is
 * no file: the sender makes the messages in the buffer that it sends, and the
 * receiver reads them where they arrive. A round trip counts as one message,
 * with the calls of both directions.
 */
int count_load(const struct tr_spec *spec, const struct count_load *load,
	       const char *dir, uint64_t bytes, struct count_spec *c,
	       struct err *e);

/*
 * As count_load, but copies the user's file `src` and replaces `dst`, as any
 * copy does. In `load`, set only the dose.
 */
int count_spec_copy(const struct tr_spec *spec, const struct count_load *load,
		    const char *src, const char *dst, struct count_spec *c,
		    struct err *e);

/* The copies of each byte that the mechanism's path predicts for `load`. */
void count_predict(const struct tr_spec *spec, const struct count_load *load,
		   int *kernel, int *user);

void count_spec_free(struct count_spec *c);

#endif
