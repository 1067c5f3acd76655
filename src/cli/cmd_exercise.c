/* ipcopy exercise: asks how many copies are made, and counts them to grade. */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/random.h>
#include <unistd.h>

#include "args/say.h"
#include "base/lease.h"
#include "base/size.h"
#include "base/stop.h"
#include "cli/commands.h"
#include "cli/exercise_show.h"

#define QUESTIONS 10 /* how many are asked without --sheet */

struct exercising {
	const char *operand[OPERANDS_MAX];
	const char *check;
	struct opt_seed seed;
	bool solutions;
	int level, questions; /* 0: not given */
};

#define EXERCISE_OPT(opt, arg, how, field, ...) \
	OPTION(opt, arg, how, struct exercising, field, __VA_ARGS__)

static const struct opt exercise_opts[] = {
	EXERCISE_OPT("seed", "N", opt_seed, seed,
		     "ask the exercises of this seed (without it, a seed is "
		     "drawn and printed)"),
	EXERCISE_OPT("level", "N", opt_count, level,
		     "what the exercises are about: 1: one program, programs "
		     "one after the other, or a plain pipeline; 2: FIFOs, "
		     "sockets, mappings, sendfile, memory of other processes; "
		     "3: shared memory, splice, fork and copy on write, "
		     "compressors; by default, the level rises from 1 to 3 in "
		     "the course of the questions",
		     .most = FORM_LEVELS),
	EXERCISE_OPT("sheet", "N", opt_count, questions,
		     "print a sheet of N exercises with lines to fill in, and "
		     "ask nothing",
		     .most = ANSWERS_MOST),
	EXERCISE_OPT("solutions", NULL, opt_true, solutions,
		     "print the sheet with its answers, counted now, and their "
		     "reasons; needs --seed"),
	EXERCISE_OPT("check", "FILE", opt_text, check,
		     "grade a sheet that was filled in; - is standard input; "
		     "exit status 0 if all answers are right, 1 if some are "
		     "wrong, 2 if the sheet cannot be read or has other "
		     "questions here"),
	{ .name = NULL },
};

static int check_options(const struct exercising *x, struct err *e)
{
	if (x->check &&
	    (x->seed.given || x->level || x->questions || x->solutions))
		return err_say(e, EINVAL,
			       "--check cannot be combined with --seed, "
			       "--level, --sheet or --solutions: the sheet "
			       "names its seed and level");
	if (x->solutions && !x->seed.given)
		return err_say(e, EINVAL,
			       "--solutions needs --seed, with the seed that "
			       "the sheet names");
	return 0;
}

static enum exit_code cannot_exercise(int rc, const struct err *e)
{
	bool cannot = rc == -EPERM || rc == -ENOTSUP;

	return say_error(e, cannot ? EXIT_CANNOT : EXIT_FAILED);
}

/* --- a sheet -------------------------------------------------------------- */

static enum exit_code print_sheet(struct sheet *s, bool solved)
{
	struct err e = { 0 };
	int rc = sheet_fill(s, &e);

	if (rc < 0)
		return cannot_exercise(rc, &e);
	exercise_put_sheet(s, solved);
	return EXIT_WELL;
}

/* --- grading one ---------------------------------------------------------- */

/* The byte order mark of UTF-8, which some editors put before a text. */
static const char mark[] = "\xef\xbb\xbf";

static int read_answers(struct answers *all, FILE *from, struct err *e)
{
	char line[1000];
	int rc = 0;

	for (int n = 1; rc == 0 && fgets(line, sizeof(line), from); n++) {
		struct err why = { 0 };
		bool marked = n == 1 && !strncmp(line, mark, strlen(mark));

		rc = strchr(line, '\n') || feof(from)
			     ? answers_take(all,
					    line + (marked ? strlen(mark) : 0),
					    &why)
			     : err_say(&why, EINVAL,
				       "the line has more than %zu bytes or a "
				       "zero byte; answers are plain text",
				       sizeof(line) - 2);
		if (rc < 0)
			err_say(e, EINVAL, "line %d: %.250s", n, why.text);
	}
	if (rc == 0 && ferror(from))
		return err_say(e, EINVAL, "%s", strerror(errno));
	if (rc == 0 && !all->found)
		return err_say(e, EINVAL,
			       "no line begins with 'sheet:'; each sheet that "
			       "--sheet prints has such a line");
	return rc;
}

