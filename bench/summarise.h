/* Declarations for the files of summarise, and for no others. */
#ifndef BENCH_SUMMARISE_H
#define BENCH_SUMMARISE_H

#include <jansson.h>
#include <stddef.h>
#include <stdint.h>

#include "args/command.h"

#define RUNS_MAX 10000

struct wish {
	const char *operand[OPERANDS_MAX];
	const char *merge, *base, *dir;
	uint64_t bytes, seed;
	int format; /* enum table_format */
};

/* Prints the reason and returns EXIT_FAILED. */
enum exit_code summarise_fail(const char *what, const char *why);

/*
 * Reads at most RUNS_MAX numbers from a list of an entry. Returns how many it
 * read.
 */
size_t summarise_values(const json_t *entry, const char *list, double *to);

/* --merge: puts the runs of a list into one JSON on standard output. */
enum exit_code summarise_merge(const struct wish *w);

#endif
