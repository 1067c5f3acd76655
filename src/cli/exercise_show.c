/* Exercises for people: questions, solutions and mistakes. */
#include "cli/exercise_show.h"

#include <stdio.h>
#include <string.h>

#include "base/append.h"
#include "base/columns.h"
#include "base/size.h"
#include "teach/programs.h"

/* Writes indented lines. A tab becomes four blanks, so the lines are narrow. */
static void put_lines(const char *start, const char *text)
{
	bool empty = true;

	for (; *text; text++) {
		if (*text == '\n' && empty)
			fputs(start[0] == '#' ? "#" : "", stdout);
		else if (*text != '\n' && empty)
			fputs(start, stdout);
		empty = *text == '\n';
		if (*text == '\t')
			fputs("    ", stdout);
		else
			putchar(*text);
	}
	if (!empty)
		putchar('\n');
}

static bool has_program(const struct sheet *s)
{
	for (int i = 0; i < s->made; i++)
		if (s->question[i]->form->run)
			return true;
	return s->made == 0;
}

static const struct {
	const char *part, *means;
} parts[] = {
	{ "copies", "how often each byte is copied; 0, if pages or blocks are "
		    "only shared; none, if the bytes that arrive are not those "
		    "of IN" },
	{ "kernel", "how many of these copies the kernel makes; a program "
		    "makes the others" },
	{ "calls", "the call that makes each copy, in the order in which the "
		   "copies are made, with commas between the calls. Write read "
		   "for pread, readv and recv, too, and write for pwrite, "
		   "writev and send; memcpy for a copy that a program makes "
		   "itself; fault for a page that the kernel copies at a "
		   "store; none, if there is no copy" },
	{ "why", "the letter of the reason that answers the question after "
		 "\"why:\". Memory of a process is all that the process can "
		 "reach by an address, mapped files included. The reasons:" },
};

/* Writes `start`, then the name of a part of the answer, then its meaning. */
static void put_part(const char *start, const char *part, const char *text)
{
	char first[40], rest[40];

	snprintf(first, sizeof(first), "%s  %-8s", start, part);
	snprintf(rest, sizeof(rest), "%s%10s", start, "");
	columns_fold(stdout, first, rest, text);
}

static void put_whys(const char *start)
{
	char first[40], rest[40];

	snprintf(rest, sizeof(rest), "%s%13s", start, "");
	for (int i = 0; i < WHYS; i++) {
		snprintf(first, sizeof(first), "%s%10s%c  ", start, "",
			 'a' + i);
		columns_fold(stdout, first, rest, question_whys[i]);
	}
}

void exercise_put_rules(const struct sheet *s, bool as_file)
{
	const char *start = as_file ? "# " : "";

	columns_fold(stdout, start, start,
		     "Each command or program brings the bytes of the file IN "
		     "to the file OUT, which is new. IN is in the page cache. "
		     "How often is each byte copied on its way from IN to OUT? "
		     "Copies that do not lead to OUT do not count, nor do "
		     "transfers between memory and the disk.");
	puts(as_file ? "#" : "");
	for (size_t i = 0; i < sizeof(parts) / sizeof(*parts); i++)
		put_part(start, parts[i].part, parts[i].means);
	put_whys(start);
	if (!has_program(s))
		return;
	puts(as_file ? "#" : "");
	columns_fold(stdout, start, start, programs_helpers);
}

static void put_sizes(const struct question *q, bool as_file)
{
	const char *start = as_file ? "# " : "";
	char text[200], len[32];

	size_words((double)q->sizes.len, len, sizeof(len));
	snprintf(text, sizeof(text), "IN has %s.", len);
	if (q->form->run && strstr(q->text, "e->block"))
		text_append(text, sizeof(text), " e->block is %lu.",
			    q->sizes.a);
	if (q->form->run && strstr(q->text, "e->other"))
		text_append(text, sizeof(text), " e->other is %lu.",
			    q->sizes.b);
	if (q->form->from)
		text_append(text, sizeof(text),
			    " Here the bytes of %s are followed to OUT, not "
			    "those of IN.",
			    q->form->from);
	columns_fold(stdout, start, start, text);
}

void exercise_put_question(const struct sheet *s, int question, bool as_file)
{
	const struct question *q = s->question[question];
	const char *start = as_file ? "# " : "";
	char first[16];

	printf("%s%d. (level %d)\n%s\n", start, question + 1, q->form->level,
	       as_file ? "#" : "");
	put_lines(as_file ? "#   " : "    ", q->text);
	printf("%s\n", as_file ? "#" : "");
	put_sizes(q, as_file);
	if (*q->know)
		columns_fold(stdout, start, start, q->know);
	snprintf(first, sizeof(first), "%swhy: ", start);
	columns_fold(stdout, first, start, q->asked);
}

/* --- solutions ------------------------------------------------------------ */

static void put_right_calls(const struct question *q)
{
	const char *gap = "";

	for (int i = 0; i < q->hops; i++) {
		if (q->hop[i].copies == 0)
			continue;
		printf("%s%s", gap, q->hop[i].call);
		gap = ",";
	}
	if (!*gap)
		fputs("none", stdout);
}

