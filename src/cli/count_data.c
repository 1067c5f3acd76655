/* The result of a count for programs: JSON, and a graph for Graphviz. */
#include <jansson.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>

#include "args/say.h"
#include "base/json.h"
#include "base/memstream.h"
#include "base/utf8.h"
#include "cli/count_show.h"

/* --- JSON ----------------------------------------------------------------- */

static json_t *hop_of(const struct ledger *l, const struct ledger_hop *h)
{
	const struct ledger_object *from = ledger_object_at(l, (size_t)h->from);
	const struct ledger_object *to = ledger_object_at(l, (size_t)h->to);
	json_t *copies = h->copies == LEDGER_COPIES_UNKNOWN
				 ? json_null()
				 : json_integer(h->copies);

	return json_pack(
		"{so ss so ss so ss sI so sI sI so sb ss}", "from",
		json_of_text(from->name), "from_kind",
		ledger_kind_names[from->kind], "to", json_of_text(to->name),
		"to_kind", ledger_kind_names[to->kind], "call",
		json_of_text(h->call), "by", count_by_names[h->by], "pid",
		(json_int_t)h->pid, "process", json_of_text(h->process),
		"calls", (json_int_t)h->calls, "bytes", (json_int_t)h->bytes,
		"copies", copies, "at_least", (int)h->at_least, "evidence",
		ledger_evidence_names[h->evidence]);
}

static json_t *hops_of(const struct count_shown *c)
{
	size_t *order = calloc(ledger_hops(c->ledger) + 1, sizeof(*order));
	size_t n = order ? count_order(c, order) : 0;
	json_t *list = json_array();

	for (size_t i = 0; i < n; i++)
		json_array_append_new(
			list,
			hop_of(c->ledger, ledger_hop_at(c->ledger, order[i])));
	free(order);
	return list;
}

static json_t *unresolved_of(const struct count_shown *c)
{
	json_t *list = json_array();

	if (*c->sum.why)
		json_array_append_new(list, json_of_text(c->sum.why));
	for (size_t i = 0; i < ledger_doubts(c->ledger); i++)
		if (count_is_news(c, i))
			json_array_append_new(
				list,
				json_of_text(
					ledger_doubt_at(c->ledger, i)->text));
	return list;
}

/* The number of calls or waits, or null if they were not counted. */
static json_t *calls_of(const struct count_shown *c, double calls)
{
	return json_of_real(c->has_calls ? calls : NAN);
}

enum exit_code count_show_json(const struct count_shown *c, bool to_stderr)
{
	const struct ledger_sum *s = &c->sum;
	bool number = s->path && s->resolved;
	json_t *j = json_pack(
		"{sb so sb sb so so sI so so so so so so}", "resolved",
		(int)number, "copies_per_byte",
		json_of_real(number ? s->copies : NAN), "lower_bound",
		(int)s->lower_bound, "watched", (int)!s->unwatched,
		"copies_kernel", json_of_real(number ? s->copies_kernel : NAN),
		"copies_user", json_of_real(number ? s->copies_user : NAN),
		"delivered_bytes", (json_int_t)s->delivered_bytes,
		"calls_per_mib", calls_of(c, c->calls_per_mib),
		"blocked_per_mib", calls_of(c, c->blocked_per_mib),
		"calls_per_message", calls_of(c, c->calls_per_message),
		"blocked_per_message", calls_of(c, c->blocked_per_message),
		"hops", hops_of(c), "unresolved", unresolved_of(c));
	char *text =
		j ? json_dumps(j, JSON_INDENT(1) | JSON_PRESERVE_ORDER) : NULL;

	json_decref(j);
	if (!text)
		return say_no_memory();
	say_report(text, to_stderr);
	say_report("\n", to_stderr);
	free(text);
	return EXIT_WELL;
}

/* --- Graphviz ------------------------------------------------------------- */

static void put_quoted(FILE *to, const char *text)
{
	char *mended = utf8_mend(text);

	fputc('"', to);
	for (const char *p = mended ? mended : ""; *p; p++) {
		if (*p == '"' || *p == '\\')
			fputc('\\', to);
		fputc((unsigned char)*p < ' ' ? '?' : *p, to);
	}
	fputc('"', to);
	free(mended);
}

static bool is_on_way(const struct count_shown *c, int object)
{
	for (size_t i = 0; i < ledger_hops(c->ledger); i++) {
		const struct ledger_hop *h = ledger_hop_at(c->ledger, i);

		if (c->on_path[i] && (h->from == object || h->to == object))
			return true;
	}
	return false;
}

static void put_objects(const struct count_shown *c, FILE *to)
{
	for (size_t i = 0; i < ledger_objects(c->ledger); i++) {
		const struct ledger_object *o = ledger_object_at(c->ledger, i);

		if (!is_on_way(c, (int)i))
			continue;
		fprintf(to, "\to%zu [shape=%s, label=", i,
			o->kind == LEDGER_PRIVATE ? "ellipse" : "box");
		put_quoted(to, o->name);
		fputs("];\n", to);
	}
}

static void put_hop(FILE *to, const struct ledger_hop *h)
{
	char label[200], copies[16] = "?";

	if (h->copies != LEDGER_COPIES_UNKNOWN)
		snprintf(copies, sizeof(copies), "%d", h->copies);
	snprintf(label, sizeof(label), "%.60s: %s%s", h->call,
		 h->at_least ? "at least " : "", copies);
	fprintf(to, "\to%d -> o%d [label=", h->from, h->to);
	put_quoted(to, label);
	fprintf(to, "%s];\n", h->copies == 0 ? ", style=dashed" : "");
}

enum exit_code count_show_dot(const struct count_shown *c, bool to_stderr)
{
	char *text = NULL;
	size_t size;
	FILE *to = open_memstream(&text, &size);
	bool whole = to != NULL;

	if (!to)
		return say_no_memory();
	fputs("digraph copies {\n\trankdir=LR;\n", to);
	put_objects(c, to);
	for (size_t i = 0; i < ledger_hops(c->ledger); i++)
		if (c->on_path[i])
			put_hop(to, ledger_hop_at(c->ledger, i));
	fputs("}\n", to);
	return say_and_free(memstream_end(to, &text, whole), to_stderr);
}
