/* ipcopy count: copies of each byte, counted, for a command or a mechanism. */
#include <errno.h>
#include <inttypes.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <sys/wait.h>
#include <unistd.h>

#include "args/say.h"
#include "base/lease.h"
#include "base/proc.h"
#include "base/size.h"
#include "cli/commands.h"
#include "cli/count_show.h"
#include "cli/count_wish.h"
#include "cli/follow_show.h"
#include "cli/way_show.h"
#include "count/count_spec.h"
#include "count/probe.h"


static int take_user(const struct opt *o, const char *value, void *field,
		     struct err *e)
{
	int how = 0;

	if (value) {
		const struct opt word = { .name = o->name,
					  .words = count_user_names };
		int rc = opt_word(&word, value, &how, e);

		if (rc < 0)
			return rc;
	}
	*(int *)field = COUNT_USER_PRELOAD + how;
	return 0;
}

static int take_bytes(const struct opt *o, const char *value, void *field,
		      struct err *e)
{
	if (size_parse(value, field) && *(uint64_t *)field > 0)
		return 0;
	return err_say(e, EINVAL,
		       "--%s '%.40s' is not allowed; it is a length such as "
		       "64K or 8M",
		       o->name, value);
}

#define COUNT_OPT(option, arg, how, field, text)                       \
	{                                                              \
		.name = (option), .value = (arg), .take = (how),       \
		.at = offsetof(struct counting, field), .help = (text) \
	}
#define COUNT_OF_COPY(option, arg, how, field, text) \
	COUNT_OPT(option, arg, how, t.field, text)

static const struct opt count_opts[] = {
	COUNT_OPT("in", "FILE", opt_text, in,
		  "the input; by itself the largest file that is read, and "
		  "that a path joins with the output"),
	COUNT_OPT("out", "FILE", opt_text, out,
		  "the output; by itself the largest that is written"),
	COUNT_OF_COPY("via", "M[:KEY=VALUE,...]", transfer_take_via, via,
		      "count a copy through this mechanism, with settings as "
		      "for `ipcopy copy`, instead of a command"),
	COUNT_OF_COPY("size", "BYTES", opt_text, size,
		      "bytes of one message: the setting size of --via"),
	COUNT_OF_COPY("depth", "N", opt_text, depth,
		      "messages under way at a time: the setting depth"),
	COUNT_OF_COPY("wait", "HOW", opt_text, wait,
		      "block, batch, spin or spin-then-block: the setting "
		      "wait"),
	{ .name = "workload",
	  .value = "WHAT",
	  .take = opt_word,
	  .at = offsetof(struct counting, workload),
	  .words = copy_workload_names,
	  .help = "with --via: file (default), or stream or pingpong: messages "
		  "without files, and the channel alone is counted" },
	COUNT_OPT("bytes", "LENGTH", take_bytes, bytes,
		  "with --via, length of the file that is made and copied, "
		  "or of all messages together (default 8M)"),
	COUNT_OPT("dir", "DIR", opt_text, dir,
		  "with --via, where that file and its copy are for the while "
		  "(default TMPDIR)"),
	COUNT_OPT("calls", NULL, opt_true, calls,
		  "also count system calls, and waits that slept; slower, and "
		  "always done with --via"),
	COUNT_OPT("all-cpus", NULL, opt_true, all_cpus,
		  "let the command have all CPUs, for what spins or counts "
		  "them; slower: by default it has one, beside the counter"),
	{ .name = "user",
	  .value = "HOW",
	  .may_lack = true,
	  .take = take_user,
	  .at = offsetof(struct counting, user),
	  .help = "also count what the command copies itself: preload "
		  "(default), a library that tells of each memcpy, or dhat, "
		  "by valgrind: slower, and sees what libraries do too" },
	COUNT_OPT("draw", NULL, opt_true, draw, "also draw the way"),
	COUNT_OPT("ascii", NULL, opt_true, ascii,
		  "draw with letters of ASCII only"),
	COUNT_OPT("dot", NULL, opt_true, dot,
		  "print the way as a graph for dot(1), and nothing else"),
	COUNT_OPT("page", "FILE", opt_text, page,
		  "also write a page that steps through it, for a browser"),
	COUNT_OPT("calibrate", NULL, opt_true, calibrate,
		  "show how many copies each kind of call makes on this "
		  "kernel, as tried now, and count nothing"),
	{ .name = "format",
	  .value = "FORMAT",
	  .take = opt_word,
	  .at = offsetof(struct counting, format),
	  .words = table_format_names,
	  .help = "table (default), json or csv" },
	{ .name = NULL },
};

