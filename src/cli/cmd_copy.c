/*
 * ipcopy copy: starts a server and a client process, and copies one file from
 * the first to the second, once for each mechanism that is named.
 */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "args/progress.h"
#include "args/say.h"
#include "base/cpu.h"
#include "base/lease.h"
#include "base/stop.h"
#include "cli/commands.h"
#include "cli/show.h"
#include "cli/transfer.h"
#include "copy/input.h"
#include "copy/output.h"

static const struct opt copy_opts[] = {
	OPT_VIA("the mechanism, with settings as `ipcopy list M` shows them; "
		"repeat the option to copy by several mechanisms in turn "
		"(default shm)"),
	OPT_SIZE,
	OPT_DEPTH,
	OPT_WAIT,
	TRANSFER_OPT("cpus", "S,C", opt_cpu_pair, cpu,
		     "run the server on CPU S and the client on CPU C"),
	TRANSFER_OPT("place", "WHERE", opt_word, place,
		     "run the two sides on one CPU (same), two threads "
		     "of a core (smt), two cores of a package (core) "
		     "or two packages (package) (default: anywhere)",
		     .words = cpu_place_names),
	OPT_TIMEOUT,
	OPT_NO_VERIFY,
	OPT_FSYNC,
	OPT_PRESERVE,
	OPTS_DOSES(struct transfer, dose),
	TRANSFER_OPT("calls", NULL, opt_true, calls,
		     "also count system calls per MiB, in a second "
		     "copy that is not timed"),
	OPT_FORMAT(struct transfer),
	OPT_QUIET,
	{ .name = NULL },
};

/* The state of one invocation. */
struct copying {
	struct transfer t;
	struct tr_spec spec[VIA_MAX];
	struct show_row *row;
	int n;
	/* the mechanism that last replaced DST; NULL: none has */
	const char *in_place;
};

static bool is_stream(const char *path)
{
	return !strcmp(path, "-");
}

/* --- before anything runs ------------------------------------------------- */

static int check_streams(const struct copying *c, struct err *e)
{
	const char *const *operand = c->t.operand;

	if (c->n == 1 && !c->t.calls)
		return 0;
	if (is_stream(operand[0]))
		return err_say(e, EINVAL,
			       "standard input can be copied only "
			       "once: give one --via, and no --calls");
	if (is_stream(operand[1]))
		return err_say(e, EINVAL,
			       "standard output can be written only "
			       "once: give one --via, and no --calls");
	return 0;
}

static int parse_specs(struct copying *c, struct err *e)
{
	int rc = 0;

	c->n = c->t.via.count ? c->t.via.count : 1;
	for (int i = 0; i < c->n && rc == 0; i++) {
		rc = transfer_spec(&c->t, i, &c->spec[i], e);
		if (rc == 0)
			show_name_spec(&c->row[i], &c->spec[i]);
	}
	return rc;
}

static struct copy_job job_of(const struct copying *c, int i)
{
	struct copy_job job = transfer_job(&c->t);

	job.spec = c->spec[i];
	job.src = c->t.operand[0];
	job.dst = c->t.operand[1];
	return job;
}

/*
 * Checks the mechanisms. A mechanism that cannot run here is skipped if several
 * are named, and refused if it is the only one. A mechanism whose settings
 * contradict each other is always refused.
 */
static int check_mechanisms(struct copying *c, struct err *e)
{
	for (int i = 0; i < c->n; i++) {
		struct copy_job job = job_of(c, i);
		struct show_row *row = &c->row[i];
		int rc = copy_check(&job, &row->why);

		if (rc == 0)
			continue;
		row->status = SHOW_SKIPPED;
		if (rc == -EINVAL || c->n == 1) {
			*e = row->why;
			return rc;
		}
	}
	return 0;
}

/*
 * Each copy opens the files anew. They are also opened here, so that a wrong
 * name is reported only once.
 */
static int check_files(const struct copying *c, struct err *e)
{
	struct lease lease = LEASE_INIT;
	struct output out = OUTPUT_INIT;
	struct input in;
	int rc = input_open(&in, c->t.operand[0], e);

	if (rc == 0)
		rc = output_open(&out, c->t.operand[1], &lease, e);
	if (rc == 0)
		rc = output_refuse_same(&out, in.st.st_dev, in.st.st_ino, e);
	input_close(&in);
	output_close(&out);
	lease_end(&lease);
	return rc;
}

/* Returns EXIT_WELL; or says what is wrong, and returns the exit code. */
static enum exit_code check_copying(struct copying *c)
{
	struct err e = { 0 };
	int rc = parse_specs(c, &e);