static void put_solution(const struct question *q)
{
	if (q->none) {
		printf(" copies=none kernel=none calls=none why=%c\n",
		       'a' + (int)q->why);
		return;
	}
	printf(" copies=%d kernel=%d calls=", q->copies, q->kernel);
	put_right_calls(q);
	printf(" why=%c\n", 'a' + (int)q->why);
}

/*
 * Writes a line for each hop, with a number if the hop copies. With `g`, marks
 * the hops that the answer lacks.
 */
static void put_hops(const char *start, const struct question *q,
		     const struct graded *g)
{
	char first[40], rest[40];
	int number = 0;

	if (q->none)
		columns_fold(
			stdout, start, start,
			"The program writes bytes that it has made itself. "
			"No byte of the input is copied to the output.");
	snprintf(rest, sizeof(rest), "%s     ", start);
	for (int i = 0; i < q->hops; i++) {
		char mark[16] = "-";

		if (q->hop[i].copies)
			snprintf(mark, sizeof(mark), "%d", ++number);
		snprintf(first, sizeof(first), "%s%c %-2s ", start,
			 g && g->missed[i] ? '>' : ' ', mark);
		columns_fold(stdout, first, rest, q->hop[i].says);
	}
}

void exercise_put_sheet(const struct sheet *s, bool solved)
{
	char level[8] = "all";

	if (s->level)
		snprintf(level, sizeof(level), "%d", s->level);
	puts(solved ? "# Solutions, counted now. This sheet can be graded, too:"
		    : "# Fill in the lines that begin with a number. Then "
		      "grade the sheet with:");
	puts("#\n"
	     "#     ipcopy exercise --check FILE\n"
	     "#");
	exercise_put_rules(s, true);
	if (*s->lacking) {
		puts("#");
		columns_fold(
			stdout, "# ", "# ",
			"Some exercises are left out, since these programs "
			"are not installed here:");
		columns_fold(stdout, "#     ", "#     ", s->lacking);
	}
	printf("sheet: seed=%lu level=%s questions=%d of=%lx\n", s->seed, level,
	       s->questions, sheet_mark(s));
	for (int i = 0; i < s->made; i++) {
		putchar('\n');
		exercise_put_question(s, i, true);
		printf("%d:", i + 1);
		if (!solved) {
			puts(" copies= kernel= calls= why=");
			continue;
		}
		put_solution(s->question[i]);
		put_hops("#   ", s->question[i], NULL);
	}
}

/* --- mistakes ------------------------------------------------------------- */

static const char *number_words(int number, char *buf, size_t size)
{
	if (number == ANSWER_UNSAID)
		snprintf(buf, size, "nothing");
	else if (number == ANSWER_NONE)
		snprintf(buf, size, "none");
	else
		snprintf(buf, size, "%d", number);
	return buf;
}

static void put_number(const char *part, int said, int counted)
{
	char a[16], b[16];

	printf("   %s: you said %s, the count is %s\n", part,
	       number_words(said, a, sizeof(a)),
	       number_words(counted, b, sizeof(b)));
}

/* Says why a call does not belong in the answer. */
static void put_extra(const struct question *q, const char *call)
{
	char text[300];

	question_extra(q, call, text, sizeof(text));
	columns_fold(stdout, "   calls: ", "     ", text);
}

static void put_unsaid_calls(const struct question *q)
{
	fputs("   calls: you said nothing, the calls are ", stdout);
	put_right_calls(q);
	putchar('\n');
}

static void put_wrong_calls(const struct question *q, const struct answer *a,
			    const struct graded *g)
{
	if (a->calls < 0)
		put_unsaid_calls(q);
	for (int i = 0; i < a->calls; i++)
		if (q->none || g->extra[i])
			put_extra(q, a->call[i]);
	for (int i = 0; i < q->hops; i++)
		if (g->missed[i])
			columns_fold(stdout, "   missed: ", "     ",
				     q->hop[i].says);
}

static void put_wrong_why(const struct question *q, const struct answer *a)
{
	char first[80];

	snprintf(first, sizeof(first), "   why: not %c: ", 'a' + a->why);
	if (a->why < 0)
		puts("   why: you said nothing");
	else
		columns_fold(stdout, first, "     ",
			     question_why_not((enum question_why)a->why));
	snprintf(first, sizeof(first), "     %c: ", 'a' + (int)q->why);
	columns_fold(stdout, first, "        ", question_whys[q->why]);
	if (q->asked_hop >= 0)
		columns_fold(stdout, "     here: ", "        ",
			     q->hop[q->asked_hop].says);
}

void exercise_put_graded(const struct question *q, const struct answer *a,
			 const struct graded *g)
{
	if (g->right) {
		puts("right");
		return;
	}
	puts("not so");
	if (!g->copies)
		put_number("copies", a->copies,
			   q->none ? ANSWER_NONE : q->copies);
	if (!g->kernel)
		put_number("kernel", a->kernel,
			   q->none ? ANSWER_NONE : q->kernel);
	if (!g->calls)
		put_wrong_calls(q, a, g);
	if (!g->why)
		put_wrong_why(q, a);
	puts("   the way of the bytes, with a number before each copy:");
	put_hops("   ", q, g);
}
