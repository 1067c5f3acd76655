/* The lab's results, in words, as a table, and call by call. */
#ifndef CLI_LAB_SHOW_H
#define CLI_LAB_SHOW_H

#include "args/command.h"
#include "lab/runner.h"
#include "text/table.h"

/* One claim after one run or several. */
struct lab_row {
	const struct experiment *x;
	struct lab_result result; /* of the last run */
	int times[LAB_OUTCOMES];  /* how often each outcome was seen */
	enum lab_outcome outcome; /* the most frequent one */
	bool right;               /* the user predicted this outcome */
};

/* These show the claim, its reason, what was found and why, and the source. */
void lab_show_claim(const struct experiment *x);
void lab_show_why(const struct experiment *x);
void lab_show_found(const struct lab_row *row, int runs);
void lab_show_source(const struct experiment *x);

/*
 * Says that not every run of a claim had the outcome that is recorded in the
 * file `path`.
 */
const char *lab_unexpected(const struct lab_row *row, int expected,
			   const char *path, char *buf, size_t size);

/* A list of all claims, and one of the documents that make them. */
enum exit_code lab_show_list(void);
void lab_show_documents(void);
/* A table of outcomes. */
enum exit_code lab_show_table(const struct lab_row *row, int n, int runs,
			      enum table_format format);

/* For struct lab_watch. */
void lab_show_call(void *unused, const struct lab_call *call);
void lab_show_signal(void *unused, int process, int sig);

#endif
