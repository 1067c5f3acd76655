/* Lines of samples.csv as texts. */
#ifndef MEASURE_SAMPLE_H
#define MEASURE_SAMPLE_H

#include <jansson.h>

/* Both with their end, to be freed; NULL: no memory. */
char *meas_sample_header(void);

/* Fills each column from the member of that name; a missing one is empty. */
char *meas_sample_line(const json_t *row);

#endif
