/* Finds ipcopy's shared libraries, which are preloaded into other programs. */
#include "base/library.h"

#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "base/place.h"

bool library_find(char *path, size_t size, const char *in_tree)
{
	char installed[1024];

	snprintf(installed, sizeof(installed), "%s/%s", PKGLIBDIR,
		 strrchr(in_tree, '/') + 1);
	return place_find(in_tree, installed, R_OK, path, size);
}

bool library_can_be_preloaded(const char *path)
{
	return !strpbrk(path, " :");
}
