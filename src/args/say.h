/*
 * Writes messages to standard error, one line each, and reports, which usually
 * go to standard output. Checks at the end that all output was written.
 */
#ifndef ARGS_SAY_H
#define ARGS_SAY_H

#include "args/command.h"

/*
 * Writes "ipcopy: text" and a newline in one write(2), so that messages of two
 * processes are never mixed. A control character in the text, such as a
 * newline, becomes '?'.
 */
void say(const char *fmt, ...) __attribute__((format(printf, 1, 2)));

/*
 * Say that memory ran out, that we were interrupted, or what is wrong with the
 * command line. Return the exit code.
 */
enum exit_code say_no_memory(void);
enum exit_code say_interrupted(void);
enum exit_code say_usage(const char *fmt, ...)
	__attribute__((format(printf, 1, 2)));

/*
 * Says what failed, and returns the exit code: `otherwise`, unless the user has
 * interrupted us (EINTR) or given a wrong word (EINVAL).
 */
enum exit_code say_error(const struct err *e, enum exit_code otherwise);

/*
 * The program calls this before anything else. If standard input, output or
 * error is closed, this function opens /dev/null there. Without this, a file
 * that we open would get the number 0, 1 or 2, and a message could be written
 * into the output file.
 */
void say_begin(void);

/*
 * Writes a whole report to standard output, or to standard error if `to_stderr`
 * is set. Set it if standard output gets the copied file.
 */
void say_report(const char *text, bool to_stderr);

/*
 * As say_report, but frees the text. If `text` is NULL, says that memory ran
 * out.
 */
enum exit_code say_and_free(char *text, bool to_stderr);

/* Writes out all output that is still in a buffer; say_end reports failures. */
void say_flush(void);

/*
 * From now on reports go into this file, until say_report_end closes it. False:
 * the file cannot be opened, or not all of the report was written; errno says
 * why.
 */
bool say_report_into(const char *path);
bool say_report_end(void);

/*
 * Closes standard output. If output was lost although its reader has not ended,
 * says so and returns EXIT_FAILED in place of EXIT_WELL. Otherwise returns
 * `code`.
 */
enum exit_code say_end(enum exit_code code);

#endif
