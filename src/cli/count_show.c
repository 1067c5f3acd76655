/* The result of a count for people, and as a table. */
#include "cli/count_show.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "args/say.h"
#include "base/columns.h"
#include "base/memstream.h"
#include "base/size.h"
#include "base/utf8.h"
#include "cli/way_show.h"
#include "count/chain.h"
#include "count/probe.h"

#define NAME_COLUMNS 16 /* width of an object's name */

enum {
	C_FROM,
	C_FROM_SHORT,
	C_TO,
	C_TO_SHORT,
	C_FROM_KIND,
	C_TO_KIND,
	C_CALL,
	C_BY,
	C_PID,
	C_PROCESS,
	C_CALLS,
	C_BYTES,
	C_SIZE,
	C_COPIES,
	C_EACH,
	C_AT_LEAST,
	C_EVIDENCE,
	C_END
};

static const struct table_column columns[C_END] = {
	[C_FROM] = { .key = "from" },
	[C_FROM_SHORT] = { .heading = "from" },
	[C_TO] = { .key = "to" },
	[C_TO_SHORT] = { .heading = "to" },
	[C_FROM_KIND] = { .key = "from_kind" },
	[C_TO_KIND] = { .key = "to_kind" },
	[C_CALL] = { .key = "call", .heading = "call", .spare = 1 },
	[C_BY] = { .key = "by" },
	[C_PID] = { .key = "pid" },
	[C_PROCESS] = { .key = "process" },
	[C_CALLS] = { .key = "calls",
		      .heading = "calls",
		      .right = true,
		      .spare = 3 },
	[C_BYTES] = { .key = "bytes" },
	[C_SIZE] = { .heading = "bytes", .right = true, .spare = 2 },
	[C_COPIES] = { .key = "copies" },
	[C_EACH] = { .heading = "copies", .right = true },
	[C_AT_LEAST] = { .key = "at_least" },
	[C_EVIDENCE] = { .key = "evidence" },
};

const char *const count_by_names[] = {
	[LEDGER_BY_KERNEL] = "kernel",
	[LEDGER_BY_USER] = "user",
	[LEDGER_BY_DEVICE] = "device",
};

/* Fits a name into its columns. A long name keeps its end. */
static const char *short_name(const struct ledger *l, int object, char *buf,
			      size_t size)
{
	static const char gone[] = " (deleted)", own[] = "ipcopy-";
	const struct ledger_object *o = ledger_object_at(l, (size_t)object);
	const char *name = o->name, *at;
	char *end;

	if (o->kind == LEDGER_PRIVATE && !strncmp(name, own, strlen(own)))
		name += strlen(own);
	snprintf(buf, size, "%s", name);
	end = buf + strlen(buf) - strlen(gone);
	if (end > buf && !strcmp(end, gone))
		*end = '\0';
	if (utf8_width(buf) <= NAME_COLUMNS)
		return buf;
	for (at = buf; utf8_width(at) > NAME_COLUMNS - 2;)
		utf8_next(&at);
	/* the loop has skipped two bytes or more, so ".." has room */
	return memcpy((char *)at - 2, "..", 2);
}

static void fill_names(struct table *t, const struct ledger *l,
		       const struct ledger_hop *h)
{
	char buf[400];

	table_text(t, C_FROM, ledger_object_at(l, (size_t)h->from)->name);
	table_text(t, C_FROM_SHORT, short_name(l, h->from, buf, sizeof(buf)));
	table_text(t, C_TO, ledger_object_at(l, (size_t)h->to)->name);
	table_text(t, C_TO_SHORT, short_name(l, h->to, buf, sizeof(buf)));
	table_text(
		t, C_FROM_KIND,
		ledger_kind_names[ledger_object_at(l, (size_t)h->from)->kind]);
	table_text(t, C_TO_KIND,
		   ledger_kind_names[ledger_object_at(l, (size_t)h->to)->kind]);
}

static void fill_count_row(struct table *t, const struct ledger *l,
			   const struct ledger_hop *h)
{
	char each[16] = "?", size[32];

	table_row(t);
	fill_names(t, l, h);
	table_text(t, C_CALL, h->call);
	table_text(t, C_BY, count_by_names[h->by]);
	table_int(t, C_PID, h->pid);
	table_text(t, C_PROCESS, h->process);
	table_int(t, C_CALLS, (int64_t)h->calls);
	table_int(t, C_BYTES, (int64_t)h->bytes);
	table_text(t, C_SIZE, size_human((double)h->bytes, size, sizeof(size)));
	if (h->copies != LEDGER_COPIES_UNKNOWN) {
		table_int(t, C_COPIES, h->copies);
		snprintf(each, sizeof(each), "%s%d", h->at_least ? ">=" : "",
			 h->copies);
	}
	table_text(t, C_EACH, each);
	table_bool(t, C_AT_LEAST, h->at_least);
	table_text(t, C_EVIDENCE, ledger_evidence_names[h->evidence]);
}

