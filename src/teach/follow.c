/* Fills the template follow.html: the page that follows a byte. */
#include "teach/follow.h"

#include <errno.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <sys/utsname.h>

#include "base/markup.h"
#include "base/size.h"
#include "teach/teach.h"

struct follow {
	FILE *to;
	const struct story *story[2];
	int n;
	bool failed;
};

static const struct {
	const char *name, *text;
} pieces[] = {
#include "teach/follow_list.h"
};

static const char *piece(const char *name)
{
	for (size_t i = 0; i < sizeof(pieces) / sizeof(*pieces); i++)
		if (!strcmp(pieces[i].name, name))
			return pieces[i].text;
	return "";
}

static void put_style(struct follow *f)
{
	fputs(piece("follow.css"), f->to);
}

static void put_script(struct follow *f)
{
	fputs(piece("follow_next.js"), f->to);
	fputs(piece("follow.js"), f->to);
}

static void put_title(struct follow *f)
{
	html_put(f->to, f->story[0]->title);
	if (f->n > 1)
		fputs(" and ", f->to);
	if (f->n > 1)
		html_put(f->to, f->story[1]->title);
}

static void put_messages(struct follow *f)
{
	int n = f->story[0]->messages;

	if (n == 1)
		fputs("A message of 16 bytes goes", f->to);
	else
		fprintf(f->to, "%d messages of 16 bytes each go", n);
}

/* --- the table ------------------------------------------------------------ */

static void put_cell(FILE *to, const char *text)
{
	fputs("<td>", to);
	html_put(to, text);
	fputs("</td>", to);
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
	      "moves the bytes, by which call, and how often in the traced "
	      "run",
	      to);
	fputs("</caption><thead><tr><th scope=\"col\">hop</th><th "
	      "scope=\"col\">who</th><th scope=\"col\">call</th><th "
	      "scope=\"col\">from</th><th scope=\"col\">to</th><th "
	      "scope=\"col\" class=\"n\">copies of each byte</th><th "
	      "scope=\"col\">made</th><th scope=\"col\" "
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
		fputs("<dt>mmap</dt><dd>", to);
		html_put(to, text);
		fputs("</dd>", to);
	}
	for (int i = 0; i < s->hops; i++) {
		if (!story_beside(s, &s->hop[i]) || was_said(s, i))
			continue;
		fputs("<dt>", to);
		html_put(to, s->hop[i].hop->call);
		fputs("</dt><dd>", to);
		html_put(to, story_beside(s, &s->hop[i]));
		fputs("</dd>", to);
	}
	fputs("</dl>", to);
}

static int calls_of(const struct story *s)
{
	int calls = 0;

	for (int i = 0; i < s->steps; i++)
		calls += s->step[i].calls;
	return calls;
}

/* Compares the steps with the trace, whose processes ran at the same time. */
static void put_trace(FILE *to, const struct story *s)
{
	if (!s->counted)
		return;
	if (!isfinite(s->calls_per_message)) {
		fputs("<p>The trace has more bytes than the 16 that are "
		      "drawn, and a call moves as many as it can. There are no "
		      "messages, so nothing is said of each message.</p>",
		      to);
		return;
	}
	fprintf(to,
		"<p>In the trace: %.2f system calls and %.2f waits that slept "
		"for each message. In the steps above: %.2f system calls. The "
		"messages of the trace are longer than the 16 bytes that are "
		"drawn. Its processes ran at the same time, so they slept more "
		"or less often than on one CPU.%s</p>",
		s->calls_per_message, s->blocked_per_message,
		(double)calls_of(s) / s->messages,
		s->acting > 1 && !s->turn && s->waits < 0
			? " The steps leave out how one side tells the other "
			  "that a message is there; in the trace that takes "
			  "further calls."
			: "");
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
		fputs("<h3>Between the two</h3><p>", to);
		html_put(to, s->middle);
		fputs("</p>", to);
	}
	if (s->turn) {
		fputs("<h3>Whose turn it is</h3><p>", to);
		html_put(to, s->turn->kernel);
		fputs("</p>", to);
	}
	if (s->depth > s->slots)
		fprintf(to,
			"<p>The ring has %d slots. The page plays it with %d, "
			"which behaves in the same way.</p>",
			s->depth, s->slots);
	put_trace(to, s);
}

