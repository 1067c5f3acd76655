/* Makes one exercise and counts its copies. */
#include "teach/question.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/markup.h"
#include "base/memstream.h"
#include "base/stop.h"
#include "teach/answer.h"

#define CLOSE_ENOUGH 0.01 /* a part of a copy that does not matter */

/*
 * Exactly one of these reasons fits a hop. The first four differ in what the
 * two ends of the call are.
 */
const char *const question_whys[WHYS] = {
	[WHY_FILE] = "The kernel copies between a file and memory of the "
		     "process that calls.",
	[WHY_CHANNEL] = "The kernel copies between a pipe, FIFO or socket and "
			"memory of the process that calls.",
	[WHY_KERNEL] = "The kernel copies, and neither end of the call is "
		       "memory of a process: the call has two descriptors.",
	[WHY_MEMORY] = "The kernel copies from memory of one process into "
		       "memory of another.",
	[WHY_PAGES] = "Nothing is copied: one more place refers to the pages "
		      "that hold the bytes.",
	[WHY_BLOCKS] = "Nothing is copied: two files share blocks of the disk.",
	[WHY_PROGRAM] = "The program copies, with loads and stores of its own.",
	[WHY_FAULT] = "The kernel copies a page, since two processes have it "
		      "and one stores into it.",
	[WHY_OTHER] = "None of the input's bytes go on: the program makes "
		      "other bytes of them.",
};

/* --- in the child --------------------------------------------------------- */

struct job {
	const struct question_place *place;
	const struct question *q;
};

static int be_program(const struct question *q)
{
	const struct ends ends = {
		.in = open("IN", O_RDONLY | O_CLOEXEC),
		.out = open("OUT", O_RDWR | O_CREAT | O_CLOEXEC, 0600),
		.len = (ssize_t)q->sizes.len,
		.block = (ssize_t)q->sizes.a,
		.other = (ssize_t)q->sizes.b,
	};

	if (ends.in < 0 || ends.out < 0)
		return 1;
	prctl(PR_SET_NAME, "program");
	return q->form->run(&ends);
}

static int run_form(void *arg)
{
	const struct job *job = arg;
	int null = open("/dev/null", O_RDWR);

	stop_hand_on();
	if (null < 0 || chdir(job->place->dir) < 0)
		return 1;
	for (int fd = 0; fd <= STDERR_FILENO; fd++)
		dup2(null, fd);
	if (job->q->form->run)
		return be_program(job->q);
	execl("/bin/sh", "sh", "-c", job->q->text, (char *)NULL);
	return 1;
}

/* --- its text ------------------------------------------------------------- */

struct filling {
	const struct question_sizes *sizes;
	const char *fs;
	FILE *to;
};

static void fill_place(void *arg, const char *name, size_t len)
{
	const struct filling *f = arg;

	if (!strncmp(name, "a", len))
		fprintf(f->to, "%lu", f->sizes->a);
	else if (!strncmp(name, "b", len))
		fprintf(f->to, "%lu", f->sizes->b);
	else if (!strncmp(name, "fs", len))
		fputs(f->fs, f->to);
	for (int i = 0; i < f->sizes->cats && !strncmp(name, "cats", len); i++)
		fputs(" | cat", f->to);
}

/*
 * Fills the sizes into a text of a form. The caller frees it; NULL: no memory.
 */
static char *fill_text(const char *text, const struct question *q,
		       const struct question_place *p)
{
	char *filled = NULL;
	size_t size;
	struct filling f = { &q->sizes, p->fs, open_memstream(&filled, &size) };

	if (f.to)
		html_fill(f.to, text, fill_place, &f);
	return memstream_end(f.to, &filled, true);
}

static int write_text(struct question *q, const struct question_place *p,
		      struct err *e)
{
	const struct form *f = q->form;
	char *know = fill_text(f->know ? f->know : "", q, p);

	q->text = f->run ? strdup(form_source(f->name))
			 : fill_text(f->command, q, p);
	snprintf(q->know, sizeof(q->know), "%s", know ? know : "");
	free(know);
	return q->text ? 0 : err_code(e, ENOMEM, "an exercise");
}

/* --- the count ------------------------------------------------------------ */

