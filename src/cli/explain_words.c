/* The text that `explain` prints under its picture. */
#include "cli/explain_words.h"

#include <stdio.h>
#include <string.h>

#include "args/command.h"
#include "base/append.h"
#include "cli/way_show.h"
#include "count/routines.h"
#include "teach/turns.h"
#include "text/way.h"

#define MARKS_MAX 100

/* --- the calls ------------------------------------------------------------ */

static const char *link_process(const struct chain_link *link)
{
	const char *name = link->hop.process;

	return strncmp(name, "ipcopy-", 7) ? name : name + 7;
}

static const char *link_routine(const struct chain_link *link)
{
	const struct routine *r = routine_of(link->way);

	if (link->hop.by == LEDGER_BY_USER)
		return "the program itself: loads and stores";
	return r ? r->name : "inside the kernel";
}

static int widest(const struct chain *c,
		  const char *(*text)(const struct chain_link *))
{
	int most = 0;

	for (int i = 0; i + 1 < c->n; i++)
		if ((int)strlen(text(&c->link[i])) > most)
			most = (int)strlen(text(&c->link[i]));
	return most;
}

static const char *link_call(const struct chain_link *link)
{
	return link->hop.call;
}

void explain_calls(const struct chain *c, bool ascii)
{
	int calls = widest(c, link_call), names = widest(c, link_process);

	for (int i = 0; i + 1 < c->n; i++) {
		const struct chain_link *link = &c->link[i];
		int number = way_number(c, i);
		char mark[16] = "-";

		if (number)
			way_mark(number, ascii, mark, sizeof(mark));
		printf("  %s %-7s  %-*s  %-*s  %s\n", mark,
		       number ? "COPY" : "no copy", calls, link->hop.call,
		       names, link_process(link), link_routine(link));
	}
}

/* --- what is no copy ------------------------------------------------------ */

static const struct ledger_object *object_at(const struct ledger *l,
					     const struct chain *c, int i)
{
	return ledger_object_at(l, (size_t)c->link[i].object);
}

/*
 * True for a file that is written through its mapping: its pages are made when
 * they are touched.
 */
static bool is_filled_mapping(const struct chain *c, int i)
{
	return i > 0 && c->link[i].mapped;
}

static const char *beside(const struct ledger *l, const struct chain *c, int i)
{
	return routine_beside(c->link[i].way, object_at(l, c, i + 1)->kind);
}

/* True if an earlier call has the same sentence. */
static bool was_said(const struct ledger *l, const struct chain *c, int link,
		     const char *text)
{
	for (int i = 0; i < link; i++)
		if (beside(l, c, i) == text)
			return true;
	return false;
}

/* Writes a text beside the name of a call and its mark in the picture. */
static void say_beside(const struct chain *c, int i, const char *text,
		       bool ascii)
{
	int number = way_number(c, i);
	char mark[16] = "-", left[60];

	if (number)
		way_mark(number, ascii, mark, sizeof(mark));
	snprintf(left, sizeof(left), "  %s %.40s", mark, c->link[i].hop.call);
	command_item(left, text);
}

void explain_beside(const struct ledger *l, const struct chain *c, bool ascii)
{
	for (int i = 0; i + 1 < c->n; i++) {
		const char *text = beside(l, c, i);

		if (text && !was_said(l, c, i, text))
			say_beside(c, i, text, ascii);
	}
	for (int i = 0; i < c->n; i++) {
		if (is_filled_mapping(c, i))
			command_item("  page faults",
				     "The kernel zeroes each page of the "
				     "output file when it is touched for the "
				     "first time. This writes the page once, "
				     "and copies nothing.");
		else if (c->link[i].region)
			command_item(
				"  page faults",
				"The pages of the region are allocated and "
				"zeroed once, before the first byte, and "
				"used again and again.");
	}
}

/* --- whose turn it is ----------------------------------------------------- */

/* The link that is memory mapped by both sides; -1: there is none. */
static int region_link(const struct chain *c)
{
	for (int i = 0; i < c->n; i++)
		if (c->link[i].region)
			return i;
	return -1;
}

/* "① read, ② memcpy" */
static const char *calls_between(const struct chain *c, int first, int last,
				 bool ascii, char *buf, size_t size)
{
	buf[0] = '\0';
	for (int i = first; i <= last; i++) {
		char mark[16] = "";

		if (way_number(c, i))
			way_mark(way_number(c, i), ascii, mark, sizeof(mark));
		text_append(buf, size, "%s%s %s", *buf ? ", " : "", mark,
			    c->link[i].hop.call);
	}
	return buf;
}