static int read_file(const char *path, struct answers *all, struct err *e)
{
	bool is_stdin = !strcmp(path, "-");
	FILE *from = is_stdin ? stdin : fopen(path, "re");
	struct err why = { 0 };
	int rc;

	if (!from)
		return err_say(e, EINVAL, "%s: %s", path, strerror(errno));
	rc = read_answers(all, from, &why);
	if (!is_stdin)
		fclose(from);
	if (rc < 0)
		return err_say(e, EINVAL, "%.60s, %.230s",
			       is_stdin ? "standard input" : path, why.text);
	return 0;
}

static enum exit_code grade_all(const struct sheet *s,
				const struct answers *all)
{
	int right = 0;

	for (int i = 0; i < s->made; i++) {
		struct graded g;

		printf("%d: ", i + 1);
		grade(s->question[i], &all->answer[i + 1], &g);
		exercise_put_graded(s->question[i], &all->answer[i + 1], &g);
		right += g.right;
	}
	printf("\n%d of %d right\n", right, s->made);
	return right == s->made ? EXIT_WELL : EXIT_CLAIM;
}

static enum exit_code grade_sheet(struct sheet *s, const struct answers *all)
{
	struct err e = { 0 };
	int rc = sheet_fill(s, &e);

	if (rc == 0 && sheet_mark(s) != all->of)
		rc = err_say(
			&e, EINVAL,
			"the sheet was made by another version of ipcopy, or "
			"on a machine with other programs, or with a kernel "
			"that copies in another way; here the seed of the "
			"sheet gives other questions");
	return rc < 0 ? cannot_exercise(rc, &e) : grade_all(s, all);
}

/* --- asking --------------------------------------------------------------- */

/*
 * Reads the next line that is neither empty nor a comment. False: no such line
 * is left, or the line is "q".
 */
static bool next_line(char *line, size_t size)
{
	do {
		if (!fgets(line, (int)size, stdin))
			return false;
		line[strcspn(line, "\r\n")] = '\0';
	} while (!line[strspn(line, " \t")] || line[0] == '#');
	return strcmp(line, "q") != 0;
}

/* Reads an answer, which may begin with the number of its question. */
static int read_one(const char *line, int number, struct answer *a,
		    struct err *e)
{
	char *end;
	long n = strtol(line, &end, 10);

	if (end != line && *end == ':') {
		if (n != number)
			return err_say(e, EINVAL,
				       "the line answers question %ld, but "
				       "question %d was asked",
				       n, number);
		line = end + 1;
	}
	return answer_read(line, a, e);
}

/*
 * On a terminal, asks again until an answer can be read. Returns 0; -ENODATA if
 * there is no further answer; -EINTR if a signal asked to stop; -EINVAL if a
 * line that is not from a terminal is no answer.
 */
static int ask(int number, struct answer *a, struct err *e)
{
	bool asks = isatty(STDIN_FILENO);
	char line[400];

	for (;;) {
		int rc;

		if (asks)
			printf("copies, kernel, calls, why? ");
		say_flush();
		if (!next_line(line, sizeof(line)))
			return stop_requested() ? -EINTR : -ENODATA;
		*e = (struct err){ 0 };
		rc = read_one(line, number, a, e);
		if (rc == 0 || !asks)
			return rc;
		printf("%s\n", e->text);
	}
}

static int ask_next(struct sheet *s, int *right, struct err *e)
{
	int number = s->made + 1, rc = sheet_next(s, e);
	struct question *q;
	struct answer a;
	struct graded g;

	if (rc < 0)
		return rc;
	putchar('\n');
	exercise_put_question(s, number - 1, false);
	rc = ask(number, &a, e);
	if (rc < 0)
		return rc;
	q = s->question[number - 1];
	grade(q, &a, &g);
	exercise_put_graded(q, &a, &g);
	*right += g.right;
	printf("%d of %d right so far\n", *right, number);
	return 0;
}

