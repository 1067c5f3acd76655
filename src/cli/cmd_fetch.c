/* ipcopy fetch: the client's half of a copy; ipcopy serve is the other half. */
#include <string.h>

#include "args/progress.h"
#include "args/say.h"
#include "base/lease.h"
#include "cli/commands.h"
#include "cli/show.h"
#include "cli/transfer.h"
#include "copy/meet.h"

static const struct opt fetch_opts[] = {
	OPT_NAME,
	TRANSFER_OPT("wait-for", "TIME", opt_wait, wait_for_ms,
		     "wait at most this long for the server "
		     "(default 30s)"),
	OPT_CPU(COPY_CLIENT),
	OPT_FSYNC,
	OPT_PRESERVE,
	OPT_TIMEOUT,
	OPTS_DOSES_OF("N|0,N", transfer_take_client_dose, "on the client",
		      struct transfer, dose),
	OPT_FORMAT(struct transfer),
	OPT_QUIET,
	{ .name = NULL },
};

static enum exit_code fetch(struct transfer *t)
{
	struct copy_job job = transfer_job(t);
	bool to_stdout = !strcmp(t->operand[0], "-");
	struct show_row row = { .status = SHOW_OK };
	int rc;

	job.dst = t->operand[0];
	if (!t->quiet && t->wait_for_ms > 0 && meet_awaits(t->name))
		say("waiting for a server named '%s'", t->name);
	job.progress = progress_show;
	progress_begin(t->name, t->quiet);
	rc = copy_fetch(&job, t->name, t->wait_for_ms, &row.out, &row.why);
	progress_end();
	if (rc < 0)
		return transfer_fail(rc, "", &row.why,
				     to_stdout ? "" : "DST is unchanged");
	if (t->quiet)
		return EXIT_WELL;
	show_name_peer(&row, row.out.spec);
	return show_one(&row, "fetched", (enum table_format)t->format,
			to_stdout);
}

static enum exit_code run_fetch(char **words)
{
	struct transfer t = TRANSFER_INIT(30000);
	enum exit_code code;
	struct err e = { 0 };
	int rc;

	if (!command_read(&cmd_fetch, words, &t, t.operand, &code))
		return code;
	if (!t.name)
		return say_usage("--name NAME is missing; give the name that "
				 "ipcopy serve was given");
	lease_sweep();
	rc = transfer_check_preserve(&t, &e);
	if (rc == 0)
		rc = transfer_place(&t, &e);
	return rc < 0 ? say_error(&e, EXIT_CANNOT) : fetch(&t);
}

static const struct opt_group groups[] = {
	{ "name", "The meeting" },
	{ "cpu", "The process and the copy" },
	{ "extra-copies", "Extra work" },
	{ "format", "Output" },
	{ NULL, NULL },
};

const struct command cmd_fetch = {
	.name = "fetch",
	.summary = "copy a file from a server started by `ipcopy serve`",
	.about = "Copies to DST the file that the server NAME serves. DST may "
		 "be "
		 "- for standard output. The server chooses the "
		 "mechanism and its settings, and whether the copy is "
		 "verified. DST is replaced only by a complete copy.",
	.operands = { "DST" },
	.required = 1,
	.opts = fetch_opts,
	.groups = groups,
	.run = run_fetch,
};
