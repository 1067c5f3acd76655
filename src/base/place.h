/*
 * Finds files: those of ipcopy, in the build tree or where it is installed;
 * other programs; and a place for temporary files.
 */
#ifndef BASE_PLACE_H
#define BASE_PLACE_H

#include <stdbool.h>
#include <stddef.h>

/*
 * Finds a file of ipcopy. It looks at `in_tree`, a path relative to the folder
 * of this program. Then it looks where the file lies if the whole installation
 * was moved: the relative path from the folder of this program to the file is
 * that from BINDIR to `installed`. Last, it looks at `installed`. False: the
 * file is missing, and `path` is `installed`.
 */
bool place_find(const char *in_tree, const char *installed, int mode,
		char *path, size_t size);

/* True if a folder of PATH has the program. */
bool place_has_program(const char *program);

/* TMPDIR if it is an absolute path, else /tmp. */
const char *place_temp(void);

#endif
