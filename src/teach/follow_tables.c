/* The tables of a page that follows a byte, and the notes below them. */
#include <math.h>

#include "base/markup.h"
#include "base/size.h"
#include "teach/teach.h"

#define FURTHER_MOST 4096 /* bytes of calls that move no message */

/* --- the table ------------------------------------------------------------ */

static void put_cell(FILE *to, const char *text)
{
	html_put_in(to, "<td>", text, "</td>");
}

static void put_copies(FILE *to, const struct story_hop *h)
{
	double copies = h->part * h->hop->copies;

	if (h->hop->by == LEDGER_BY_DEVICE)
		fputs("<td class=\"n\">0.000</td><td>by a device</td>", to);
	else if (h->hop->copies < 0)
		fputs("<td class=\"n\">?</td><td>not known</td>", to);
	else
		fprintf(to, "<td class=\"n\">%.3f</td><td>%s</td>", copies,
			h->hop->copies == 0            ? "no copy"
			: h->hop->by == LEDGER_BY_USER ? "by the program"
						       : "by the kernel");
}

static void put_hop(FILE *to, const struct story *s, int i)
{
	const struct story_hop *h = &s->hop[i];
	char text[120], size[32];

	fprintf(to, "<tr><th scope=\"row\">%d</th>", i + 1);
	put_cell(to, s->actor[h->actor]);
	put_cell(to, h->hop->call);
	put_cell(to, story_place(s, h->from, text, sizeof(text)));
	put_cell(to, story_place(s, h->to, text, sizeof(text)));
	put_copies(to, h);
	fprintf(to, "<td class=\"n\">%llu</td><td class=\"n\">",
		(unsigned long long)h->hop->calls);
	html_put(to, size_human((double)h->hop->bytes, size, sizeof(size)));
	fputs("</td>", to);
	put_cell(to, ledger_evidence_names[h->hop->evidence]);
	fputs("</tr>\n", to);
}

/* Copies that are in the sum but in no hop. */
static double untold(const struct story *s)
{
	double rest = s->sum.copies - story_copies(s);

	return s->sum.resolved && rest > 0.0005 ? rest : 0;
}

static void put_sum(FILE *to, const struct story *s)
{
	if (untold(s) > 0)
		fprintf(to,
			"<tr><th scope=\"row\"></th><td colspan=\"4\">a "
			"program itself, between its calls</td><td "
			"class=\"n\">%.3f</td><td>at least</td><td "
			"colspan=\"3\"></td></tr>\n",
			untold(s));
	fputs("</tbody><tfoot><tr><th scope=\"row\" colspan=\"5\">together, of "
	      "each byte</th><td class=\"n sum\">",
	      to);
	if (s->sum.resolved)
		fprintf(to, "%.3f", s->sum.copies);
	else
		fputs("unresolved", to);
	fprintf(to, "</td><td colspan=\"4\">%s%s</td></tr></tfoot></table>",
		s->sum.lower_bound ? "at least; " : "",
		s->counted ? "as counted" : "as predicted; not counted");
}

static void put_table(FILE *to, const struct story *s)
{
	fputs("<div class=\"scroll\" tabindex=\"0\" role=\"region\" "
	      "aria-label=\"The hops\"><table class=\"hops\"><caption>Who "
	      "moves the bytes, by which call, and how often",
	      to);
	fputs("</caption><thead><tr><th scope=\"col\">hop</th><th "
	      "scope=\"col\">who</th><th scope=\"col\">call</th><th "
	      "scope=\"col\">from</th><th scope=\"col\">to</th><th "
	      "scope=\"col\" class=\"n\">copies of each byte</th><th "
	      "scope=\"col\">copied</th><th scope=\"col\" "
	      "class=\"n\">calls</th><th scope=\"col\" "
	      "class=\"n\">bytes</th><th scope=\"col\">known by</th></tr>"
	      "</thead><tbody>\n",
	      to);
	for (int i = 0; i < s->hops; i++)
		put_hop(to, s, i);
	put_sum(to, s);
	fputs("</div>\n", to);
}

/* --- what stands beside it ------------------------------------------------ */

/* True if an earlier hop has the same sentence. */
static bool was_said(const struct story *s, int hop)
{
	for (int i = 0; i < hop; i++)
		if (story_beside(s, &s->hop[i]) ==
		    story_beside(s, &s->hop[hop]))
			return true;
	return false;
}

