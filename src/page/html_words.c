/* The texts of a page: the answer, the findings, and how to repeat the run. */
#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "figure/figure.h"
#include "page/html_inside.h"

static const char *text(const json_t *o, const char *key)
{
	return json_string_value(json_object_get(o, key));
}

void html_name(struct html *h)
{
	const char *folder = h->wish->run->dir;
	const char *name = strrchr(folder, '/');

	html_put(h->to, name && name[1] ? name + 1 : folder);
}

/* --- at a glance ---------------------------------------------------------- */

static void put_fact(struct html *h, const char *name, const char *value)
{
	html_put_in(h->to, "<li>", name, " <b>");
	html_put(h->to, value);
	fputs("</b></li>\n", h->to);
}

static void put_count(struct html *h, const json_t *claim, const char *key,
		      const char *words)
{
	char value[40];

	if (!json_is_number(json_object_get(claim, key)))
		return;
	snprintf(value, sizeof(value), "%.0f",
		 json_number_value(json_object_get(claim, key)));
	put_fact(h, words, value);
}

static void put_machine(struct html *h)
{
	const json_t *machine =
		json_object_get(h->wish->run->manifest, "machine");
	static const char *const keys[] = { "cpu", "kernel", "governor" };

	for (size_t i = 0; i < sizeof(keys) / sizeof(*keys); i++) {
		const json_t *value = json_object_get(machine, keys[i]);

		/* the CPU may be given as an object */
		if (json_is_object(value))
			value = json_object_get(value, "model");
		if (json_is_string(value))
			put_fact(h, keys[i], json_string_value(value));
	}
}

/* The findings count only cells that were measured. */
static void put_measured(struct html *h, const struct run *r)
{
	char value[60];
	size_t measured = 0;

	for (size_t i = 0; i < r->cells; i++)
		measured += r->cell[i]->groups > 0;
	if (measured < r->cells)
		snprintf(value, sizeof(value), "%zu of %zu", measured,
			 r->cells);
	else
		snprintf(value, sizeof(value), "%zu", measured);
	put_fact(h, "cells measured", value);
}

void html_facts(struct html *h)
{
	const struct run *r = h->wish->run;
	const json_t *claim = json_object_get(
		json_object_get(r->verdict, "claim"), "conditions");
	const char *started = text(h->wish->run->manifest, "started");
	char value[60];

	fputs("<ul class=\"facts\">\n", h->to);
	put_count(h, claim, "holds", "conditions: the claim holds");
	put_count(h, claim, "fails", "conditions: the claim fails");
	put_count(h, claim, "ties", "conditions: the claim ties");
	put_count(h, claim, "undecided", "conditions: undecided");
	put_measured(h, r);
	snprintf(value, sizeof(value), "%zu", r->samples);
	put_fact(h, "samples", value);
	put_machine(h);
	if (started)
		put_fact(h, "measured", started);
	fputs("</ul>\n", h->to);
}

static void put_findings(struct html *h, const json_t *list, size_t from,
			 size_t to)
{
	fputs("<ul>\n", h->to);
	for (size_t i = from; i < to; i++) {
		const char *said = json_string_value(json_array_get(list, i));

		html_put_in(h->to, "<li>", said ? said : "", "</li>\n");
	}
	fputs("</ul>\n", h->to);
}

/*
 * The first findings are the most important. The others are folded, unless
 * there is only one more.
 */
#define FINDINGS 3

void html_findings(struct html *h)
{
	const json_t *list = json_object_get(h->wish->run->verdict, "findings");
	size_t n = json_array_size(list);
	size_t shown = n <= FINDINGS + 1 ? n : FINDINGS;

	if (n == 0)
		return;
	fputs("<div class=\"findings\" role=\"note\">\n"
	      "<strong>Other findings</strong>\n",
	      h->to);
	put_findings(h, list, 0, shown);
	if (shown < n) {
		fprintf(h->to, "<details><summary>%zu more</summary>\n",
			n - shown);
		put_findings(h, list, shown, n);
		fputs("</details>\n", h->to);
	}
	fputs("</div>\n", h->to);
}

/* Writes a list of texts. An item is a text, or an object with key "text". */
static void put_texts(struct html *h, const char *heading, const json_t *list)
{
	if (json_array_size(list) == 0)
		return;
	fprintf(h->to, "<h4>%s</h4>\n<ul>\n", heading);
	for (size_t i = 0; i < json_array_size(list); i++) {
		const json_t *x = json_array_get(list, i);
		const char *said = json_is_string(x) ? json_string_value(x)
						     : text(x, "text");

		html_put_in(h->to, "<li>", said ? said : "", "</li>\n");
	}
	fputs("</ul>\n", h->to);
}