/*
 * Finds how many hops each object is away from the input. 0: it is the input,
 * or it is not on the way.
 */
static void find_depths(const struct count_shown *c, int *depth)
{
	bool more = true;

	/* each round except the last finds the depth of at least one object */
	for (size_t round = 0; more && round < ledger_objects(c->ledger);
	     round++) {
		more = false;
		for (size_t i = 0; i < ledger_hops(c->ledger); i++) {
			const struct ledger_hop *h =
				ledger_hop_at(c->ledger, i);

			if (!c->on_path[i] || h->to == c->in ||
			    h->from == h->to ||
			    (h->from != c->in && !depth[h->from]) ||
			    depth[h->to])
				continue;
			depth[h->to] = depth[h->from] + 1;
			more = true;
		}
	}
}

size_t count_order(const struct count_shown *c, size_t *order)
{
	int *depth = calloc(ledger_objects(c->ledger) + 1, sizeof(*depth));
	size_t n = 0;

	if (!depth)
		return 0;
	find_depths(c, depth);
	for (int d = 0; d < (int)ledger_objects(c->ledger); d++)
		for (size_t i = 0; i < ledger_hops(c->ledger); i++)
			if (c->on_path[i] &&
			    depth[ledger_hop_at(c->ledger, i)->from] == d)
				order[n++] = i;
	free(depth);
	return n;
}

/* The hops on the way from input to output, as a text; NULL: no memory. */
static char *hops_text(const struct count_shown *c, enum table_format format)
{
	struct table *t = table_new(columns, C_END);
	size_t *order = calloc(ledger_hops(c->ledger) + 1, sizeof(*order));
	size_t n = order ? count_order(c, order) : 0;
	char *text;

	for (size_t i = 0; t && i < n; i++)
		fill_count_row(t, c->ledger,
			       ledger_hop_at(c->ledger, order[i]));
	text = order ? table_render(t, format) : NULL;
	table_free(t);
	free(order);
	return text;
}

enum exit_code count_show_hops(const struct count_shown *c,
			       enum table_format format, bool to_stderr)
{
	char *text = hops_text(c, format);

	return say_and_free(text, to_stderr);
}

/* --- words ---------------------------------------------------------------- */

/* The name of an object. Paths in the current directory become relative. */
static const char *name_of(const struct count_shown *c, int object)
{
	const char *name = ledger_object_at(c->ledger, (size_t)object)->name;
	char here[4096];
	size_t len;

	if (!getcwd(here, sizeof(here)))
		return name;
	len = strlen(here);
	return !strncmp(name, here, len) && name[len] == '/' && name[len + 1]
		       ? name + len + 1
		       : name;
}

/* Says that only the kernel's copies are known. */
static void put_unwatched(const struct ledger_sum *s, FILE *to)
{
	char start[80], text[200];

	snprintf(start, sizeof(start),
		 "%.3f copies per delivered byte by the kernel; ",
		 s->copies_kernel);
	snprintf(text, sizeof(text),
		 "the process %s was not watched, so the copies that it made "
		 "itself are not known",
		 s->unwatched_by);
	columns_fold(to, start, "  ", text);
}

void count_put_headline(const struct ledger_sum *s, FILE *to)
{
	if (!s->path || !s->resolved)
		columns_fold(to, "unresolved: ", "  ",
			     *s->why    ? s->why
			     : !s->path ? "no path joins an input and an output"
					: "a hop on the way is not known");
	else if (s->unwatched && !s->lower_bound)
		put_unwatched(s, to);
	else
		fprintf(to,
			"%s%.3f copies per delivered byte "
			"(kernel %.3f, programs %.3f)\n",
			s->lower_bound ? "at least " : "", s->copies,
			s->copies_kernel, s->copies_user);
	if (s->resolved && s->lower_bound && *s->why)
		columns_fold(to, "at least, because ", "  ", s->why);
	if (s->transformed)
		columns_fold(to, "", "  ",
			     "the bytes of the output are not those of "
			     "the input: they were transformed on the "
			     "way");
}

static void put_ends(const struct count_shown *c, FILE *to)
{
	const char *in, *out;
	char size[32];

	if (c->in < 0 || c->out < 0)
		return;
	in = name_of(c, c->in);
	out = name_of(c, c->out);
	utf8_put_clean(to, in);
	fputs(c->in_found ? " (found)" : "", to);
	fputs(utf8_width(in) + utf8_width(out) > 38 ? "\n  -> " : " -> ", to);
	utf8_put_clean(to, out);
	fputs(c->out_found ? " (found)" : "", to);
	if (c->sum.path)
		fprintf(to, ": %s delivered",
			size_human((double)c->sum.delivered_bytes, size,
				   sizeof(size)));
	fputc('\n', to);
}

