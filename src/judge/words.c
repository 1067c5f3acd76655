/* Words for the parts of a verdict: lines, cells, numbers and commands. */
#include "judge/words.h"

#include <math.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/size.h"

void rep_line(struct rep_lines *l, const char *fmt, ...)
{
	char **larger = realloc(l->line, (l->lines + 1) * sizeof(*larger));
	va_list ap;

	l->broken = l->broken || !larger;
	if (!larger)
		return;
	l->line = larger;
	va_start(ap, fmt);
	if (vasprintf(&l->line[l->lines], fmt, ap) < 0)
		l->broken = true;
	else
		l->lines++;
	va_end(ap);
}

void rep_lines_free(struct rep_lines *l)
{
	for (size_t i = 0; i < l->lines; i++)
		free(l->line[i]);
	free(l->line);
	*l = (struct rep_lines){ 0 };
}

const char *rep_cell_words(const struct run_cell *c, char *buf, size_t size)
{
	struct run_condition k = run_condition_of(c);
	char where[160];

	snprintf(buf, size, "%s: %s", c->label,
		 run_condition_words(&k, where, sizeof(where)));
	return buf;
}

/* --- numbers -------------------------------------------------------------- */

const char *rep_times(double ratio, char *buf, size_t size)
{
	if (isnan(ratio))
		snprintf(buf, size, "-");
	else
		snprintf(buf, size, "%.*f×",
			 size_decimals(ratio, ratio < 0.1 ? 2 : 3), ratio);
	return buf;
}

const char *rep_speed_words(const struct run_cell *c, double speed, char *buf,
			    size_t size)
{
	return run_speed_words(&c->at, speed, buf, size);
}

/* --- what to type --------------------------------------------------------- */

const char *rep_via(const struct run_cell *c, char *buf, size_t size)
{
	static const char key[] = "size=";
	const char *spec = run_via(c), *at = spec + strcspn(spec, ":");
	size_t used = (size_t)(at - spec);
	char before = ':';

	snprintf(buf, size, "%.*s", (int)used, spec);
	while (*at) {
		size_t len = strcspn(++at, ",");

		if (strncmp(at, key, sizeof(key) - 1) != 0 && used < size) {
			used += (size_t)snprintf(buf + used, size - used,
						 "%c%.*s", before, (int)len,
						 at);
			before = ',';
		}
		at += len;
	}
	return buf;
}

char *rep_command(const struct run_cell *c)
{
	char via[200], bytes[32], *text;
	bool placed = !run_is_place(&c->at, RUN_FREE);

	if (!run_moves(&c->at, COPY_FILE))
		return strdup("");
	if (asprintf(&text, "ipcopy copy SRC DST --via %s --size %s%s%s",
		     rep_via(c, via, sizeof(via)),
		     size_word(c->at.size_bytes, bytes, sizeof(bytes)),
		     placed ? " --place " : "", placed ? c->at.place : "") < 0)
		return NULL;
	return text;
}
