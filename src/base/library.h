/* Shared libraries of ours that are preloaded into other programs. */
#ifndef BASE_LIBRARY_H
#define BASE_LIBRARY_H

#include <stdbool.h>
#include <stddef.h>

/*
 * Finds a library by its name in the tree, as place_find does. False: it is
 * not there; `path` is then where configure meant to install it.
 */
bool library_find(char *path, size_t size, const char *in_tree);

/* False: the path has a character that separates libraries in LD_PRELOAD. */
bool library_can_be_preloaded(const char *path);

#endif
