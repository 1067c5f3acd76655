/* The answers of a run, and which mechanism to use under each condition. */
#include <stdlib.h>
#include <string.h>

#include "base/json.h"
#include "base/size.h"
#include "figure/figure.h"
#include "page/html_inside.h"

#define COUNT(a) (sizeof(a) / sizeof(*(a)))

/* --- answers -------------------------------------------------------------- */

static const struct {
	const char *name, *words;
} questions[] = {
	{ "unfinished", "This run is not finished" },
	{ "claim", "The textbook's claim: semaphore ring, pipe, FIFO, queue" },
	{ "ring", "Any ring in shared memory, against everything" },
	{ "use", "Which mechanism to use" },
	{ "start", "From which size on the fastest pays" },
};

static const char *question_words(const char *name)
{
	for (size_t i = 0; i < COUNT(questions); i++)
		if (!strcmp(questions[i].name, name))
			return questions[i].words;
	return name;
}

static void put_answer(struct html *h, const char *question, const char *text)
{
	fputs("<h2>", h->to);
	html_put(h->to, question);
	fputs("</h2>\n<p>", h->to);
	html_put(h->to, text);
	fputs("</p>\n", h->to);
}

void html_answers(struct html *h)
{
	const json_t *verdict = h->wish->run->verdict;
	const json_t *list = json_object_get(verdict, "answers");
	const json_t *answer;
	size_t i;

	fputs("<div class=\"answers\">\n", h->to);
	json_array_foreach((json_t *)list, i, answer)
		put_answer(h, question_words(json_text_in(answer, "question")),
			   json_text_in(answer, "text"));
	if (json_array_size(list) == 0)
		put_answer(h, "The answer",
			   *json_text_in(verdict, "sentence")
				   ? json_text_in(verdict, "sentence")
				   : "A run without a verdict");
	fputs("</div>\n", h->to);
}

/* --- what to use ---------------------------------------------------------- */

enum {
	U_WHERE,
	U_BEST,
	U_COMMAND,
	U_SPEED,
	U_P50,
	U_P99,
	U_CPU,
	U_AS_FAST,
	U_UNDECIDED,
	U_NEXT,
	U_COSTS,
	U_PAYS,
	U_RING,
	U_END
};

static const struct html_column use_columns[U_END] = {
	[U_WHERE] = { "where", false },
	[U_BEST] = { "fastest", false },
	[U_COMMAND] = { "to paste", false },
	[U_SPEED] = { "speed", true },
	[U_P50] = { "p50", true },
	[U_P99] = { "p99", true },
	[U_CPU] = { "CPU s/GiB", true },
	[U_AS_FAST] = { "as fast", false },
	[U_UNDECIDED] = { "undecided against", false },
	[U_NEXT] = { "nearest shown to be slower", false },
	[U_COSTS] = { "times as long", true },
	[U_PAYS] = { "pays from", true },
	[U_RING] = { "best ring / hardest rival", true },
};

static void put_labels(struct html_table *t, const json_t *list, size_t from)
{
	char text[300] = "";
	size_t used = 0;

	for (size_t i = from; i < json_array_size(list) && used < sizeof(text);
	     i++) {
		const char *label = json_string_value(json_array_get(list, i));

		used += (size_t)snprintf(text + used, sizeof(text) - used,
					 "%s%s", i > from ? ", " : "",
					 label ? label : "?");
	}
	html_cell_text(t, text, NULL);
}

/* "1.25× (1.20–1.29)" */
static void put_times(struct html_table *t, const json_t *o)
{
	double ratio = json_number_in(o, "ratio");
	double low = json_number_in(o, "low"), high = json_number_in(o, "high");
	char words[120];

	snprintf(words, sizeof(words), "%.*f× (%.*f–%.*f)",
		 size_decimals(ratio, 3), ratio, size_decimals(low, 3), low,
		 size_decimals(high, 3), high);
	html_cell_number(t, ratio, words);
}

static void put_ns(struct html_table *t, const json_t *rank, const char *key)
{
	double ns = json_number_in(rank, key);
	char words[60];

	html_cell_number(t, ns, figure_time_words(ns, words, sizeof(words)));
}

static void put_speed(struct html_table *t, const json_t *line,
		      const json_t *rank)
{
	double speed = json_number_in(rank, "speed");
	char words[60], depth[24];
	struct run_condition k = run_condition_of_json(
		json_object_get(line, "condition"), depth);

	run_speed_words(&k, speed, words, sizeof(words));
	html_cell_number(t, speed, words);
}

/* Writes the command that the verdict names, or else the settings. */
static void put_command(struct html_table *t, const json_t *line,
			const json_t *rank)
{
	double size = json_number_in(json_object_get(line, "condition"),
				     "size_bytes");
	const char *command = json_text_in(line, "command");
	char words[300], word[32];

	if (!*command && *json_text_in(rank, "via")) {
		snprintf(words, sizeof(words), "--via %s --size %s",
			 json_text_in(rank, "via"),
			 size_word((uint64_t)size, word, sizeof(word)));
		command = words;
	}
	html_cell_code(t, command);
}

static const json_t *rank_of(const json_t *line, const char *label)
{
	const json_t *ranks = json_object_get(line, "ranks"), *rank;
	size_t i;

	json_array_foreach((json_t *)ranks, i,
			   rank) if (!strcmp(json_text_in(rank, "label"),
					     label)) return rank;
	return NULL;
}

static void put_line(struct html_table *t, const json_t *line)
{
	const json_t *first = json_array_get(json_object_get(line, "ranks"), 0);
	const json_t *best = json_object_get(line, "best");
	const json_t *c = json_object_get(line, "condition");
	const char *next = json_text_in(line, "next");
	double pays = json_number_in(line, "pays_from_bytes");
	char words[300];

	html_condition(c, words, sizeof(words));
	html_cell_head(t, words);
	html_cell_text(t, json_string_value(json_array_get(best, 0)), NULL);
	put_command(t, line, first);
	put_speed(t, line, first);
	put_ns(t, first, "p50_ns");
	put_ns(t, first, "p99_ns");
	html_cell_digits(t, json_number_in(first, "cpu_s_per_gib"), 3);
	put_labels(t, best, 1);
	put_labels(t, json_object_get(line, "undecided"), 0);
	html_cell_text(t, next, NULL);
	put_times(t, rank_of(line, next));
	html_cell_number(t, pays,
			 pays > 0 ? size_human(pays, words, sizeof(words))
				  : "any size on");
	put_times(t, line);
}

void html_use(struct html *h)
{
	const json_t *map = json_object_get(h->wish->run->verdict, "map");
	struct html_table *t;
	const json_t *line;
	size_t i;

	if (json_array_size(map) == 0)
		return;
	fputs("<details><summary>What to use in each condition, and how much "
	      "slower the nearest other is</summary>\n",
	      h->to);
	t = html_table_new(use_columns, U_END);
	json_array_foreach((json_t *)map, i, line) put_line(t, line);
	html_table_put(h, t, "map-table",
		       "The fastest in each condition, the settings to type, "
		       "and how many times as long the nearest takes that is "
		       "shown to be slower");
	fputs("</details>\n", h->to);
}
