/* The command line of ipcopy-cell. */
#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "args/command.h"
#include "base/size.h"
#include "cell.h"

static const char *const cache_names[] = { "hot", "cold", NULL };
static const char *const payload_names[] = { "touch", "write", "none", NULL };

static int take_bytes(const struct opt *o, const char *value, void *field,
		      struct err *e)
{
	uint64_t bytes;

	if (size_parse(value, &bytes) && bytes > 0 && bytes <= 1ULL << 40) {
		*(uint64_t *)field = bytes;
		return 0;
	}
	return err_say(e, EINVAL,
		       "--%s '%.60s' is not allowed; it is a size up to 1T, "
		       "such as 4096, 64K or 1M",
		       o->name, value);
}

static int take_count(const struct opt *o, const char *value, void *field,
		      struct err *e)
{
	uint64_t most = o->at == offsetof(struct cell_opts, pairs)
				? COPY_PAIRS_MAX
				: 1000000000;
	uint64_t count;

	if (count_parse(value, &count) && count > 0 && count <= most) {
		*(uint64_t *)field = count;
		return 0;
	}
	return err_say(e, EINVAL,
		       "--%s '%.60s' is not allowed; it is a number from 1 to "
		       "%" PRIu64,
		       o->name, value, most);
}

static int take_seed(const struct opt *o, const char *value, void *field,
		     struct err *e)
{
	struct cell_opts *opts = (struct cell_opts *)((char *)field - o->at);

	opts->seeded = true;
	if (count_parse(value, &opts->seed))
		return 0;
	return err_say(e, EINVAL,
		       "--%s '%.60s' is not allowed; it is a whole number from "
		       "0",
		       o->name, value);
}

static int take_align(const struct opt *o, const char *value, void *field,
		      struct err *e)
{
	struct cell_opts *opts = (struct cell_opts *)((char *)field - o->at);
	uint64_t bytes;

	if (size_parse(value, &bytes) && bytes < 4096) {
		opts->align = bytes;
		opts->aligned = true;
		return 0;
	}
	return err_say(e, EINVAL,
		       "--%s '%.60s' is not allowed; it is a number of bytes "
		       "from 0 to 4095",
		       o->name, value);
}

static int take_via(const struct opt *o, const char *value, void *field,
		    struct err *e)
{
	struct cell_opts *opts = (struct cell_opts *)((char *)field - o->at);

	if (opts->vias == RUNNERS_MAX)
		return err_say(e, EINVAL, "--via is allowed %d times at most",
			       RUNNERS_MAX);
	opts->via[opts->vias++].text = value;
	return 0;
}

/* Sets the lag of the --via before this option. */
static int take_lag(const struct opt *o, const char *value, void *field,
		    struct err *e)
{
	struct cell_opts *opts = (struct cell_opts *)((char *)field - o->at);
	uint64_t percent;

	if (opts->vias == 0)
		return err_say(e, EINVAL,
			       "--lag slows down the --via before it, but no "
			       "--via is before it");
	if (count_parse(value, &percent) && percent <= 100) {
		opts->via[opts->vias - 1].lag = percent;
		return 0;
	}
	return err_say(e, EINVAL,
		       "--%s '%.60s' is not allowed; it is a whole number of "
		       "per cent from 0 to 100",
		       o->name, value);
}

static int take_dose(const struct opt *o, const char *value, void *field,
		     struct err *e)
{
	struct cell_opts *opts = (struct cell_opts *)((char *)field - o->at);

	if (opts->vias == 0)
		return err_say(e, EINVAL,
			       "--dose is extra work of the --via before it, "
			       "but no --via is before it");
	if (dose_parse(value, &opts->via[opts->vias - 1].dose))
		return 0;
	return err_say(e, EINVAL,
		       "--%s '%.60s' is not allowed; it is a list of WHAT=S+C, "
		       "such as copies=2+0,calls=0+1: S times by the server, C "
		       "times by the client; for each WHAT see --help",
		       o->name, value);
}

static int take_ms(const struct opt *o, const char *value, void *field,
		   struct err *e)
{
	uint64_t ms;

	if (count_parse(value, &ms) && ms > 0 && ms <= 600000) {
		*(int64_t *)field = (int64_t)ms;
		return 0;
	}
	return err_say(e, EINVAL,
		       "--%s '%.60s' is not allowed; it is a number of "
		       "milliseconds from 1 to 600000",
		       o->name, value);
}

/* Reads "0,1" or, for two pairs, "0,1,2,3". */
static int take_cpus(const struct opt *o, const char *value, void *field,
		     struct err *e)
{
	struct cell_opts *opts = (struct cell_opts *)((char *)field - o->at);
	const char *p = value;
	int n = 0, len;

	while (n < COPY_ROLES * COPY_PAIRS_MAX &&
	       sscanf(p, "%5d%n", &opts->cpus.cpu[n], &len) == 1 &&
	       opts->cpus.cpu[n] >= 0 && *p >= '0' && *p <= '9') {
		n++;
		p += len;
		if (*p != ',')
			break;
		p++;
	}
	opts->cpus.count = n;
	if (n > 0 && !*p && p[-1] != ',')
		return 0;
	return err_say(e, EINVAL,
		       "--%s '%.60s' is not allowed; it is the server's CPU "
		       "and the client's CPU, for each pair, such as 0,1",
		       o->name, value);
}

#define OPT(opt, arg, how, field, ...)                               \
	{                                                            \
		.name = (opt), .value = (arg), .take = (how),        \
		.at = offsetof(struct cell_opts, field), __VA_ARGS__ \
	}

