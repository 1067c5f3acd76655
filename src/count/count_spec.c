/* Counts one mechanism once, by moving a file or messages through it. */
#include "count/count_spec.h"

#include <errno.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>

#include "copy/session.h"
#include "count/chain.h"
#include "count/count.h"
#include "count/count_file.h"

/* a counted and a predicted number of copies agree up to this difference */
#define AGREES 0.01

/* The child that copies fills this in. We read it when the child has ended. */
struct copied {
	int rc;
	struct copy_outcome out;
	struct err err;
};

struct trial {
	struct copy_job job;
	uint64_t bytes;        /* roughly how many bytes to move */
	struct copied *copied; /* shared with the child */
	struct count_files files;
};

/* --- the copy ------------------------------------------------------------- */

static int copy_in_child(void *arg)
{
	struct trial *t = arg;
	struct copied *c = t->copied;

	c->rc = copy_run(&t->job, &c->out, &c->err);
	return c->rc < 0;
}

/*
 * True if no output file is written. Then everything that the two sides copy
 * between the start line and the last byte is counted; for a file, this
 * includes reading the input.
 */
static bool is_channel_alone(const struct trial *t)
{
	return t->job.load.kind != COPY_FILE ||
	       t->job.load.sink == COPY_NOWHERE;
}

/* The bytes that are delivered. Round trips deliver in both directions. */
static uint64_t bytes_delivered(const struct trial *t)
{
	uint64_t one_way = t->job.load.messages *
			   tr_spec_value(&t->job.spec, "size", 1 << 16);

	switch (t->job.load.kind) {
	case COPY_FILE:
		return t->bytes;
	case COPY_PINGPONG:
		return 2 * one_way;
	default:
		return one_way;
	}
}

static int run_counted(struct trial *t, struct count_result *r, struct err *e)
{
	struct count_job job = { .run = copy_in_child,
				 .arg = t,
				 .in = t->files.src,
				 .out = t->files.dst,
				 .one_cpu = true,
				 .all_calls = true };
	int rc;

	if (t->job.load.kind != COPY_FILE)
		job.in = NULL;
	if (is_channel_alone(t)) {
		job.out = NULL;
		job.between_bytes = bytes_delivered(t);
	}
	rc = count_run(&job, r, e);
	if (rc < 0)
		return rc;
	if (t->copied->rc < 0) {
		*e = t->copied->err;
		return t->copied->rc;
	}
	if (r->status != 0)
		return err_say(e, EIO, "the process that was counted died");
	return 0;
}

/* --- what came out -------------------------------------------------------- */

static bool is_close(double counted, int predicted)
{
	return fabs(counted - predicted) <= AGREES;
}

void count_predict(const struct tr_spec *spec, const struct count_load *load,
		   int *kernel, int *user)
{
	bool reads = load->workload == COPY_FILE;
	bool writes = reads && load->sink != COPY_NOWHERE;

	*kernel = 0;
	*user = load->dose.times[DOSE_COPIES][COPY_SERVER] +
		load->dose.times[DOSE_COPIES][COPY_CLIENT];
	for (const struct hop *h = tr_path(spec); h->from; h++)
		if ((reads || !chain_touches(h, "IN")) &&
		    (writes || !chain_touches(h, "OUT")))
			*(h->by == HOP_USER ? user : kernel) += h->copies;
}

/* The number of messages. A round trip counts as one, as in samples.csv. */
static double messages_of(const struct tr_spec *spec,
			  const struct count_result *r,
			  enum copy_workload workload)
{
	double one = (double)tr_spec_value(spec, "size", 1 << 16);

	if (workload == COPY_PINGPONG)
		one *= 2;
	return ceil((double)r->delivered_bytes / one);
}

/*
 * If a mechanism delivers nothing, its number of copies is unknown and not 0.
 */
static void deny_delivery(struct count_result *r)
{
	r->sum = (struct ledger_sum){ .copies = (double)NAN };
	snprintf(r->sum.why, sizeof(r->sum.why), "it delivers nothing");
}

static void take_result(const struct tr_spec *spec, struct count_result *r,
			struct count_spec *c)
{
	const struct ledger_sum *s = &r->sum;
	double messages = messages_of(spec, r, c->workload);

	c->resolved = s->resolved;
	c->lower_bound = s->lower_bound;
	c->copies = s->copies;
	c->copies_kernel = s->copies_kernel;
	c->copies_user = s->copies_user;
	c->delivered_bytes = r->delivered_bytes;
	c->calls_per_mib = r->calls_per_mib;
	c->steady_calls_per_mib = (double)(r->calls - r->waits) /
				  ((double)r->delivered_bytes / (1 << 20));
	c->blocked_per_mib =
		(double)r->blocked / ((double)r->delivered_bytes / (1 << 20));
	if (tr_has_message_form(spec->ops) && messages > 0) {
		c->calls_per_message = (double)r->calls / messages;
		c->blocked_per_message = (double)r->blocked / messages;
		c->steady_calls_per_message =
			(double)(r->calls - r->waits) / messages;
	}
	snprintf(c->why, sizeof(c->why), "%s", s->why);
	c->agrees = s->resolved && !s->lower_bound &&
		    is_close(s->copies_kernel, c->predicted_kernel) &&
		    is_close(s->copies_user, c->predicted_user);
	c->in = r->in;
	c->out = r->out;
	c->sum = *s;
	c->ledger = r->ledger;
	c->on_path = r->on_path;
	r->ledger = NULL;
	r->on_path = NULL;
}

