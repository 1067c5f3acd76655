/* Lines of samples.csv: written from JSON, read back to go on with a run. */
#include "measure/sample.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "run/run.h"

/* --- writing -------------------------------------------------------------- */

char *meas_sample_header(void)
{
	char *text = NULL;
	size_t len;
	FILE *to = open_memstream(&text, &len);

	if (!to)
		return NULL;
	run_header_put(to, &run_file_samples);
	if (fclose(to) == 0)
		return text;
	free(text);
	return NULL;
}

char *meas_sample_line(const json_t *row)
{
	struct run_sample s = { .ok = false };
	char *text = NULL;
	size_t len;
	FILE *to = open_memstream(&text, &len);

	if (!to)
		return NULL;
	run_row_of_json(&run_file_samples, row, &s);
	run_row_put(to, &run_file_samples, &s);
	if (fclose(to) == 0)
		return text;
	free(text);
	return NULL;
}

/* --- reading -------------------------------------------------------------- */

/* One field into `buf`; what stands behind it, or NULL. */
static const char *take_field(const char *p, char *buf, size_t size)
{
	bool quoted = *p == '"';
	size_t n = 0;

	for (p += quoted; *p && *p != '\n'; p++) {
		if (quoted && p[0] == '"' && p[1] == '"')
			p++;
		else if (quoted && *p == '"')
			break;
		else if (!quoted && *p == ',')
			break;
		if (n + 1 < size)
			buf[n++] = *p;
	}
	buf[n] = '\0';
	if (quoted && *p++ != '"')
		return NULL;
	return *p == ',' || *p == '\n' ? p : NULL;
}

static bool take_column(struct meas_sample *s, const char *name,
			const char *value)
{
	const struct {
		const char *name;
		int64_t *to;
	} numbers[] = {
		{ "round", &s->round },       { "order", &s->order },
		{ "at_ns", &s->at_ns },       { "iteration", &s->iteration },
		{ "wall_ns", &s->wall_ns },   { "bytes", &s->bytes },
		{ "messages", &s->messages },
	};
	char *end;

	if (!strcmp(name, "cell"))
		return snprintf(s->cell, sizeof(s->cell), "%s", value) <
		       (int)sizeof(s->cell);
	if (!strcmp(name, "status"))
		s->ok = !strcmp(value, "ok");
	for (size_t i = 0; i < sizeof(numbers) / sizeof(numbers[0]); i++) {
		if (strcmp(name, numbers[i].name) != 0)
			continue;
		*numbers[i].to = strtoll(value, &end, 10);
		return !*end;
	}
	return true;
}

bool meas_sample_read(const char *line, struct meas_sample *s)
{
	const struct run_column *c = run_file_samples.columns;
	char value[1000];

	*s = (struct meas_sample){ 0 };
	for (; c->name; c++, line++) {
		line = take_field(line, value, sizeof(value));
		if (!line || !take_column(s, c->name, value))
			return false;
		if ((c[1].name != NULL) != (*line == ','))
			return false;
	}
	s->next = line;
	return s->round > 0 && *s->cell;
}

double meas_speed(bool pingpong, int64_t bytes, int64_t messages,
		  int64_t wall_ns)
{
	double n = pingpong || bytes <= 0 ? (double)messages : (double)bytes;

	if (n <= 0)
		n = 1;
	return wall_ns > 0 ? n * 1e9 / (double)wall_ns : 0;
}
