/* ipcopy lab: tries on this machine what documents claim about mmap. */
#include <ctype.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <unistd.h>

#include "args/say.h"
#include "base/lease.h"
#include "base/size.h"
#include "base/words.h"
#include "cli/commands.h"
#include "cli/lab_expect.h"
#include "cli/lab_show.h"

#define RUNS_MAX 10000

struct lab_wish {
	const char *operand[LAB_MAX];
	const char *expect;
	int format; /* enum table_format */
	int runs;
	bool all, about, source, program, trace, predict;
	/* made from the members above */
	struct lab_row *row;
	int n;
	struct lab_expected expected;
};

#define LAB_FLAG(opt, field, about) \
	OPTION(opt, NULL, opt_true, struct lab_wish, field, about)

static const struct opt lab_opts[] = {
	LAB_FLAG("all", all, "try every claim"),
	LAB_FLAG("about", about,
		 "explain the claim, and name what to read about it; run "
		 "nothing"),
	LAB_FLAG("source", source,
		 "print the experiment's own code instead of running it"),
	LAB_FLAG("program", program,
		 "print the experiment as one C file that cc compiles alone"),
	LAB_FLAG("trace", trace,
		 "show the system calls that the experiment makes"),
	LAB_FLAG("predict", predict,
		 "before a claim is tried, ask for its outcome; if standard "
		 "input is a file or a pipe, read the answers from it, and end "
		 "with exit status 1 if any answer is wrong"),
	OPTION("runs", "N", opt_count, struct lab_wish, runs,
	       "try each claim N times and say how often each outcome "
	       "was seen",
	       .most = RUNS_MAX),
	OPTION("expect", "FILE", opt_text, struct lab_wish, expect,
	       "compare the outcomes with those in FILE: the output of "
	       "--format json or csv, or lines such as \"B1 holds\"; exit "
	       "status 1 if any differs"),
	OPT_FORMAT(struct lab_wish),
	{ .name = NULL },
};

/* --- which claims --------------------------------------------------------- */

static void choose(struct lab_wish *w, const struct experiment *x)
{
	for (int i = 0; i < w->n; i++)
		if (w->row[i].x == x)
			return;
	w->row[w->n++].x = x;
}

/* Chooses one claim; or, for a letter alone, all claims of that group. */
static int choose_by_word(struct lab_wish *w, const char *word, struct err *e)
{
	const struct experiment *x = lab_find(word);
	int before = w->n;

	if (x) {
		choose(w, x);
		return 0;
	}
	if (word[0] && !word[1])
		for_each_experiment(x) if (x->id[0] ==
					   toupper((unsigned char)word[0]))
			choose(w, x);
	if (w->n > before)
		return 0;
	return words_refuse(e, "claim", word, lab_id_at, NULL);
}

static int choose_all(struct lab_wish *w, struct err *e)
{
	const struct experiment *x;
	int rc = 0;

	for (int i = 0; i < LAB_MAX && w->operand[i] && rc == 0; i++)
		rc = choose_by_word(w, w->operand[i], e);
	if (w->all)
		for_each_experiment(x) choose(w, x);
	return rc;
}

static int check_program(const struct lab_wish *w, struct err *e)
{
	if (w->n != 1)
		return err_say(e, EINVAL,
			       "--program prints one file; name one claim");
	if (w->source || w->about || w->trace || w->predict || w->expect ||
	    w->runs > 1 || w->format != TABLE_HUMAN)
		return err_say(
			e, EINVAL,
			"--program runs nothing; leave out the other options");
	return 0;
}

static int check_lab_wish(struct lab_wish *w, struct err *e)
{
	bool data = w->format != TABLE_HUMAN;

	if (w->program)
		return check_program(w, e);
	if (w->all && w->operand[0])
		return err_say(
			e, EINVAL,
			"--all and %s contradict each other; give one of them",
			w->operand[0]);
	if (data && (w->source || w->about || w->trace || w->predict))
		return err_say(e, EINVAL,
			       "--format %s cannot be used with --about, "
			       "--source, --trace or --predict",
			       table_format_names[w->format]);
	if ((w->source || w->about) && (w->trace || w->predict || w->expect ||
					w->runs > 1 || w->source == w->about))
		return err_say(e, EINVAL,
			       "--%s runs nothing; leave out the other options",
			       w->source ? "source" : "about");
	if ((w->predict || w->trace) && w->runs > 1)
		return err_say(
			e, EINVAL,
			"--runs cannot be used with --trace or --predict");
	if (w->n == 0 && (data || w->source || w->about || w->trace ||
			  w->predict || w->expect || w->runs > 1))
		return err_say(e, EINVAL,
			       "no claim is named; name claims such as C3, or "
			       "give --all");
	return w->expect ? lab_expect_read(&w->expected, w->expect, e) : 0;
}

