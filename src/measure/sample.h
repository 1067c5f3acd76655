/* Lines of samples.csv as texts. */
#ifndef MEASURE_SAMPLE_H
#define MEASURE_SAMPLE_H

#include <jansson.h>

/*
 * Both texts end with an end of line. The caller frees them; NULL: no memory.
 */
char *meas_sample_header(void);

/*
 * Fills each column from the member of the same name. A missing one is empty.
 */
char *meas_sample_line(const json_t *row);

#endif
