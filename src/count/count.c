/* Counting, put together: the tracer, the ends, the sum. */
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
#include "base/size.h"
#include "count/change.h"
#include "count/trace.h"

#define OTHERS_PART 50  /* of the output: less is a header or an end */
#define LOST_PART   200 /* of the output: less is not worth a word */

/* A file named as an end, before and after. */
struct end {
	const char *path;
	bool was; /* it was there before */
	uint64_t size_before;
	bool is;
	struct stat st;
};

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

/* The object of a named file, whether or not anybody touched it. */
static int object_of(struct ledger *l, const struct end *end)
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
	/* it may have had no name yet when it was opened */
	ledger_rename(l, object, end->path);
	return object;
}

/* --- what was delivered --------------------------------------------------- */

/* Bytes that came to the output from elsewhere than the input. */
static uint64_t from_others(const struct count_result *r)
{
	uint64_t bytes = 0;

	for (size_t i = 0; i < ledger_hops(r->ledger); i++)
		if (ledger_hop_at(r->ledger, i)->to == r->out)
			bytes += ledger_hop_at(r->ledger, i)->bytes;
	return bytes > r->sum.arrived_bytes ? bytes - r->sum.arrived_bytes : 0;
}

/* An output found by itself may still be where its name says. */
static void find_file(const struct count_result *r, struct end *end)
{
	const struct ledger_object *o =
		ledger_object_at(r->ledger, (size_t)r->out);
	char key[80];

	if (end->is || o->kind != LEDGER_FILE || stat(o->name, &end->st) < 0)
		return;
	trace_file_key(key, sizeof(key), end->st.st_dev, end->st.st_ino);
	end->is = strcmp(key, o->key) == 0;
	end->was = true; /* for all we know */
	end->size_before = (uint64_t)end->st.st_size;
}

/* Bytes of a file that are no holes; all where nobody tells. */
static uint64_t data_in(const char *path, uint64_t size)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
	off_t hole = 0, data = fd < 0 ? -1 : lseek(fd, 0, SEEK_DATA);
	uint64_t bytes = 0;

	if (data < 0)
		bytes = fd >= 0 && errno == ENXIO ? 0 : size;
	while (data >= 0) {
		hole = lseek(fd, data, SEEK_HOLE);
		if (hole < 0)
			break;
		bytes += (uint64_t)(hole - data);
		data = lseek(fd, hole, SEEK_DATA);
	}
	fd_close(&fd);
	return bytes < size ? bytes : size;
}

static void note_holes(struct count_result *r, uint64_t holes)
{
	char text[200], size[32];

	snprintf(text, sizeof(text),
		 "the output has holes of %s, which nobody copied: they count "
		 "as nothing delivered",
		 size_human((double)holes, size, sizeof(size)));
	ledger_note(r->ledger, text);
}

/* Of a file in which there are holes, no more than came. */
static uint64_t without_holes(struct count_result *r, uint64_t size)
{
	const struct ledger_object *o =
		ledger_object_at(r->ledger, (size_t)r->out);
	uint64_t came = r->sum.arrived_bytes + from_others(r);
	uint64_t data = came < size ? data_in(o->name, size) : size;

	if (data == size)
		return size;
	note_holes(r, size - data);
	/* a block of the file system is data as a whole */
	return came < data ? came : data;
}

/*
 * What it holds at the end, unless it held something before: then no more than
 * came, since what came may have been added.
 */
static uint64_t delivered(struct count_result *r, const struct end *named)
{
	struct end end = *named, *out = &end;
	uint64_t came = r->sum.arrived_bytes, others = from_others(r), holds;

	find_file(r, out);
	if (!out->is || !S_ISREG(out->st.st_mode))
		return came;
	holds = without_holes(r, (uint64_t)out->st.st_size);
	if (!out->was || out->size_before == 0)
		return holds > others ? holds - others : came;
	return came < holds ? came : holds;
}

/* --- calls ---------------------------------------------------------------- */

