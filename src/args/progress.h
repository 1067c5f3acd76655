/* A bar on the terminal while a copy takes its time. */
#ifndef ARGS_PROGRESS_H
#define ARGS_PROGRESS_H

#include <stdbool.h>
#include <stdint.h>

/*
 * Begins to watch a copy named `label`; draws nothing if standard error is no
 * terminal or `quiet`. Only one is watched at a time.
 */
void progress_begin(const char *label, bool quiet);

/* copy_job's progress; COPY_LENGTH_UNKNOWN for an unknown length. */
void progress_show(void *unused, uint64_t done_bytes, uint64_t all_bytes);

/*
 * Draws this line of at most 79 columns instead of a bar, now and then; `now`:
 * at once.
 */
void progress_text(const char *line, bool now);

/* Clears the line, if there is any, so that something else can be said. */
void progress_hide(void);

/* Clears the line and watches no longer. */
void progress_end(void);

/*
 * One line of at most `width` columns, for progress_show and its test. `ns` is
 * how long the `moved_bytes` among the done ones took.
 */
struct progress_state {
	const char *label;
	uint64_t done_bytes, all_bytes;
	uint64_t moved_bytes;
	int64_t ns;
};

#define PROGRESS_LINE_MAX 100

void progress_line(const struct progress_state *s, char *line, int width);

#endif
