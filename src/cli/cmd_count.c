/*
 * ipcopy count: counts how often a command or a mechanism copies each byte.
 */
#include <errno.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "args/say.h"
#include "base/lease.h"
#include "base/size.h"
#include "cli/commands.h"
#include "cli/count_wish.h"
#include "count/count_spec.h"
#include "count/probe.h"

static int take_user(const struct opt *o, const char *value, void *field,
		     struct err *e)
{
	int how = 0;

	if (value) {
		int rc = opt_word(o, value, &how, e);

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
	return opt_refuse(o, value, "a length such as 64K or 8M", e);
}

#define COUNT_OPT(opt, arg, how, field, ...) \
	OPTION(opt, arg, how, struct counting, field, __VA_ARGS__)
#define COUNT_OF_COPY(option, arg, how, field, text) \
	COUNT_OPT(option, arg, how, t.field, text)

static const struct opt count_opts[] = {
	COUNT_OPT("in", "FILE", opt_text, in,
		  "the input file; without this option, ipcopy makes a file "
		  "for --via; for a command it chooses: of all pairs of files "
		  "with bytes that went from one to the other, the pair whose "
		  "output got the most bytes"),
	COUNT_OPT("out", "FILE", opt_text, out,
		  "the output file; without this option, ipcopy chooses it as "
		  "described for --in"),
	COUNT_OF_COPY("via", "M[:KEY=VALUE,...]", transfer_take_via, via,
		      "count a copy through this mechanism, with settings as "
		      "for `ipcopy copy`, instead of a command"),
	COUNT_OF_COPY("size", "BYTES", opt_text, size,
		      "bytes of one message: the same as size=BYTES in --via"),
	COUNT_OF_COPY("depth", "N", opt_text, depth,
		      "messages under way at a time: the same as depth=N in "
		      "--via"),
	COUNT_OPT("wait", "HOW", opt_text, t.wait,
		  "how a side waits for the other, block, batch, spin or "
		  "spin-then-block: the same as wait=HOW in --via",
		  .words = tr_wait_names),
	COUNT_OPT("workload", "WHAT", opt_word, workload,
		  "with --via: file (default), stream or pingpong; stream and "
		  "pingpong have no files, so only the copies of the channel "
		  "are counted",
		  .words = copy_workload_names),
	COUNT_OPT("bytes", "LENGTH", take_bytes, bytes,
		  "with --via: the length of the file that is made and copied, "
		  "or of all messages of one direction together (default 8M)"),
	COUNT_OPT("dir", "DIR", opt_text, dir,
		  "with --via: the directory of the file that is made and of "
		  "its copy (default TMPDIR, or /tmp); with --calibrate: of "
		  "the files that are used"),
	OPTS_DOSES(struct counting, t.dose),
	COUNT_OPT(
		"calls", NULL, opt_true, calls,
		"also count system calls, and waits in which a process slept; "
		"the count is then slower; with --via both are always counted"),
	COUNT_OPT("all-cpus", NULL, opt_true, all_cpus,
		  "let the command use all CPUs; the count is then slower; "
		  "without this option the command shares one CPU with ipcopy"),
	COUNT_OPT(
		"user", "HOW", take_user, user,
		"also count the copies that the command makes itself: preload "
		"(default), by a library that reports each memcpy, mempcpy and "
		"memmove of at least 64 bytes; or dhat, by valgrind, which is "
		"slower, sees more copies, but not which bytes are copied",
		.words = count_user_names, .may_lack = true),
	COUNT_OPT("compare", NULL, opt_true, compare,
		  "count two commands, with -- between them, and compare their "
		  "copies for each kind of hop"),
	COUNT_OPT("at-most", "N", count_take_at_most, at_most,
		  "exit status 1 if each delivered byte was copied more than N "
		  "times, and 5 if that is not decided, since the number of "
		  "copies is \"at least\" or not known; a command that fails "
		  "keeps its own status"),
	COUNT_OPT("draw", NULL, opt_true, draw,
		  "also draw the way of the bytes"),
	COUNT_OPT("ascii", NULL, opt_true, ascii, "draw with ASCII only"),
	COUNT_OPT("dot", NULL, opt_true, dot,
		  "print the way of the bytes as a graph for dot(1), and "
		  "nothing else"),
	COUNT_OPT("page", "FILE", opt_text, page,
		  "also write an HTML page that steps through the way of a "
		  "byte"),
	COUNT_OPT("calibrate", NULL, opt_true, calibrate,
		  "count no command; try each kind of call on this kernel, and "
		  "show how many copies it makes"),
	OPT_FORMAT(struct counting),
	COUNT_OPT("output", "FILE", opt_text, output,
		  "write the report into FILE, so that it is not mixed with "
		  "the output of the command"),
	{ .name = NULL },
};

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
		.steady_per_message = s->steady_calls_per_message,
		.blocked_per_message = s->blocked_per_message,
	};

	enum exit_code code = counting_show(c, spec, &shown);

	return code == EXIT_WELL ? count_gate(c, &s->sum) : code;
}

