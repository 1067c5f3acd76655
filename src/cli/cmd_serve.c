/* ipcopy serve: the server's half of a copy; ipcopy fetch is the other half. */
#include <errno.h>
#include <string.h>

#include "args/progress.h"
#include "args/say.h"
#include "base/append.h"
#include "base/lease.h"
#include "cli/commands.h"
#include "cli/show.h"
#include "cli/transfer.h"
#include "copy/input.h"

static const struct opt serve_opts[] = {
	OPT_NAME,
	TRANSFER_OPT("wait-for", "TIME", opt_wait, wait_for_ms,
		     "without --keep: wait at most this long for a client "
		     "(default 60s)"),
	TRANSFER_OPT("keep", NULL, opt_true, keep,
		     "serve clients until interrupted, several of them "
		     "at the same time"),
	OPT_VIA("the mechanism, with settings as `ipcopy list M` shows them "
		"(default shm)"),
	OPT_SIZE,
	OPT_DEPTH,
	OPT_WAIT,
	OPT_CPU(COPY_SERVER),
	OPT_NO_VERIFY,
	OPT_TIMEOUT,
	OPTS_DOSES_OF("N|N,0", transfer_take_server_dose, "on the server",
		      struct transfer, dose),
	OPT_FORMAT(struct transfer),
	OPT_QUIET,
	{ .name = NULL },
};

/* The options, for the callback `served`. serve_keep sets them. */
static struct {
	const struct transfer *t;
	const struct tr_spec *spec;
} kept;

/* --- before anything runs ------------------------------------------------- */

/*
 * With some choices of setting i, only forked processes can be connected.
 * Appends the other choices, with which a client of `ipcopy fetch` can connect.
 */
static void put_reaching(const struct tr_spec *spec, int i, char *buf,
			 size_t size)
{
	const struct tr_param *p = &spec->ops->params[i];
	struct tr_spec other = *spec;

	for (uint64_t v = 0; p->choices && p->choices[v]; v++) {
		other.value[i] = v;
		if (tr_reach(&other) != TR_REACH_RELATED)
			text_append(buf, size, "%s%s=%s", *buf ? ", " : "",
				    p->name, p->choices[v]);
	}
}

static int check_reach(const struct tr_spec *spec, struct err *e)
{
	char text[TR_SPEC_MAX], others[120] = "";

	if (tr_reach(spec) != TR_REACH_RELATED)
		return 0;
	if (spec->ops->kind == TR_CONTROL)
		return err_say(e, EINVAL,
			       "with the mechanism %s one process has both "
			       "files, so there is nothing to serve; use it "
			       "with ipcopy copy",
			       spec->ops->name);
	for (int i = 0; spec->ops->params[i].name; i++)
		put_reaching(spec, i, others, sizeof(others));
	return err_say(e, EINVAL,
		       "the mechanism %.60s connects only processes forked by "
		       "one process, so no client can reach this server by "
		       "name%s%s",
		       tr_spec_text(spec, false, text, sizeof(text)),
		       *others ? "; allowed: " : "", others);
}

static int check_serve_words(const struct transfer *t, struct err *e)
{
	if (!t->name)
		return err_say(e, EINVAL,
			       "--name NAME is missing; clients give this name "
			       "to ipcopy fetch");
	if (t->via.count > 1)
		return err_say(e, EINVAL,
			       "--via %.60s is one too many; a server has one "
			       "mechanism",
			       t->via.text[1]);
	if (t->keep && !strcmp(t->operand[0], "-"))
		return err_say(e, EINVAL,
			       "--keep needs a file: standard input can be "
			       "served only once");
	return 0;
}

static int check_transfer(struct transfer *t, struct copy_job *job,
			  struct err *e)
{
	int rc = check_serve_words(t, e);

	*job = transfer_job(t);
	job->src = t->operand[0];
	if (rc == 0)
		rc = transfer_spec(t, 0, &job->spec, e);
	if (rc == 0)
		rc = check_reach(&job->spec, e);
	if (rc == 0)
		rc = transfer_place(t, e);
	return rc < 0 ? rc : copy_check(job, e);
}

