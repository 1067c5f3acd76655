/* The lab's results, in words and as a table. */
#include "cli/lab_show.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "args/say.h"
#include "base/append.h"
#include "base/columns.h"
#include "base/memstream.h"

#define CLAIM_WIDTH 57 /* bytes of a claim in a table, with the NUL */

static const char *const marks[] = {
	[LAB_FOR] = "  + ",   [LAB_AGAINST] = "  - ", [LAB_LIMIT] = "  ~ ",
	[LAB_ASIDE] = "    ", [LAB_DRAWN] = "    ",   [LAB_CANNOT] = "    ",
};

static const char *const in_words[] = {
	[LAB_HOLDS] = "holds",
	[LAB_HOLDS_WITH_LIMIT] = "holds, with a limit",
	[LAB_FAILS] = "fails",
	[LAB_CANNOT_TRY] = "cannot be tried here",
};

/* --- one claim ------------------------------------------------------------ */

static void put_labelled(const char *left, const char *text)
{
	size_t width = strlen(left);

	fputs(left, stdout);
	columns_wrap(stdout, text, width, width);
}

static void put_documents(const struct experiment *x)
{
	char text[200] = "";
	const char *title;

	for (int i = 0; (title = lab_title(x, i)); i++)
		text_append(text, sizeof(text), "%s\"%s\"",
			    i ? ", " : "said by ", title);
	if (x->varies)
		text_append(text, sizeof(text), "; the outcome may vary");
	put_labelled("    ", text);
}

void lab_show_claim(const struct experiment *x)
{
	char head[16];

	snprintf(head, sizeof(head), "%-4s", x->id);
	put_labelled(head, x->claim);
	put_documents(x);
}

static void put_times(const struct lab_row *row, int runs)
{
	printf("    in %d runs:", runs);
	for (int o = 0; o < LAB_OUTCOMES; o++)
		if (row->times[o])
			printf(" %s %d times", lab_outcome_names[o],
			       row->times[o]);
	putchar('\n');
}

const char *lab_unexpected(const struct lab_row *row, int expected,
			   const char *path, char *buf, size_t size)
{
	const char *recorded = lab_outcome_names[expected];
	int as_recorded = row->times[expected], runs = 0;
	const char *gap = "";
	size_t used;

	for (int o = 0; o < LAB_OUTCOMES; o++)
		runs += row->times[o];
	if (as_recorded == 0) {
		snprintf(buf, size,
			 "%s: the outcome is %s, but %s is recorded in %.200s",
			 row->x->id, lab_outcome_names[row->outcome], recorded,
			 path);
		return buf;
	}
	snprintf(buf, size,
		 "%s: only %d of %d runs had the outcome %s, which is recorded "
		 "in %.200s; the others:",
		 row->x->id, as_recorded, runs, recorded, path);
	for (int o = 0; o < LAB_OUTCOMES; o++) {
		used = strlen(buf);
		if (o == expected || row->times[o] == 0)
			continue;
		snprintf(buf + used, size - used, "%s %d %s", gap,
			 row->times[o], lab_outcome_names[o]);
		gap = ",";
	}
	return buf;
}

void lab_show_why(const struct experiment *x)
{
	put_labelled("    why:  ", x->why);
	put_labelled("    read: ", x->reference);
}

void lab_show_found(const struct lab_row *row, int runs)
{
	for (int i = 0; i < row->result.n; i++) {
		const struct lab_fact *f = &row->result.fact[i];

		if (f->weight == LAB_DRAWN)
			printf("    %s\n", f->text);
		else
			put_labelled(marks[f->weight], f->text);
	}
	printf("  = %s\n", in_words[row->outcome]);
	if (runs > 1)
		put_times(row, runs);
	lab_show_why(row->x);
}

void lab_show_source(const struct experiment *x)
{
	const char *text;

	for (size_t i = 0; (text = lab_source(x->id, i)); i++)
		printf("%s%s", i ? "\n" : "", text);
}

/* --- tables --------------------------------------------------------------- */

enum {
	C_ID,
	C_OUTCOME,
	C_DOCUMENT,
	C_CLAIM,
	C_OBSERVED,
	C_REFERENCE,
	C_RUNS,
	C_SAME,
	C_END
};

