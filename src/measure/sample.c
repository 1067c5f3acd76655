/* Lines of samples.csv as texts, made from JSON. */
#include "measure/sample.h"

#include <stdio.h>
#include <stdlib.h>

#include "base/memstream.h"
#include "run/run.h"

/* Opens a stream. memstream_end makes a text of all that is written to it. */
static FILE *begin(char **text, size_t *len)
{
	*text = NULL;
	return open_memstream(text, len);
}

char *meas_sample_header(void)
{
	size_t len;
	char *text;
	FILE *to = begin(&text, &len);

	if (!to)
		return NULL;
	run_header_put(to, &run_file_samples);
	return memstream_end(to, &text, true);
}

char *meas_sample_line(const json_t *row)
{
	struct run_sample sample;
	size_t len;
	char *text;
	FILE *to = begin(&text, &len);

	if (!to)
		return NULL;
	run_row_of_json(&run_file_samples, row, &sample);
	run_row_put(to, &run_file_samples, &sample);
	return memstream_end(to, &text, true);
}
