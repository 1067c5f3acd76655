/*
 * ipcopy export: converts a run for other programs: those that watch speeds
 * over time, those that read tables, and those that show tests.
 */
#include <errno.h>
#include <math.h>
#include <string.h>

#include "args/say.h"
#include "cli/commands.h"
#include "cli/share.h"
#include "judge/export.h"

enum format { BMF, GITHUB, OPENMETRICS, JUNIT, CSV_LONG };

static const char *const format_names[] = {
	"bmf", "github-action-benchmark", "openmetrics", "junit", "csv-long",
	NULL,
};

static const char *const better_names[] = { "bigger", "smaller", NULL };

struct asked {
	const char *operand[OPERANDS_MAX];
	const char *baseline;
	int format;    /* enum format; -1: none */
	int better;    /* 0: bigger is better */
	double gate;   /* NaN: none */
	int undecided; /* enum rep_undecided */
};

static const struct opt export_opts[] = {
	OPTION("to", "FORMAT", opt_word, struct asked, format,
	       "the format (required): bmf (Bencher), "
	       "github-action-benchmark, openmetrics (Prometheus), junit, "
	       "or csv-long (a line for each number)",
	       .words = format_names),
	OPTION("better", "WHICH", opt_word, struct asked, better,
	       "with github-action-benchmark: bigger (default) writes "
	       "speeds, for its tool customBiggerIsBetter; smaller writes "
	       "all other numbers, for its tool customSmallerIsBetter",
	       .words = better_names),
	OPTION("baseline", "RUN", opt_text, struct asked, baseline,
	       "with junit: an older run; each cell is a test, which fails "
	       "if the cell is slower than in that run by more than "
	       "--gate"),
	OPTION("gate", "SHARE", share_take, struct asked, gate,
	       "with --baseline: how much slower a cell may become, such as "
	       "3%; a test that fails does not change the exit status; ipcopy "
	       "compare --gate has an exit status for this"),
	OPTION("gate-undecided", "HOW", opt_word, struct asked, undecided,
	       "with --gate: a cell that keeps the gate undecided is an error "
	       "(tell, the default), is skipped (pass) or has failed (fail)",
	       .words = rep_undecided_names),
	{ .name = NULL },
};

static int check_export(const struct asked *a, struct err *e)
{
	if (a->format < 0)
		return err_say(e, EINVAL,
			       "--to is missing: give --to bmf, "
			       "github-action-benchmark, openmetrics, junit or "
			       "csv-long");
	if (a->better && a->format != GITHUB)
		return err_say(e, EINVAL,
			       "--better needs --to github-action-benchmark");
	if ((a->baseline || !isnan(a->gate)) && a->format != JUNIT)
		return err_say(e, EINVAL,
			       "--baseline and --gate need --to junit");
	if ((a->baseline == NULL) != (isnan(a->gate) != 0))
		return err_say(
			e, EINVAL,
			"--baseline and --gate need each other; give both");
	if (a->undecided && isnan(a->gate))
		return err_say(e, EINVAL, "--gate-undecided needs --gate");
	return 0;
}

/*
 * Reads a run. Refuses it if it is unfinished, if its samples.csv ends in the
 * middle of a line, or if it has no good sample.
 */
static int read_whole(struct run *r, const char *dir, struct err *e)
{
	int rc = rep_read(r, dir, e);
	const char *why;
	size_t good = 0;

	if (rc < 0)
		return rc;
	why = rep_unfinished(r);
	if (why)
		return err_say(e, EINVAL,
			       "the run %.200s is not complete: it %s; "
			       "continue it with: ipcopy bench --resume %.200s",
			       dir, why, dir);
	if (r->samples_csv.csv.torn)
		return err_say(e, EINVAL,
			       "%.200s/samples.csv ends in the middle of a "
			       "line; copy the folder of the run again",
			       dir);
	for (size_t i = 0; i < r->cells; i++)
		good += r->cell[i]->groups > 0;
	if (!good)
		return err_say(e, EINVAL,
			       "the run %.200s has no good sample to export",
			       dir);
	return 0;
}

static char *gate_text(const struct asked *a, const struct run *first,
		       const struct run *r)
{
	struct rep_compare c;
	char *text;

	rep_compare_init(&c, first, r, a->gate);
	rep_compare_cells(&c);
	text = c.broken ? NULL
			: rep_export_junit_gate(
				  &c, (enum rep_undecided)a->undecided);
	rep_compare_free(&c);
	return text;
}

static char *exported_text(const struct asked *a, const struct run *first,
			   const struct run *r)
{
	switch ((enum format)a->format) {
	case BMF:
		return rep_export_bmf(r);
	case GITHUB:
		return rep_export_github(r, a->better == 0);
	case OPENMETRICS:
		return rep_export_openmetrics(r);
	case JUNIT:
		return a->baseline ? gate_text(a, first, r)
				   : rep_export_junit(r);
	default:
		return rep_export_csv(r);
	}
}

static enum exit_code export_run(const struct asked *a)
{
	struct run r = { 0 }, first = { 0 };
	enum exit_code code;
	struct err e = { 0 };
	int rc = read_whole(&r, a->operand[0], &e);

	if (rc == 0 && a->baseline)
		rc = read_whole(&first, a->baseline, &e);
	if (rc < 0) {
		code = say_error(&e,
				 e.code == ENOMEM ? EXIT_FAILED : EXIT_USAGE);
	} else {
		code = say_and_free(exported_text(a, &first, &r), false);
	}
	run_free(&r);
	run_free(&first);
	return code;
}

static enum exit_code run_export(char **words)
{
	struct asked a = { .format = -1, .gate = NAN };
	enum exit_code code;
	struct err e = { 0 };

	if (!command_read(&cmd_export, words, &a, a.operand, &code))
		return code;
	if (check_export(&a, &e) < 0)
		return say_error(&e, EXIT_USAGE);
	return export_run(&a);
}

const struct command cmd_export = {
	.name = "export",
	.summary = "write a run for programs that watch speeds over time",
	.about = "Writes the results of a run in the format of another "
		 "program, with the ends of confidence intervals where the "
		 "format has a place for them. A run that is not complete is "
		 "refused.",
	.operands = { "RUN" },
	.required = 1,
	.opts = export_opts,
	.run = run_export,
};
