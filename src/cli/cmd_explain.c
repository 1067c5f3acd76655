/*
 * ipcopy explain: draws the path of a byte through a mechanism, and compares
 * prediction and count.
 */
#include <errno.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "args/say.h"
#include "base/lease.h"
#include "base/size.h"
#include "base/stop.h"
#include "cli/commands.h"
#include "cli/explain_words.h"
#include "cli/follow_show.h"
#include "cli/transfer.h"
#include "cli/way_show.h"
#include "count/count_spec.h"

#define CLOSE_ENOUGH 0.01 /* numbers of copies this close count as equal */

struct explaining {
	const char *operand[OPERANDS_MAX];
	bool ascii, quiz, predicted;
	const char *check, *page, *prices;
	struct dose dose;
	/* made from the members above */
	struct tr_spec spec;
	double guess;
	struct ledger *ledger; /* predicted; NULL: the counted one is drawn */
	struct chain *chain;   /* the copies that the picture shows */
	struct count_spec counted;
	struct count_spec channel; /* the channel alone, without files */
	bool is_counted;
	struct err why_not; /* why nothing was counted */
};

#define EXPLAIN_OPT(opt, arg, how, field, about) \
	OPTION(opt, arg, how, struct explaining, field, about)

static const struct opt explain_opts[] = {
	EXPLAIN_OPT(
		"ascii", NULL, opt_true, ascii,
		"draw with ASCII only; this is the default if the locale or "
		"the terminal can show nothing else"),
	EXPLAIN_OPT("predicted", NULL, opt_true, predicted,
		    "draw the prediction; run and count nothing"),
	EXPLAIN_OPT("quiz", NULL, opt_true, quiz,
		    "draw the way without saying which steps are copies, and "
		    "ask how many copies there are"),
	EXPLAIN_OPT("page", "FILE", opt_text, page,
		    "write an HTML page that steps through the way of a byte; "
		    "a page of two mechanisms shows them side by side"),
	EXPLAIN_OPT("check", "N", opt_text, check,
		    "say whether N is the number of copies of each byte; exit "
		    "status 1 if it is not"),
	EXPLAIN_OPT("prices", "RUN", opt_text, prices,
		    "show the price of each copy, which is its time for one "
		    "byte, as measured in RUN, a run of the plan why"),
	OPTS_DOSES(struct explaining, dose),
	{ .name = NULL },
};

/* --- what is known -------------------------------------------------------- */

static int parse_guess(struct explaining *x, const char *text, struct err *e)
{
	char *end;

	x->guess = strtod(text, &end);
	if (end != text && !*end && x->guess >= 0 && x->guess <= 1000)
		return 0;
	return err_say(e, EINVAL,
		       "--check '%.40s' is not allowed; its value is a number "
		       "of copies such as 2",
		       text);
}

/* Returns EXIT_WELL; or says what is wrong, and returns the exit code. */
static enum exit_code check_mechanism(struct explaining *x)
{
	struct err e = { 0 };
	int rc = tr_spec_parse(x->operand[0], &x->spec, &e);

	if (rc == 0 && x->page && (x->quiz || x->check))
		rc = err_say(&e, EINVAL,
			     "--page cannot be used with --quiz or --check");
	if (rc == 0 && x->prices && (x->page || x->quiz || x->check))
		rc = err_say(&e, EINVAL,
			     "--prices cannot be used with --page, --quiz or "
			     "--check");
	if (rc == 0 && !dose_is_none(&x->dose) && (x->page || x->predicted))
		rc = err_say(&e, EINVAL,
			     "--extra-... cannot be used with --page or "
			     "--predicted");
	if (rc == 0)
		rc = dose_check(&x->dose, x->spec.ops, &e);
	if (rc == 0 && x->operand[1] && !x->page)
		rc = err_say(&e, EINVAL,
			     "two mechanisms can only be shown in a page; give "
			     "--page FILE");
	if (rc == 0 && x->quiz && x->check)
		rc = err_say(&e, EINVAL,
			     "--quiz and --check contradict each other; give "
			     "one of them");
	if (rc == 0 && x->quiz && !isatty(STDIN_FILENO))
		rc = err_say(&e, EINVAL,
			     "--quiz asks on the terminal, but standard input "
			     "is not a terminal");
	if (rc == 0 && x->check)
		rc = parse_guess(x, x->check, &e);
	if (rc == 0)
		return EXIT_WELL;
	return say_error(&e, EXIT_USAGE);
}

