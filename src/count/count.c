/* A whole count: runs the tracer, finds the two ends and sums up the hops. */
#include "count/count.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/capability.h>
#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <time.h>
#include <unistd.h>

#include "base/cpu.h"
#include "base/fd.h"
#include "base/proc.h"
#include "count/change.h"
#include "count/delivered.h"
#include "count/guess.h"
#include "count/trace.h"

/* 1/OTHERS_PART of the output may come from elsewhere, such as a header */
#define OTHERS_PART 50

static struct end look_before(const char *path)
{
	struct end end = { .path = path };

	if (path && stat(path, &end.st) == 0) {
		end.was = true;
		end.size_before = (uint64_t)end.st.st_size;
	}
	return end;
}

static void look_after(struct end *end)
{
	end->is = end->path && stat(end->path, &end->st) == 0;
}

/*
 * The ledger's object for a file that the caller named. Makes the object if no
 * process has touched the file. -1: no file was named, or it does not exist.
 */
static int object_of_file(struct ledger *l, const struct end *end)
{
	char key[80];
	int object;

	if (!end->path || !end->is)
		return -1;
	if (S_ISCHR(end->st.st_mode))
		snprintf(key, sizeof(key), "device:c:%u:%u",
			 major(end->st.st_rdev), minor(end->st.st_rdev));
	else if (S_ISFIFO(end->st.st_mode))
		snprintf(key, sizeof(key), "pipe:%ju:%ju",
			 (uintmax_t)end->st.st_dev, (uintmax_t)end->st.st_ino);
	else
		trace_file_key(key, sizeof(key), end->st.st_dev,
			       end->st.st_ino);
	object = ledger_object(l, LEDGER_FILE, key, end->path, "file", 0);
	/* it may have been opened under another name, or without a name */
	ledger_rename(l, object, end->path);
	return object;
}

/* --- calls ---------------------------------------------------------------- */

/* Adds the calls of one process from its first to its last byte on the path. */
static void add_window(const struct tracer *t, const struct process *p,
		       struct count_result *r)
{
	struct window all = { 0 };

	for (size_t i = 0; i < t->windows && i < ledger_hops(r->ledger); i++) {
		const struct window *w = &t->window[i];

		if (!r->on_path[i] || w->process != p)
			continue;
		if (!all.process) {
			all = *w;
			continue;
		}
		if (w->first_calls < all.first_calls) {
			all.first_calls = w->first_calls;
			all.first_blocked = w->first_blocked;
			all.first_waits = w->first_waits;
		}
		if (w->last_calls > all.last_calls) {
			all.last_calls = w->last_calls;
			all.last_blocked = w->last_blocked;
			all.last_waits = w->last_waits;
		}
	}
	if (!all.process)
		return;
	r->calls += all.last_calls - all.first_calls + 1;
	r->blocked += all.last_blocked - all.first_blocked;
	r->waits += all.last_waits - all.first_waits;
}

static void count_calls(const struct tracer *t, struct count_result *r)
{
	if (!t->job->all_calls)
		return;
	/* with between_bytes, take_mark in trace_look.c has counted these */
	for (const struct process *p = t->process; p && !t->job->between_bytes;
	     p = p->next)
		add_window(t, p, r);
	if (r->delivered_bytes)
		r->calls_per_mib = (double)r->calls /
				   ((double)r->delivered_bytes / (1 << 20));
}

/* --- the sum -------------------------------------------------------------- */

/*
 * True if the output's name belongs to another file by now. Then the object in
 * the ledger is not the file that the command left behind. Puts that object
 * aside, so that the next search finds another object.
 */
static bool was_replaced(const struct count_result *r)
{
	const struct ledger_object *o =
		ledger_object_at(r->ledger, (size_t)r->out);
	struct stat st;
	char key[80];

	if (o->kind != LEDGER_FILE || stat(o->name, &st) < 0)
		return false;
	trace_file_key(key, sizeof(key), st.st_dev, st.st_ino);
	if (strcmp(key, o->key) == 0)
		return false;
	ledger_aside(r->ledger, r->out);
	return true;
}

/* Finds the two ends: those that the caller named, or the likeliest ones. */
static void find_ends(struct count_result *r, const struct end *in,
		      const struct end *out)
{
	r->in = object_of_file(r->ledger, in);
	r->out = object_of_file(r->ledger, out);
	r->in_found = r->in < 0;
	r->out_found = r->out < 0;
	/* if a named end does not exist, no other object replaces it */
	if ((in->path && r->in < 0) || (out->path && r->out < 0))
		return;
	do {
		r->in = r->in_found ? -1 : r->in;
		r->out = r->out_found ? -1 : r->out;
		ledger_ends(r->ledger, &r->in, &r->out);
	} while (r->out_found && r->out >= 0 && was_replaced(r));
}

static enum change change_of(const struct count_result *r)
{
	const struct ledger_object *in =
		ledger_object_at(r->ledger, (size_t)r->in);
	const struct ledger_object *out =
		ledger_object_at(r->ledger, (size_t)r->out);