void explain_steps(const struct tr_spec *spec, const struct chain *c,
		   bool ascii)
{
	const struct turn *turn = turn_of(spec);
	int region = region_link(c);
	char in[MARKS_MAX], out[MARKS_MAX];

	if (!turn || region < 1 || region + 1 >= c->n)
		return;
	calls_between(c, 0, region - 1, ascii, in, sizeof(in));
	calls_between(c, region, c->n - 2, ascii, out, sizeof(out));
	printf("\nWhose turn it is (sync=%s)\n", turn->sync);
	printf("  1. server  %s: a slot is empty\n", turn->wait);
	printf("  2. server  %s: from the input file into the slot\n", in);
	printf("  3. server  %s: the slot is full\n", turn->tell);
	printf("  4. client  %s: a slot is full\n", turn->wait);
	printf("  5. client  %s: from the slot into the output file\n", out);
	printf("  6. client  %s: the slot is empty\n", turn->tell);
	printf("  %s\n", turn->kernel);
}

/* --- why so many ---------------------------------------------------------- */

static void say_copies(const char *marks, const char *text)
{
	char left[MARKS_MAX + 8];

	if (!*marks)
		return;
	snprintf(left, sizeof(left), "  %s", marks);
	command_item(left, text);
}

/*
 * True if object `i` of the chain is a file that is not mapped, so that system
 * calls copy out of its page cache or into it.
 */
static bool ends_in_file(const struct ledger *l, const struct chain *c, int i)
{
	return object_at(l, c, i)->kind == LEDGER_FILE && !c->link[i].mapped;
}

/*
 * The reason for the copy out of the input's page cache (`in`), or for the copy
 * into the output's page cache.
 */
static const char *why_one(const struct ledger *l, const struct chain *c,
			   bool in)
{
	if (in && c->n == 2 && object_at(l, c, 1)->kind == LEDGER_FILE)
		return "is needed: both files keep their own pages, so each "
		       "byte has to be copied from one file to the other once.";
	return in ? "is needed: the file's bytes lie in the page cache, and "
		    "the process gets them in its own memory."
		  : "is needed: a page belongs to one file's page cache only, "
		    "so bytes that enter the page cache of the other file are "
		    "copied.";
}

static void why_both(const struct chain *c, bool ascii)
{
	char marks[MARKS_MAX], one[16], two[16];

	snprintf(marks, sizeof(marks), "%s and %s",
		 way_mark(way_number(c, 0), ascii, one, sizeof(one)),
		 way_mark(way_number(c, c->n - 2), ascii, two, sizeof(two)));
	say_copies(marks,
		   "are needed with every channel whose two sides read and "
		   "write the files: the files' bytes lie in the page cache, "
		   "which belongs to the kernel, and these calls copy out of "
		   "it and into it. A program that maps the files needs fewer "
		   "copies, and so does a program that passes references to "
		   "the input's pages.");
}

static void why_ends(const struct ledger *l, const struct chain *c, bool ascii)
{
	char marks[MARKS_MAX];
	int last = c->n - 2;
	bool in = ends_in_file(l, c, 0) && way_number(c, 0);
	bool out =
		last > 0 && ends_in_file(l, c, c->n - 1) && way_number(c, last);
	int end = in ? 0 : last;

	if (in && out)
		why_both(c, ascii);
	else if (in || out)
		say_copies(way_marks(c, end, end, ascii, marks, sizeof(marks)),
			   why_one(l, c, in));
}

/* Writes the mechanism's reason for the copies between the two files. */
static void why_middle(const struct tr_spec *spec, const struct ledger *l,
		       const struct chain *c, bool ascii)
{
	int first = ends_in_file(l, c, 0) ? 1 : 0;
	int last = c->n - 2 - (ends_in_file(l, c, c->n - 1) ? 1 : 0);
	char marks[MARKS_MAX];

	if (!spec->ops->middle)
		return;
	way_marks(c, first, last, ascii, marks, sizeof(marks));
	say_copies(*marks ? marks : "between them", spec->ops->middle);
}

void explain_why(const struct tr_spec *spec, const struct ledger *l,
		 const struct chain *c, bool ascii)
{
	if (chain_copies(c, LEDGER_BY_KERNEL) +
		    chain_copies(c, LEDGER_BY_USER) ==
	    0)
		command_item("  none", "is needed: the output gets the input's "
				       "own pages or blocks.");
	why_ends(l, c, ascii);
	why_middle(spec, l, c, ascii);
}
