/* Lines of samples.csv: written from JSON, read back to go on with a run. */
#ifndef MEASURE_SAMPLE_H
#define MEASURE_SAMPLE_H

#include <jansson.h>
#include <stdbool.h>
#include <stdint.h>

/* Both are to be freed and end their line; NULL: no memory. */
char *meas_sample_header(void);

/* The members of an object as run/columns.c has them. */
char *meas_sample_line(const json_t *row);

/* What going on with a run must know of a line. */
struct meas_sample {
	int64_t round, order, at_ns, iteration;
	int64_t wall_ns, bytes, messages;
	char cell[400];
	bool ok;
	const char *next; /* the line behind it */
};

/* False: that is no line of ours. */
bool meas_sample_read(const char *line, struct meas_sample *s);

/* What is compared: trips, bytes, messages or, of null, whole runs a second. */
double meas_speed(bool pingpong, int64_t bytes, int64_t messages,
		  int64_t wall_ns);

#endif
