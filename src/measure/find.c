/*
 * Where ipcopy's own files are: beside the program, or where it is installed.
 */
#include "measure/find.h"

#include <errno.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* A path below the directory of this program; false if it is not there. */
static bool beside(const char *rest, int mode, char *path, size_t size)
{
	char self[2048];
	ssize_t len = readlink("/proc/self/exe", self, sizeof(self) - 1);

	if (len <= 0)
		return false;
	self[len] = '\0';
	*strrchr(self, '/') = '\0';
	return snprintf(path, size, "%s/%s", self, rest) < (int)size &&
	       access(path, mode) == 0;
}

int find_plan(const char *name, char *path, size_t size, struct err *e)
{
	char rest[100];

	snprintf(rest, sizeof(rest), "bench/plans/%.64s.json", name);
	if (beside(rest, R_OK, path, size))
		return 0;
	/* a program of the tests lies one deeper */
	snprintf(rest, sizeof(rest), "../bench/plans/%.64s.json", name);
	if (beside(rest, R_OK, path, size))
		return 0;
	snprintf(path, size, PKGDATADIR "/plans/%.64s.json", name);
	if (access(path, R_OK) == 0)
		return 0;
	return err_say(e, ENOENT,
		       "the plan %.64s is neither beside this "
		       "program nor in " PKGDATADIR "/plans",
		       name);
}

int find_cell(char *path, size_t size, struct err *e)
{
	const char *other = getenv("IPCOPY_CELL");

	if (other && *other) {
		if (snprintf(path, size, "%s", other) < (int)size &&
		    access(path, X_OK) == 0)
			return 0;
		return err_sys(e, "IPCOPY_CELL names %.200s", other);
	}
	if (beside("bench/ipcopy-cell", X_OK, path, size))
		return 0;
	if (snprintf(path, size, "%s", PKGLIBEXECDIR "/ipcopy-cell") <
		    (int)size &&
	    access(path, X_OK) == 0)
		return 0;
#ifdef HAVE_BENCHMARK
	return err_say(e, ENOTSUP,
		       "ipcopy-cell, the program that measures, is "
		       "neither beside this one nor in " PKGLIBEXECDIR);
#else
	return err_say(e, ENOTSUP,
		       "this ipcopy was built without Google "
		       "Benchmark and cannot measure; install it and build "
		       "again: apt-get install libbenchmark-dev g++ && "
		       "./configure && make");
#endif
}