static int run_trial(struct trial *t, const struct tr_spec *spec,
		     struct count_spec *c, struct err *e)
{
	struct count_result r = { .in = -1, .out = -1 };
	int rc;

	t->copied = mmap(NULL, sizeof(*t->copied), PROT_READ | PROT_WRITE,
			 MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	if (t->copied == MAP_FAILED)
		return err_sys(e, "mmap");
	rc = run_counted(t, &r, e);
	if (rc == 0 && spec->ops->carries_nothing && is_channel_alone(t))
		deny_delivery(&r);
	if (rc == 0)
		take_result(spec, &r, c);
	count_result_free(&r);
	munmap(t->copied, sizeof(*t->copied));
	return rc;
}

static void be_uncounted(struct count_spec *c, enum copy_workload workload)
{
	*c = (struct count_spec){ .copies = NAN,
				  .copies_kernel = NAN,
				  .copies_user = NAN,
				  .calls_per_mib = NAN,
				  .calls_per_message = NAN,
				  .blocked_per_message = NAN,
				  .blocked_per_mib = NAN,
				  .steady_calls_per_mib = NAN,
				  .steady_calls_per_message = NAN,
				  .workload = workload,
				  .in = -1,
				  .out = -1 };
}

static void set_load(struct trial *t, const struct count_load *load)
{
	uint64_t size = tr_spec_value(&t->job.spec, "size", 1 << 16);

	t->job.load = (struct copy_load){
		.kind = load->workload,
		.sink = load->sink,
		.seed = COUNT_FILE_SEED,
		.messages = t->bytes / size ? t->bytes / size : 1,
	};
	/* without an output file there is nothing to verify */
	t->job.verify = !is_channel_alone(t);
}

static struct trial *new_trial(const struct tr_spec *spec,
			       const struct count_load *load, uint64_t bytes,
			       struct count_spec *c, struct err *e)
{
	struct trial *t = calloc(1, sizeof(*t));

	be_uncounted(c, load->workload);
	count_predict(spec, load, &c->predicted_kernel, &c->predicted_user);
	if (!t) {
		err_code(e, ENOMEM, "cannot count the copies");
		return NULL;
	}
	t->files.lease = (struct lease)LEASE_INIT;
	t->bytes = bytes ? bytes : COUNT_SPEC_BYTES;
	t->job = (struct copy_job)COPY_JOB_INIT;
	t->job.spec = *spec;
	t->job.dose = load->dose;
	t->job.src = t->files.src;
	t->job.dst = t->files.dst;
	set_load(t, load);
	return t;
}

static void end_trial(struct trial *t)
{
	count_files_end(&t->files);
	free(t);
}

/*
 * The files have made-up names, and the processes run only for this count. So
 * both ends get plain names.
 */
static void name_ends(struct count_spec *c, const struct trial *t)
{
	bool reads = t->job.load.kind == COPY_FILE;
	bool writes = !is_channel_alone(t);

	if (c->in >= 0)
		ledger_rename(c->ledger, c->in, reads ? "IN" : "server");
	if (c->out >= 0)
		ledger_rename(c->ledger, c->out, writes ? "OUT" : "client");
}

int count_load(const struct tr_spec *spec, const struct count_load *load,
	       const char *dir, uint64_t bytes, struct count_spec *c,
	       struct err *e)
{
	struct trial *t = new_trial(spec, load, bytes, c, e);
	int rc;

	if (!t)
		return -ENOMEM;
	rc = copy_check(&t->job, e);
	if (rc == 0 && load->workload == COPY_FILE)
		rc = count_files_make(&t->files, dir, t->bytes, e);
	if (rc == 0)
		rc = run_trial(t, spec, c, e);
	if (rc == 0)
		name_ends(c, t);
	end_trial(t);
	return rc;
}

int count_spec(const struct tr_spec *spec, const char *dir, uint64_t bytes,
	       struct count_spec *c, struct err *e)
{
	return count_load(spec, &(struct count_load){ 0 }, dir, bytes, c, e);
}

int count_spec_copy(const struct tr_spec *spec, const struct count_load *load,
		    const char *src, const char *dst, struct count_spec *c,
		    struct err *e)
{
	struct trial *t = new_trial(spec, load, 0, c, e);
	int rc;

	if (!t)
		return -ENOMEM;
	snprintf(t->files.src, sizeof(t->files.src), "%s", src);
	snprintf(t->files.dst, sizeof(t->files.dst), "%s", dst);
	rc = copy_check(&t->job, e);
	if (rc == 0)
		rc = run_trial(t, spec, c, e);
	if (rc == 0 && c->out >= 0)
		ledger_rename(c->ledger, c->out, dst);
	end_trial(t);
	return rc;
}

void count_spec_free(struct count_spec *c)
{
	ledger_free(c->ledger);
	free(c->on_path);
	c->ledger = NULL;
	c->on_path = NULL;
}
