/*
 * ipcopy verdict: shows the decisions of a run in sentences, a map and tables.
 */
#include <errno.h>
#include <fcntl.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "args/say.h"
#include "base/fd.h"
#include "cli/commands.h"
#include "cli/fleet_show.h"
#include "cli/put_file.h"
#include "cli/verdict_show.h"
#include "judge/why.h"
#include "text/table.h"

struct asked {
	int format; /* enum table_format */
	const char *prices;
};

static const struct opt verdict_opts[] = {
	OPTION("format", "FORMAT", opt_word, struct asked, format,
	       "table (default), json (verdict.json itself) or csv (the "
	       "comparisons)",
	       .words = table_format_names),
	OPTION("prices", "RUN", opt_text, struct asked, prices,
	       "predict the times of the judged run by the prices of copies "
	       "and calls in this other run, which is a run of the plan why on "
	       "the same machine; keep the prices in prices.json in the folder "
	       "of the judged run"),
	{ .name = NULL },
};

/*
 * True if the file has this text already. Then the file is not written again,
 * so that the folder of a complete run can be read-only.
 */
static bool has_already(const char *path, const char *text, size_t len)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC);
	char *there = malloc(len + 1);
	bool same = fd >= 0 && there &&
		    fd_read_full(fd, there, len + 1) == (ssize_t)len &&
		    !memcmp(there, text, len);

	fd_close(&fd);
	free(there);
	return same;
}

static int put_text(const char *dir, const char *name, const char *text,
		    struct err *e)
{
	char *path = run_path(dir, name);
	size_t len = strlen(text);
	int rc = 0;

	if (!path)
		return err_code(e, -ENOMEM, "%s", name);
	if (!has_already(path, text, len))
		rc = put_file(path, text, len, e);
	free(path);
	return rc;
}

/*
 * Writes summary.csv and verdict.json, unless they have the same contents
 * already. A failure is only a warning.
 */
static void put_files(const struct run *r, const char *json)
{
	char *summary = rep_summary(r);
	struct err e = { 0 };

	if (!summary)
		say_no_memory();
	else if (put_text(r->dir, "summary.csv", summary, &e) < 0 ||
		 put_text(r->dir, "verdict.json", json, &e) < 0)
		say("%s", e.text);
	free(summary);
}

static enum exit_code show_verdict(const struct why *w, const char *json,
				   enum table_format format,
				   enum verdict_show how)
{
	char *text = NULL;

	if (format == TABLE_JSON) {
		say_report(json, false);
		return EXIT_WELL;
	}
	text = format == TABLE_CSV ? verdict_csv(w->v)
				   : verdict_human(w->v, w, how);
	return say_and_free(text, false);
}

static enum exit_code show_cells(const struct run *r)
{
	char *text = verdict_cells(r);

	return say_and_free(text, false);
}

static void make_verdict(struct rep_verdict *v, struct why *w,
			 const struct run *r)
{
	rep_declare(v, r);
	rep_judge(v);
	rep_survey(v);
	why_find(w, v);
}

static enum exit_code judge_run(const struct run *r, enum table_format format,
				enum verdict_show how)
{
	enum exit_code code;
	struct rep_verdict v;
	struct why w;
	char *json;

	make_verdict(&v, &w, r);
	json = rep_verdict_json(&v, &w);
	if (json) {
		put_files(r, json);
		code = how == VERDICT_WITH_CELLS && format == TABLE_HUMAN
			       ? show_cells(r)
			       : EXIT_WELL;
		if (code == EXIT_WELL && how != VERDICT_QUIET)
			code = show_verdict(&w, json, format, how);
	} else {
		code = say_no_memory();
	}
	free(json);
	why_free(&w);
	rep_verdict_free(&v);
	return code;
}

/* --- several runs --------------------------------------------------------- */

int verdict_again(const char *dir, json_t **verdict, struct err *e)
{
	struct rep_verdict v;
	struct why w;
	struct run r;
	int rc = rep_read(&r, dir, e);
	char *json = NULL;

	if (rc == 0) {
		make_verdict(&v, &w, &r);
		json = rep_verdict_json(&v, &w);
		why_free(&w);
		rep_verdict_free(&v);
		*verdict = json ? json_loads(json, 0, NULL) : NULL;
		if (*verdict)
			put_files(&r, json);
		else
			rc = err_code(e, ENOMEM, "%s", dir);
	}
	free(json);
	run_free(&r);
	return rc;
}

static enum exit_code show_fleet(const struct fleet *f,
				 enum table_format format)
{
	char *text;

	if (format == TABLE_HUMAN)
		text = fleet_human(f);
	else
		text = format == TABLE_CSV ? fleet_csv(f) : fleet_json(f);
	return say_and_free(text, false);
}

static enum exit_code verdict_of_all(const char *const *runs,
				     enum table_format format)
{
	struct fleet f = { .judge = verdict_again };
	enum exit_code code = fleet_of(&f, runs, format == TABLE_HUMAN);

	if (code == EXIT_WELL)
		code = show_fleet(&f, format);
	fleet_free(&f);
	return code;
}

/* --- the command ---------------------------------------------------------- */

enum exit_code verdict_of(const char *dir, enum table_format format,
			  enum verdict_show how)
{
	struct err e = { 0 };
	enum exit_code code;
	struct run r;

	if (rep_read(&r, dir, &e) < 0)
		code = say_error(&e, EXIT_FAILED);
	else
		code = judge_run(&r, format, how);
	run_free(&r);
	return code;
}

/* Shows the verdict on one run. First stores the prices of --prices, if any. */
static enum exit_code verdict_of_one(const char *run, const struct asked *a)
{
	struct err e = { 0 };

	if (!a->prices || verdict_take_prices(run, a->prices, &e) == 0)
		return verdict_of(run, (enum table_format)a->format,
				  VERDICT_ALONE);
	return say_error(&e, EXIT_FAILED);
}

static enum exit_code run_verdict(char **words)
{
	struct asked a = { .format = TABLE_HUMAN };
	const char **runs = command_operands(words);
	enum exit_code code;

	if (!runs)
		return say_no_memory();
	if (command_read(&cmd_verdict, words, &a, runs, &code)) {
		if (runs[1] && a.prices) {
			say("--prices can only be used with a single run");
			code = EXIT_USAGE;
		} else {
			code = runs[1] ? verdict_of_all(
						 runs,
						 (enum table_format)a.format)
				       : verdict_of_one(runs[0], &a);
		}
	}
	free(runs);
	return code;
}

const struct command cmd_verdict = {
	.name = "verdict",
	.summary = "say what a run decides, and why",
	.about = "Reads the samples of a run and says whether shared memory is "
		 "the fastest, under which conditions it is, and whether the "
		 "counts of copies and calls explain the largest differences. "
		 "Writes "
		 "summary.csv and verdict.json into the run's folder; the same "
		 "samples give the same bytes. "
		 "For several runs of one plan, one from each host, it says "
		 "where the hosts agree, where they differ, which facts of the "
		 "machines differ in the same way, and how large the ratios "
		 "are over all hosts; NAME=RUN gives a host another name.",
	.operands = { "RUN", "RUN..." },
	.required = 1,
	.most = RUNS_MAX,
	.opts = verdict_opts,
	.run = run_verdict,
};
