/* The words that fit at a place of the command line, for a shell to offer. */
#ifndef CLI_COMPLETE_H
#define CLI_COMPLETE_H

/* The names of the shells that have a script, such as "bash"; then NULL. */
extern const char *const complete_shells[];

/*
 * `words` are the words after "ipcopy". Prints the words that fit in place of
 * the last one, each in a line, with its meaning after a tab. A line that
 * begins with a tab asks the shell to complete: "files", "folders", or "command
 * N", where the words from the N-th on are another command.
 */
void complete_last(const char *const *words);

#endif
