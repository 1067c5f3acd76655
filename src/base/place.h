/* Where ipcopy's own files are: in the tree, or where it is installed. */
#ifndef BASE_PLACE_H
#define BASE_PLACE_H

#include <stdbool.h>
#include <stddef.h>

/*
 * Finds a file of ipcopy in one of three places. First: `in_tree`, a path from
 * the folder of this program on. Second: as far from the program as configure
 * meant it to be installed; so it is found if the whole installation was moved
 * or made with another prefix. Third: `installed`. False: it is in none of
 * them; `path` is then `installed`.
 */
bool place_find(const char *in_tree, const char *installed, int mode,
		char *path, size_t size);

#endif
