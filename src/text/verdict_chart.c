/* A verdict as pictures of letters, within 80 columns. */
#include "text/verdict_chart.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/columns.h"
#include "base/size.h"
#include "base/utf8.h"
#include "text/table.h"

#define LABEL_WIDTH  24
#define NARROW_LABEL 14
#define SPEEDS_WIDTH 25
#define REP_LEAST    40 /* room for a label and a speed, or for one size */
#define EIGHTHS      8

/* --- letters -------------------------------------------------------------- */

void rep_ascii(char *text)
{
	static const struct {
		const char *letter;
		char plain;
	} known[] = {
		{ "×", 'x' }, { "–", '-' }, { "▲", '+' }, { "▼", '-' },
		{ "█", '#' }, { "▉", '#' }, { "▊", '#' }, { "▋", '#' },
		{ "▌", '#' }, { "▍", ' ' }, { "▎", ' ' }, { "▏", ' ' },
		{ "…", '.' }, { "·", '.' }, { "±", '~' },
	};
	const char *from = text;
	char *to = text;

	while (*from) {
		const char *start = from;
		int32_t c = utf8_next(&from);
		size_t i = 0, n = sizeof(known) / sizeof(known[0]);

		while (i < n && strncmp(start, known[i].letter,
					strlen(known[i].letter)) != 0)
			i++;
		if (c > 0 && c < 0x80)
			*to++ = (char)c;
		else
			*to++ = i < n ? known[i].plain : '?';
	}
	*to = '\0';
}

static void put_cut(FILE *to, const char *text, size_t columns)
{
	char buf[200];
	size_t width;

	utf8_cut(text, columns, buf, sizeof(buf));
	width = utf8_width(buf);
	utf8_put_clean(to, buf);
	fprintf(to, "%*s", (int)(columns > width ? columns - width : 0), "");
}

/* --- bars ----------------------------------------------------------------- */

bool rep_telling(const struct rep_verdict *v, size_t *condition)
{
	const struct rep_spot *best = NULL;
	double best_off = 0;

	for (size_t i = 0; i < v->spots; i++) {
		const struct rep_spot *s = &v->map[i];
		double size = (double)v->condition[s->condition].size_bytes;
		double off = fabs(log2(size / 65536));

		if (s->measured == 0 ||
		    (best && s->measured < best->measured) ||
		    (best && s->measured == best->measured && off >= best_off))
			continue;
		best = s;
		best_off = off;
	}
	if (best)
		*condition = best->condition;
	return best != NULL;
}

static int faster_first(const void *a, const void *b)
{
	const struct run_cell *x = *(const struct run_cell *const *)a;
	const struct run_cell *y = *(const struct run_cell *const *)b;

	if (x->speed.value < y->speed.value || x->speed.value > y->speed.value)
		return x->speed.value > y->speed.value ? -1 : 1;
	return strcmp(x->label, y->label);
}

static void put_bar(FILE *to, double share, size_t width)
{
	static const char *const part[] = { "",  "▏", "▎", "▍",
					    "▌", "▋", "▊", "▉" };
	size_t eighths = (size_t)lround(share * (double)width * EIGHTHS);

	if (width == 0)
		return;
	/* a measured speed is always visible */
	if (eighths == 0)
		eighths = 1;
	for (size_t i = 0; i < eighths / EIGHTHS; i++)
		fputs("█", to);
	fputs(part[eighths % EIGHTHS], to);
	eighths = (eighths + EIGHTHS - 1) / EIGHTHS;
	fprintf(to, "%*s", (int)(width - eighths), "");
}

static void put_speed(FILE *to, const struct run_cell *c)
{
	double off = (c->speed.high - c->speed.low) / 2 / c->speed.value;
	char speed[32];

	fprintf(to, " %15s",
		rep_speed_words(c, c->speed.value, speed, sizeof(speed)));
	if (!isnan(off))
		fprintf(to, " ±%.*f %%", size_decimals(100 * off, 2),
			100 * off);
	fputc('\n', to);
}