static void put_story(struct follow *f, int i)
{
	const struct story *s = f->story[i];

	fprintf(f->to, "<section class=\"story\" data-story=\"%d\"><h2>", i);
	html_put(f->to, f->n > 1 ? s->title : s->summary);
	fputs("</h2>", f->to);
	if (f->n > 1) {
		fputs("<p class=\"summary\">", f->to);
		html_put(f->to, s->summary);
		fputs("</p>", f->to);
	}
	fprintf(f->to, "<div class=\"state\"></div><figure class=\"stage%s\">",
		teach_too_wide(s) ? " tall" : "");
	teach_svg(f->to, s, false);
	teach_svg(f->to, s, true);
	fputs("</figure></section>\n", f->to);
}

static void put_stories(struct follow *f)
{
	for (int i = 0; i < f->n; i++)
		put_story(f, i);
}

static void put_tables(struct follow *f)
{
	for (int i = 0; i < f->n; i++) {
		const struct story *s = f->story[i];

		fputs("<section><h2>The hops", f->to);
		if (f->n > 1) {
			fputs(": ", f->to);
			html_put(f->to, s->title);
		}
		fputs("</h2>", f->to);
		put_table(f->to, s);
		put_notes(f->to, s);
		put_beside(f->to, s);
		fputs("</section>\n", f->to);
	}
}

static void put_how(struct follow *f)
{
	struct utsname u;

	html_put(f->to, PACKAGE_STRING);
	if (!f->story[0]->counted) {
		fputs(" from predictions about the mechanism; nothing was run",
		      f->to);
		return;
	}
	if (uname(&u) == 0) {
		fputs(", ", f->to);
		html_put(f->to, u.sysname);
		fputs(" ", f->to);
		html_put(f->to, u.release);
	}
	fputs(", from the calls of a real run", f->to);
}

/* Escapes each "<", which could end the script that contains the data. */
static void put_data(struct follow *f)
{
	json_t *list = json_array();
	char *text;

	for (int i = 0; i < f->n; i++)
		json_array_append_new(list, story_json(f->story[i]));
	text = json_dumps(list, JSON_COMPACT | JSON_PRESERVE_ORDER);
	json_decref(list);
	f->failed |= !text;
	for (const char *at = text; at && *at; at++)
		if (*at == '<')
			fputs("\\u003c", f->to);
		else
			fputc(*at, f->to);
	free(text);
}

/* --- the whole ------------------------------------------------------------ */

static const struct {
	const char *name;
	void (*fill)(struct follow *f);
} slots[] = {
	{ "title", put_title },   { "style", put_style },
	{ "script", put_script }, { "stories", put_stories },
	{ "tables", put_tables }, { "how", put_how },
	{ "data", put_data },     { "messages", put_messages },
};

static void fill_slot(void *arg, const char *name, size_t n)
{
	struct follow *f = arg;

	for (size_t i = 0; i < sizeof(slots) / sizeof(*slots); i++)
		if (strlen(slots[i].name) == n &&
		    !strncmp(slots[i].name, name, n))
			slots[i].fill(f);
}

/* Plays the same number of messages in both stories. */
static void in_step(struct story *a, struct story *b)
{
	int most = a->messages > b->messages ? a->messages : b->messages;

	story_play(a, most);
	story_play(b, most);
}

int follow_page(struct story *first, struct story *second, char **page,
		size_t *size, struct err *e)
{
	struct follow f = { .story = { first, second }, .n = second ? 2 : 1 };

	*page = NULL;
	if (second)
		in_step(first, second);
	f.to = open_memstream(page, size);
	if (!f.to)
		return err_sys(e, "open_memstream");
	html_fill(f.to, piece("follow.html"), fill_slot, &f);
	if (fclose(f.to) == 0 && !f.failed)
		return 0;
	free(*page);
	*page = NULL;
	return err_code(e, ENOMEM, "the page");
}
