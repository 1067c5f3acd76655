/* Counts every mechanism and compares the count with its prediction. */
#include <errno.h>
#include <math.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "copy/session.h"
#include "count/count.h"
#include "sample.h"
#include "scratch.h"
#include "tap.h"
#include "variants.h"

#define BYTES (8 << 20)

static const struct sample sample = { .len = BYTES, .seed = 5, .mode = 0600 };

static int copy(void *arg)
{
	struct copy_outcome out = { 0 };
	struct err e = { 0 };

	if (copy_run(arg, &out, &e) == 0)
		return 0;
	diag("%s", e.text);
	return 1;
}

static int count(const struct tr_spec *spec, struct count_result *r,
		 struct err *e)
{
	struct copy_job copy_job = COPY_JOB_INIT;
	const struct count_job job = {
		.run = copy,
		.arg = &copy_job,
		.in = "in",
		.out = "out",
		.one_cpu = true,
	};

	copy_job.spec = *spec;
	copy_job.src = "in";
	copy_job.dst = "out";
	copy_job.verify = false; /* verifying would read both files again */
	unlink("out");
	return count_run(&job, r, e);
}

/*
 * True if blocks are shared. Only the file system decides this, so accept it.
 */
static bool shares_blocks(const struct count_result *r)
{
	for (size_t i = 0; i < ledger_hops(r->ledger); i++)
		if (r->on_path[i] &&
		    ledger_hop_at(r->ledger, i)->evidence == LEDGER_EXTENTS &&
		    ledger_hop_at(r->ledger, i)->copies == 0)
			return true;
	return false;
}

static void predict(const struct tr_spec *spec, double *kernel, double *user)
{
	*kernel = *user = 0;
	for (const struct hop *h = tr_path(spec); h->from; h++)
		*(h->by == HOP_USER ? user : kernel) += h->copies;
}

static bool agrees(const struct tr_spec *spec, const struct count_result *r)
{
	double kernel, user;

	if (spec->ops->carries_nothing)
		return !r->sum.path && isnan(r->sum.copies);
	predict(spec, &kernel, &user);
	if (shares_blocks(r))
		kernel = 0;
	return r->sum.resolved && !r->sum.lower_bound &&
	       r->delivered_bytes == BYTES &&
	       fabs(r->sum.copies_kernel - kernel) <= 0.01 &&
	       fabs(r->sum.copies_user - user) <= 0.01;
}

static void show(const struct count_result *r)
{
	diag("kernel %.4f, user %.4f, of %llu bytes: %s", r->sum.copies_kernel,
	     r->sum.copies_user, (unsigned long long)r->delivered_bytes,
	     r->sum.why);
	for (size_t i = 0; i < ledger_hops(r->ledger); i++) {
		const struct ledger_hop *h = ledger_hop_at(r->ledger, i);

		diag("%c %s -> %s %s %llu x%d", r->on_path[i] ? '*' : ' ',
		     ledger_object_at(r->ledger, (size_t)h->from)->name,
		     ledger_object_at(r->ledger, (size_t)h->to)->name, h->call,
		     (unsigned long long)h->bytes, h->copies);
	}
}

static void try_spec(const char *text)
{
	struct count_result r = { .in = -1 };
	struct err e = { 0 };
	struct tr_spec spec;
	int rc = tr_spec_parse(text, &spec, &e);

	if (rc == 0)
		rc = tr_probe(&spec, &e);
	if (rc < 0) {
		skip("%s: %s", text, e.text);
		return;
	}
	rc = count(&spec, &r, &e);
	if (!ok(rc == 0 && r.status == 0 && agrees(&spec, &r),
		"%s: the count agrees with the prediction", text))
		rc < 0 ? diag("%s", e.text) : show(&r);
	if (rc == 0 && !spec.ops->carries_nothing && access("out", F_OK) == 0 &&
	    sample_differs("out", &sample))
		diag("the copy differs from the input");
	count_result_free(&r);
}

/*
 * True for the defaults and, with `words`, for each setting that is a word
 * other than "none". Sizes and depths change the number of calls, but not the
 * number of copies.
 */
static bool is_wanted(const struct variant *v, bool words)
{
	return v->kind == VARIANT_DEFAULT ||
	       (words && v->kind == VARIANT_CHOICE &&
		!strstr(v->text, "=none"));
}

static void try_all(bool words)
{
	static struct variant list[VARIANTS_MAX];
	const struct transport *ops;
	size_t n;

	sample_write("in", &sample);
	for_each_transport(ops) {
		n = variants_of(ops, list);
		for (size_t i = 0; i < n; i++)
			if (is_wanted(&list[i], words))
				try_spec(list[i].text);
	}
}

int main(void)
{
	const char *why;

	scratch_begin();
	why = scratch_isolate();
	try_all(true);
	if (why || mkdir("/dev/shm/count", 0700) < 0 ||
	    chdir("/dev/shm/count") < 0)
		skip("on tmpfs: no /dev/shm of our own (%s)", why ? why : "");
	else
		try_all(false);
	return done_testing();
}