static enum exit_code ask_all(struct sheet *s)
{
	struct err e = { 0 };
	int right = 0, rc = 0;

	printf("Exercises of seed %lu. An answer has four parts, such as\n"
	       "    4 4 read,write,read,write b\n"
	       "To end, answer q.\n\n",
	       s->seed);
	exercise_put_rules(s, false);
	if (*s->lacking)
		printf("\nSome exercises are left out, since these programs "
		       "are not installed here: %s\n",
		       s->lacking);
	while (s->made < s->questions && rc == 0)
		rc = ask_next(s, &right, &e);
	if (rc < 0 && rc != -ENODATA)
		return cannot_exercise(rc, &e);
	printf("\n%d of %d right\n", right, s->questions);
	if (isatty(STDIN_FILENO))
		return EXIT_WELL;
	return right == s->questions ? EXIT_WELL : EXIT_CLAIM;
}

/* --- the command ---------------------------------------------------------- */

static uint64_t new_seed(void)
{
	uint32_t seed = 0;

	if (getrandom(&seed, sizeof(seed), GRND_NONBLOCK) != sizeof(seed))
		seed = (uint32_t)getpid();
	return seed % 1000000; /* short enough to type */
}

static enum exit_code exercise(const struct exercising *x, struct sheet *s,
			       const struct answers *all)
{
	if (x->check)
		return grade_sheet(s, all);
	if (x->questions || x->solutions)
		return print_sheet(s, x->solutions);
	return ask_all(s);
}

static int prepare_sheet(const struct exercising *x, struct sheet *s,
			 struct answers *all, struct err *e)
{
	int rc = check_options(x, e);

	if (rc == 0 && x->check)
		rc = read_file(x->check, all, e);
	if (rc < 0)
		return rc;
	s->seed = x->check        ? all->seed
		  : x->seed.given ? x->seed.value
				  : new_seed();
	s->level = x->check ? all->level : x->level;
	s->questions = x->check       ? all->questions
		       : x->questions ? x->questions
				      : QUESTIONS;
	lease_sweep();
	return sheet_begin(s, e);
}

static enum exit_code run_exercise(char **words)
{
	static struct answers all;
	static struct sheet s;
	struct exercising x = { .check = NULL };
	enum exit_code code;
	struct err e = { 0 };
	int rc;

	if (!command_read(&cmd_exercise, words, &x, x.operand, &code))
		return code;
	s.place = (struct question_place){ .lease = LEASE_INIT };
	for (int i = 0; i <= ANSWERS_MOST; i++)
		all.answer[i] = (struct answer)ANSWER_INIT;
	rc = prepare_sheet(&x, &s, &all, &e);
	code = rc < 0 ? cannot_exercise(rc, &e) : exercise(&x, &s, &all);
	sheet_end(&s);
	return code;
}

const struct command cmd_exercise = {
	.name = "exercise",
	.summary = "ask how often a byte is copied, and count its copies",
	.about = "Asks how many copies a command or a small program makes, who "
		 "makes them, and why. Each seed gives other questions; seeds "
		 "2 and 3, 4 and 5, and so on, have as few questions in common "
		 "as possible, for a sheet before a lesson and one after it. "
		 "No reason is the right one for more than about four of ten "
		 "questions, if the level has enough exercises. The answers "
		 "are counted when they are needed; none is stored. --sheet "
		 "prints the exercises as a file to be filled in, --solutions "
		 "prints the same file with the answers, and --check grades a "
		 "file that was filled in. Without --sheet, answers may also "
		 "come from a file or a pipe, one line for each question; then "
		 "the exit status is 1 if an answer is wrong or missing.",
	.operands = { NULL },
	.opts = exercise_opts,
	.run = run_exercise,
};
