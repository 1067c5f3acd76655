/* Finds ipcopy's own files: in the build tree, or where ipcopy is installed. */
#ifndef BASE_PLACE_H
#define BASE_PLACE_H

#include <stdbool.h>
#include <stddef.h>

/*
 * Finds a file of ipcopy in one of three places: at `in_tree`, a path from the
 * folder of this program on; at the path that leads from BINDIR to `installed`,
 * taken from the folder of this program, so that a moved installation works,
 * too; and at `installed`. False: it is in none of them, and `path` is
 * `installed`.
 */
bool place_find(const char *in_tree, const char *installed, int mode,
		char *path, size_t size);

#endif
