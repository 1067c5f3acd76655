/* Lines of samples.csv: written from JSON, read back to go on with a run. */
#include "measure/sample.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define HEADER                                                             \
	"round,order,cell,mechanism,label,workload,sink,cache,size_bytes," \
	"depth,wait,place,pairs,at_ns,status,reason,iteration,wall_ns,"    \
	"bytes,messages,server_user_ns,server_sys_ns,client_user_ns,"      \
	"client_sys_ns,server_voluntary,server_involuntary,"               \
	"client_voluntary,client_involuntary,server_faults,client_faults," \
	"steal_ns,witness_ns,p50_ns,p90_ns,p99_ns,p999_ns,max_ns"

const char *meas_sample_header(void)
{
	return HEADER "\n";
}

/* --- writing -------------------------------------------------------------- */

/* As RFC 4180 has it, on one line whatever the text. */
static void put_text(FILE *to, const char *text)
{
	bool quoted = !*text || strpbrk(text, ",\"\r\n");

	if (quoted)
		putc('"', to);
	for (; *text; text++) {
		if (*text == '"')
			putc('"', to);
		putc(*text == '\n' || *text == '\r' ? ' ' : *text, to);
	}
	if (quoted)
		putc('"', to);
}

static void put_value(FILE *to, const json_t *value)
{
	if (json_is_string(value))
		put_text(to, json_string_value(value));
	else if (json_is_integer(value))
		fprintf(to, "%" JSON_INTEGER_FORMAT, json_integer_value(value));
	else if (json_is_real(value))
		fprintf(to, "%.6g", json_real_value(value));
	else if (json_is_boolean(value))
		fputs(json_is_true(value) ? "true" : "false", to);
}

char *meas_csv_line(const char *header, const json_t *row)
{
	char *text = NULL, name[32];
	const char *column = header;
	size_t len;
	FILE *to = open_memstream(&text, &len);

	if (!to)
		return NULL;
	while (*column && *column != '\n') {
		size_t letters = strcspn(column, ",\n");

		snprintf(name, sizeof(name), "%.*s", (int)letters, column);
		put_value(to, json_object_get(row, name));
		column += letters;
		if (*column == ',')
			putc(*column++, to);
	}
	putc('\n', to);
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
	const char *column = HEADER;
	char name[32], value[1000];

	*s = (struct meas_sample){ 0 };
	while (*column) {
		size_t letters = strcspn(column, ",");

		snprintf(name, sizeof(name), "%.*s", (int)letters, column);
		line = take_field(line, value, sizeof(value));
		if (!line || !take_column(s, name, value))
			return false;
		column += letters;
		if ((*column == ',') != (*line == ','))
			return false;
		line++;
		column += *column == ',';
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
