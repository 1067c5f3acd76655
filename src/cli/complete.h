/* The words that fit at a place of the command line, for a shell to offer. */
#ifndef CLI_COMPLETE_H
#define CLI_COMPLETE_H

/* The shells that have a script: "bash" …, NULL. */
extern const char *const complete_shells[];

/*
 * Prints what fits in place of the last of these words, which follow "ipcopy":
 * a line for each, with its meaning behind a tab. A line that begins with a tab
 * asks for names: "files", "folders", or "command N", where the N-th word is
 * the first of another command.
 */
void complete_last(const char *const *words);

#endif