static enum exit_code count_via(struct counting *c)
{
	const struct count_load load = {
		.workload = (enum copy_workload)c->workload,
		.dose = c->t.dose,
	};
	struct count_spec s = { .in = -1, .out = -1 };
	struct tr_spec spec;
	struct err e = { 0 };
	enum exit_code code;
	int rc = transfer_spec(&c->t, 0, &spec, &e);

	if (rc < 0)
		return say_error(&e, EXIT_CANNOT);
	rc = tr_probe(&spec, &e);
	if (rc < 0)
		return say_error(&e, EXIT_CANNOT);
	rc = c->in ? count_spec_copy(&spec, &load, c->in, c->out, &s, &e)
		   : count_load(&spec, &load, c->dir, c->bytes, &s, &e);
	code = rc < 0 ? counting_cannot(rc, &e) : show_spec(c, &spec, &s);
	count_spec_free(&s);
	return code;
}

/* Makes the report file, still empty, before anything runs. */
static bool begin_report(const struct counting *c)
{
	if (!c->output || say_report_into(c->output))
		return true;
	say("cannot write the report to %s: %s", c->output, strerror(errno));
	return false;
}

static enum exit_code end_report(const struct counting *c, enum exit_code code)
{
	if (!c->output || say_report_end())
		return code;
	say("cannot write the whole report to %s: %s", c->output,
	    strerror(errno));
	return EXIT_FAILED;
}

static enum exit_code counted(struct counting *c)
{
	if (c->calibrate) {
		if (c->dir)
			probe_use_directory(c->dir);
		return count_show_probes((enum table_format)c->format);
	}
	if (c->compare)
		return count_compare(c);
	return c->t.via.count ? count_via(c) : count_command(c);
}

static enum exit_code run_count(char **words)
{
	static struct counting c = { .t = TRANSFER_INIT(0), .at_most = NAN };
	enum exit_code code;
	struct err e = { 0 };

	if (!command_read(&cmd_count, words, &c, c.word, &code))
		return code;
	if (count_check(&c, &e) < 0)
		return say_error(&e, EXIT_USAGE);
	lease_sweep();
	if (!begin_report(&c))
		return EXIT_FAILED;
	return end_report(&c, counted(&c));
}

static const struct opt_group groups[] = {
	{ "in", "The files" },    { "via", "A mechanism" },
	{ "calls", "A command" }, { "at-most", "A gate" },
	{ "draw", "Output" },     { NULL, NULL },
};

const struct command cmd_count = {
	.name = "count",
	.summary = "count how often a command or mechanism copies each byte",
	.about = "Runs a command under the counter, or a copy through a "
		 "mechanism, and says how often each byte was copied on its "
		 "way from the input file to the output file. The report lists "
		 "each hop, which is a step of the bytes, such as from a file "
		 "into a buffer. Needs no privileges, only that ptrace is "
		 "allowed. If the bytes cannot be followed, the report says "
		 "\"at least\" or \"unresolved\", and why. Write -- before a "
		 "command with options. If the exit status of the command is "
		 "not 0, count ends with the same exit status.",
	.operands = { "COMMAND..." },
	.required = 0,
	.most = COUNT_WORDS_MAX,
	.runs_another = true,
	.opts = count_opts,
	.groups = groups,
	.run = run_count,
};