void html_explanations(struct html *h)
{
	const json_t *verdict = h->wish->run->verdict;

	put_texts(h,
		  "Do counts of copies and calls explain the largest "
		  "differences?",
		  json_object_get(verdict, "explanations"));
	put_texts(h, "Why, by the price of extra work",
		  json_object_get(json_object_get(verdict, "why"), "texts"));
}

/* --- again ---------------------------------------------------------------- */

void html_again(struct html *h)
{
	const char *command = text(h->wish->run->manifest, "command");
	const json_t *seed = json_object_get(h->wish->run->manifest, "seed");

	if (command) {
		html_put_in(h->to, "<p>The command:</p>\n<pre><code>", command,
			    "</code></pre>\n");
	}
	if (json_is_number(seed))
		fprintf(h->to,
			"<p>The order of all samples follows from the "
			"seed <code>%.0f</code>; the same order comes with "
			"<code>--seed %.0f</code>.</p>\n",
			json_number_value(seed), json_number_value(seed));
	fputs("<p>To make the answers, the figures and this page again from "
	      "the data below, without measuring, put the files into a folder "
	      "RUN, and type:</p>\n<pre><code>ipcopy verdict RUN\n"
	      "ipcopy plot RUN\nipcopy report RUN</code></pre>\n",
	      h->to);
}

/* --- data ----------------------------------------------------------------- */

static const struct {
	const char *name, *type, *what;
} files[] = {
	{ "manifest.json", "application/json",
	  "the machine, the program, the plan, the seed" },
	{ "samples.csv", "text/csv", "every sample, none dropped" },
	{ "copies.csv", "text/csv", "copies predicted and counted" },
	{ "summary.csv", "text/csv", "a line for each cell" },
	{ "verdict.json", "application/json",
	  "the comparisons, the answers and the map" },
};

void html_data(struct html *h)
{
	fputs("<ul>\n", h->to);
	for (size_t i = 0; i < sizeof(files) / sizeof(*files); i++) {
		char *path = run_path(h->wish->run->dir, files[i].name);

		if (path && access(path, R_OK) == 0) {
			fprintf(h->to, "<li><a download=\"%s\" href=\"",
				files[i].name);
			html_put_file(h->to, path, files[i].type);
			fprintf(h->to, "\">%s</a>: %s</li>\n", files[i].name,
				files[i].what);
		}
		free(path);
	}
	fputs("</ul>\n", h->to);
}

/* --- the manifest --------------------------------------------------------- */

static void put_json(struct html *h, const json_t *value, int depth);

static void put_list(struct html *h, const json_t *list, int depth)
{
	const json_t *value;
	size_t i;

	if (json_array_size(list) == 0)
		fputs("none", h->to);
	json_array_foreach((json_t *)list, i, value)
	{
		if (json_is_object(value) || json_is_array(value)) {
			put_json(h, value, depth + 1);
			continue;
		}
		fputs(i ? ", " : "", h->to);
		put_json(h, value, depth + 1);
	}
}

static void put_object(struct html *h, const json_t *object, int depth)
{
	const char *key;
	json_t *value;

	fputs("<dl>\n", h->to);
	json_object_foreach((json_t *)object, key, value)
	{
		html_put_in(h->to, "<dt>", key, "</dt><dd>");
		put_json(h, value, depth + 1);
		fputs("</dd>\n", h->to);
	}
	fputs("</dl>\n", h->to);
}

static void put_json(struct html *h, const json_t *value, int depth)
{
	char number[60];

	if (json_is_object(value) && depth < 20) {
		put_object(h, value, depth);
	} else if (json_is_array(value) && depth < 20) {
		put_list(h, value, depth);
	} else if (json_is_string(value)) {
		html_put(h->to, json_string_value(value));
	} else if (json_is_number(value)) {
		snprintf(number, sizeof(number), "%.15g",
			 json_number_value(value));
		fputs(number, h->to);
	} else if (json_is_boolean(value)) {
		fputs(json_is_true(value) ? "yes" : "no", h->to);
	} else {
		fputs("not known", h->to);
	}
}

/* Folds the cells and the plan, which are long. The tables show the cells. */
void html_manifest(struct html *h)
{
	const char *key;
	json_t *value;

	if (!h->wish->run->manifest) {
		fputs("<p>The run has no manifest.</p>\n", h->to);
		return;
	}
	json_object_foreach(h->wish->run->manifest, key, value)
	{
		bool fold = !strcmp(key, "cells") || !strcmp(key, "plan");

		fprintf(h->to, fold ? "<details><summary>" : "<dl><dt>");
		html_put(h->to, key);
		fputs(fold ? "</summary>\n" : "</dt><dd>", h->to);
		put_json(h, value, 0);
		fputs(fold ? "</details>\n" : "</dd></dl>\n", h->to);
	}
}
