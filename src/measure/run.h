/*
 * The folder of a run: samples.csv, to which lines are appended and which is
 * the one truth, and manifest.json, which is replaced as a whole.
 */
#ifndef MEASURE_RUN_H
#define MEASURE_RUN_H

#include <jansson.h>
#include <limits.h>
#include <stdint.h>

#include "base/err.h"

struct meas_run {
	char dir[PATH_MAX];
	int samples_fd;    /* locked; -1 while closed */
	int64_t len_bytes; /* of samples.csv up to its last whole line */
};

#define MEAS_RUN_INIT            \
	{                        \
		.samples_fd = -1 \
	}

/* Makes the folder, which must not be there or be empty. 0 or -errno. */
int meas_run_create(struct meas_run *run, const char *dir, struct err *e);

/*
 * Opens the folder of a run to go on with it. What a line cut short has lost
 * is taken away and told in `cut_bytes`.
 */
int meas_run_open(struct meas_run *run, const char *dir, int64_t *cut_bytes,
		  struct err *e);

/*
 * Appends whole lines in one write(2). Where that fails, as on a full disk,
 * the file is as it was before.
 */
int meas_run_append(struct meas_run *run, const char *lines, struct err *e);

/* Takes away what was appended last, down to this length. */
int meas_run_cut(struct meas_run *run, int64_t len_bytes, struct err *e);

/* Once a round: on the disk. */
void meas_run_sync(const struct meas_run *run);

/* Puts a file in place of the one of that name, or leaves that as it was. */
int meas_run_put(const struct meas_run *run, const char *name, const char *text,
		 struct err *e);
int meas_run_put_json(const struct meas_run *run, const char *name,
		      const json_t *json, struct err *e);

/* All of a file of the folder, to be freed; NULL: it cannot be read. */
char *meas_run_get(const struct meas_run *run, const char *name, struct err *e);

void meas_run_close(struct meas_run *run);

#endif