	if (rc == 0)
		rc = check_streams(c, &e);
	if (rc == 0)
		rc = transfer_check_preserve(&c->t, &e);
	if (rc == 0)
		rc = transfer_place(&c->t, &e);
	if (rc == 0)
		rc = check_mechanisms(c, &e);
	if (rc < 0)
		return say_error(&e, EXIT_CANNOT);
	rc = check_files(c, &e);
	return rc < 0 ? transfer_fail(rc, "", &e, "") : EXIT_WELL;
}

/* --- running -------------------------------------------------------------- */

static void dst_words(const struct copying *c, char *buf, size_t size)
{
	buf[0] = '\0';
	if (is_stream(c->t.operand[1]))
		return; /* it may have got some of the bytes */
	if (c->in_place)
		snprintf(buf, size, "DST has the copy by %s", c->in_place);
	else
		snprintf(buf, size, "DST is unchanged");
}

static int run_job(struct copying *c, int i, bool count,
		   struct copy_outcome *out, struct err *e)
{
	struct copy_job job = job_of(c, i);
	char label[TR_SPEC_MAX + 16];
	int rc;

	job.count_calls = count;
	job.progress = progress_show;
	snprintf(label, sizeof(label), "%s%s", count ? "counting " : "",
		 c->row[i].mechanism);
	progress_begin(label, c->t.quiet);
	rc = copy_run(&job, out, e);
	progress_end();
	if (rc == 0 && !c->row[i].carries_nothing)
		c->in_place = c->row[i].mechanism;
	return rc;
}

static int run_mechanism(struct copying *c, int i)
{
	struct show_row *row = &c->row[i];
	struct copy_outcome counted;
	int rc = run_job(c, i, false, &row->out, &row->why);

	if (rc < 0 || !c->t.calls)
		return rc;
	rc = run_job(c, i, true, &counted, &row->why);
	if (rc < 0)
		return rc;
	row->counted = true;
	for (int role = 0; role < COPY_ROLES; role++)
		row->calls[role] = counted.side[role].calls;
	return 0;
}

/*
 * After a failed copy, goes on to the next mechanism, unless a signal came or
 * the command line is wrong.
 */
static enum exit_code run_all(struct copying *c)
{
	enum exit_code worst = EXIT_WELL;
	int ran = 0;

	for (int i = 0; i < c->n; i++) {
		char dst[TR_SPEC_MAX + 32];
		enum exit_code code;
		int rc;

		if (c->row[i].status == SHOW_SKIPPED)
			continue;
		ran++;
		rc = run_mechanism(c, i);
		if (rc == 0)
			continue;
		c->row[i].status = SHOW_FAILED;
		dst_words(c, dst, sizeof(dst));
		code = transfer_fail(rc, c->n > 1 ? c->row[i].mechanism : "",
				     &c->row[i].why, dst);
		if (code != EXIT_FAILED)
			return code;
		worst = code;
	}
	return ran ? worst : EXIT_CANNOT;
}

static enum exit_code show_copies(const struct copying *c)
{
	bool to_stderr = is_stream(c->t.operand[1]);
	enum table_format format = (enum table_format)c->t.format;

	if (c->t.quiet)
		return EXIT_WELL;
	if (c->n > 1 || c->t.calls)
		return show_table(c->row, (size_t)c->n, format, to_stderr);
	if (c->row[0].status == SHOW_OK || format != TABLE_HUMAN)
		return show_one(&c->row[0], "copied", format, to_stderr);
	return EXIT_WELL; /* the error was printed already */
}

static enum exit_code copy_all(struct copying *c)
{
	enum exit_code code = check_copying(c), shown;

	if (code != EXIT_WELL)
		return code;
	code = run_all(c);
	if (code == EXIT_INTERRUPTED || code == EXIT_USAGE)
		return code;
	shown = show_copies(c);
	return code == EXIT_WELL ? shown : code;
}

static enum exit_code run_copy(char **words)
{
	struct copying c = { .t = TRANSFER_INIT(0) };
	enum exit_code code;

	if (!command_read(&cmd_copy, words, &c.t, c.t.operand, &code))
		return code;
	c.row = calloc(VIA_MAX, sizeof(*c.row));
	if (!c.row)
		return say_no_memory();
	lease_sweep();
	code = copy_all(&c);
	free(c.row);
	return code;
}

static const struct opt_group groups[] = {
	{ "via", "The mechanism" },  { "cpus", "The two processes" },
	{ "no-verify", "The copy" }, { "extra-copies", "Extra work" },
	{ "calls", "Output" },       { NULL, NULL },
};

const struct command cmd_copy = {
	.name = "copy",
	.summary = "copy a file through one mechanism or several",
	.about = "Copies SRC to DST through a server and a client process, and "
		 "says how fast the copy was. SRC may be - for standard input, "
		 "and DST may be - for standard output. DST is replaced only "
		 "by a complete copy, which is verified first unless "
		 "--no-verify is given.",
	.operands = { "SRC", "DST" },
	.required = 2,
	.opts = copy_opts,
	.groups = groups,
	.run = run_copy,
};
