/* ipcopy bench: measures a plan and shows the result. */
#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <sys/statvfs.h>
#include <time.h>
#include <unistd.h>

#include "args/progress.h"
#include "args/say.h"
#include "base/clock.h"
#include "base/lease.h"
#include "base/place.h"
#include "base/size.h"
#include "cli/bench_choice.h"
#include "cli/bench_show.h"
#include "cli/commands.h"
#include "cli/transfer.h"
#include "cli/verdict_show.h"
#include "measure/copies.h"
#include "measure/plan.h"
#include "measure/schedule.h"
#include "text/table.h"

/*
 * Without --dir, bench puts its files into /dev/shm, but only if this much
 * space is free there. It is enough for the source, the destination and the
 * rings, except on machines with the largest caches.
 */
#define ROOM_BYTES (192 << 20)

struct bench_wish {
	const char *operand[OPERANDS_MAX];
	const char *resume, *output, *dir;
	struct opt_seed seed;
	bool dry_run, quiet;
	int budget_ms;
	int format; /* enum table_format */
	struct meas_choice choice;
	const char *save_plan;
};

#define CHOICE(opt, arg, how, ...) \
	OPTION(opt, arg, how, struct bench_wish, choice, __VA_ARGS__)

#define CHOICE_OF(opt, list, about) \
	CHOICE(opt, "LIST", choice_words, about, .words = (list))

static const char *const depth_words[] = { "deep", "best", "own", NULL };
static const char *const wait_words[] = {
	"block", "batch", "spin", "spin-then-block", "best", "own", NULL
};

static const struct opt bench_opts[] = {
	CHOICE("via", "M[:KEY=VALUE,...]", choice_via,
	       "measure this mechanism; repeat the option for each mechanism "
	       "to compare; a setting size must be the same for all of them"),
	CHOICE("size", "LIST", choice_words,
	       "bytes of a message, such as 4K,64K"),
	CHOICE_OF("workload", copy_workload_names,
		  "what is transferred: file, stream or pingpong"),
	CHOICE_OF("sink", copy_sink_names,
		  "the output of the workload file: new (a new file), over (an "
		  "existing file) or null (none)"),
	CHOICE_OF("cache", run_cache_names,
		  "whether the CPU's caches hold the data: hot (yes) or cold "
		  "(no)"),
	CHOICE_OF("depth", depth_words,
		  "messages under way at a time: a number, deep (as many as "
		  "there is room for), best (the fastest in trials that come "
		  "first) or own (as each --via says)"),
	CHOICE_OF("wait", wait_words,
		  "how a side waits for the other: block, batch, spin, "
		  "spin-then-block, best (the fastest in trials that come "
		  "first) or own (as each --via says)"),
	CHOICE_OF(
		"place", run_place_names,
		"the CPUs of the two sides: core (two cores), smt (two threads "
		"of a core), same (one CPU) or free (the kernel chooses)"),
	CHOICE("cpus", "S,C", choice_cpus,
	       "tie the server to CPU S and the client to CPU C, instead of "
	       "--place"),
	CHOICE("pairs", "LIST", choice_words,
	       "how many pairs of a server and a client run at the same time"),
	CHOICE("extra-copies", "LIST", choice_words,
	       "extra work for each message, to learn what such work costs: "
	       "each side makes this many more copies by memcpy; 2+0: the "
	       "server makes two more and the client none; each value of LIST "
	       "is measured beside the mechanism without extra work"),
	CHOICE("extra-kernel-copies", "LIST", choice_words,
	       DOSE_KERNEL_COPIES_HELP),
	CHOICE("extra-calls", "LIST", choice_words, DOSE_CALLS_HELP),
	CHOICE("extra-wakes", "LIST", choice_words, DOSE_WAKES_HELP),
	CHOICE("extra-pages", "LIST", choice_words, DOSE_PAGES_HELP),
	CHOICE("extra-far-copies", "LIST", choice_words, DOSE_FAR_COPIES_HELP),
	CHOICE("extra-passes", "LIST", choice_words,
	       "as --extra-copies, but the server sends each message this many "
	       "more times to the client, through a second channel of the "
	       "mechanism"),
	CHOICE("extra-contents", "LIST", choice_words,
	       "as --extra-copies, but each piece of work is to make the "
	       "contents of the message, on the server, or to check them, on "
	       "the client"),
	CHOICE("extra-crossings", "LIST", choice_words, DOSE_CROSSINGS_HELP),
	CHOICE("margin", "SHARE", choice_text,
	       "a difference of speed smaller than this, such as 3%, does not "
	       "count"),
	CHOICE("precision", "SHARE", choice_text,
	       "measure until the ratios of the speeds are known with this "
	       "precision, such as 5%"),
	CHOICE("rounds", "N", choice_text,
	       "rounds of each generation, 3 to 1000"),
	OPTION("save-plan", "FILE", opt_text, struct bench_wish, save_plan,
	       "also write the plan, changed by the options above, to FILE"),
	OPTION("dry-run", NULL, opt_true, struct bench_wish, dry_run,
	       "show the conditions in their order, the cells that cannot run "
	       "here and an estimate of the time; run nothing"),
	OPTION("seed", "N", opt_seed, struct bench_wish, seed,
	       "make all random choices from this seed (default: a new "
	       "seed, which is printed)"),
	OPTION("budget", "TIME", opt_deadline, struct bench_wish, budget_ms,
	       "the longest time to measure, such as 5m: after the generations "
	       "that the plan requires, none starts that would end later "
	       "(default: the plan's budget)"),
	OPTION("resume", "RUN", opt_text, struct bench_wish, resume,
	       "continue a run that was interrupted"),
	OPTION("output", "DIR", opt_text, struct bench_wish, output,
	       "the folder of the run (default: ipcopy-PLAN-DATE-TIME)"),
	OPTION("dir", "DIR", opt_text, struct bench_wish, dir,
	       "the directory of the files that are copied, preferably a "
	       "tmpfs (default /dev/shm; if that lacks room or cannot be "
	       "written to, TMPDIR or /tmp)"),
	OPT_FORMAT(struct bench_wish),
	OPTION("quiet", NULL, opt_true, struct bench_wish, quiet,
	       "show no progress, no table and no verdict", .letter = 'q'),
	{ .name = NULL },
};

