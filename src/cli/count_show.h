/* The result of a count: for people, as a table, as JSON, and for Graphviz. */
#ifndef CLI_COUNT_SHOW_H
#define CLI_COUNT_SHOW_H

#include <stdbool.h>
#include <stdio.h>

#include "args/command.h"
#include "count/count.h"
#include "text/table.h"
#include "transport/transport.h"

/* The result of a count of a mechanism or of a command. */
struct count_shown {
	const struct ledger *ledger;
	int in, out; /* objects; -1: none */
	/* ipcopy found this end; the user did not name it */
	bool in_found, out_found;
	struct ledger_sum sum;
	const bool *on_path;
	bool has_calls;
	double calls_per_mib, blocked_per_mib;
	/* NaN: no messages. steady: without calls that only sleep or wake */
	double calls_per_message, steady_per_message, blocked_per_message;
	int processes; /* number of followed processes; 0: not shown */
	bool command;  /* a command was counted, not a mechanism */
	bool user;     /* --user was given */
};

/*
 * Puts into `order` the indices of the hops on the way from the input to the
 * output, in this order. Returns their number, and 0 if there is no memory.
 */
size_t count_order(const struct count_shown *c, size_t *order);

/*
 * True if the ledger's doubt number `doubt` is worth printing: neither the
 * headline nor an earlier doubt says the same. Several processes can cause the
 * same doubt.
 */
bool count_is_news(const struct count_shown *c, size_t doubt);

/* Writes the number of copies, or why there is no number. */
void count_put_headline(const struct ledger_sum *s, FILE *to);
/* Writes how many copies other calls would save, if that is certain. */
void count_put_saved(const struct count_shown *c, FILE *to);
/*
 * For a command: writes why the number is not whole, and that --user can tell
 * more than a lower bound.
 */
void count_put_hints(const struct count_shown *c, FILE *to);

/*
 * These print the whole result, with `to_stderr` to standard error. The caller
 * sets it if the counted bytes go to standard output.
 */
enum exit_code count_show_words(const struct count_shown *c, bool draw,
				bool ascii, bool to_stderr);
enum exit_code count_show_hops(const struct count_shown *c,
			       enum table_format format, bool to_stderr);
enum exit_code count_show_json(const struct count_shown *c, bool to_stderr);
enum exit_code count_show_dot(const struct count_shown *c, bool to_stderr);

/*
 * Shows how many copies each kind of call makes on this kernel, or why that is
 * not known.
 */
enum exit_code count_show_probes(enum table_format format);

/* "kernel", "user", "device": indexed by enum ledger_by. */
extern const char *const count_by_names[];

#endif
