/* One mechanism counted once, by copying a small file through it. */
#include "count/count_spec.h"

#include <errno.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>

#include "copy/session.h"
#include "count/count.h"
#include "count/count_file.h"

#define AGREES 0.01 /* of a copy for each byte */

/* The copy's own process fills this in; we read it when that has ended. */
struct copied {
	int rc;
	struct copy_outcome out;
	struct err err;
};

struct trial {
	struct copy_job job;
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

static int run_counted(struct trial *t, struct count_result *r, struct err *e)
{
	struct count_job job = { .run = copy_in_child,
				 .arg = t,
				 .in = t->files.src,
				 .out = t->files.dst,
				 .one_cpu = true,
				 .all_calls = true };
	int rc = count_run(&job, r, e);

	if (rc < 0)
		return rc;
	if (t->copied->rc < 0) {
		*e = t->copied->err;
		return t->copied->rc;
	}
	if (r->status != 0)
		return err_say(e, EIO, "the copy that was counted died");
	return 0;
}

/* --- what came out -------------------------------------------------------- */

static bool is_close(double counted, int predicted)
{
	return fabs(counted - predicted) <= AGREES;
}

static void predict(const struct tr_spec *spec, struct count_spec *c)
{
	for (const struct hop *h = spec->ops->path(spec); h->from; h++)
		*(h->by == HOP_USER ? &c->predicted_user
				    : &c->predicted_kernel) += h->copies;
}

static void take_result(const struct tr_spec *spec, struct count_result *r,
			struct count_spec *c)
{
	const struct ledger_sum *s = &r->sum;
	double messages = ceil((double)r->delivered_bytes /
			       (double)tr_spec_value(spec, "size", 1 << 16));

	c->resolved = s->resolved;
	c->lower_bound = s->lower_bound;
	c->copies = s->copies;
	c->copies_kernel = s->copies_kernel;
	c->copies_user = s->copies_user;
	c->delivered_bytes = r->delivered_bytes;
	c->calls_per_mib = r->calls_per_mib;
	c->blocked_per_mib =
		(double)r->blocked / ((double)r->delivered_bytes / (1 << 20));
	if (tr_has_message_form(spec->ops) && messages > 0) {
		c->calls_per_message = (double)r->calls / messages;
		c->blocked_per_message = (double)r->blocked / messages;
	}
	snprintf(c->why, sizeof(c->why), "%s", s->why);
	c->agrees = s->resolved && !s->lower_bound &&
		    is_close(s->copies_kernel, c->predicted_kernel) &&
		    is_close(s->copies_user, c->predicted_user);
	c->in = r->in;
	c->out = r->out;
	c->ledger = r->ledger;
	r->ledger = NULL;
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
	if (rc == 0)
		take_result(spec, &r, c);
	count_result_free(&r);
	munmap(t->copied, sizeof(*t->copied));
	return rc;
}

static struct trial *new_trial(const struct tr_spec *spec, struct count_spec *c,
			       struct err *e)
{
	struct trial *t = calloc(1, sizeof(*t));

	*c = (struct count_spec){ .copies = NAN,
				  .copies_kernel = NAN,
				  .copies_user = NAN,
				  .calls_per_mib = NAN,
				  .calls_per_message = NAN,
				  .blocked_per_message = NAN,
				  .blocked_per_mib = NAN,
				  .in = -1,
				  .out = -1 };
	predict(spec, c);
	if (!t) {
		err_code(e, ENOMEM, "counting");
		return NULL;
	}
	t->files.lease = (struct lease)LEASE_INIT;
	t->job = (struct copy_job)COPY_JOB_INIT;
	t->job.spec = *spec;
	t->job.src = t->files.src;
	t->job.dst = t->files.dst;
	return t;
}

static void end_trial(struct trial *t)
{
	count_files_end(&t->files);
	free(t);
}

int count_spec(const struct tr_spec *spec, const char *dir, uint64_t bytes,
	       struct count_spec *c, struct err *e)
{
	struct trial *t = new_trial(spec, c, e);
	int rc;

	if (!t)
		return -ENOMEM;
	rc = copy_check(&t->job, e);
	if (rc == 0)
		rc = count_files_make(&t->files, dir,
				      bytes ? bytes : COUNT_SPEC_BYTES, e);
	if (rc == 0)
		rc = run_trial(t, spec, c, e);
	/* the files' own names are made up and mean nothing */
	if (rc == 0 && c->in >= 0)
		ledger_rename(c->ledger, c->in, "IN");
	if (rc == 0 && c->out >= 0)
		ledger_rename(c->ledger, c->out, "OUT");
	end_trial(t);
	return rc;
}

int count_spec_copy(const struct tr_spec *spec, const char *src,
		    const char *dst, struct count_spec *c, struct err *e)
{
	struct trial *t = new_trial(spec, c, e);
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
	c->ledger = NULL;
}