/* --- running -------------------------------------------------------------- */

static enum lab_outcome most_frequent(const struct lab_row *row)
{
	int best = 0;

	for (int o = 1; o < LAB_OUTCOMES; o++)
		if (row->times[o] > row->times[best])
			best = o;
	return (enum lab_outcome)best;
}

static int try_claim(const struct lab_wish *w, struct lab_row *row,
		     struct err *e)
{
	static const struct lab_watch watch = { .call = lab_show_call,
						.signal = lab_show_signal };
	int rc = lab_run(row->x, w->trace ? &watch : NULL, &row->result, e);

	if (rc == 0)
		row->times[lab_outcome(&row->result)]++;
	row->outcome = most_frequent(row);
	return rc;
}

/*
 * Finds the answer in a line, which may begin with the claim's id.
 * LAB_OUTCOMES: the line has none.
 */
static enum lab_outcome answer_in(const char *line, const struct experiment *x)
{
	static const char letters[] = "hlfc";
	size_t id = strlen(x->id);

	if (!strncasecmp(line, x->id, id) && line[id] == ' ')
		line += id + 1;
	line += strspn(line, " \t");
	for (int o = 0; o < LAB_OUTCOMES; o++)
		if (tolower((unsigned char)line[0]) == letters[o])
			return (enum lab_outcome)o;
	return LAB_OUTCOMES;
}

/*
 * Reads what the user predicts. On a terminal, asks again until the line has an
 * answer. LAB_OUTCOMES: there is nothing more to read, or a line that is not
 * from a terminal has no answer.
 */
static enum lab_outcome ask_outcome(const struct experiment *x)
{
	bool asks = isatty(STDIN_FILENO);
	enum lab_outcome answer;
	char line[80];

	do {
		if (asks)
			printf("    Your prediction: (h)olds, holds with a "
			       "(l)imit, (f)ails, (c)annot be tried? ");
		say_flush();
		if (!fgets(line, sizeof(line), stdin))
			return LAB_OUTCOMES;
		answer = answer_in(line, x);
	} while (asks && answer == LAB_OUTCOMES);
	return answer;
}

static int show_claim(const struct lab_wish *w, struct lab_row *row,
		      struct err *e)
{
	enum lab_outcome guess = LAB_OUTCOMES;
	int rc = 0;

	lab_show_claim(row->x);
	if (w->predict)
		guess = ask_outcome(row->x);
	for (int i = 0; i < w->runs && rc == 0; i++)
		rc = try_claim(w, row, e);
	if (rc < 0)
		return rc;
	lab_show_found(row, w->runs);
	if (w->predict && guess != LAB_OUTCOMES)
		printf("    You said %s: %s\n", lab_outcome_names[guess],
		       guess == row->outcome ? "right" : "wrong");
	else if (w->predict && !isatty(STDIN_FILENO))
		printf("    You gave no answer, which counts as wrong\n");
	row->right = guess == row->outcome;
	say_flush();
	return 0;
}

/*
 * Runs all claims once, then all of them again, and so on. So the runs of one
 * claim are far apart, which makes it more likely that a variable outcome is
 * seen to vary.
 */
static int run_quietly(const struct lab_wish *w, struct err *e)
{
	int rc = 0;

	for (int i = 0; i < w->runs; i++)
		for (int c = 0; c < w->n && rc == 0; c++)
			rc = try_claim(w, &w->row[c], e);
	return rc;
}

static int run_in_words(const struct lab_wish *w, struct err *e)
{
	int rc = 0;

	for (int i = 0; i < w->n && rc == 0; i++) {
		if (i)
			putchar('\n');
		rc = show_claim(w, &w->row[i], e);
	}
	return rc;
}

static enum exit_code compare_with_expected(const struct lab_wish *w)
{
	enum exit_code code = EXIT_WELL;

	for (int i = 0; w->expect && i < w->n; i++) {
		const struct lab_row *row = &w->row[i];
		int expected = lab_expect_of(&w->expected, row->x);
		char text[400];

		if (expected < 0 || row->times[expected] == w->runs)
			continue;
		say("%s", lab_unexpected(row, expected, w->expect, text,
					 sizeof(text)));
		code = EXIT_CLAIM;
	}
	return code;
}