static void put_calls(const struct count_shown *c, FILE *to)
{
	if (!c->has_calls)
		return;
	if (isnan(c->blocked_per_mib)) { /* there is no /proc */
		fprintf(to, "%.1f system calls per MiB\n", c->calls_per_mib);
		return;
	}
	fprintf(to, "%.1f system calls and %.1f sleeps per MiB",
		c->calls_per_mib, c->blocked_per_mib);
	if (!isnan(c->calls_per_message))
		fprintf(to, "; per message %.2f and %.2f", c->calls_per_message,
			c->blocked_per_message);
	fputc('\n', to);
}

bool count_is_news(const struct count_shown *c, size_t doubt)
{
	const char *text = ledger_doubt_at(c->ledger, doubt)->text;

	for (size_t i = 0; i < doubt; i++)
		if (!strcmp(ledger_doubt_at(c->ledger, i)->text, text))
			return false;
	return !strstr(c->sum.why, text);
}

static void put_doubts(const struct count_shown *c, FILE *to)
{
	for (size_t i = 0; i < ledger_doubts(c->ledger); i++)
		if (count_is_news(c, i))
			columns_fold(to, "not known: ", "  ",
				     ledger_doubt_at(c->ledger, i)->text);
	for (size_t i = 0; i < ledger_notes(c->ledger); i++)
		columns_fold(to, "note: ", "  ", ledger_note_at(c->ledger, i));
}

static bool put_picture(const struct count_shown *c, bool ascii, FILE *to)
{
	struct chain *chain = calloc(1, sizeof(*chain));
	char *text = NULL;

	if (!chain)
		return false;
	chain_of(c->ledger, c->in, c->out, c->on_path, chain);
	if (chain->n > 1) {
		text = way_show(c->ledger, chain, ascii, false);
		if (text)
			fprintf(to, "\n%s", text);
		if (chain->branches)
			fputs("The picture shows only the way that most of the "
			      "bytes go.\n",
			      to);
	}
	free(text);
	free(chain);
	return true;
}

static bool put_count(const struct count_shown *c, bool draw, bool ascii,
		      FILE *to)
{
	char *hops;

	count_put_headline(&c->sum, to);
	put_ends(c, to);
	put_calls(c, to);
	put_doubts(c, to);
	count_put_hints(c, to);
	count_put_saved(c, to);
	if (draw && c->sum.path && !put_picture(c, ascii, to))
		return false;
	if (!c->sum.path)
		return true;
	if (!c->sum.calls && c->sum.resolved && c->sum.copies <= 0) {
		columns_fold(to, "", "  ",
			     "No call moved a byte, and no side copied one: "
			     "both sides use the same memory.");
		return true;
	}
	hops = hops_text(c, TABLE_HUMAN);
	if (hops)
		fprintf(to, "\n%s", hops);
	free(hops);
	return hops != NULL;
}

enum exit_code count_show_words(const struct count_shown *c, bool draw,
				bool ascii, bool to_stderr)
{
	char *text = NULL;
	size_t size;
	FILE *to = open_memstream(&text, &size);
	bool whole = to && put_count(c, draw, ascii, to);

	return say_and_free(memstream_end(to, &text, whole), to_stderr);
}

/* --- the probes ----------------------------------------------------------- */

enum { P_FROM, P_CALL, P_TO, P_COPIES, P_ANSWER, P_WHY, P_END };

static const struct table_column probe_columns[P_END] = {
	[P_FROM] = { .key = "from", .heading = "from" },
	[P_CALL] = { .key = "call", .heading = "call" },
	[P_TO] = { .key = "to", .heading = "to", .spare = 1 },
	[P_COPIES] = { .key = "copies" },
	[P_ANSWER] = { .heading = "copies" },
	[P_WHY] = { .key = "reason" },
};

static void fill_probe(struct table *t, enum probe_way way)
{
	const struct probe_name *name = &probe_names[way];
	const char *why;
	int copies = probe_copies(way, &why);
	char answer[200];

	table_row(t);
	table_text(t, P_FROM, name->from);
	table_text(t, P_CALL, name->call);
	table_text(t, P_TO, name->to);
	if (copies == LEDGER_COPIES_UNKNOWN) {
		table_text(t, P_WHY, why);
		snprintf(answer, sizeof(answer), "? %.190s", why);
	} else {
		table_int(t, P_COPIES, copies);
		snprintf(answer, sizeof(answer), "%s",
			 copies ? "1" : "0, the same pages");
	}
	table_text(t, P_ANSWER, answer);
}

enum exit_code count_show_probes(enum table_format format)
{
	struct table *t = table_new(probe_columns, P_END);

	for (int way = 0; t && way < PROBE_WAYS; way++)
		fill_probe(t, (enum probe_way)way);
	return say_and_free(table_end(t, format), false);
}
