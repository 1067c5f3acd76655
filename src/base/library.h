/* Shared objects of ours, for programs that they are preloaded into. */
#ifndef BASE_LIBRARY_H
#define BASE_LIBRARY_H

#include <stdbool.h>
#include <stddef.h>

/*
 * Where it is, by its name in the tree: in the tree where we were built, or
 * else, whether it is there or not, where it is installed. False: not there.
 */
bool library_find(char *path, size_t size, const char *in_tree);

/* False: the path has a character that separates libraries in LD_PRELOAD. */
bool library_can_be_preloaded(const char *path);

#endif
