/* Identifies the samples of a run by the length and the hash of their file. */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/hash.h"
#include "run/run.h"

static bool print_of(FILE *from, struct run_print *print)
{
	struct hash *hash = hash_new();
	char text[1 << 16];
	size_t n;

	if (!hash)
		return false;
	print->bytes = 0;
	while ((n = fread(text, 1, sizeof(text), from)) > 0) {
		hash_add(hash, text, n);
		print->bytes += n;
	}
	snprintf(print->hash, sizeof(print->hash), "%016" PRIx64,
		 hash_value(hash));
	hash_free(hash);
	return !ferror(from);
}

bool run_print_samples(const char *dir, struct run_print *print)
{
	char *path = dir ? run_path(dir, run_file_samples.name) : NULL;
	struct err unused = { 0 };
	FILE *from;
	bool ok;

	if (!path || csv_open(path, &from, &unused) < 0) {
		free(path);
		return false;
	}
	ok = print_of(from, print);
	fclose(from);
	free(path);
	return ok;
}