static bool chain_from(struct explaining *x, const struct ledger *l, int in,
		       int out, uint64_t delivered)
{
	bool *on_path = calloc(ledger_hops(l) + 1, sizeof(*on_path));

	if (!on_path)
		return false;
	ledger_sum(l, in, out, delivered, on_path);
	chain_of(l, in, out, on_path, x->chain);
	free(on_path);
	return true;
}

static struct count_load file_load(const struct explaining *x)
{
	return (struct count_load){ .dose = x->dose };
}

static struct count_load channel_load(const struct explaining *x)
{
	return (struct count_load){ .workload = COPY_STREAM, .dose = x->dose };
}

/*
 * Finds the chain of copies to draw. It is counted now; or predicted, with
 * --predicted or if no chain could be counted.
 */
static enum exit_code count_or_predict(struct explaining *x)
{
	const struct count_load file = file_load(x), channel = channel_load(x);
	int in, out;

	if (!x->predicted) {
		int rc = count_load(&x->spec, &file, NULL, 0, &x->counted,
				    &x->why_not);

		x->is_counted = rc == 0;
		if (x->is_counted && tr_has_message_form(x->spec.ops))
			count_load(&x->spec, &channel, NULL, 0, &x->channel,
				   &(struct err){ 0 });
		if (stop_requested())
			return say_interrupted();
	}
	if (x->is_counted &&
	    !chain_from(x, x->counted.ledger, x->counted.in, x->counted.out,
			x->counted.delivered_bytes))
		return say_no_memory();
	if (x->chain->n > 1)
		return EXIT_WELL;
	x->ledger = chain_predict(&x->spec, COUNT_SPEC_BYTES, &in, &out);
	if (!x->ledger || !chain_from(x, x->ledger, in, out, COUNT_SPEC_BYTES))
		return say_no_memory();
	return EXIT_WELL;
}

static const struct ledger *drawn_ledger(const struct explaining *x)
{
	return x->ledger ? x->ledger : x->counted.ledger;
}

static int predicted(const struct explaining *x)
{
	const struct count_load file = file_load(x);
	int kernel, user;

	count_predict(&x->spec, &file, &kernel, &user);
	return kernel + user;
}

static double true_copies(const struct explaining *x)
{
	return x->is_counted && x->counted.resolved ? x->counted.copies
						    : predicted(x);
}

/* --- showing it ----------------------------------------------------------- */

static enum exit_code show_picture(const struct explaining *x, bool unsaid)
{
	char *text = way_show(drawn_ledger(x), x->chain, x->ascii, unsaid);
	const char *summary = x->spec.ops->summary;

	if (!text)
		return say_no_memory();
	printf("%s:%s%s\n\n%s", x->operand[0],
	       strlen(x->operand[0]) + strlen(summary) > 76 ? "\n" : " ",
	       summary, text);
	free(text);
	return EXIT_WELL;
}

static void show_counted(const struct explaining *x)
{
	const struct count_spec *c = &x->counted;
	char size[32];

	size_human((double)c->delivered_bytes, size, sizeof(size));
	if (!x->is_counted)
		command_item("  not counted",
			     x->predicted ? "--predicted: nothing was run"
					  : x->why_not.text);
	else if (!c->resolved)
		command_item("  not counted", c->why);
	else
		printf("  counted      %5.3f   %5.3f     %5.3f  %s%s, just "
		       "now: "
		       "%s\n",
		       c->copies_kernel, c->copies_user, c->copies,
		       c->lower_bound ? "at least, " : "", size,
		       c->agrees ? "as predicted" : "NOT as predicted");
}

static void show_predicted(const struct explaining *x, const char *what,
			   const struct count_load *load, const char *remark)
{
	int kernel, user;

	count_predict(&x->spec, load, &kernel, &user);
	printf("  %-10s %7d %7d   %7d%s\n", what, kernel, user, kernel + user,
	       remark);
}

/* Shows the copies without files, as in the workloads stream and pingpong. */
static void show_channel(const struct explaining *x)
{
	const struct count_load channel = channel_load(x);
	const struct count_spec *c = &x->channel;

	if (!tr_has_message_form(x->spec.ops) || x->spec.ops->carries_nothing)
		return;
	show_predicted(x, "channel", &channel,
		       "  alone, without files: predicted");
	if (c->resolved)
		printf("  channel      %5.3f   %5.3f     %5.3f  counted: %s\n",
		       c->copies_kernel, c->copies_user, c->copies,
		       c->agrees ? "as predicted" : "NOT as predicted");
}