/* --- before anything runs ------------------------------------------------- */

static int check_bench_words(const struct bench_wish *w, struct err *e)
{
	if (!w->resume)
		return 0;
	if (w->operand[0])
		return err_say(e, EINVAL,
			       "--resume continues the plan of its run; leave "
			       "out the plan '%.60s'",
			       w->operand[0]);
	if (w->dry_run)
		return err_say(e, EINVAL,
			       "--dry-run and --resume contradict each other; "
			       "give one of them");
	if (json_object_size(w->choice.plan) ||
	    json_object_size(w->choice.grid) || w->save_plan)
		return err_say(e, EINVAL,
			       "--resume continues the plan of its run; leave "
			       "out the options that say what to measure");
	if (w->seed.given || w->output || w->dir)
		return err_say(e, EINVAL,
			       "--resume keeps the seed and the folders of "
			       "its run; leave out --%s",
			       w->seed.given ? "seed"
			       : w->output   ? "output"
					     : "dir");
	return 0;
}

static enum exit_code exit_after(int rc, const struct err *e)
{
	return say_error(e, rc == -EACCES ? EXIT_FAILED : EXIT_CANNOT);
}

static const char *files_dir(const struct bench_wish *w)
{
	struct statvfs fs;

	if (w->dir)
		return w->dir;
	/* a tmpfs, since otherwise the disk would be measured, too */
	if (access("/dev/shm", W_OK | X_OK) == 0 &&
	    statvfs("/dev/shm", &fs) == 0 &&
	    (uint64_t)fs.f_bavail * fs.f_frsize >= ROOM_BYTES)
		return "/dev/shm";
	return place_temp();
}

static enum exit_code dry_run(const struct bench_wish *w, struct meas_bench *b)
{
	struct err e = { 0 };
	char *text;
	int rc;

	b->seed = w->seed.value;
	b->dir = files_dir(w);
	rc = meas_bench_lay_out(b, &e);
	if (rc < 0)
		return exit_after(rc, &e);
	text = bench_schedule(b, (enum table_format)w->format);
	return say_and_free(text, false);
}

/* --- measuring ------------------------------------------------------------ */

static void watch(void *arg, const struct bench_progress *p)
{
	const struct meas_bench *b = arg;
	char line[200];

	bench_line(b->plan, p, line, sizeof(line));
	progress_text(line, p->done == 0);
}

/* "ipcopy-quick-20261121-173800" */
static void name_folder(const struct meas_plan *plan, char *buf, size_t size)
{
	time_t now = time(NULL);
	struct tm tm;
	char when[32];

	localtime_r(&now, &tm);
	strftime(when, sizeof(when), "%Y%m%d-%H%M%S", &tm);
	snprintf(buf, size, "ipcopy-%s-%s", plan->name, when);
}

static int begin(struct bench_wish *w, struct meas_bench *b, struct err *e)
{
	struct bench_found found;
	char name[128];
	int rc;

	if (w->resume) {
		rc = meas_bench_resume(b, w->resume, &found, e);
		if (rc == 0 && w->budget_ms)
			b->plan->budget_ms =
				w->budget_ms + meas_bench_ns(b) / MS_IN_NS;
		if (rc == 0)
			bench_show_found(&found, b->run.dir);
		return rc;
	}
	b->seed = w->seed.value;
	b->dir = files_dir(w);
	name_folder(b->plan, name, sizeof(name));
	rc = meas_bench_begin(b, w->output ? w->output : name, e);
	if (rc == 0)
		say("measuring the plan %s with seed %" PRIu64 " into %s",
		    b->plan->name, b->seed, b->run.dir);
	return rc;
}

static void tell_pilot(const struct meas_bench *b)
{
	size_t cut = 0;

	for (size_t i = 0; i < b->plan->cells; i++)
		cut += b->cell[i].cut_short;
	if (cut)
		say("the trials of settings were cut short, since they had "
		    "used half of the budget: %zu cell%s kept the best setting "
		    "that was found until then; give more time with --budget",
		    cut, cut == 1 ? "" : "s");
}

