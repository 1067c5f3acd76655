/* Shared objects of ours, for programs that they are preloaded into. */
#include "base/library.h"

#include <stdio.h>
#include <string.h>
#include <unistd.h>

bool library_find(char *path, size_t size, const char *in_tree)
{
	char exe[3000], *slash;
	ssize_t n = readlink("/proc/self/exe", exe, sizeof(exe) - 1);

	exe[n > 0 ? n : 0] = '\0';
	slash = strrchr(exe, '/');
	if (slash) {
		*slash = '\0';
		snprintf(path, size, "%s/%s", exe, in_tree);
		if (access(path, R_OK) == 0)
			return true;
	}
	snprintf(path, size, "%s/%s", PKGLIBDIR, strrchr(in_tree, '/') + 1);
	return access(path, R_OK) == 0;
}

bool library_can_be_preloaded(const char *path)
{
	return !strpbrk(path, " :");
}
