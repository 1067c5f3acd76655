/*
 * Messages for people, one line each on standard error; and the end of output,
 * which is checked.
 */
#ifndef ARGS_SAY_H
#define ARGS_SAY_H

#include "args/command.h"

/*
 * Writes "ipcopy: text" and an end of line in one write(2), so that messages of
 * two processes are never mixed. A character that would begin a new line
 * becomes '?'.
 */
void say(const char *fmt, ...) __attribute__((format(printf, 1, 2)));

/* Say that memory ran out, or that the user interrupted us; and how to end. */
enum exit_code say_no_memory(void);
enum exit_code say_interrupted(void);

/*
 * Call it first. It keeps 0, 1 and 2 from becoming the numbers of files that we
 * open. Otherwise a message could go into the output file if standard error was
 * closed.
 */
void say_begin(void);

/*
 * Writes a whole report; on standard error if the copied file goes to standard
 * output.
 */
void say_report(const char *text, bool to_stderr);

/* The same, and frees it. NULL: says that memory ran out. */
enum exit_code say_and_free(char *text, bool to_stderr);

/* From now on into this file, up to say_report_end. False: errno says why. */
bool say_report_into(const char *path);
bool say_report_end(void);

/* Closes standard output, and says so if some of it was lost. */
enum exit_code say_end(enum exit_code code);

#endif