/* --- showing it ----------------------------------------------------------- */

/* Do counted bytes go where the report would go? Then it goes elsewhere. */
static bool stdout_has_bytes(const struct ledger *l)
{
	struct stat st;
	char key[80];
	int object;

	if (fstat(STDOUT_FILENO, &st) < 0 ||
	    (!S_ISREG(st.st_mode) && !S_ISFIFO(st.st_mode)))
		return false;
	if (S_ISREG(st.st_mode))
		snprintf(key, sizeof(key), "file:%u:%u:%" PRIu64,
			 major(st.st_dev), minor(st.st_dev),
			 (uint64_t)st.st_ino);
	else
		snprintf(key, sizeof(key), "pipe:%" PRIu64 ":%" PRIu64,
			 (uint64_t)st.st_dev, (uint64_t)st.st_ino);
	object = ledger_find(l, key);
	for (size_t i = 0; object >= 0 && i < ledger_hops(l); i++)
		if (ledger_hop_at(l, i)->to == object)
			return true;
	return false;
}

static enum exit_code put_page(const struct counting *c,
			       const struct tr_spec *spec,
			       const struct count_shown *s)
{
	char title[300];

	if (!c->page)
		return EXIT_WELL;
	follow_title(spec ? c->t.via.text : c->word, title, sizeof(title));
	return follow_counted(c->page, title,
			      spec ? spec->ops->summary : "A command", spec, s);
}

static enum exit_code show(const struct counting *c,
			   const struct count_shown *s)
{
	bool to_stderr = stdout_has_bytes(s->ledger);

	if (c->dot)
		return count_show_dot(s, to_stderr);
	switch ((enum table_format)c->format) {
	case TABLE_JSON:
		return count_show_json(s, to_stderr);
	case TABLE_CSV:
		return count_show_hops(s, TABLE_CSV, to_stderr);
	default:
		return count_show_words(s, c->draw, c->ascii || way_ascii(),
					to_stderr);
	}
}

/* --- a command ------------------------------------------------------------ */

/* Whatever came to the output, from the input or from elsewhere. */
static uint64_t came_to_output(const struct count_result *r)
{
	uint64_t bytes = 0;

	for (size_t i = 0; i < ledger_hops(r->ledger); i++)
		if (ledger_hop_at(r->ledger, i)->to == r->out)
			bytes += ledger_hop_at(r->ledger, i)->bytes;
	return bytes;
}

/* How the command ended is how to end. */
static enum exit_code judge_command(const struct counting *c,
				    const struct count_result *r)
{
	char words[100];

	if (WIFEXITED(r->status) && WEXITSTATUS(r->status) != 0) {
		say("%s ended with status %d; this is what was counted until "
		    "then",
		    c->word[0], WEXITSTATUS(r->status));
		return (enum exit_code)WEXITSTATUS(r->status);
	}
	if (!WIFEXITED(r->status)) {
		say("%s %s; this is what was counted until then", c->word[0],
		    proc_end_words(r->status, words, sizeof(words)));
		return EXIT_FAILED;
	}
	return EXIT_WELL;
}

static enum exit_code cannot(int rc, const struct err *e)
{
	if (rc == -EINTR) {
		say("interrupted");
		return EXIT_INTERRUPTED;
	}
	say("%s", e->text);
	/* a command that is not there is a word as any other */
	if (rc == -ENOENT || rc == -ENOTDIR || rc == -EINVAL)
		return EXIT_USAGE;
	return rc == -EPERM || rc == -ENOSYS ? EXIT_CANNOT : EXIT_FAILED;
}

static enum exit_code cut_off(void)
{
	say("interrupted; this is what was counted until then");
	return EXIT_INTERRUPTED;
}

static struct count_shown shown_of(const struct count_result *r, bool calls)
{
	double mib = (double)r->delivered_bytes / (1 << 20);

	return (struct count_shown){
		.ledger = r->ledger,
		.in = r->in,
		.out = r->out,
		.in_found = r->in_found,
		.out_found = r->out_found,
		.sum = r->sum,
		.on_path = r->on_path,
		.has_calls = calls && mib > 0,
		.calls_per_mib = r->calls_per_mib,
		.blocked_per_mib = mib > 0 ? (double)r->blocked / mib : NAN,
		.calls_per_message = NAN,
		.processes = r->processes,
	};
}