/* The calls of one process, between its first and its last byte on the path. */
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
	/* between the marks they are counted already */
	for (const struct process *p = t->process; p && !t->job->between_bytes;
	     p = p->next)
		add_window(t, p, r);
	if (r->delivered_bytes)
		r->calls_per_mib = (double)r->calls /
				   ((double)r->delivered_bytes / (1 << 20));
}

/* --- the sum -------------------------------------------------------------- */

/* The named ends, and whatever else there is to be found. */
static void find_ends(struct count_result *r, const struct end *in,
		      const struct end *out)
{
	r->in = object_of(r->ledger, in);
	r->out = object_of(r->ledger, out);
	r->in_found = r->in < 0;
	r->out_found = r->out < 0;
	/* a named one that is not there is nothing else either */
	if ((in->path && r->in < 0) || (out->path && r->out < 0))
		return;
	ledger_ends(r->ledger, &r->in, &r->out);
}

/*
 * Whatever came to the output was copied, and counts, even where the output
 * does not hold it any more.
 */
static void note_lost(struct count_result *r)
{
	uint64_t came = r->sum.arrived_bytes, holds = r->delivered_bytes;
	char text[200], has[32], had[32];

	if (!r->sum.path || came < holds || came - holds <= came / LOST_PART)
		return;
	snprintf(text, sizeof(text),
		 "the output holds %s of the %s that came to it: it was cut "
		 "short, or written over, and all copies count",
		 size_human((double)holds, has, sizeof(has)),
		 size_human((double)came, had, sizeof(had)));
	ledger_note(r->ledger, text);
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

static void note_other_place(struct count_result *r)
{
	ledger_note(r->ledger, "the output does not begin as the input does: "
			       "its bytes are from other places in it");
}

/*
 * Bytes that the input does not have are no copies of it, wherever they lay
 * when they left. Where much else came to the output nobody can tell.
 */
static void look_for_change(struct count_result *r)
{
	enum change change = CHANGE_NONE;

	if (r->sum.path && from_others(r) <= r->delivered_bytes / OTHERS_PART)
		change = change_of(r);
	if (change == CHANGE_PLACE)
		note_other_place(r);
	if (change != CHANGE_BYTES)
		return;
	r->sum.transformed = true;
	if (!r->sum.resolved)
		return; /* for a reason that is told */
	r->sum.resolved = false;
	snprintf(r->sum.why, sizeof(r->sum.why),
		 "%.100s does not hold what %.100s holds: the bytes were "
		 "transformed",
		 ledger_object_at(r->ledger, (size_t)r->out)->name,
		 ledger_object_at(r->ledger, (size_t)r->in)->name);
}

static int sum_hops(struct count_result *r, const struct end *out,
		    struct err *e)
{
	free(r->on_path);
	r->on_path = calloc(ledger_hops(r->ledger) + 1, sizeof(bool));
	if (!r->on_path)
		return err_code(e, ENOMEM, "the sum");
	r->delivered_bytes = 0;
	r->sum = ledger_sum(r->ledger, r->in, r->out, 1, r->on_path);
	if (!r->sum.path)
		return 0;
	r->delivered_bytes = delivered(r, out);
	r->sum = ledger_sum(r->ledger, r->in, r->out, r->delivered_bytes,
			    r->on_path);
	return 0;
}

/* --- between a start line and a last byte --------------------------------- */

/* Bytes of a message, and no sign that one has come. */
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
			 "whether %s copies is not known", h->call);
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
	r->in = in->path ? object_of(r->ledger, in) : r->side[0];
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
		return err_code(e, ENOMEM, "the sum");
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

/* Only where the calls do not tell it all is anything concluded beyond them. */
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
		trace_settle_maps(t, object_of(r->ledger, in),
				  object_of(r->ledger, out));
		find_ends(r, in, out);
	}
	ledger_imply(r->ledger, r->in, r->out);
	if (rc == 0)
		rc = sum_hops(r, out, e);
	if (rc == 0)
		look_for_change(r);
	if (rc == 0)
		note_lost(r);
	count_calls(t, r);
	return rc;
}

/* A device that takes what nobody can read has not looked at it. */
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

/* What was interrupted is counted as far as it got. */
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
		return err_code(e, ENOMEM, "a ledger");
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
