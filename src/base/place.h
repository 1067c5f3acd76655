/* Where ipcopy's own files are: in the tree, or where it is installed. */
#ifndef BASE_PLACE_H
#define BASE_PLACE_H

#include <stdbool.h>
#include <stddef.h>

/*
 * Finds a file by its name from the folder of this program on, as it is in the
 * tree, or else by where configure meant to install it. An installation that
 * was moved as a whole, or made with another prefix, has it as far from the
 * program as configure meant. False: it is not there; `path` is then where
 * configure meant it.
 */
bool place_find(const char *in_tree, const char *installed, int mode,
		char *path, size_t size);

#endif