static enum exit_code run_command(struct counting *c, struct count_job *job,
				  const struct count_user_run *user)
{
	enum exit_code code, judged;
	struct count_shown shown;
	struct count_result r;
	struct err e = { 0 };
	int rc = count_run(job, &r, &e);

	if (rc < 0 && rc != -EINTR) {
		count_result_free(&r);
		return cannot(rc, &e);
	}
	count_user_take(user, &r, came_to_output(&r));
	shown = shown_of(&r, c->calls);
	judged = rc < 0 ? cut_off() : judge_command(c, &r);
	code = show(c, &shown);
	if (code == EXIT_WELL)
		code = put_page(c, NULL, &shown);
	count_result_free(&r);
	return code == EXIT_WELL ? judged : code;
}

static enum exit_code count_command(struct counting *c)
{
	struct count_job job = { .argv = (char *const *)c->word,
				 .in = c->in,
				 .out = c->out,
				 .one_cpu = !c->all_cpus,
				 .all_calls = c->calls };
	struct count_user_run user = { .words = NULL };
	enum exit_code code = EXIT_CANNOT;
	struct err e = { 0 };

	if (count_user_begin(&user, (enum count_user)c->user, &job, &e) < 0)
		say("%s", e.text);
	else
		code = run_command(c, &job, &user);
	count_user_end(&user);
	return code;
}

/* --- a mechanism ---------------------------------------------------------- */

static enum exit_code show_spec(const struct counting *c,
				const struct tr_spec *spec,
				const struct count_spec *s)
{
	struct count_shown shown = {
		.ledger = s->ledger,
		.in = s->in,
		.out = s->out,
		.sum = s->sum,
		.on_path = s->on_path,
		.has_calls = isfinite(s->calls_per_mib),
		.calls_per_mib = s->calls_per_mib,
		.blocked_per_mib = s->blocked_per_mib,
		.calls_per_message = s->calls_per_message,
		.blocked_per_message = s->blocked_per_message,
	};

	enum exit_code code = show(c, &shown);

	return code == EXIT_WELL ? put_page(c, spec, &shown) : code;
}

static enum exit_code count_via(struct counting *c)
{
	const struct count_load load = {
		.workload = (enum copy_workload)c->workload,
	};
	struct count_spec s = { .in = -1, .out = -1 };
	struct tr_spec spec;
	struct err e = { 0 };
	enum exit_code code;
	int rc = transfer_spec(&c->t, 0, &spec, &e);

	if (rc < 0)
		return transfer_refuse(rc, &e);
	rc = tr_probe(&spec, &e);
	if (rc < 0)
		return transfer_refuse(rc, &e);
	rc = c->in ? count_spec_copy(&spec, c->in, c->out, &s, &e)
		   : count_load(&spec, &load, c->dir, c->bytes, &s, &e);
	code = rc < 0 ? cannot(rc, &e) : show_spec(c, &spec, &s);
	count_spec_free(&s);
	return code;
}

static enum exit_code run(char **words)
{
	static struct counting c = { .t = TRANSFER_INIT(0) };
	enum exit_code code;
	struct err e = { 0 };

	if (!command_read(&cmd_count, words, &c, c.word, &code))
		return code;
	if (count_check(&c, &e) < 0) {
		say("%s", e.text);
		return EXIT_USAGE;
	}
	lease_sweep();
	if (c.calibrate) {
		if (c.dir)
			probe_use_directory(c.dir);
		return count_show_probes((enum table_format)c.format);
	}
	return c.t.via.count ? count_via(&c) : count_command(&c);
}

const struct command cmd_count = {
	.name = "count",
	.summary = "count the copies of each byte, of a command or mechanism",
	.about = "Runs a command under the counter, or a copy through a "
		 "mechanism, and says how often each byte was copied on its "
		 "way from the input file to the output file, hop by hop. "
		 "Needs no privileges, only that ptrace is allowed. Where the "
		 "bytes cannot be followed it says \"at least\" or "
		 "\"unresolved\", and why. Write -- before a command with "
		 "options. The command's exit status is passed on.",
	.operands = { "COMMAND..." },
	.required = 0,
	.most = COUNT_WORDS_MAX,
	.opts = count_opts,
	.run = run,
};