/* The width of the terminal, but at least REP_LEAST and at most REP_COLUMNS. */
static size_t picture_width(void)
{
	size_t columns = columns_here();

	if (columns > REP_COLUMNS)
		return REP_COLUMNS;
	return columns < REP_LEAST ? REP_LEAST : columns;
}

static void put_speed_line(FILE *to, const struct run_cell *c, double share)
{
	size_t width = picture_width();
	size_t label = width < REP_COLUMNS ? NARROW_LABEL : LABEL_WIDTH;

	put_cut(to, c->label, label);
	fputc(' ', to);
	put_bar(to, share, width - label - SPEEDS_WIDTH - 1);
	put_speed(to, c);
}

void rep_bars(FILE *to, const struct rep_verdict *v, size_t condition)
{
	const struct run_condition *k = &v->condition[condition];
	const struct run *r = v->run;
	const struct run_cell **cell;
	char where[160];
	size_t n = 0;

	cell = malloc((r->cells + 1) * sizeof(const struct run_cell *));
	if (!cell)
		return;
	for (size_t i = 0; i < r->cells; i++)
		if (run_is_believed(r->cell[i]) &&
		    run_takes_part(r->cell[i], k))
			cell[n++] = r->cell[i];
	qsort(cell, n, sizeof(const struct run_cell *), faster_first);
	fprintf(to, "Speed, %s:\n\n",
		run_condition_words(k, where, sizeof(where)));
	for (size_t i = 0; i < n; i++)
		put_speed_line(to, cell[i],
			       cell[i]->speed.value / cell[0]->speed.value);
	free(cell);
}

/* --- the map -------------------------------------------------------------- */

const char *rep_sign(const struct rep_spot *s)
{
	static const char *const signs[] = {
		[STATS_FASTER] = "▲",
		[STATS_SLOWER] = "▼",
		[STATS_EQUIVALENT] = "=",
		[STATS_UNDECIDED] = "?",
	};

	return s->ring && s->other ? signs[s->outcome] : "·";
}

/* A condition without its size, for one line of the map. */
static void row_words(const struct run_condition *k, char *buf, size_t size)
{
	run_condition_phrase(k, RUN_TELL_DEPTH | RUN_TELL_PAIRS, buf, size);
}

static int by_size(const void *a, const void *b)
{
	uint64_t x = *(const uint64_t *)a, y = *(const uint64_t *)b;

	return x < y ? -1 : x > y;
}

/* Writes each size once, in order, into `size`. Returns their number. */
static size_t sizes_of(const struct rep_verdict *v, uint64_t *size)
{
	size_t n = 0, kept = 0;

	for (size_t k = 0; k < v->conditions; k++)
		size[n++] = v->condition[k].size_bytes;
	qsort(size, n, sizeof(*size), by_size);
	for (size_t i = 0; i < n; i++)
		if (i == 0 || size[i] != size[i - 1])
			size[kept++] = size[i];
	return kept;
}

#define MAP_LABEL 35 /* the least room for the name of a row */
#define MAP_CELL  5

/* Room for the longest name of a row, and for one size beside it. */
static size_t map_label(const struct rep_verdict *v)
{
	size_t most = MAP_LABEL, room = picture_width() - MAP_CELL;

	for (size_t k = 0; k < v->conditions; k++) {
		char label[160];

		row_words(&v->condition[k], label, sizeof(label));
		if (utf8_width(label) > most)
			most = utf8_width(label);
	}
	return most < room ? most : room;
}

/* The sizes of a message that fit side by side. */
struct map {
	const struct rep_verdict *v;
	size_t label; /* width of the names of rows */
	const uint64_t *size;
	size_t sizes;
};

static void put_sizes(FILE *to, const struct map *m)
{
	char word[32];

	fprintf(to, "%*s", (int)m->label, "");
	for (size_t i = 0; i < m->sizes; i++)
		fprintf(to, "%*s", MAP_CELL,
			size_word(m->size[i], word, sizeof(word)));
	fputc('\n', to);
}