	if (in->kind != LEDGER_FILE || out->kind != LEDGER_FILE)
		return CHANGE_NONE;
	return change_seen(in->name, out->name);
}

/*
 * Searches the input for the output's bytes. If most of them are not there, a
 * program changed the bytes on the way, so they were not copied. The search is
 * left out if more than 1/OTHERS_PART of the bytes came from other sources,
 * since it would then prove nothing. With `split`, that number is only an
 * estimate, so the search is made in any case.
 */
static void look_for_change(struct count_result *r)
{
	enum change change = CHANGE_NONE;

	if (r->sum.path &&
	    (r->sum.split ||
	     delivered_by_others(r) <= r->delivered_bytes / OTHERS_PART))
		change = change_of(r);
	if (change == CHANGE_PLACE)
		ledger_note(r->ledger,
			    "the output differs from the input at the same "
			    "offsets: the output's bytes come from other "
			    "offsets of the input");
	if (change != CHANGE_BYTES)
		return;
	r->sum.transformed |= !r->sum.split;
	/*
	 * with `split`, an estimated share of the output was taken for the
	 * input's; but the output has only other bytes
	 */
	if (r->sum.split)
		r->delivered_bytes = r->sum.delivered_bytes =
			r->sum.arrived_bytes + delivered_by_others(r);
	if (!r->sum.resolved)
		return; /* another reason is given already */
	r->sum.resolved = false;
	snprintf(r->sum.why, sizeof(r->sum.why),
		 "most bytes of %.90s are not in %.90s: %s",
		 ledger_object_at(r->ledger, (size_t)r->out)->name,
		 ledger_object_at(r->ledger, (size_t)r->in)->name,
		 r->sum.split ? "they are bytes of other files that went the "
				"same way, or a program transformed them"
			      : "a program transformed them");
}

static int sum_hops(struct count_result *r, const struct end *out,
		    struct err *e)
{
	free(r->on_path);
	r->on_path = calloc(ledger_hops(r->ledger) + 1, sizeof(bool));
	if (!r->on_path)
		return err_code(e, ENOMEM, "cannot add up the copies");
	r->delivered_bytes = 0;
	r->sum = ledger_sum(r->ledger, r->in, r->out, 1, r->on_path);
	if (!r->sum.path)
		return 0;
	r->delivered_bytes = delivered_bytes(r, out);
	r->sum = ledger_sum(r->ledger, r->in, r->out, r->delivered_bytes,
			    r->on_path);
	return 0;
}

/*
 * Drops the two ends if they are only there by chance (guess.h). If there are
 * no ends then and nothing is in doubt, says that no bytes went from a file to
 * a file.
 */
static int judge_guess(struct count_result *r, const struct end *out,
		       struct err *e)
{
	int rc = 0;

	if (guess_is_poor(r)) {
		r->in = r->out = -1;
		rc = sum_hops(r, out, e);
	}
	if (r->in_found && r->out_found && r->in < 0 && r->out < 0 &&
	    !ledger_doubts(r->ledger))
		snprintf(r->sum.why, sizeof(r->sum.why),
			 "no bytes went from one file to another");
	return rc;
}

/* --- between a start line and a last byte --------------------------------- */

/* True if the hop moved payload, and no bytes of an eventfd or the like. */
static bool is_payload(const struct ledger *l, const struct ledger_hop *h)
{
	return ledger_object_at(l, (size_t)h->from)->kind != LEDGER_OTHER &&
	       ledger_object_at(l, (size_t)h->to)->kind != LEDGER_OTHER;
}

static void add_between(struct count_result *r, const struct ledger_hop *h)
{
	double per_byte = (double)h->bytes / (double)r->delivered_bytes;
	struct ledger_sum *s = &r->sum;

	s->calls += h->calls;
	if (h->copies == LEDGER_COPIES_UNKNOWN) {
		s->resolved = false;
		snprintf(s->why, sizeof(s->why),
			 "it is not known whether the call %s copies", h->call);
	} else if (h->by == LEDGER_BY_KERNEL) {
		s->copies_kernel += per_byte * h->copies;
	} else if (h->by == LEDGER_BY_USER) {
		s->copies_user += per_byte * h->copies;
	}
}

static void look_at_doubts_between(struct count_result *r)
{
	for (size_t i = 0; i < ledger_doubts(r->ledger); i++) {
		const struct ledger_doubt *d = ledger_doubt_at(r->ledger, i);

		if (d->object >= 0 && d->object != r->side[0] &&
		    d->object != r->side[1])
			continue;
		r->sum.resolved = false;
		snprintf(r->sum.why, sizeof(r->sum.why), "%s", d->text);
	}
}

static void begin_between(const struct tracer *t, struct count_result *r,
			  const struct end *in)
{
	r->in = in->path ? object_of_file(r->ledger, in) : r->side[0];
	r->out = r->side[1];
	r->delivered_bytes = t->job->between_bytes;
	r->sum = (struct ledger_sum){
		.path = r->side[0] >= 0 && r->side[1] >= 0,
		.delivered_bytes = r->delivered_bytes,
	};
	r->sum.resolved = r->sum.path;
}

