/* A progress bar on the terminal, for copies that take time. */
#ifndef ARGS_PROGRESS_H
#define ARGS_PROGRESS_H

#include <stdbool.h>
#include <stdint.h>

/*
 * Begins to show the progress of a copy named `label`. Draws nothing if
 * standard error is not a terminal, or with `quiet`. There is only one at a
 * time.
 */
void progress_begin(const char *label, bool quiet);

/*
 * For the progress hook of a copy_job; COPY_LENGTH_UNKNOWN if the length is not
 * known.
 */
void progress_show(void *unused, uint64_t done_bytes, uint64_t all_bytes);

/*
 * Draws this line of at most 79 columns instead of a bar, from time to time.
 * `now`: at once.
 */
void progress_text(const char *line, bool now);

/* Clears the line if there is one, so that something else can be written. */
void progress_hide(void);

/* Clears the line and ends the progress bar. */
void progress_end(void);

/*
 * One line of at most `width` columns, for progress_show and its test. `ns` is
 * the time that `moved_bytes` of the done bytes took.
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