static const struct table_column all_columns[C_END] = {
	[C_ID] = { .key = "id", .heading = "id" },
	[C_OUTCOME] = { .key = "outcome", .heading = "outcome" },
	[C_DOCUMENT] = { .key = "document" },
	[C_CLAIM] = { .key = "claim", .heading = "claim", .spare = 1 },
	[C_OBSERVED] = { .key = "observed" },
	[C_REFERENCE] = { .key = "reference" },
	[C_RUNS] = { .key = "runs", .heading = "runs", .right = true },
	[C_SAME] = { .key = "runs_with_outcome",
		     .heading = "times",
		     .right = true },
};

/* Cuts a claim to fit a line of a table; `ipcopy lab ID` shows all of it. */
static const char *shortened(const char *claim, char *buf, size_t size)
{
	static const char more[] = " …";
	size_t len = strlen(claim);

	if (len > 0 && claim[len - 1] == '.')
		len--;
	if (len < size) {
		snprintf(buf, size, "%.*s", (int)len, claim);
		return buf;
	}
	len = size - sizeof(more);
	while (len > 0 && claim[len] != ' ')
		len--;
	snprintf(buf, size, "%.*s%s", (int)len, claim, more);
	return buf;
}

static char *observed(const struct lab_result *r)
{
	char *text = NULL;
	size_t size;
	FILE *memory = open_memstream(&text, &size);
	const char *gap = "";

	if (!memory)
		return NULL;
	for (int i = 0; i < r->n; i++) {
		if (r->fact[i].weight == LAB_DRAWN)
			continue;
		fprintf(memory, "%s%s", gap, r->fact[i].text);
		gap = "; ";
	}
	return memstream_end(memory, &text, true);
}

static void fill_claim(struct table *t, const struct experiment *x,
		       enum table_format format)
{
	char brief[CLAIM_WIDTH];

	table_row(t);
	table_text(t, C_ID, x->id);
	table_text(t, C_DOCUMENT, x->document);
	table_text(t, C_CLAIM,
		   format == TABLE_HUMAN
			   ? shortened(x->claim, brief, sizeof(brief))
			   : x->claim);
}

static void fill_found(struct table *t, const struct lab_row *row, int runs)
{
	char *text = observed(&row->result);

	table_text(t, C_OUTCOME, lab_outcome_names[row->outcome]);
	table_text(t, C_OBSERVED, text ? text : "");
	table_text(t, C_REFERENCE, row->x->reference);
	table_int(t, C_RUNS, runs);
	table_int(t, C_SAME, row->times[row->outcome]);
	free(text);
}

static enum exit_code show_table(struct table *t, enum table_format format)
{
	return say_and_free(table_end(t, format), false);
}

static void put_sum(const struct lab_row *row, int n)
{
	int times[LAB_OUTCOMES] = { 0 };
	const char *gap = "\n";

	for (int i = 0; i < n; i++)
		times[row[i].outcome]++;
	for (int o = 0; o < LAB_OUTCOMES; o++) {
		if (times[o])
			printf("%s%d %s", gap, times[o], lab_outcome_names[o]);
		gap = times[o] ? ", " : gap;
	}
	printf(". ipcopy lab ID tries one again.\n");
}

static void drop(struct table_column *c)
{
	c->key = c->heading = NULL;
}

enum exit_code lab_show_list(void)
{
	struct table_column columns[C_END];
	const struct experiment *x;
	struct table *t;

	memcpy(columns, all_columns, sizeof(columns));
	drop(&columns[C_OUTCOME]);
	columns[C_DOCUMENT].heading = "document";
	drop(&columns[C_RUNS]);
	drop(&columns[C_SAME]);
	t = table_new(columns, C_END);
	for_each_experiment(x) fill_claim(t, x, TABLE_HUMAN);
	return show_table(t, TABLE_HUMAN);
}

void lab_show_documents(void)
{
	const char *title;

	for (unsigned i = 0; (title = lab_document(i)); i++)
		printf("%03u  %s\n", i, title);
}

enum exit_code lab_show_table(const struct lab_row *row, int n, int runs,
			      enum table_format format)
{
	struct table_column columns[C_END];
	enum exit_code code;
	struct table *t;

	memcpy(columns, all_columns, sizeof(columns));
	if (runs == 1) {
		drop(&columns[C_RUNS]);
		drop(&columns[C_SAME]);
	}
	t = table_new(columns, C_END);
	for (int i = 0; i < n; i++) {
		fill_claim(t, row[i].x, format);
		fill_found(t, &row[i], runs);
	}
	code = show_table(t, format);
	if (code == EXIT_WELL && format == TABLE_HUMAN)
		put_sum(row, n);
	return code;
}
