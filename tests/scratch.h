/* A test's own directory and, if possible, names that no other process sees. */
#ifndef TESTS_SCRATCH_H
#define TESTS_SCRATCH_H

/*
 * Makes a directory with `run` (XDG_RUNTIME_DIR), `tmp` (TMPDIR) and `here`,
 * the new working directory. It is removed when this process exits. Ends the
 * test on failure.
 */
void scratch_begin(void);

/* The absolute path of the directory above those three. */
const char *scratch_dir(void);

/*
 * Gives this process a /dev/shm, message queues and System V objects of its
 * own, so that all names there are ours. Returns NULL, or why this is not
 * possible.
 */
const char *scratch_isolate(void);

/* The directory in which the queues can be seen; NULL unless isolated. */
const char *scratch_queues(void);

/*
 * For root, in a child: becomes another user for good, with three directories
 * of its own.
 */
void scratch_become(unsigned uid);

#endif