/* --- running -------------------------------------------------------------- */

static enum exit_code show_transfer(const struct transfer *t,
				    const struct tr_spec *spec,
				    const struct copy_outcome *out)
{
	struct show_row row = { .status = SHOW_OK, .out = *out };

	if (t->quiet)
		return EXIT_WELL;
	show_name_spec(&row, spec);
	return show_one(&row, "served", (enum table_format)t->format, false);
}

/*
 * The callback of copy_serve_keep. The process that served a client calls this
 * function with `out`. If a client was not served, the process of serve_keep
 * calls it with `out` NULL and the reason in `e`.
 */
static void served(const struct copy_outcome *out, const struct err *e)
{
	if (out)
		show_transfer(kept.t, kept.spec, out);
	else
		say("a client was not served: %s", e->text);
}

static void turned_away(const struct err *why)
{
	say("turned a client away: %s", why->text);
}

static int serve_keep(struct copy_server *server, struct copy_job *job,
		      const struct transfer *t, struct err *e)
{
	kept.t = t;
	kept.spec = &job->spec;
	return copy_serve_keep(server, job, served, e);
}

static int serve_one(struct copy_server *server, struct copy_job *job,
		     const struct transfer *t, enum exit_code *code,
		     struct err *e)
{
	struct copy_outcome out;
	int rc;

	job->progress = progress_show;
	progress_begin(t->name, t->quiet);
	rc = copy_serve(server, job, t->wait_for_ms, turned_away, &out, e);
	progress_end();
	if (rc == 0)
		*code = show_transfer(t, &job->spec, &out);
	return rc;
}

static enum exit_code serve(const struct transfer *t, struct copy_job *job)
{
	struct copy_server *server = NULL;
	enum exit_code code = EXIT_WELL;
	struct err e = { 0 };
	int rc = copy_server_open(&server, t->name, &e);

	if (rc == 0 && !t->quiet)
		say("serving %s; fetch it with: ipcopy fetch DST --name %s",
		    job->src, t->name);
	if (rc == 0 && t->keep)
		rc = serve_keep(server, job, t, &e);
	else if (rc == 0)
		rc = serve_one(server, job, t, &code, &e);
	copy_server_close(server);
	return rc < 0 ? transfer_fail(rc, "", &e, "") : code;
}

/*
 * Checks the source before the first client comes, so that a missing file is
 * reported when the server starts.
 */
static int check_source(const char *path, struct err *e)
{
	struct input in;
	int rc = input_open(&in, path, e);

	input_close(&in);
	return rc;
}

static enum exit_code run_serve(char **words)
{
	struct transfer t = TRANSFER_INIT(60000);
	enum exit_code code;
	struct copy_job job;
	struct err e = { 0 };
	int rc;

	if (!command_read(&cmd_serve, words, &t, t.operand, &code))
		return code;
	rc = check_transfer(&t, &job, &e);
	if (rc < 0)
		return say_error(&e, EXIT_CANNOT);
	lease_sweep();
	rc = check_source(job.src, &e);
	return rc < 0 ? transfer_fail(rc, "", &e, "") : serve(&t, &job);
}

static const struct opt_group groups[] = {
	{ "name", "The meeting" },
	{ "via", "The mechanism" },
	{ "cpu", "The process and the copy" },
	{ "extra-copies", "Extra work" },
	{ "format", "Output" },
	{ NULL, NULL },
};

const struct command cmd_serve = {
	.name = "serve",
	.summary = "serve a file to `ipcopy fetch`",
	.about = "Waits for a client of the same user that asks for NAME, and "
		 "copies SRC to that client. SRC may be - for standard input. "
		 "The name is kept in the user's runtime directory.",
	.operands = { "SRC" },
	.required = 1,
	.opts = serve_opts,
	.groups = groups,
	.run = run_serve,
};
