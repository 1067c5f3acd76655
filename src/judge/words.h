/* A verdict in words: sentences, explanations, findings. */
#ifndef JUDGE_WORDS_H
#define JUDGE_WORDS_H

#include "judge/judge.h"

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

/* "46×", "1.24×": three digits. */
const char *rep_times(double ratio, char *buf, size_t size);

/* "2.50 GiB/s", "15.2k trips/s" */
const char *rep_speed_words(const struct run_cell *c, double speed, char *buf,
			    size_t size);

/* The answer, to be freed; NULL: no memory. */
char *rep_sentence(const struct rep_verdict *v);

/*
 * What was counted of the two sides of a comparison, as the reason of its
 * outcome; to be freed.
 */
char *rep_explain(const struct rep_verdict *v, const struct rep_comparison *c);

/* What counts in favour of the faster side, such as "fewer copies"; or "". */
const char *rep_reasons(const struct rep_comparison *c, char *buf, size_t size);

/* Whether so few generations could not decide a family, whatever they said. */
bool rep_lacks_generations(const struct rep_verdict *v, enum rep_family family);

/* What a reader must know besides. */
void rep_findings(const struct rep_verdict *v, struct rep_lines *l);

/* verdict.json as a text to be freed; NULL: no memory. */
char *rep_verdict_json(const struct rep_verdict *v);

#endif
