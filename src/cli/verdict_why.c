/*
 * The section "Why" of the verdict for people. It splits the time of a byte
 * into parts.
 */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/columns.h"
#include "cli/verdict_show.h"
#include "judge/why.h"

/* Writes a paragraph, and frees the text. False: no memory. */
static bool put_paragraph(FILE *to, char *text)
{
	bool ok = text != NULL;

	if (ok && *text) {
		fputc('\n', to);
		columns_wrap(to, text, 0, 0);
	}
	free(text);
	return ok;
}

/* --- parts ---------------------------------------------------------------- */

enum {
	W_NAME,
	W_TIME,
	W_COPIES,
	W_CALLS,
	W_CHANNEL,
	W_MEMORY,
	W_CONTENTS,
	W_SWITCHES,
	W_REST,
	W_END
};

static const struct table_column part_columns[W_END] = {
	[W_NAME] = { .heading = "" },
	[W_TIME] = { .heading = "time", .right = true },
	[W_COPIES] = { .heading = "copies", .right = true },
	[W_CALLS] = { .heading = "calls", .right = true },
	[W_CHANNEL] = { .heading = "channel", .right = true },
	[W_MEMORY] = { .heading = "memory", .right = true },
	[W_CONTENTS] = { .heading = "contents", .right = true },
	[W_SWITCHES] = { .heading = "switches", .right = true },
	[W_REST] = { .heading = "rest", .right = true },
};

static void put_row_of_parts(struct table *t, const struct why_parts *p)
{
	bool one = p->by == WHY_SLOW_SERVER || p->by == WHY_SLOW_CLIENT;
	char text[160];

	snprintf(text, sizeof(text), "%s%s%s", p->cell->label, one ? ", " : "",
		 one ? why_by_names[p->by] : "");
	table_row(t);
	table_text(t, W_NAME, text);
	table_real(t, W_TIME, p->ns, 3);
	if (isfinite(p->copies * p->copy)) {
		snprintf(text, sizeof(text), "%.3f (%.3g)", p->copies * p->copy,
			 p->copies);
		table_text(t, W_COPIES, text);
	}
	table_real(t, W_CALLS, p->calls * p->call, 3);
	table_real(t, W_CHANNEL, p->channel, 3);
	table_real(t, W_MEMORY, p->memory, 3);
	table_real(t, W_CONTENTS, p->contents, 3);
	table_real(t, W_SWITCHES, p->switches * p->wake, 3);
	table_real(t, W_REST, p->rest, 3);
}

/*
 * True if the parts of any cell are shown under this condition. *contents: one
 * of these parts is making or checking the contents.
 */
static bool has_parts(const struct why *w, size_t condition, bool *contents)
{
	const struct run *r = w->v->run;
	bool any = false;

	*contents = false;
	for (size_t i = 0; i < r->cells; i++) {
		if (!why_has_parts(w, r->cell[i], condition))
			continue;
		*contents |= why_parts(w, r->cell[i]).contents > 0;
		any = true;
	}
	return any;
}

static bool put_table(FILE *to, const struct why *w, size_t condition)
{
	struct table_column columns[W_END];
	const struct run *r = w->v->run;
	struct table *t;
	char text[160];
	bool contents;

	if (!has_parts(w, condition, &contents))
		return true;
	memcpy(columns, part_columns, sizeof(columns));
	if (!contents)
		columns[W_CONTENTS].heading = NULL;
	t = table_new(columns, W_END);
	for (size_t i = 0; i < r->cells; i++) {
		struct why_parts p;

		if (!why_has_parts(w, r->cell[i], condition))
			continue;
		p = why_parts(w, r->cell[i]);
		put_row_of_parts(t, &p);
	}
	fprintf(to, "\n%s\n\n",
		run_condition_words(&w->v->condition[condition], text,
				    sizeof(text)));
	return verdict_put_table(to, t) &&
	       put_paragraph(to, why_lead_sentence(w, condition));
}

bool verdict_put_why(FILE *to, const struct why *w)
{
	bool ok = !w->broken;

	if (!w->rates)
		return ok;
	fputs("\nWhy? What the time of a byte is made of, in ns:\n\n", to);
	columns_wrap(to,
		     "In brackets is the number of copies of each byte whose "
		     "time this is. Where both sides work at the same time, "
		     "these are the times and copies of the side that takes "
		     "longer. \"channel\" is the price of a passage through "
		     "the mechanism without that of its copies and calls. "
		     "The rest is what the prices do not explain. A part can "
		     "be below 0: prices are measured one by one, and those "
		     "of the other parts can add up to more than was "
		     "measured.",
		     0, 0);
	for (size_t k = 0; ok && k < w->v->conditions; k++)
		ok = put_table(to, w, k);
	ok = ok && verdict_put_prices(to, w);
	return ok && put_paragraph(to, why_model_sentence(w));
}
