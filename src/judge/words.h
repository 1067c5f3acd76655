/* A verdict in words: sentences, explanations, findings. */
#ifndef JUDGE_WORDS_H
#define JUDGE_WORDS_H

#include <stdio.h>

#include "judge/judge.h"

struct why;

struct rep_lines {
	char **line;
	size_t lines;
	bool broken; /* memory ran out */
};

void rep_line(struct rep_lines *l, const char *fmt, ...)
	__attribute__((format(printf, 2, 3)));
void rep_lines_free(struct rep_lines *l);

/* "shm sem: stream 64K, depth 1, core" */
const char *rep_cell_words(const struct run_cell *c, char *buf, size_t size);

/*
 * "46.0×", "1.24×": three significant digits, and all digits before the point;
 * "0.058×": two below 0.1.
 */
const char *rep_times(double ratio, char *buf, size_t size);

/* "2.50 GiB/s", "15.2k trips/s" */
const char *rep_speed_words(const struct run_cell *c, double speed, char *buf,
			    size_t size);

/*
 * How many conditions were tried, how many have each fate, and the comparisons
 * with the largest loss and win.
 */
struct rep_tally {
	size_t tried, fate[REP_FATES];
	const struct rep_comparison *loss, *win;
};

/* Counts the fates of the claim: the semaphore ring against its rivals. */
void rep_tally_claim(const struct rep_verdict *v, struct rep_tally *t);

/* Counts the fates of the best ring in each condition of the map. */
void rep_tally_ring(const struct rep_verdict *v, struct rep_tally *t);

/* Questions that a run may answer. */
enum rep_question {
	REP_Q_UNFINISHED, /* is the run complete? Answered only if it is not. */
	REP_Q_CLAIM,      /* does the textbook's claim hold? */
	REP_Q_RING,       /* is any ring the fastest? */
	REP_Q_USE,        /* which is the fastest, and by how much? */
	/* from which size on is the fastest ahead, start-up included? */
	REP_Q_START,
	REP_QUESTIONS
};

extern const char *const rep_question_names[];

/*
 * All questions in the order of a report. REP_Q_UNFINISHED is first.
 * REP_Q_CLAIM is last if the claim was not tried.
 */
void rep_questions(const struct rep_verdict *v,
		   enum rep_question order[REP_QUESTIONS]);

/* The answer, to be freed; "": the run has none. NULL: no memory. */
char *rep_answer(const struct rep_verdict *v, enum rep_question question);

/*
 * The first answer that the run has, to be freed; "": it has none; NULL: no
 * memory.
 */
char *rep_sentence(const struct rep_verdict *v);

/* For answers.c: two of the answers, where the run has them. */
void rep_put_use(FILE *to, const struct rep_verdict *v);
void rep_put_start(FILE *to, const struct rep_verdict *v);
bool rep_any_measured(const struct rep_verdict *v);

/*
 * Writes that the run is not complete, why, and how much was measured; nothing
 * if the run is complete.
 */
void rep_put_unfinished(FILE *to, const struct rep_verdict *v);

/* Why a run is not complete: "was interrupted"; NULL: it is complete. */
const char *rep_unfinished(const struct run *r);

/* For how long the run was measured, until its last sample. */
double rep_seconds_used(const struct run *r);

/* A number of the run's plan, such as "budget_ms"; 0: the plan lacks it. */
double rep_of_plan(const struct run *r, const char *key);

/*
 * The mechanism of a cell with its settings except the size:
 * "shm:sync=futex,depth=8"
 */
const char *rep_via(const struct run_cell *c, char *buf, size_t size);

/*
 * The command that copies a file as this cell does, to be freed: "ipcopy copy
 * SRC DST --via pipe --size 64K". If the cell copies no files, the command that
 * measures the cell once more. NULL: no memory.
 */
char *rep_command(const struct run_cell *c);

/*
 * Explains the outcome of a comparison by the counts of its two cells; to be
 * freed.
 */
char *rep_explain(const struct rep_verdict *v, const struct rep_comparison *c);

/*
 * The counts that favour the faster cell, such as "fewer copies"; "": none do.
 */
const char *rep_reasons(const struct rep_comparison *c, char *buf, size_t size);

/*
 * How many comparisons of a family were made, and the most generations that one
 * of them has.
 */
size_t rep_made(const struct rep_verdict *v, enum rep_family family,
		size_t *generations);

/*
 * True if the run has too few generations to decide a family of comparisons,
 * even if all generations agree.
 */
bool rep_lacks_generations(const struct rep_verdict *v, enum rep_family family);

/* True if a comparison is undecided because its family lacks generations. */
bool rep_is_too_few(const struct rep_verdict *v,
		    const struct rep_comparison *c);

/* How to get the generations that a family lacks: a command, or advice. */
const char *rep_longer(const struct rep_verdict *v, enum rep_family family,
		       char *buf, size_t size);

/* The findings besides the answers. */
void rep_findings(const struct rep_verdict *v, struct rep_lines *l);

/*
 * Reports that the machine was not quiet while it was measured. `when` is "" or
 * words such as " in the first run".
 */
void rep_noise(const struct run *r, const char *when, struct rep_lines *l);

/* verdict.json as a text to be freed; NULL: no memory. */
char *rep_verdict_json(const struct rep_verdict *v, const struct why *w);

#endif