static enum question_why why_of(const struct ledger *l,
				const struct story_hop *h)
{
	enum ledger_kind from = ledger_object_at(l, (size_t)h->hop->from)->kind;
	enum ledger_kind to = ledger_object_at(l, (size_t)h->hop->to)->kind;

	if (h->hop->by == LEDGER_BY_USER)
		return WHY_PROGRAM;
	if (h->hop->copies == 0)
		return h->hop->evidence == LEDGER_EXTENTS ? WHY_BLOCKS
							  : WHY_PAGES;
	if (h->hop->evidence == LEDGER_FRAMES)
		return WHY_FAULT;
	if (h->way == PROBE_VM_READV || h->way == PROBE_VM_WRITEV)
		return WHY_MEMORY;
	if (!probe_fills_memory(h->way) && !probe_takes_memory(h->way))
		return WHY_KERNEL;
	return ledger_is_channel(from) || ledger_is_channel(to) ? WHY_CHANNEL
								: WHY_FILE;
}

/*
 * Adds the hop of a step. False: no exercise can ask about this hop, for
 * instance since its call takes only a part of the bytes.
 */
static bool take_hop(struct question *q, const struct story_step *step)
{
	const struct story_hop *h = &q->story->hop[step->hop];
	const struct ledger *l = q->counted.ledger;
	struct question_hop *hop = &q->hop[q->hops];
	const char *word = answer_word(h->hop->call);
	/* the step as if it woke no process */
	struct story_step alone = *step;

	for (int i = 0; i < q->hops; i++)
		if (q->hop[i].story == step->hop)
			return true;
	if (q->hops == QUESTION_HOPS || fabs(h->part - 1) > CLOSE_ENOUGH)
		return false;
	*hop = (struct question_hop){
		.story = step->hop,
		.call = h->hop->by == LEDGER_BY_USER ? "memcpy" : word,
		.copies = h->hop->copies,
		.by_program = h->hop->by == LEDGER_BY_USER,
		.why = why_of(l, h),
	};
	alone.woken = -1;
	story_say(q->story, &alone, hop->says, sizeof(hop->says));
	q->hops++;
	return hop->call && hop->copies >= 0 && hop->copies <= 1 &&
	       h->hop->by != LEDGER_BY_DEVICE;
}

static bool take_hops(struct question *q)
{
	const struct story *s = q->story;

	for (int i = 0; i < s->steps; i++)
		if (s->step[i].kind == STORY_MOVE && !take_hop(q, &s->step[i]))
			return false;
	for (int i = 0; i < q->hops; i++) {
		q->copies += q->hop[i].copies;
		q->kernel += q->hop[i].by_program ? 0 : q->hop[i].copies;
	}
	return q->hops > 0 &&
	       fabs(q->counted.sum.copies - q->copies) < CLOSE_ENOUGH &&
	       fabs(q->counted.sum.copies_kernel - q->kernel) < CLOSE_ENOUGH;
}

/*
 * Writes the question "why". Its text names neither the call nor the place that
 * the bytes come from, since the answer must name the calls.
 */
static void say_asked(struct question *q, const struct question_hop *hop)
{
	const struct story_hop *h = &q->story->hop[hop->story];
	const char *actor = q->story->actor[h->actor];
	char to[120];

	q->why = hop->why;
	story_place(q->story, h->to, to, sizeof(to));
	if (h->hop->from == h->hop->to)
		snprintf(q->asked, sizeof(q->asked),
			 "%s%s moves bytes from one place in %s to another. "
			 "Which reason fits this step?",
			 story_article(actor), actor, to);
	else
		snprintf(q->asked, sizeof(q->asked),
			 "%s%s brings bytes to %s. Which reason fits this "
			 "step?",
			 story_article(actor), actor, to);
}

/*
 * The smaller the number, the better the hop is for the question "why". A hop
 * is better if its reason was asked for less often. Nearly all forms read and
 * write files, so a hop of another kind is better, too.
 */
static int is_worn(const struct question_hop *h,
		   const struct question_taste *taste)
{
	return 2 * taste->asked[h->why] + (h->why == WHY_FILE);
}

