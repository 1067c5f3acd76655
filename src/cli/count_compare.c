/* ipcopy count --compare: compares two commands, hop by hop. */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "args/say.h"
#include "base/memstream.h"
#include "cli/count_wish.h"

/*
 * A hop moves bytes from one object to another. A row has all hops of one kind,
 * with the copies that they make in each command.
 */
struct row {
	const char *from, *call, *to;
	double copies[2]; /* of each delivered byte */
};

struct rows {
	struct row *row;
	size_t n;
};

enum { R_FROM, R_CALL, R_TO, R_FIRST, R_SECOND, R_MORE, R_END };

static const struct table_column columns[R_END] = {
	[R_FROM] = { .key = "from_kind", .heading = "from" },
	[R_CALL] = { .key = "call", .heading = "call" },
	[R_TO] = { .key = "to_kind", .heading = "to" },
	[R_FIRST] = { .key = "first_copies",
		      .heading = "first",
		      .right = true },
	[R_SECOND] = { .key = "second_copies",
		       .heading = "second",
		       .right = true },
	[R_MORE] = { .key = "difference",
		     .heading = "difference",
		     .right = true },
};

/* --- hops ----------------------------------------------------------------- */

static struct row *row_of(struct rows *rows, const struct ledger *l,
			  const struct ledger_hop *h)
{
	const struct row new = {
		.from = ledger_kind_names[ledger_object_at(l, (size_t)h->from)
						  ->kind],
		.call = h->call,
		.to = ledger_kind_names[ledger_object_at(l, (size_t)h->to)
						->kind],
	};

	for (size_t i = 0; i < rows->n; i++)
		if (!strcmp(rows->row[i].from, new.from) &&
		    !strcmp(rows->row[i].call, new.call) &&
		    !strcmp(rows->row[i].to, new.to))
			return &rows->row[i];
	rows->row[rows->n] = new;
	return &rows->row[rows->n++];
}

static void take_hops(struct rows *rows, const struct count_result *r,
		      int which)
{
	const struct count_shown s = { .ledger = r->ledger,
				       .in = r->in,
				       .out = r->out,
				       .on_path = r->on_path };
	size_t *order = calloc(ledger_hops(r->ledger) + 1, sizeof(*order));
	size_t n = order ? count_order(&s, order) : 0;

	for (size_t i = 0; i < n; i++) {
		const struct ledger_hop *h = ledger_hop_at(r->ledger, order[i]);
		double bytes = (double)h->bytes / (double)r->delivered_bytes;

		row_of(rows, r->ledger, h)->copies[which] +=
			h->copies > 0 ? bytes * h->copies : 0;
	}
	free(order);
}

static char *table_of(const struct count_result *r, enum table_format format)
{
	struct rows rows = { calloc(ledger_hops(r[0].ledger) +
					    ledger_hops(r[1].ledger) + 1,
				    sizeof(struct row)),
			     0 };
	struct table *t = rows.row ? table_new(columns, R_END) : NULL;
	char *text;

	for (int i = 0; rows.row && i < 2; i++)
		if (r[i].sum.path && r[i].delivered_bytes)
			take_hops(&rows, &r[i], i);
	for (size_t i = 0; i < rows.n; i++) {
		const struct row *row = &rows.row[i];

		table_row(t);
		table_text(t, R_FROM, row->from);
		table_text(t, R_CALL, row->call);
		table_text(t, R_TO, row->to);
		table_real(t, R_FIRST, row->copies[0], 3);
		table_real(t, R_SECOND, row->copies[1], 3);
		table_real(t, R_MORE, row->copies[1] - row->copies[0], 3);
	}
	text = t ? table_render(t, format) : NULL;
	table_free(t);
	free(rows.row);
	return text;
}

/* --- words ---------------------------------------------------------------- */

static void put_difference(const struct count_result *r, FILE *to)
{
	double more = r[1].sum.copies - r[0].sum.copies;

	if (!count_is_exact(&r[0].sum) || !count_is_exact(&r[1].sum))
		fputs("The difference is not known, since at least one of the "
		      "two numbers\nis not exact.\n",
		      to);
	else if (fabs(more) < 0.0005)
		fputs("Both commands copy each delivered byte equally "
		      "often.\n",
		      to);
	else
		fprintf(to,
			"The %s command makes %.3f fewer copies of each "
			"delivered byte\nthan the other.\n",
			more < 0 ? "second" : "first", fabs(more));
}

static bool put_comparison(const struct count_result *r, FILE *to)
{
	static const char *const names[] = { "first:  ", "second: " };
	char *hops = table_of(r, TABLE_HUMAN);

	for (int i = 0; i < 2; i++) {
		fputs(names[i], to);
		count_put_headline(&r[i].sum, to);
	}
	put_difference(r, to);
	if (hops)
		fprintf(to, "\n%s", hops);
	free(hops);
	return hops != NULL;
}

static char *words_of(const struct count_result *r)
{
	char *text = NULL;
	size_t size;
	FILE *to = open_memstream(&text, &size);
	bool whole = to && put_comparison(r, to);

	return memstream_end(to, &text, whole);
}

/* --- two commands --------------------------------------------------------- */

/* Ends the first command at "--". Returns the second one; NULL: no "--". */
static const char **second_of(struct counting *c)
{
	for (const char **word = c->word; *word; word++) {
		if (strcmp(*word, "--") != 0)
			continue;
		*word = NULL;
		return word > c->word && word[1] ? word + 1 : NULL;
	}
	return NULL;
}

static int count_one(const struct counting *c, const char **words,
		     struct count_result *r, struct err *e)
{
	const struct count_job job = { .argv = (char *const *)words,
				       .in = c->in,
				       .out = c->out,
				       .one_cpu = !c->all_cpus,
				       .all_calls = c->calls };

	return count_run(&job, r, e);
}

static enum exit_code show_both(const struct counting *c,
				const struct count_result *r)
{
	char *text = c->format == TABLE_HUMAN
			     ? words_of(r)
			     : table_of(r, (enum table_format)c->format);

	return say_and_free(text, count_took_stdout(r[0].ledger) ||
					  count_took_stdout(r[1].ledger));
}

enum exit_code count_compare(struct counting *c)
{
	const char **words[2] = { c->word, second_of(c) };
	struct count_result r[2] = { { .in = -1 }, { .in = -1 } };
	enum exit_code code = EXIT_WELL, shown;
	struct err e = { 0 };
	int rc = 0;

	if (!words[1])
		return say_usage(
			"--compare needs two commands: -- CMD1 -- CMD2");
	for (int i = 0; rc == 0 && i < 2; i++) {
		rc = count_one(c, words[i], &r[i], &e);
		if (rc == 0 && code == EXIT_WELL)
			code = count_end_of(words[i][0], r[i].status);
	}
	shown = rc < 0 ? counting_cannot(rc, &e) : show_both(c, r);
	for (int i = 0; i < 2; i++)
		count_result_free(&r[i]);
	return shown == EXIT_WELL ? code : shown;
}
