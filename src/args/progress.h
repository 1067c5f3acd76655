/* A progress bar on the terminal, for copies that take some time. */
#ifndef ARGS_PROGRESS_H
#define ARGS_PROGRESS_H

#include <stdbool.h>
#include <stdint.h>

/*
 * Begins to show the progress of a copy named `label`. Draws nothing if
 * standard error is not a terminal, or if `quiet` is set. Only one copy at a
 * time can have a bar.
 */
void progress_begin(const char *label, bool quiet);

/*
 * Draws the bar, but not in the first 0.5 s, and then at most every 0.1 s. This
 * is the progress hook of a copy_job. `all_bytes` may be COPY_LENGTH_UNKNOWN.
 */
void progress_show(void *unused, uint64_t done_bytes, uint64_t all_bytes);

/*
 * Draws `line`, of at most 79 columns, instead of a bar. Does nothing if a line
 * was drawn less than 0.1 s ago and `now` is not set.
 */
void progress_text(const char *line, bool now);

/* Clears the line, if one is drawn, so that other text can be written. */
void progress_hide(void);

/* Clears the line and ends the progress bar. */
void progress_end(void);

/*
 * The numbers from which a line is made. The rate is `moved_bytes`, which are a
 * part of `done_bytes`, divided by `ns` nanoseconds.
 */
struct progress_state {
	const char *label;
	uint64_t done_bytes, all_bytes;
	uint64_t moved_bytes;
	int64_t ns;
};

#define PROGRESS_LINE_MAX 100

/* Writes a line of at most `width` columns: for progress_show and its test. */
void progress_line(const struct progress_state *s, char *line, int width);

#endif
