/* ipcopy bench: measures a plan, and says what came of it. */
#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/lease.h"
#include "base/size.h"
#include "cli/bench_show.h"
#include "cli/say.h"
#include "measure/find.h"
#include "measure/plan.h"
#include "measure/schedule.h"
#include "report/table.h"

struct bench_wish {
	const char *operand[OPERANDS_MAX];
	const char *resume, *output;
	uint64_t seed;
	bool seed_given, dry_run, quiet;
	int budget_ms;
	int format; /* enum table_format */
};

static int take_seed(const struct opt *o, const char *value, void *field,
		     struct err *e)
{
	struct bench_wish *w = (void *)((char *)field - o->at);

	w->seed_given = true;
	if (count_parse(value, &w->seed) && w->seed <= INT64_MAX)
		return 0;
	return err_say(e, EINVAL,
		       "--seed '%.40s' is not allowed; it is a "
		       "number from 0 to %" PRId64,
		       value, INT64_MAX);
}

static const struct opt bench_opts[] = {
	{ .name = "dry-run",
	  .take = opt_true,
	  .at = offsetof(struct bench_wish, dry_run),
	  .help = "show the cells, their order and an estimate, and run "
		  "nothing" },
	{ .name = "seed",
	  .value = "N",
	  .take = take_seed,
	  .at = offsetof(struct bench_wish, seed),
	  .help = "draw the order from this seed (default: a new one, which is "
		  "told)" },
	{ .name = "budget",
	  .value = "TIME",
	  .take = opt_deadline,
	  .at = offsetof(struct bench_wish, budget_ms),
	  .help = "start no round that would end later, such as 5m (default: "
		  "the plan's)" },
	{ .name = "resume",
	  .value = "RUN",
	  .take = opt_text,
	  .at = offsetof(struct bench_wish, resume),
	  .help = "go on with a run that was interrupted" },
	{ .name = "output",
	  .value = "DIR",
	  .take = opt_text,
	  .at = offsetof(struct bench_wish, output),
	  .help = "the run's folder, made anew (default: "
		  "ipcopy-PLAN-DATE-TIME here)" },
	{ .name = "format",
	  .value = "FORMAT",
	  .take = opt_word,
	  .at = offsetof(struct bench_wish, format),
	  .words = table_format_names,
	  .help = "table (default), json or csv" },
	{ .name = "quiet",
	  .letter = 'q',
	  .take = opt_true,
	  .at = offsetof(struct bench_wish, quiet),
	  .help = "no progress and no table" },
	{ .name = NULL },
};

/* --- before anything runs ------------------------------------------------- */

static int check_words(const struct bench_wish *w, struct err *e)
{
	if (!w->resume)
		return 0;
	if (w->operand[0])
		return err_say(e, EINVAL,
			       "--resume goes on with the plan of "
			       "that run; '%.60s' is one plan too many",
			       w->operand[0]);
	if (w->seed_given || w->output)
		return err_say(e, EINVAL,
			       "--resume goes on with the seed and "
			       "in the folder of that run; leave out --%s",
			       w->seed_given ? "seed" : "output");
	return 0;
}

static enum exit_code refuse(int rc, const struct err *e)
{
	say("%s", e->text);
	return rc == -EINVAL ? EXIT_USAGE : EXIT_CANNOT;
}

static enum exit_code dry_run(const struct bench_wish *w,
			      const struct meas_plan *plan)
{
	char *text =
		bench_schedule(plan, w->seed, (enum table_format)w->format);

	if (!text)
		return say_no_memory();
	say_report(text, false);
	free(text);
	return EXIT_WELL;
}

static enum exit_code begin(struct bench_wish *w, struct meas_plan *plan)
{
	struct err e = { 0 };
	char cell[4096];
	const char *word = w->operand[0] ? w->operand[0] : "quick";
	int rc = check_words(w, &e);

	if (rc == 0)
		rc = meas_plan_load(word, plan, &e);
	if (rc < 0)
		return refuse(rc, &e);
	if (w->budget_ms)
		plan->budget_ms = w->budget_ms;
	if (!w->seed_given)
		w->seed = meas_seed_new();
	if (w->dry_run)
		return dry_run(w, plan);
	rc = find_cell(cell, sizeof(cell), &e);
	return rc < 0 ? refuse(rc, &e) : dry_run(w, plan);
}

static enum exit_code run(char **words)
{
	struct bench_wish w = { .format = TABLE_HUMAN };
	struct meas_plan plan = MEAS_PLAN_INIT;
	enum exit_code code;

	if (!command_read(&cmd_bench, words, &w, w.operand, &code))
		return code;
	lease_sweep();
	code = begin(&w, &plan);
	meas_plan_free(&plan);
	return code;
}

const struct command cmd_bench = {
	.name = "bench",
	.summary = "measure mechanisms by a plan, and say which is fastest",
	.about =
		"Measures what a plan lists: every cell once in each round, in "
		"a random order, each by a fresh pair of processes, until the "
		"medians are narrow enough or the budget is spent. PLAN is "
		"quick (the default), standard, full, or a file with .json.",
	.operands = { "PLAN" },
	.required = 0,
	.opts = bench_opts,
	.run = run,
};
