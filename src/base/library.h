/* Finds ipcopy's shared libraries, which are preloaded into other programs. */
#ifndef BASE_LIBRARY_H
#define BASE_LIBRARY_H

#include <stdbool.h>
#include <stddef.h>

/*
 * Finds a library as place_find does. `in_tree` is its path in the build tree.
 * False: it is missing, and `path` is where `make install` would have put it.
 */
bool library_find(char *path, size_t size, const char *in_tree);

/* False: the path has a character that separates libraries in LD_PRELOAD. */
bool library_can_be_preloaded(const char *path);

#endif
