/* A test's own directory and, if possible, names that no other process sees. */
#ifndef TESTS_SCRATCH_H
#define TESTS_SCRATCH_H

/*
 * Makes a directory of our own with `run` (XDG_RUNTIME_DIR), `tmp` (TMPDIR) and
 * `here` (the working directory from now on) in it. All of it goes when this
 * process exits. Ends the test where that fails.
 */
void scratch_begin(void);

/* The directory above those three, absolute. */
const char *scratch_dir(void);

/*
 * /dev/shm, message queues and System V objects of our own, so that what
 * appears in them is ours. NULL, or why that is not allowed here.
 */
const char *scratch_isolate(void);

/* Where the queues can be looked at; NULL unless isolated. */
const char *scratch_queues(void);

/*
 * For root, in a child: becomes another user for good, with three directories
 * of its own beside those.
 */
void scratch_become(unsigned uid);

#endif
