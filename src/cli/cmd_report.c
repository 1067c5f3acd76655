/* ipcopy report: makes one page of one run or of several. */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "args/say.h"
#include "base/lease.h"
#include "base/stop.h"
#include "cli/commands.h"
#include "cli/fleet_show.h"
#include "cli/follow_show.h"
#include "cli/put_file.h"
#include "cli/verdict_show.h"
#include "cli/way_show.h"
#include "count/count_spec.h"
#include "page/html.h"

struct reporting {
	const char *const *runs;
	const char *output, *against;
	/* made from the members above */
	struct run run, other;
	bool have_other;
};

static const struct opt report_opts[] = {
	OPTION("output", "FILE", opt_text, struct reporting, output,
	       "write the page to this file (default RUN/report.html); "
	       "required for several runs"),
	OPTION("against", "RUN2", opt_text, struct reporting, against,
	       "also show what changed since the run RUN2"),
	{ .name = NULL },
};

/* --- the way of a byte ---------------------------------------------------- */

static char *draw_ledger(const struct ledger *l, int in, int out)
{
	struct chain *chain = calloc(1, sizeof(*chain));
	bool *on_path = calloc(ledger_hops(l) + 1, sizeof(*on_path));
	char *text = NULL;

	if (chain && on_path) {
		ledger_sum(l, in, out, COUNT_SPEC_BYTES, on_path);
		chain_of(l, in, out, on_path, chain);
		text = way_show(l, chain, false, false);
	}
	free(on_path);
	free(chain);
	return text;
}

/* Draws the path of a byte through a mechanism, as predicted, not counted. */
static char *draw_spec(const char *text)
{
	struct err ignored = { 0 };
	struct tr_spec spec;
	struct ledger *l;
	char *picture;
	int in, out;

	if (tr_spec_parse(text, &spec, &ignored) < 0)
		return NULL;
	l = chain_predict(&spec, COUNT_SPEC_BYTES, &in, &out);
	picture = l ? draw_ledger(l, in, out) : NULL;
	ledger_free(l);
	return picture;
}

/* --- pages beside it ------------------------------------------------------ */

static int write_follow_pages(const struct run *r, const char *report,
			      struct err *e)
{
	int rc = 0;

	for (size_t i = 0; i < r->mechanisms && rc == 0; i++) {
		const char *spec = r->copies[i].spec;
		char *page = html_is_first(r, i) ? follow_beside(spec) : NULL;

		if (page)
			rc = follow_write_beside(report, spec, e);
		free(page);
	}
	return rc;
}

/* --- one run -------------------------------------------------------------- */

static enum exit_code cannot_report(int rc, const struct err *e)
{
	return say_error(e, rc == -ENOENT ? EXIT_CANNOT : EXIT_FAILED);
}

static enum exit_code put_report(const char *path, char *page, size_t size)
{
	struct err e = { 0 };
	int rc = put_file(path, page, size, &e);

	free(page);
	if (rc < 0)
		return cannot_report(rc, &e);
	if (strcmp(path, "-") != 0)
		printf("%s\n", path);
	return EXIT_WELL;
}

/* A page on standard output has no folder, so it has no links to files. */
static enum exit_code write_report(const struct reporting *r, const char *path)
{
	bool alone = !strcmp(path, "-");
	struct html_wish wish = {
		.run = &r->run,
		.other = r->have_other ? &r->other : NULL,
		.drawing = draw_spec,
		.follow = alone ? NULL : follow_beside,
	};
	struct err e = { 0 };
	char *page;
	size_t size;
	int rc = html_report(&wish, &page, &size, &e);

	if (rc < 0 && stop_requested())
		return say_interrupted();
	if (rc < 0)
		return cannot_report(rc, &e);
	if (!alone)
		rc = write_follow_pages(&r->run, path, &e);
	if (rc == 0)
		return put_report(path, page, size);
	free(page);
	return cannot_report(rc, &e);
}

static enum exit_code report(struct reporting *r)
{
	struct err e = { 0 };
	int rc = run_read_made(&r->run, r->runs[0], &e);
	enum exit_code code;
	char *path;

	if (rc == 0 && r->against) {
		rc = run_read_made(&r->other, r->against, &e);
		r->have_other = rc == 0;
	}
	if (rc < 0)
		return say_error(&e, rc == -ENOENT ? EXIT_USAGE : EXIT_FAILED);
	path = r->output ? strdup(r->output)
			 : run_path(r->runs[0], "report.html");
	if (!path)
		return say_no_memory();
	lease_sweep();
	code = write_report(r, path);
	free(path);
	return code;
}

/* --- several runs --------------------------------------------------------- */

static enum exit_code write_fleet(const struct fleet *f, const char *path)
{
	struct err e = { 0 };
	char *page;
	size_t size;
	int rc = html_fleet(f, &page, &size, &e);

	if (rc < 0)
		return cannot_report(rc, &e);
	lease_sweep();
	return put_report(path, page, size);
}

static enum exit_code report_all(const struct reporting *r)
{
	struct fleet f = { .judge = verdict_again };
	enum exit_code code;

	if (!r->output || r->against)
		return say_usage(
			r->against
				? "--against compares two runs of one host; it "
				  "cannot be used for a page of several hosts"
				: "a page of several runs belongs to no "
				  "folder; name its file with --output FILE");
	code = fleet_of(&f, r->runs, false);
	if (code == EXIT_WELL)
		code = write_fleet(&f, r->output);
	fleet_free(&f);
	return code;
}

/* --- the command ---------------------------------------------------------- */

static enum exit_code run_report(char **words)
{
	struct reporting r = { .output = NULL };
	const char **runs = command_operands(words);
	enum exit_code code;

	if (!runs)
		return say_no_memory();
	r.runs = runs;
	if (command_read(&cmd_report, words, &r, runs, &code))
		code = runs[1] ? report_all(&r) : report(&r);
	run_free(&r.run);
	run_free(&r.other);
	free(runs);
	return code;
}

const struct command cmd_report = {
	.name = "report",
	.summary = "put a run into one HTML page",
	.about = "Makes one page of a run: its answers, figures and tables, "
		 "the machine, the cells that were skipped, how to repeat the "
		 "run, and all data of the run. For several runs of one plan, "
		 "one from each host, makes one page about all of them: a map "
		 "of conditions and hosts, the facts of the machines that "
		 "differ in the same way as the answers, and ratios over all "
		 "hosts. The page needs no network and can be read without "
		 "scripts.",
	.operands = { "RUN", "RUN..." },
	.required = 1,
	.most = RUNS_MAX,
	.opts = report_opts,
	.run = run_report,
};
