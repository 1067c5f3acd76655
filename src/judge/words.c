/* A verdict in words: what its parts are called. */
#include "judge/words.h"

#include <math.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/size.h"
#include "text/table.h"

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

/* --- conditions ----------------------------------------------------------- */

static void add(char *buf, size_t size, const char *before, const char *word)
{
	size_t used = strlen(buf);

	if (used < size)
		snprintf(buf + used, size - used, "%s%s", before, word);
}

const char *rep_condition_words(const struct rep_condition *k, char *buf,
				size_t size)
{
	char word[32];

	snprintf(buf, size, "%s", k->workload);
	if (strcmp(k->sink, "-") != 0)
		add(buf, size, " ", k->sink);
	add(buf, size, " ", size_word(k->size_bytes, word, sizeof(word)));
	if (!strcmp(k->depth, "deep"))
		add(buf, size, ", ", k->depth);
	else if (strcmp(k->depth, "-") != 0)
		add(buf, size, ", depth ", k->depth);
	add(buf, size, ", ", k->place);
	if (strcmp(k->cache, "hot") != 0)
		add(buf, size, ", ", k->cache);
	if (strcmp(k->wait, "-") != 0 && strcmp(k->wait, "block") != 0)
		add(buf, size, ", ", k->wait);
	if (k->pairs > 1) {
		snprintf(word, sizeof(word), "%d pairs", k->pairs);
		add(buf, size, ", ", word);
	}
	return buf;
}

const char *rep_cell_words(const struct rep_cell *c, char *buf, size_t size)
{
	struct rep_condition k = rep_condition_of(c);
	char where[160];

	snprintf(buf, size, "%s: %s", c->label,
		 rep_condition_words(&k, where, sizeof(where)));
	return buf;
}

/* --- numbers -------------------------------------------------------------- */

const char *rep_times(double ratio, char *buf, size_t size)
{
	if (isnan(ratio))
		snprintf(buf, size, "-");
	else
		snprintf(buf, size, "%.*f×",
			 table_decimals(ratio, ratio < 0.1 ? 2 : 3), ratio);
	return buf;
}

const char *rep_speed_words(const struct rep_cell *c, double speed, char *buf,
			    size_t size)
{
	static const char *const units[] = { "", "k", "M", "G", NULL };
	char bytes[32];
	int unit = 0;

	if (strcmp(c->workload, "pingpong") != 0) {
		snprintf(buf, size, "%s/s",
			 size_human(speed, bytes, sizeof(bytes)));
		return buf;
	}
	for (; speed >= 1000 && units[unit + 1]; unit++)
		speed /= 1000;
	snprintf(buf, size, "%.*f%s trips/s", table_decimals(speed, 3), speed,
		 units[unit]);
	return buf;
}
