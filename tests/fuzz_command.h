/* Commands of ipcopy as functions, for fuzz targets: run, caught, judged. */
#ifndef TESTS_FUZZ_COMMAND_H
#define TESTS_FUZZ_COMMAND_H

#include <stddef.h>

#include "args/command.h"
#include "fuzz.h"

struct fuzz_said {
	enum exit_code code;
	char *out, *err; /* never NULL */
	size_t out_len, err_len;
};

/*
 * Runs the command with these words, up to NULL. Whatever its files say, it
 * ends with one of our statuses, a failure has a reason, no output has a
 * terminal's escape, and JSON is JSON.
 */
void fuzz_command(struct fuzz_said *said, const struct command *c, ...)
	__attribute__((sentinel));
void fuzz_said_free(struct fuzz_said *said);

/* A whole file, or the target is broken. */
void fuzz_put(const char *path, const char *text, size_t len);

/*
 * Into a corner of our own, and back: the driver's own paths are seen from
 * where it began.
 */
void fuzz_enter(void);
void fuzz_leave(void);

/* A path of the source tree, absolute. */
const char *fuzz_source(const char *name, char *buf, size_t size);

#endif
