/* Finds files of ipcopy, other programs, and a place for temporary files. */
#include "base/place.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/append.h"

/* The folder in which this program lies; "" if it is not known. */
static void own_folder(char *buf, size_t size)
{
	ssize_t n = readlink("/proc/self/exe", buf, size - 1);
	char *slash;

	buf[n > 0 ? n : 0] = '\0';
	slash = strrchr(buf, '/');
	if (slash)
		*slash = '\0';
}

/*
 * The length of the longest start, with a '/' at its end, that both paths
 * share.
 */
static size_t common(const char *a, const char *b)
{
	size_t n = 0;

	for (size_t i = 0; a[i] && a[i] == b[i]; i++)
		if (a[i] == '/')
			n = i + 1;
	return n;
}

/*
 * The path of an installed file relative to BINDIR: "../share/ipcopy" for
 * /usr/share/ipcopy if BINDIR is /usr/bin.
 */
static void from_bindir(const char *installed, char *buf, size_t size)
{
	static const char bindir[] = BINDIR "/";
	size_t same = common(bindir, installed);

	buf[0] = '\0';
	for (const char *at = &bindir[same]; *at; at++)
		if (*at == '/')
			text_append(buf, size, "../");
	text_append(buf, size, "%s", installed + same);
}

static bool is_there(const char *folder, const char *rest, int mode, char *path,
		     size_t size)
{
	return *folder &&
	       snprintf(path, size, "%s/%s", folder, rest) < (int)size &&
	       access(path, mode) == 0;
}

bool place_find(const char *in_tree, const char *installed, int mode,
		char *path, size_t size)
{
	char own[2048], rest[1024];

	own_folder(own, sizeof(own));
	from_bindir(installed, rest, sizeof(rest));
	return is_there(own, in_tree, mode, path, size) ||
	       is_there(own, rest, mode, path, size) ||
	       (snprintf(path, size, "%s", installed) < (int)size &&
		access(path, mode) == 0);
}

bool place_has_program(const char *program)
{
	const char *path = getenv("PATH");
	char full[4096];
	size_t len;

	for (; path && *path; path += len + (path[len] == ':')) {
		len = strcspn(path, ":");
		snprintf(full, sizeof(full), "%.*s/%s", (int)len, path,
			 program);
		if (access(full, X_OK) == 0)
			return true;
	}
	return false;
}

const char *place_temp(void)
{
	const char *dir = getenv("TMPDIR");

	return dir && *dir == '/' ? dir : "/tmp";
}