static bool same_row(const struct run_condition *a,
		     const struct run_condition *b)
{
	char x[160], y[160];

	row_words(a, x, sizeof(x));
	row_words(b, y, sizeof(y));
	return !strcmp(x, y);
}

/* One row of the map: spots `first` to `last` - 1, each under its size. */
static void put_row(FILE *to, const struct map *m, size_t first, size_t last)
{
	const struct run_condition *k = m->v->condition;
	char label[160];
	int owed = 0; /* spaces to write, so that no line ends with spaces */

	row_words(&k[first], label, sizeof(label));
	put_cut(to, label, m->label);
	for (size_t i = 0; i < m->sizes; i++) {
		owed += MAP_CELL - 1;
		for (size_t j = first; j < last; j++) {
			if (k[j].size_bytes != m->size[i])
				continue;
			fprintf(to, "%*s%s", owed, "", rep_sign(&m->v->map[j]));
			owed = -1;
		}
		owed++;
	}
	fputc('\n', to);
}

static void put_rows(FILE *to, const struct map *m)
{
	const struct rep_verdict *v = m->v;

	for (size_t k = 0, last; k < v->conditions; k = last) {
		for (last = k + 1; last < v->conditions; last++)
			if (!same_row(&v->condition[k], &v->condition[last]))
				break;
		put_row(to, m, k, last);
	}
}

/* Explanations of words in conditions, shown if they occur. */
static const struct {
	const char *word, *means;
} words[] = {
	{ "core", "two CPUs that share no core" },
	{ "smt", "the two threads of a core" },
	{ "same", "both sides on one CPU" },
	{ "free", "the kernel chooses the CPUs" },
	{ "deep", "as many messages under way as there is room for" },
	{ "own", "each mechanism has its own setting, or its default" },
	{ "cold", "data that is in no cache" },
	{ "over", "into a file that exists" },
	{ "new", "into a new file" },
	{ "null", "into no file" },
};

static bool occurs(const struct rep_verdict *v, const char *word)
{
	for (size_t k = 0; k < v->conditions; k++) {
		const struct run_condition *c = &v->condition[k];

		if (!strcmp(c->place, word) || !strcmp(c->depth, word) ||
		    !strcmp(c->wait, word) || !strcmp(c->cache, word) ||
		    !strcmp(c->sink, word))
			return true;
	}
	return false;
}

static void put_words(FILE *to, const struct rep_verdict *v)
{
	char text[600] = "";
	size_t used = 0;

	for (size_t i = 0; i < sizeof(words) / sizeof(*words); i++)
		if (occurs(v, words[i].word))
			used += (size_t)snprintf(text + used,
						 sizeof(text) - used,
						 "%s%s: %s", used ? "; " : "",
						 words[i].word, words[i].means);
	if (!used)
		return;
	fputc('\n', to);
	columns_wrap(to, text, 0, 0);
}

void rep_map(FILE *to, const struct rep_verdict *v)
{
	uint64_t *size = malloc((v->conditions + 1) * sizeof(*size));
	size_t sizes = size ? sizes_of(v, size) : 0;
	struct map m = { .v = v, .label = map_label(v) };
	size_t most = (picture_width() - m.label) / MAP_CELL;

	columns_wrap(to,
		     "The best ring in shared memory against its hardest "
		     "rival, which is the mechanism (not a ring) against "
		     "which it fares worst:\n"
		     "▲ the ring is faster, ▼ slower, = as fast, ? "
		     "undecided, · not compared",
		     0, 0);
	for (size_t from = 0; from < sizes; from += m.sizes) {
		m.size = size + from;
		m.sizes = sizes - from < most ? sizes - from : most;
		fputc('\n', to);
		put_sizes(to, &m);
		put_rows(to, &m);
	}
	free(size);
	put_words(to, v);
}