/* Grades answers that came from a file or a pipe. */
static enum exit_code grade(const struct lab_wish *w)
{
	int right = 0;

	if (!w->predict || isatty(STDIN_FILENO))
		return EXIT_WELL;
	for (int i = 0; i < w->n; i++)
		right += w->row[i].right;
	printf("\n%d of %d right\n", right, w->n);
	return right == w->n ? EXIT_WELL : EXIT_CLAIM;
}

static enum exit_code show_sources(const struct lab_wish *w)
{
	for (int i = 0; i < w->n; i++) {
		printf("%s/* %s: %s */\n", i ? "\n" : "", w->row[i].x->id,
		       w->row[i].x->claim);
		lab_show_source(w->row[i].x);
	}
	return EXIT_WELL;
}

static enum exit_code show_program(const struct lab_wish *w)
{
	const char *text = lab_program(w->row[0].x->id);

	if (!text) {
		say("the experiment of %s cannot be printed as one C file, "
		    "since it needs a mechanism of ipcopy or a disk; see its "
		    "code with --source",
		    w->row[0].x->id);
		return EXIT_CANNOT;
	}
	fputs(text, stdout);
	return EXIT_WELL;
}

static enum exit_code show_about(const struct lab_wish *w)
{
	for (int i = 0; i < w->n; i++) {
		fputs(i ? "\n" : "", stdout);
		lab_show_claim(w->row[i].x);
		lab_show_why(w->row[i].x);
	}
	return EXIT_WELL;
}

static enum exit_code show_nothing_chosen(void)
{
	enum exit_code code = lab_show_list();

	if (code != EXIT_WELL)
		return code;
	fputs("\nThe claims are from these documents:\n", stdout);
	lab_show_documents();
	fputs("\nipcopy lab ID... tries some claims, and shows them in full. "
	      "ipcopy lab --all\ntries all.\n",
	      stdout);
	return code;
}

static enum exit_code run_wish(struct lab_wish *w)
{
	bool in_words = w->format == TABLE_HUMAN && !w->all;
	enum exit_code code = EXIT_WELL;
	struct err e = { 0 };
	int rc = choose_all(w, &e);

	if (rc == 0)
		rc = check_lab_wish(w, &e);
	if (rc < 0)
		return say_error(&e, EXIT_FAILED);
	if (w->n == 0)
		return show_nothing_chosen();
	if (w->program)
		return show_program(w);
	if (w->source)
		return show_sources(w);
	if (w->about)
		return show_about(w);
	lease_sweep();
	if (in_words || w->trace || w->predict)
		rc = run_in_words(w, &e);
	else
		rc = run_quietly(w, &e);
	if (rc < 0)
		return say_error(&e, rc == -EPERM ? EXIT_CANNOT : EXIT_FAILED);
	if (!in_words)
		code = lab_show_table(w->row, w->n, w->runs,
				      (enum table_format)w->format);
	if (code == EXIT_WELL)
		code = grade(w);
	return code == EXIT_WELL ? compare_with_expected(w) : code;
}

static enum exit_code run_lab(char **words)
{
	struct lab_wish w = { .format = TABLE_HUMAN, .runs = 1 };
	enum exit_code code;

	if (!command_read(&cmd_lab, words, &w, w.operand, &code))
		return code;
	w.row = calloc(LAB_MAX, sizeof(*w.row));
	if (!w.row)
		return say_no_memory();
	code = run_wish(&w);
	free(w.row);
	return code;
}

static const struct opt_group groups[] = {
	{ "all", "The claims" },
	{ "trace", "How they are tried" },
	{ "format", "Output" },
	{ NULL, NULL },
};

const struct command cmd_lab = {
	.name = "lab",
	.summary = "try the claims about mmap and shared memory here",
	.about = "Tries on this machine what textbooks and notes say about "
		 "mmap and shared memory. Each claim is one experiment, and "
		 "its outcome follows from what was observed. IDs are those "
		 "that `ipcopy lab` lists; a letter alone stands for all "
		 "claims whose ID begins with it. An observation marked + "
		 "agrees with the claim, - contradicts it, and ~ is something "
		 "that the claim leaves out. A claim that fails is not an "
		 "error: without --expect and --predict, the exit status is 0 "
		 "when all claims were tried.",
	.operands = { "ID..." },
	.most = LAB_MAX,
	.opts = lab_opts,
	.groups = groups,
	.run = run_lab,
};