/* Names the cells that failed. EXIT_FAILED if there are any. */
static enum exit_code judge_failures(const struct meas_bench *b)
{
	enum exit_code code = EXIT_WELL;

	for (size_t i = 0; i < b->plan->cells; i++) {
		const struct bench_cell *c = &b->cell[i];

		if (!c->failures)
			continue;
		say("the cell %s failed in %d of %d generations; the last "
		    "failure: %s",
		    b->plan->cell[i].name, c->failures,
		    c->failures + c->generations, c->why);
		code = EXIT_FAILED;
	}
	return code;
}

static enum exit_code measure(struct bench_wish *w, struct meas_bench *b)
{
	struct err e = { 0 };
	enum exit_code code, shown;
	int rc = begin(w, b, &e);

	if (rc < 0)
		return exit_after(rc, &e);
	bench_show_beside(&b->beside);
	b->watch = watch;
	b->arg = b;
	progress_begin("bench", w->quiet);
	rc = meas_bench_run(b, &e);
	if (rc == 0) {
		progress_text("counting copies", true);
		rc = meas_copies(b, &e);
	}
	progress_end();
	if (rc == -EINTR) {
		say("interrupted; continue with: ipcopy bench --resume %s",
		    b->run.dir);
		return EXIT_INTERRUPTED;
	}
	if (rc == -ENOTSUP)
		return exit_after(rc, &e);
	if (rc < 0) {
		say("%s; the samples are kept; continue with: ipcopy bench "
		    "--resume %s",
		    e.text, b->run.dir);
		return EXIT_CANNOT;
	}
	tell_pilot(b);
	code = judge_failures(b);
	shown = verdict_of(b->run.dir, (enum table_format)w->format,
			   w->quiet ? VERDICT_QUIET : VERDICT_WITH_CELLS);
	say("the run is in %s: manifest.json, samples.csv, copies.csv, "
	    "summary.csv, verdict.json",
	    b->run.dir);
	say("for figures: ipcopy plot %s; for one page: ipcopy report %s",
	    b->run.dir, b->run.dir);
	return code == EXIT_WELL ? shown : code;
}

static int load_plan(struct bench_wish *w, const char *word,
		     struct meas_plan *plan, struct err *e)
{
	int rc = choice_settle(&w->choice, word, e);

	if (rc < 0)
		return rc;
	rc = meas_plan_load(word, &w->choice, plan, e);
	if (rc < 0)
		choice_name_options(&w->choice, e);
	return rc;
}

static enum exit_code prepare(struct bench_wish *w, struct meas_plan *plan)
{
	struct meas_bench bench = MEAS_BENCH_INIT(plan);
	const char *word = w->operand[0];
	struct err e = { 0 };
	enum exit_code code;
	int rc = check_bench_words(w, &e);

	if (!word && !choice_is_plan(&w->choice))
		word = "quick";
	if (rc == 0 && !w->resume)
		rc = load_plan(w, word, plan, &e);
	if (rc == 0 && w->save_plan)
		rc = choice_save(plan, w->save_plan, &e);
	if (rc < 0)
		return exit_after(rc, &e);
	if (w->budget_ms)
		plan->budget_ms = w->budget_ms;
	if (!w->seed.given)
		w->seed.value = meas_seed_new();
	code = w->dry_run ? dry_run(w, &bench) : measure(w, &bench);
	meas_bench_free(&bench);
	return code;
}

static enum exit_code run_bench(char **words)
{
	struct bench_wish w = { .format = TABLE_HUMAN };
	struct meas_plan plan = MEAS_PLAN_INIT;
	enum exit_code code;

	choice_begin(&w.choice);
	if (command_read(&cmd_bench, words, &w, w.operand, &code)) {
		lease_sweep();
		code = prepare(&w, &plan);
	}
	meas_plan_free(&plan);
	choice_free(&w.choice);
	return code;
}

static const struct opt_group groups[] = {
	{ "via", "What to measure" },
	{ "dry-run", "How and where to measure" },
	{ "format", "Output" },
	{ NULL, NULL },
};

const struct command cmd_bench = {
	.name = "bench",
	.summary = "measure mechanisms by a plan, and say which is fastest",
	.about = "Measures the cells that PLAN lists. A cell is one mechanism "
		 "under one condition: a workload, a size of messages, a place "
		 "and so on. Mechanisms that are compared take turns, "
		 "milliseconds apart, each with a server and a client that "
		 "stay connected. A generation is a few rounds of such turns "
		 "with new processes. A condition gets new generations until "
		 "its comparisons are decided and precise, or a limit of the "
		 "plan is reached. PLAN is quick (the default), standard, "
		 "full, best (each mechanism with the settings that suit it "
		 "here), why (prices of extra copies and calls), or a file "
		 "whose name ends in .json. A LIST is one value, or several "
		 "with commas between them.",
	.operands = { "PLAN" },
	.required = 0,
	.opts = bench_opts,
	.groups = groups,
	.run = run_bench,
};