static int sum_between(const struct tracer *t, struct count_result *r,
		       const struct end *in, struct err *e)
{
	r->on_path = calloc(ledger_hops(r->ledger) + 1, sizeof(bool));
	if (!r->on_path)
		return err_code(e, ENOMEM, "cannot add up the copies");
	begin_between(t, r, in);
	look_at_doubts_between(r);
	for (size_t i = 0; i < ledger_hops(r->ledger); i++) {
		const struct ledger_hop *h = ledger_hop_at(r->ledger, i);

		r->on_path[i] = is_payload(r->ledger, h);
		if (r->on_path[i])
			add_between(r, h);
	}
	r->sum.copies = r->sum.copies_kernel + r->sum.copies_user;
	count_calls(t, r);
	return 0;
}

/* --- the whole ------------------------------------------------------------ */

/*
 * Sums up the hops. If calls do not explain all bytes, concludes which loads,
 * stores and copies within a program must have happened.
 */
static int sum_up(struct tracer *t, struct count_result *r, struct end *in,
		  struct end *out, struct err *e)
{
	int rc;

	look_after(in);
	look_after(out);
	if (t->job->between_bytes)
		return sum_between(t, r, in, e);
	find_ends(r, in, out);
	rc = sum_hops(r, out, e);
	if (rc == 0 && !r->sum.resolved) {
		trace_settle_maps(t, object_of_file(r->ledger, in),
				  object_of_file(r->ledger, out));
		find_ends(r, in, out);
	}
	if (rc == 0 && (r->sum.transformed || r->sum.lower_bound))
		peek_settle(t, r->in, r->out);
	ledger_imply(r->ledger, r->in, r->out);
	if (rc == 0)
		rc = sum_hops(r, out, e);
	if (rc == 0)
		rc = judge_guess(r, out, e);
	if (rc == 0 && r->sum.framed)
		ledger_note(r->ledger, "a program on the way adds bytes of its "
				       "own or leaves bytes out; only bytes of "
				       "the input count");
	if (rc == 0)
		look_for_change(r);
	if (rc == 0 && r->sum.split && r->sum.resolved)
		ledger_note(r->ledger,
			    "the bytes of several input files were together "
			    "for a part of their way to several output files; "
			    "there the copies are divided among the files in "
			    "proportion to their lengths");
	if (rc == 0)
		delivered_judge(r);
	count_calls(t, r);
	return rc;
}

/*
 * Finds out whether a write to /dev/null copies. If it succeeds with memory
 * that cannot be read, the kernel has not looked at the bytes.
 */
static int copies_to_null(void)
{
	void *nothing =
		mmap(NULL, 4096, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	int fd = open("/dev/null", O_WRONLY | O_CLOEXEC);
	ssize_t n = fd < 0 ? -1 : write(fd, nothing, 4096);

	fd_close(&fd);
	if (nothing != MAP_FAILED)
		munmap(nothing, 4096);
	return n == 4096 ? 0 : LEDGER_COPIES_UNKNOWN;
}

static void calibrate(struct tracer *t)
{
	t->null_copies = copies_to_null();
	for (int way = 0; way < PROBE_WAYS; way++)
		t->copies[way] = probe_copies((enum probe_way)way, NULL);
}

static int trace_all(struct tracer *t, struct err *e)
{
	cpu_set_t before;
	bool moved = t->job->one_cpu && sched_getcpu() >= 0 &&
		     sched_getaffinity(0, sizeof(before), &before) == 0 &&
		     cpu_bind(sched_getcpu(), &(struct err){ 0 }) == 0;
	int rc = trace_start(t, e);

	if (rc == 0)
		rc = trace_loop(t, e);
	if (moved)
		sched_setaffinity(0, sizeof(before), &before);
	return rc < 0 ? rc : trace_reported(t, e);
}

/* True if there is a result. An interrupted count has one, too. */
static bool has_run(int rc)
{
	return rc == 0 || rc == -EINTR;
}

int count_run(const struct count_job *job, struct count_result *r,
	      struct err *e)
{
	struct end in = look_before(job->in), out = look_before(job->out);
	struct tracer t = {
		.job = job,
		.result = r,
		.null_object = -1,
		.began = time(NULL),
		.diag_fd = -1,
		.report_fd = -1,
		.no_new_privs = !proc_has_cap(CAP_SYS_ADMIN),
	};
	int rc;

	*r = (struct count_result){ .in = -1, .out = -1, .side = { -1, -1 } };
	t.ledger = r->ledger = ledger_new();
	if (!r->ledger)
		return err_code(e, ENOMEM, "cannot make a ledger");
	calibrate(&t);
	rc = trace_all(&t, e);
	r->status = t.status;
	trace_settle_clones(&t);
	if (has_run(rc) && sum_up(&t, r, &in, &out, e) < 0)
		rc = -ENOMEM;
	trace_free(&t);
	return rc;
}

void count_result_free(struct count_result *r)
{
	ledger_free(r->ledger);
	free(r->on_path);
	r->ledger = NULL;
	r->on_path = NULL;
}
