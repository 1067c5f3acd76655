/* Finds ipcopy's own files, beside the program or where they are installed. */
#include "measure/find.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "base/place.h"

int find_plan(const char *name, char *path, size_t size, struct err *e)
{
	char in_tree[100], deeper[104], installed[1024];

	snprintf(in_tree, sizeof(in_tree), "bench/plans/%.64s.json", name);
	/* a program of the tests is one folder deeper */
	snprintf(deeper, sizeof(deeper), "../%s", in_tree);
	snprintf(installed, sizeof(installed), PKGDATADIR "/plans/%.64s.json",
		 name);
	if (place_find(in_tree, installed, R_OK, path, size) ||
	    place_find(deeper, installed, R_OK, path, size))
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
		return err_sys(e,
			       "cannot run the program %.200s, which the "
			       "environment variable IPCOPY_CELL names",
			       other);
	}
	if (place_find("bench/ipcopy-cell", PKGLIBEXECDIR "/ipcopy-cell", X_OK,
		       path, size))
		return 0;
#ifdef HAVE_BENCHMARK
	return err_say(e, ENOTSUP,
		       "ipcopy-cell, the program that measures, is neither "
		       "beside this program nor in " PKGLIBEXECDIR);
#else
	return err_say(e, ENOTSUP,
		       "this ipcopy was built without Google "
		       "Benchmark and cannot measure; install it and build "
		       "again: apt-get install libbenchmark-dev g++ && "
		       "./configure && make");
#endif
}
