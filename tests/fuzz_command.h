/*
 * Runs commands of ipcopy as functions for fuzz targets, and judges their
 * output.
 */
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
 * must end with a status of ours, give a reason for a failure, write no
 * terminal escape, and write valid JSON.
 */
void fuzz_command(struct fuzz_said *said, const struct command *c, ...)
	__attribute__((sentinel));
void fuzz_said_free(struct fuzz_said *said);

/* Writes a whole file. A failure is a broken promise. */
void fuzz_put(const char *path, const char *text, size_t len);

/*
 * Change to a directory of our own, and back. Paths of the driver are relative
 * to the directory where the driver started.
 */
void fuzz_enter(void);
void fuzz_leave(void);

/* The absolute path of a file of the source tree. */
const char *fuzz_source(const char *name, char *buf, size_t size);

#endif
