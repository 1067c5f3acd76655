/*
 * Notices other processes of this user that measure at the same time, since
 * their speeds and those of this process suffer.
 */
#ifndef MEASURE_BESIDE_H
#define MEASURE_BESIDE_H

#include <limits.h>
#include <sys/types.h>

struct meas_beside {
	int fd; /* a file in the runtime directory, locked; -1: none */
	char path[200];
	/* another process that measures, and the folder of its run; 0: none */
	pid_t other;
	char other_dir[PATH_MAX];
};

#define MEAS_BESIDE_INIT \
	{                \
		.fd = -1 \
	}

/*
 * Shows to others that this process measures into the folder `dir`, and fills
 * in `other`. If the runtime directory cannot be used, it does nothing.
 */
void meas_beside_begin(struct meas_beside *b, const char *dir);

/* Ends what meas_beside_begin began. Calling it twice is harmless. */
void meas_beside_end(struct meas_beside *b);

#endif
