/* Lines of samples.csv as texts. */
#ifndef MEASURE_SAMPLE_H
#define MEASURE_SAMPLE_H

#include <jansson.h>

/*
 * The line with the names of the columns. The texts of both functions end with
 * an end of line, and the caller frees them. NULL: no memory.
 */
char *meas_sample_header(void);

/*
 * Fills each column from the member of `row` with the same name. The field of a
 * missing member is empty.
 */
char *meas_sample_line(const json_t *row);

#endif