static const struct opt options[] = {
	OPT("via", "M[:KEY=VALUE,...]", take_via, via,
	    .help = "a mechanism and its settings (required); each further "
		    "--via adds a mechanism"),
	OPT("workload", "WHAT", opt_word, workload,
	    .words = copy_workload_names,
	    .help = "file (default): the bytes of a file; stream: "
		    "messages one way; pingpong: round trips, each of them "
		    "timed"),
	OPT("sink", "WHERE", opt_word, sink, .words = copy_sink_names,
	    .help = "where a file goes: new (default): into a new file; over: "
		    "into a file that exists and is overwritten; null: into "
		    "no file"),
	OPT("cache", "STATE", opt_word, cache, .words = cache_names,
	    .help = "hot (default): the same buffers again and again, or a "
		    "file smaller than the last level of cache; cold: buffers "
		    "all over an area at least twice as large as this cache, "
		    "or a file larger than this cache (default: four times as "
		    "large)"),
	OPT("payload", "HOW", opt_word, payload, .words = payload_names,
	    .help = "for messages: touch (default): the sender writes each "
		    "byte and the receiver compares it; write: the sender "
		    "writes, and the receiver does not compare; none: the "
		    "sender does not write, and the receiver does not compare"),
	OPT("cpus", "S,C[,S,C...]", take_cpus, cpus,
	    .help = "tie the server to CPU S and the client to CPU C, for each "
		    "pair"),
	OPT("pairs", "N", take_count, pairs,
	    .help = "number of pairs that transfer at the same time (default "
		    "1); they are timed from the common start to the end of "
		    "the last pair"),
	OPT("bytes", "BYTES", take_bytes, bytes,
	    .help = "length of the file, or of all messages of a pair"),
	OPT("messages", "N", take_count, messages,
	    .help = "number of messages, or of round trips, of each pair"),
	OPT("rounds", "K", take_count, rounds,
	    .help = "timed transfers of each mechanism (default 10)"),
	OPT("seed", "N", take_seed, seed,
	    .help = "draw from this seed the order of set-up, the order of "
		    "turns, and where buffers begin (default 0)"),
	OPT("dir", "DIR", opt_text, dir,
	    .help = "folder of the files (default /dev/shm; if it cannot be "
		    "written, TMPDIR or /tmp)"),
	OPT("align", "N", take_align, align,
	    .help = "private buffers begin N bytes into a page (default 0; "
		    "drawn if --seed is given)"),
	OPT("lag", "PERCENT", take_lag, via,
	    .help = "to calibrate: after the last byte, the client of the "
		    "--via before this option spins for this percentage of "
		    "the transfer's time (default 0)"),
	OPT("dose", "WHAT=S+C[,...]", take_dose, via,
	    .help = "extra work for each message of the --via before this "
		    "option, S times by the server and C times by the client: "
		    "copies, kernel_copies, calls, wakes, pages, far_copies, "
		    "passes, contents or crossings"),
	OPT("timeout", "TIME", opt_deadline, timeout_ms,
	    .help = "give up after this time without progress (default 10s)"),
	OPT("samples", NULL, opt_true, samples,
	    .help = "let the mechanisms take turns, and print a line of JSON "
		    "for each transfer and for each mechanism that cannot run "
		    "here"),
	OPT("acknowledged", NULL, opt_true, acknowledged,
	    .help = "with --samples: after each line about a transfer wait "
		    "for a line of input, so that the program that reads the "
		    "output does "
		    "not run during a transfer; each number in the line of "
		    "input leaves out one --via from then on: 0 is the first"),
	OPT("trial", NULL, opt_true, trial,
	    .help = "with --samples, for messages: before the set-up, try each "
		    "mechanism with some messages, so that the program that "
		    "reads the output can leave out slow mechanisms early"),
	OPT("calibrate", "MS", take_ms, calibrate_ms,
	    .help = "print only how many bytes and messages take about MS "
		    "milliseconds; a cold file, or one whose length --bytes "
		    "gives, keeps its length"),
	{ .name = NULL },
};

static void show_help(void)
{
	char left[64];

	puts("usage: ipcopy-cell --via M[:KEY=VALUE,...] [OPTION...]\n\n"
	     "Measures mechanisms under the same conditions. Each has one or "
	     "more "
	     "pairs of a\nserver and a client that stay connected. A transfer "
	     "is timed from the common\nstart of all to the last byte.\n");
	for (const struct opt *o = options; o->name; o++) {
		snprintf(left, sizeof(left), "  --%s%s%s", o->name,
			 o->value ? " " : "", o->value ? o->value : "");
		command_item(left, o->help);
	}
	command_item("  --benchmark_...",
		     "Google Benchmark's own options, such as "
		     "--benchmark_repetitions=5 --benchmark_out=FILE");
}

int cell_opts_read(struct cell_opts *o, char **argv, struct err *e)
{
	struct operands none = { 0 };
	int rc;

	*o = (struct cell_opts){ .timeout_ms = 10000, .rounds = 10 };
	rc = opts_read(options, argv, o, &none, e);
	o->bytes_given = o->bytes > 0;
	if (rc == OPTS_HELP) {
		show_help();
		return CELL_HELP;
	}
	if (rc == 0 && !o->vias)
		return err_say(e, EINVAL,
			       "--via is missing; it names the mechanism to "
			       "measure, such as --via pipe; see: ipcopy list");
	if (rc == 0 && o->samples && o->calibrate_ms)
		return err_say(e, EINVAL,
			       "--samples and --calibrate contradict each "
			       "other");
	return rc;
}