static void show_numbers(const struct explaining *x)
{
	const struct count_load file = file_load(x);

	printf("\nCopies of each byte\n"
	       "              kernel    user  together\n");
	show_predicted(x, "predicted", &file, "");
	show_counted(x);
	show_channel(x);
}

static enum exit_code show_explained(const struct explaining *x)
{
	enum exit_code code = show_picture(x, false);
	const struct ledger *l = drawn_ledger(x);
	struct err e = { 0 };

	if (code != EXIT_WELL)
		return code;
	printf("\nThe calls, who makes them, and the kernel's routine\n");
	explain_calls(x->chain, x->ascii);
	printf("\nWork that is not a copy\n");
	explain_beside(l, x->chain, x->ascii);
	explain_steps(&x->spec, x->chain, x->ascii);
	show_numbers(x);
	if (x->prices &&
	    explain_prices(x->prices, &x->spec, x->chain, x->ascii, &e) < 0)
		return say_error(&e, EXIT_FAILED);
	printf("\nWhy so many\n");
	explain_why(&x->spec, l, x->chain, x->ascii);
	return x->is_counted && x->counted.resolved && !x->counted.agrees
		       ? EXIT_CLAIM
		       : EXIT_WELL;
}

/* --- the quiz ------------------------------------------------------------- */

static enum exit_code judge_answers(const struct explaining *x)
{
	double copies = true_copies(x);
	bool right = fabs(x->guess - copies) < CLOSE_ENOUGH;

	printf("%s: %g %s copies of each byte%s\n", right ? "right" : "wrong",
	       copies,
	       x->is_counted && x->counted.resolved ? "counted" : "predicted",
	       right ? ""
		     : "; leave out --quiz and --check to see the whole "
		       "answer");
	return right ? EXIT_WELL : EXIT_CLAIM;
}

static enum exit_code ask_quiz(struct explaining *x)
{
	enum exit_code code = show_picture(x, true);
	struct err e = { 0 };
	char line[80];

	if (code != EXIT_WELL)
		return code;
	putchar('\n');
	for (;;) {
		printf("How many times is each byte copied on this way? ");
		say_flush();
		if (!fgets(line, sizeof(line), stdin)) {
			putchar('\n');
			return EXIT_INTERRUPTED;
		}
		line[strcspn(line, "\n")] = '\0';
		if (parse_guess(x, line, &e) == 0)
			return judge_answers(x);
	}
}

static enum exit_code explain(struct explaining *x)
{
	enum exit_code code = count_or_predict(x);

	if (code != EXIT_WELL)
		return code;
	if (x->quiz)
		return ask_quiz(x);
	return x->check ? judge_answers(x) : show_explained(x);
}

static enum exit_code run_explain(char **words)
{
	struct explaining x = { .counted = { .in = -1, .out = -1 } };
	enum exit_code code;

	if (!command_read(&cmd_explain, words, &x, x.operand, &code))
		return code;
	code = check_mechanism(&x);
	if (code != EXIT_WELL)
		return code;
	x.ascii = x.ascii || way_ascii();
	x.chain = calloc(1, sizeof(*x.chain));
	if (!x.chain)
		return say_no_memory();
	lease_sweep();
	code = x.page ? follow_mechanisms(x.page, x.operand[0], x.operand[1],
					  x.predicted)
		      : explain(&x);
	count_spec_free(&x.counted);
	count_spec_free(&x.channel);
	ledger_free(x.ledger);
	free(x.chain);
	return code;
}

const struct command cmd_explain = {
	.name = "explain",
	.summary = "draw the way of a byte through a mechanism",
	.about =
		"Draws the way of a byte from the input file to the output "
		"file through a mechanism, with its settings as in --via of "
		"`ipcopy copy`: who owns each buffer, where the kernel begins, "
		"each copy and the call that makes it. Unless --predicted is "
		"given, copies a small file now, counts the copies of its "
		"bytes, and compares the count with the prediction.",
	.operands = { "MECHANISM", "MECHANISM2" },
	.required = 1,
	.opts = explain_opts,
	.run = run_explain,
};