static void put_beside(FILE *to, const struct story *s)
{
	char text[600];

	fputs("<h3>Work that is not a copy</h3><dl>", to);
	for (int i = 0; i < s->steps && s->step[i].kind == STORY_MAP; i++) {
		story_say(s, &s->step[i], text, sizeof(text));
		html_put_in(to, "<dt>mmap</dt><dd>", text, "</dd>");
	}
	for (int i = 0; i < s->hops; i++) {
		if (!story_beside(s, &s->hop[i]) || was_said(s, i))
			continue;
		html_put_in(to, "<dt>", s->hop[i].hop->call, "</dt><dd>");
		html_put(to, story_beside(s, &s->hop[i]));
		fputs("</dd>", to);
	}
	fputs("</dl>", to);
}

/* --- the trace ------------------------------------------------------------ */

/*
 * The number of system calls for each message in the steps; if `waits`, only of
 * those that just sleep or wake.
 */
static double calls_of(const struct story *s, bool waits)
{
	int calls = 0;

	for (int i = 0; i < s->steps; i++) {
		const struct story_step *step = &s->step[i];
		bool moves = step->kind == STORY_MOVE &&
			     s->hop[step->hop].hop->by == LEDGER_BY_KERNEL;

		calls += step->calls - (waits && moves);
	}
	return (double)calls / s->messages;
}

static bool is_other(double a, double b)
{
	return fabs(a - b) >= 0.005;
}

/* Says why the trace has more or fewer calls than the steps. */
static void put_difference(FILE *to, const struct story *s)
{
	double waits = s->calls_per_message - s->steady_per_message;
	double others = calls_of(s, false) - calls_of(s, true);

	if (is_other(waits, calls_of(s, true)))
		fputs(" The numbers differ in waits: in the trace the "
		      "scheduler decided which side ran, and here the order "
		      "is fixed.",
		      to);
	if (is_other(s->steady_per_message, others))
		fputs(" The numbers differ in other calls, too: in the trace a "
		      "call may move only a part of a message, or nothing.",
		      to);
}

/* Compares the steps with the trace. */
static void put_trace(FILE *to, const struct story *s)
{
	if (!s->counted)
		return;
	if (!isfinite(s->calls_per_message)) {
		fputs("<p>The trace has more bytes than the 16 that are drawn, "
		      "and a call moves as many as it can. There are no "
		      "messages, so there are no numbers for each message.</p>",
		      to);
		return;
	}
	fprintf(to,
		"<p>In the trace: %.2f system calls for each message. %.2f of "
		"them only sleep or wake the other side. In the steps above "
		"these two numbers are %.2f and %.2f.",
		s->calls_per_message,
		s->calls_per_message - s->steady_per_message,
		calls_of(s, false), calls_of(s, true));
	put_difference(to, s);
	fprintf(to,
		" In the trace a side slept %.2f times for each message.</p>",
		s->blocked_per_message);
}

/*
 * Explains calls beyond those that move the bytes of the file: the hop has
 * moved a few bytes more than the file has.
 */
static void put_further_calls(FILE *to, const struct story *s)
{
	for (int i = 0; i < s->hops && s->counted; i++) {
		const struct ledger_hop *h = s->hop[i].hop;
		uint64_t file = s->sum.delivered_bytes;

		if (!s->hop[i].played || h->bytes <= file ||
		    h->bytes - file > FURTHER_MOST)
			continue;
		fputs("<p>", to);
		html_put(to, h->call);
		fprintf(to,
			" has moved %llu bytes more than the file has. So its "
			"number of calls is larger.</p>",
			(unsigned long long)(h->bytes - file));
	}
}

static void put_notes(FILE *to, const struct story *s)
{
	if (!s->sum.resolved || s->sum.lower_bound) {
		fprintf(to, "<p class=\"finding\">%s: ",
			s->sum.resolved ? "At least" : "No number");
		html_put(to, s->sum.why);
		fputs("</p>", to);
	}
	if (s->middle) {
		html_put_in(to, "<h3>Between the two</h3><p>", s->middle,
			    "</p>");
	}
	if (s->turn) {
		html_put_in(to, "<h3>Whose turn it is</h3><p>", s->turn->kernel,
			    "</p>");
	}
	if (s->depth > s->slots)
		fprintf(to,
			"<p>The ring has %d slots. This page "
			"shows a ring of %d slots, which takes the same "
			"steps.</p>",
			s->depth, s->slots);
	put_trace(to, s);
	put_further_calls(to, s);
}

/* --- the whole ------------------------------------------------------------ */

void teach_tables(FILE *to, const struct story *const *story, int n)
{
	for (int i = 0; i < n; i++) {
		fputs("<section><h2>The hops", to);
		if (n > 1) {
			fputs(": ", to);
			html_put(to, story[i]->title);
		}
		fputs("</h2>", to);
		put_table(to, story[i]);
		put_notes(to, story[i]);
		put_beside(to, story[i]);
		fputs("</section>\n", to);
	}
}
