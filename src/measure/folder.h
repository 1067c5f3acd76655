/*
 * The folder of a run. Lines are appended to samples.csv, from which the
 * results follow. manifest.json is replaced as a whole.
 */
#ifndef MEASURE_FOLDER_H
#define MEASURE_FOLDER_H

#include <jansson.h>
#include <limits.h>
#include <stdint.h>

#include "base/err.h"

struct meas_folder {
	char dir[PATH_MAX];
	int samples_fd;    /* locked; -1 while closed */
	int64_t len_bytes; /* length of the whole lines of samples.csv */
};

#define MEAS_FOLDER_INIT         \
	{                        \
		.samples_fd = -1 \
	}

/* Makes the folder. A folder that exists must be empty. 0 or -errno. */
int meas_folder_create(struct meas_folder *run, const char *dir, struct err *e);

/*
 * Opens the folder of a run to continue the run. If the last line of
 * samples.csv is not complete, removes the line; *cut_bytes is its length.
 */
int meas_folder_open(struct meas_folder *run, const char *dir,
		     int64_t *cut_bytes, struct err *e);

/*
 * Appends whole lines to samples.csv. If this fails, for example on a full
 * disk, the file is cut back to the length that it had before.
 */
int meas_folder_append(struct meas_folder *run, const char *lines,
		       struct err *e);

/* Cuts samples.csv to this length, which removes the lines appended last. */
int meas_folder_cut(struct meas_folder *run, int64_t len_bytes, struct err *e);

/* Flushes samples.csv to the disk; called after each sweep. */
void meas_folder_sync(const struct meas_folder *run);

/* Replaces the file of that name; if this fails, the old one stays. */
int meas_folder_put(const struct meas_folder *run, const char *name,
		    const char *text, struct err *e);
int meas_folder_put_json(const struct meas_folder *run, const char *name,
			 const json_t *json, struct err *e);

/* The contents of a file, to be freed; NULL: the file cannot be read. */
char *meas_folder_get(const struct meas_folder *run, const char *name,
		      struct err *e);

void meas_folder_close(struct meas_folder *run);

#endif
