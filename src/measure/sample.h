/* Lines of samples.csv: written from JSON, read back to go on with a run. */
#ifndef MEASURE_SAMPLE_H
#define MEASURE_SAMPLE_H

#include <jansson.h>
#include <stdbool.h>
#include <stdint.h>

/* The first line, with its end. */
const char *meas_sample_header(void);

/*
 * A line of CSV, with its end: of each column that the header names the member
 * of that name, nothing where there is none. To be freed; NULL: no memory.
 */
char *meas_csv_line(const char *header, const json_t *row);

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
