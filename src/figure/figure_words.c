/* Conditions and quantities in a figure's words. */
#include <math.h>
#include <string.h>

#include "base/size.h"
#include "figure/figure.h"

const char *figure_rate(double bytes_per_s, char *buf, size_t size)
{
	static const char *const unit[] = { "B", "KiB", "MiB", "GiB", "TiB" };
	size_t i = 0;

	for (; bytes_per_s >= 1023.5 && i < 4; i++)
		bytes_per_s /= 1024;
	snprintf(buf, size, "%.*f %s/s", bytes_per_s < 9.95 ? 1 : 0,
		 bytes_per_s, unit[i]);
	return buf;
}

const char *figure_rate_tic(int octave, char *buf, size_t size)
{
	static const char *const unit[] = { "B", "KiB", "MiB", "GiB", "TiB" };
	int u = octave < 0 ? 0 : octave / 10 > 4 ? 4 : octave / 10;

	snprintf(buf, size, "%.4g %s/s", exp2(octave - 10 * u), unit[u]);
	return buf;
}

/* "64 KiB" where exact, else "1.9 MiB". */
const char *figure_size(double bytes, char *buf, size_t size)
{
	char word[40];
	size_t n;

	size_word((uint64_t)bytes, word, sizeof(word));
	n = strlen(word);
	if (n > 4 || bytes != floor(bytes))
		return size_human(bytes, buf, size);
	if (word[n - 1] <= '9')
		snprintf(buf, size, "%s B", word);
	else
		snprintf(buf, size, "%.*s %ciB", (int)n - 1, word, word[n - 1]);
	return buf;
}

const char *figure_time_words(double ns, char *buf, size_t size)
{
	static const char *const unit[] = { "ns", "µs", "ms", "s" };
	size_t i = 0;

	for (; ns >= 999.5 && i < 3; i++)
		ns /= 1000;
	/* "1 ms" and "1.2 ms", but no "1.0 ms" */
	snprintf(buf, size, ns < 9.95 ? "%.2g %s" : "%.0f %s", ns, unit[i]);
	return buf;
}

/* A word of a run's files in ours; itself where it is none of them. */
static const char *in_words(const char *word, const char *const *pairs)
{
	for (; *pairs; pairs += 2)
		if (!strcmp(word, pairs[0]))
			return pairs[1];
	return word;
}

static const char *const sinks[] = { "new",  "to new files",
				     "over", "over old files",
				     "null", "to nowhere",
				     NULL };

static const char *const places[] = { "core", "two cores",
				      "smt",  "two threads of a core",
				      "same", "one CPU",
				      "free", "placed by the kernel",
				      NULL };

static void add(char *buf, size_t size, const char *text)
{
	size_t used = strlen(buf);

	snprintf(buf + used, size - used, "%s%s", used ? ", " : "", text);
}

const char *figure_condition(const struct run_cell *c, int parts, char *buf,
			     size_t size)
{
	char text[80], word[40];

	buf[0] = '\0';
	if (!strcmp(c->workload, "file"))
		snprintf(text, sizeof(text), "files %s",
			 in_words(c->sink, sinks));
	else
		snprintf(text, sizeof(text), "%s",
			 strcmp(c->workload, "pingpong") ? c->workload
							 : "round trips");
	add(buf, size, text);
	if (!strcmp(c->cache, "cold"))
		add(buf, size, "cold cache");
	add(buf, size, in_words(c->place, places));
	if (parts & NAME_SIZE)
		add(buf, size, figure_size(c->size_bytes, word, sizeof(word)));
	if (parts & NAME_DEPTH && strcmp(c->depth, "-") != 0) {
		snprintf(text, sizeof(text),
			 strcmp(c->depth, "deep") ? "depth %s" : "%s",
			 c->depth);
		add(buf, size, text);
	}
	if (strcmp(c->wait, "-") != 0 && strcmp(c->wait, "block") != 0) {
		snprintf(text, sizeof(text), "waiting by %s", c->wait);
		add(buf, size, text);
	}
	if (parts & NAME_PAIRS && c->pairs > 1) {
		snprintf(text, sizeof(text), "%.0f pairs", c->pairs);
		add(buf, size, text);
	}
	return buf;
}

/* "-": what has no such choice is compared with all that have one. */
static bool joins(const char *a, const char *b)
{
	return !strcmp(a, b) || !strcmp(a, "-") || !strcmp(b, "-");
}

bool figure_same_condition(const struct run_cell *a, const struct run_cell *b,
			   int parts)
{
	return !strcmp(a->workload, b->workload) && !strcmp(a->sink, b->sink) &&
	       !strcmp(a->cache, b->cache) && !strcmp(a->place, b->place) &&
	       (!(parts & NAME_SIZE) || a->size_bytes == b->size_bytes) &&
	       (!(parts & NAME_PAIRS) || a->pairs == b->pairs) &&
	       (!(parts & NAME_DEPTH) || joins(a->depth, b->depth)) &&
	       joins(a->wait, b->wait);
}

int figure_gaps(const struct run_cell *c, int parts)
{
	return (parts & NAME_DEPTH && !strcmp(c->depth, "-")) +
	       !strcmp(c->wait, "-");
}

bool figure_stands_for(const struct run *r, const struct run_cell *c, int parts)
{
	for (size_t i = 0; i < r->cells; i++)
		if (run_cell_counts(&r->cell[i]) &&
		    figure_same_condition(c, &r->cell[i], parts) &&
		    figure_gaps(&r->cell[i], parts) < figure_gaps(c, parts))
			return false;
	return true;
}
