/* The result of a count: for people, as a table, as JSON, and for Graphviz. */
#ifndef CLI_COUNT_SHOW_H
#define CLI_COUNT_SHOW_H

#include <stdbool.h>
#include <stdio.h>

#include "args/command.h"
#include "count/count.h"
#include "text/table.h"
#include "transport/transport.h"

/* The result of a count, of a mechanism or of a command. */
struct count_shown {
	const struct ledger *ledger;
	int in, out;              /* objects; -1: none */
	bool in_found, out_found; /* by itself, not named */
	struct ledger_sum sum;
	const bool *on_path;
	bool has_calls;
	double calls_per_mib, blocked_per_mib;
	double calls_per_message, blocked_per_message; /* NaN: no messages */
	int processes; /* that were followed; 0: not told */
};

/* Indices of the hops on the way, from the input on; how many. */
size_t count_order(const struct count_shown *c, size_t *order);

/* Is it told nowhere else? Several processes may be in the same doubt. */
bool count_is_news(const struct count_shown *c, size_t doubt);

/* A sentence as lines that fit a terminal, words of strangers made clean. */
void count_put_sentence(FILE *to, const char *start, const char *text);
/* How many copies, or why there is no number. */
void count_put_headline(const struct ledger_sum *s, FILE *to);
/* Copies that other calls would save, where that is certain. */
void count_put_saved(const struct count_shown *c, FILE *to);

/* All print the whole; to_stderr where standard output has the bytes. */
enum exit_code count_show_words(const struct count_shown *c, bool draw,
				bool ascii, bool to_stderr);
enum exit_code count_show_hops(const struct count_shown *c,
			       enum table_format format, bool to_stderr);
enum exit_code count_show_json(const struct count_shown *c, bool to_stderr);
enum exit_code count_show_dot(const struct count_shown *c, bool to_stderr);

/* The copies that each way of a byte makes here; if unknown, the reason. */
enum exit_code count_show_probes(enum table_format format);

/* "kernel", "user", "device": indexed by enum ledger_by. */
extern const char *const count_by_names[];

#endif
