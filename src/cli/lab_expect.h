/* Reads recorded outcomes from a file, for a comparison with new ones. */
#ifndef CLI_LAB_EXPECT_H
#define CLI_LAB_EXPECT_H

#include "base/err.h"
#include "lab/runner.h"

#define LAB_MAX 100

/*
 * Indexed by the number of an experiment in the table of experiments; -1: no
 * outcome was recorded.
 */
struct lab_expected {
	int outcome[LAB_MAX];
};

/*
 * Reads what `lab --format json` or `csv` wrote, or lines such as "B1 holds"; a
 * line that begins with "#" is a comment. 0 or -errno.
 */
int lab_expect_read(struct lab_expected *x, const char *path, struct err *e);

/* The outcome that is recorded for a claim; -1: nothing is. */
int lab_expect_of(const struct lab_expected *x, const struct experiment *of);

/* The id of the i-th claim; NULL: there are no more. For words_refuse. */
const char *lab_id_at(size_t i, const void *unused);

#endif
