/* The texts of the page about runs of several hosts. */
#include <stdlib.h>

#include "page/html_fleet.h"

/* The first findings are shown; this is their number. Others are folded. */
#define FINDINGS 6

void html_fleet_text(struct html *h, char *text)
{
	if (text)
		html_put(h->to, text);
	else
		html_no_memory(h);
	free(text);
}

static void put_name(struct html *h)
{
	const char *plan =
		json_string_value(json_object_get(h->fleet->plan, "name"));

	html_put(h->to, plan ? plan : "a plan");
	fprintf(h->to, " on %zu hosts", h->fleet->hosts);
}

static void put_fleet_answers(struct html *h)
{
	fputs("<div class=\"answers\">\n<h2>What the hosts say</h2>\n<p>",
	      h->to);
	html_fleet_text(h, fleet_sentence(h->fleet));
	fputs("</p>\n</div>\n", h->to);
}

static void put_lines(struct html *h, const struct rep_lines *l, size_t from,
		      size_t to)
{
	fputs("<ul>\n", h->to);
	for (size_t i = from; i < to; i++) {
		html_put_in(h->to, "<li>", l->line[i], "</li>\n");
	}
	fputs("</ul>\n", h->to);
}

static void put_fleet_findings(struct html *h)
{
	struct rep_lines l = { 0 };
	size_t shown;

	fleet_findings(h->fleet, &l);
	shown = l.lines <= FINDINGS ? l.lines : FINDINGS;
	if (l.broken)
		html_no_memory(h);
	if (l.lines > 0) {
		fputs("<div class=\"findings\" role=\"note\">\n<strong>Other "
		      "findings</strong>\n",
		      h->to);
		put_lines(h, &l, 0, shown);
		if (shown < l.lines) {
			fprintf(h->to, "<details><summary>%zu more</summary>\n",
				l.lines - shown);
			put_lines(h, &l, shown, l.lines);
			fputs("</details>\n", h->to);
		}
		fputs("</div>\n", h->to);
	}
	rep_lines_free(&l);
}

/* --- facts that differ in the same way ------------------------------------ */

static void put_ties(struct html *h, const struct fleet_difference *d)
{
	fputs("<ul>\n", h->to);
	for (size_t i = 0; i < d->ties; i++) {
		fputs("<li>", h->to);
		html_fleet_text(h, fleet_tie_words(h->fleet, &d->tie[i]));
		fputs("</li>\n", h->to);
	}
	fputs("</ul>\n", h->to);
}

static void put_fleet_where(struct html *h, const struct fleet_difference *d)
{
	for (size_t i = 0; i < d->conditions; i++) {
		fputs(i ? "<br>\n" : "<p>", h->to);
		html_put(h->to, h->fleet->condition[d->condition[i]].words);
		fputs(": <strong>", h->to);
		html_fleet_text(h,
				fleet_answers_words(h->fleet, d->condition[i]));
		fputs("</strong>", h->to);
	}
	fputs("</p>\n", h->to);
}

static void put_difference(struct html *h, const struct fleet_difference *d)
{
	put_fleet_where(h, d);
	if (d->ties == 0)
		fputs("<p>None of the compared facts differs in the same "
		      "way.</p>\n",
		      h->to);
	else
		put_ties(h, d);
}

static void put_differences(struct html *h)
{
	const struct fleet *f = h->fleet;

	if (f->differences == 0) {
		fputs("<p>The hosts differ in no condition.</p>\n", h->to);
		return;
	}
	fputs("<p>Below each difference are the facts of the manifests that "
	      "differ in the same way: hosts with different answers have "
	      "different values of the fact, with few exceptions. Such a fact "
	      "need not be the cause.</p>\n",
	      h->to);
	for (size_t i = 0; i < f->differences; i++)
		put_difference(h, &f->difference[i]);
}

static void put_apart(struct html *h)
{
	const struct fleet *f = h->fleet;

	fputs(f->aparts ? "<ul>\n" : "<p>No run is left out.</p>\n", h->to);
	for (size_t i = 0; i < f->aparts; i++) {
		html_put_in(h->to, "<li>", f->apart[i].dir, ": ");
		html_put(h->to, f->apart[i].why);
		fputs("</li>\n", h->to);
	}
	if (f->aparts)
		fputs("</ul>\n", h->to);
}

static void put_data(struct html *h)
{
	char *json = fleet_json(h->fleet);

	if (json) {
		fputs("<p><a download=\"fleet.json\" href=\"", h->to);
		html_put_data(h->to, json, "application/json");
		fputs("\">fleet.json</a></p>\n", h->to);
	} else {
		html_no_memory(h);
	}
	free(json);
}

/* --- the whole ------------------------------------------------------------ */

static const struct html_place places[] = {
	{ "name", put_name },
	{ "answers", put_fleet_answers },
	{ "findings", put_fleet_findings },
	{ "map", html_fleet_map },
	{ "conditions", html_fleet_conditions },
	{ "differences", put_differences },
	{ "ratios", html_fleet_ratios },
	{ "hosts", html_fleet_hosts },
	{ "facts", html_fleet_facts },
	{ "apart", put_apart },
	{ "data", put_data },
};

int html_fleet(const struct fleet *f, char **page, size_t *size, struct err *e)
{
	struct html h = { .fleet = f, .e = e };

	return html_page(&h, "fleet.html", places,
			 sizeof(places) / sizeof(*places), page, size);
}
