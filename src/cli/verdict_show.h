/* A verdict for people, and its comparisons for programs. */
#ifndef CLI_VERDICT_SHOW_H
#define CLI_VERDICT_SHOW_H

#include "args/command.h"
#include "judge/words.h"
#include "text/table.h"

struct why;

/*
 * With cells, a table of all cells comes first and the answers come last.
 * Alone, the answers come first.
 */
enum verdict_show { VERDICT_QUIET, VERDICT_ALONE, VERDICT_WITH_CELLS };

/*
 * Judges the run in a folder, writes summary.csv and verdict.json there, and
 * prints what was asked for.
 */
enum exit_code verdict_of(const char *dir, enum table_format format,
			  enum verdict_show how);

/*
 * As verdict_of, but prints nothing, and puts the contents of verdict.json into
 * `verdict`. 0 or -errno.
 */
int verdict_again(const char *dir, json_t **verdict, struct err *e);

/*
 * Stores the prices of another run in the run's folder `dir`, for this and all
 * later verdicts. Returns 0 or -errno;
 * -EINVAL: those prices do not suit this run, for the reason in `e`.
 */
int verdict_take_prices(const char *dir, const char *from, struct err *e);

/* Texts to be freed; NULL: no memory. */
char *verdict_human(const struct rep_verdict *v, const struct why *w,
		    enum verdict_show how);
char *verdict_csv(const struct rep_verdict *v);
char *verdict_cells(const struct run *r);

/* Writes a table for people, and frees it. False: no memory. */
bool verdict_put_table(FILE *to, struct table *t);

/* Writes a text as an item of a list. False: no memory, or the text is NULL. */
bool verdict_put_item(FILE *to, const char *text);

/* Writes the list of prices, for verdict_put_why. False: no memory. */
bool verdict_put_prices(FILE *to, const struct why *w);

/* Says what may explain the largest differences. False: no memory. */
bool verdict_put_explanations(FILE *to, const struct rep_verdict *v);

/* False: no memory. */
bool verdict_put_findings(FILE *to, const struct rep_verdict *v);

/* Names the mechanism to use under each condition. False: no memory. */
bool verdict_put_use(FILE *to, const struct rep_verdict *v);

/*
 * Writes what each mechanism's time is made of, the prices, and how well they
 * predict, if the run has prices. False: no memory.
 */
bool verdict_put_why(FILE *to, const struct why *w);

/* Turns characters that the locale cannot show into ASCII, in place. */
void verdict_fit_locale(char *text);

/* "1.20–1.30", or "" if there is none. */
const char *verdict_interval(struct stats_interval i, char *buf, size_t size);

#endif