static void choose_asked(struct question *q, const struct question_taste *taste)
{
	int best[QUESTION_HOPS], n = 0, least = INT_MAX;

	for (int i = 0; i < q->hops; i++) {
		int worn = is_worn(&q->hop[i], taste);

		if (worn < least)
			n = 0;
		if (worn <= least)
			best[n++] = i;
		least = worn < least ? worn : least;
	}
	q->asked_hop = best[taste->draw % (unsigned int)n];
	say_asked(q, &q->hop[q->asked_hop]);
}

unsigned int question_could(const struct question *q)
{
	unsigned int could = 0;

	for (int i = 0; i < q->hops; i++)
		could |= 1u << q->hop[i].why;
	return could ? could : 1u << q->why;
}

static int unfit(const struct question *q, const char *why, struct err *e)
{
	return err_say(e, EAGAIN, "%s: %.200s", q->form->name, why);
}

static int take_none(struct question *q, struct err *e)
{
	const struct ledger_sum *sum = &q->counted.sum;

	if (!sum->transformed || sum->resolved)
		return unfit(q, "its bytes were not seen to change", e);
	q->none = true;
	q->asked_hop = -1;
	q->why = WHY_OTHER;
	snprintf(q->asked, sizeof(q->asked), "%s", q->form->none);
	return 0;
}

static int take_count(struct question *q, const struct question_taste *taste,
		      struct err *e)
{
	const struct ledger_sum *sum = &q->counted.sum;
	const struct story_wish w = {
		.title = q->form->name,
		.summary = "",
		.ledger = q->counted.ledger,
		.in = q->counted.in,
		.out = q->counted.out,
		.delivered_bytes = q->counted.delivered_bytes,
		.counted = true,
		.calls_per_message = NAN,
		.steady_per_message = NAN,
		.blocked_per_message = NAN,
	};

	if (!WIFEXITED(q->counted.status) || WEXITSTATUS(q->counted.status))
		return unfit(q, "it failed", e);
	if (q->form->none)
		return take_none(q, e);
	if (!sum->path || !sum->resolved || sum->lower_bound)
		return unfit(q, *sum->why ? sum->why : sum->bound, e);
	if (!q->form->from && q->counted.delivered_bytes != q->sizes.len)
		return unfit(q, "not all bytes arrived", e);
	if (story_make(&w, &q->story, e) < 0)
		return -EAGAIN;
	if (!take_hops(q))
		return unfit(q, "its number of copies is not a whole number",
			     e);
	choose_asked(q, taste);
	return 0;
}

/* --- the whole ------------------------------------------------------------ */

static int count(struct question_place *p, struct question *q, struct err *e)
{
	char in[sizeof(p->dir) + QUESTION_NAME],
		out[sizeof(p->dir) + QUESTION_NAME];
	struct job job = { p, q };
	const struct count_job counted = {
		.run = run_form,
		.arg = &job,
		.in = in,
		.out = out,
		.one_cpu = true,
	};
	int rc;

	snprintf(in, sizeof(in), "%s/%s", p->dir,
		 q->form->from ? q->form->from : "IN");
	snprintf(out, sizeof(out), "%s/OUT", p->dir);
	rc = question_place_fill(p, q->sizes.len, e);
	if (rc < 0)
		return rc;
	rc = count_run(&counted, &q->counted, e);
	question_place_clear(p);
	return rc;
}

int question_make(struct question_place *p, const struct form *f,
		  const struct question_sizes *sizes,
		  const struct question_taste *taste, struct question **made,
		  struct err *e)
{
	struct question *q = calloc(1, sizeof(*q));
	int rc;

	*made = NULL;
	if (!q)
		return err_code(e, ENOMEM, "an exercise");
	q->form = f;
	q->sizes = *sizes;
	q->counted.in = q->counted.out = -1;
	rc = write_text(q, p, e);
	if (rc == 0)
		rc = count(p, q, e);
	if (rc == 0)
		rc = take_count(q, taste, e);
	if (rc < 0)
		question_free(q);
	else
		*made = q;
	return rc;
}

void question_free(struct question *q)
{
	if (!q)
		return;
	free(q->text);
	free(q->story);
	count_result_free(&q->counted);
	free(q);
}
