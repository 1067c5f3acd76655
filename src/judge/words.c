/* Words for the parts of a verdict: lines, cells, numbers and commands. */
#include "judge/words.h"

#include <math.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/memstream.h"
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

/*
 * The mechanism with its settings except the size. If `capacity` is not NULL,
 * leaves out the capacity, too, and sets *capacity to it, if there is one.
 */
static void put_via(const struct run_cell *c, uint64_t *capacity, char *buf,
		    size_t size)
{
	static const char bytes[] = "size=", room[] = "capacity=";
	const char *spec = run_via(c), *at = spec + strcspn(spec, ":");
	size_t used = (size_t)(at - spec);
	char before = ':';

	snprintf(buf, size, "%.*s", (int)used, spec);
	while (*at) {
		size_t len = strcspn(++at, ",");

		if (capacity && !strncmp(at, room, sizeof(room) - 1)) {
			*capacity = strtoull(at + sizeof(room) - 1, NULL, 10);
		} else if (strncmp(at, bytes, sizeof(bytes) - 1) != 0 &&
			   used < size) {
			used += (size_t)snprintf(buf + used, size - used,
						 "%c%.*s", before, (int)len,
						 at);
			before = ',';
		}
		at += len;
	}
}

const char *rep_via(const struct run_cell *c, char *buf, size_t size)
{
	put_via(c, NULL, buf, size);
	return buf;
}

static void put_copy(FILE *to, const struct run_cell *c)
{
	char via[200], bytes[32];

	fprintf(to, "ipcopy copy SRC DST --via %s --size %s",
		rep_via(c, via, sizeof(via)),
		size_word(c->at.size_bytes, bytes, sizeof(bytes)));
	if (!run_is_place(&c->at, RUN_FREE))
		fprintf(to, " --place %s", c->at.place);
}

/*
 * A capacity that a depth gave is told as depth. With --depth own, a mechanism
 * without a setting keeps its default.
 */
static void put_bench(FILE *to, const struct run_cell *c)
{
	char via[200], bytes[32];
	bool own = !strcmp(c->at.depth, "own");
	uint64_t capacity = 0;

	put_via(c, own ? NULL : &capacity, via, sizeof(via));
	fprintf(to, "ipcopy bench --via %s --size %s", via,
		size_word(c->at.size_bytes, bytes, sizeof(bytes)));
	if (capacity > 0)
		fprintf(to, " --depth %.0f",
			ceil((double)capacity / (double)c->at.size_bytes));
	if (own)
		fputs(" --depth own", to);
	fprintf(to, " --workload %s --place %s", c->at.workload, c->at.place);
	if (!run_is_cache(&c->at, RUN_HOT))
		fprintf(to, " --cache %s", c->at.cache);
	if (c->at.pairs > 1)
		fprintf(to, " --pairs %d", c->at.pairs);
}

char *rep_command(const struct run_cell *c)
{
	char *text = NULL;
	size_t len;
	FILE *to = open_memstream(&text, &len);

	if (!to)
		return NULL;
	if (run_moves(&c->at, COPY_FILE))
		put_copy(to, c);
	else
		put_bench(to, c);
	return memstream_end(to, &text, true);
}
