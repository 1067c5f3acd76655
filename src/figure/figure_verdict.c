/* Reads the verdict of a run for the figures, which decide nothing. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/json.h"
#include "figure/figure.h"

void figure_json_heading(struct figure *f, double x, double y,
			 const json_t *condition)
{
	struct figure_type head = { 'l', true, 8.5, FIGURE_INK };
	char depth[24], words[160];
	struct run_condition k = run_condition_of_json(condition, depth);

	figure_text(f, x, y, head, "%s",
		    run_condition_words(&k, words, sizeof(words)));
}

static bool are_texts(const json_t *list)
{
	for (size_t i = 0; i < json_array_size(list); i++)
		if (!json_is_string(json_array_get(list, i)))
			return false;
	return true;
}

/* False: the condition has no size, or nothing was measured under it. */
static bool read_spot(struct figure_spot *s, const json_t *line)
{
	s->at = run_condition_of_json(json_object_get(line, "condition"),
				      s->depth);
	s->best = json_object_get(line, "best");
	s->open = json_object_get(line, "undecided");
	s->ring = json_text_in(line, "ring");
	s->other = json_text_in(line, "other");
	s->starter = json_text_in(line, "starter");
	s->outcome = json_text_in(line, "outcome");
	s->too_few = json_is_true(json_object_get(line, "too_few_generations"));
	s->ratio = (struct stats_interval){ json_number_in(line, "ratio"),
					    json_number_in(line, "low"),
					    json_number_in(line, "high") };
	s->pays_from_bytes = json_number_in(line, "pays_from_bytes");
	return are_texts(s->best) && json_array_size(s->best) > 0 &&
	       are_texts(s->open) && s->at.size_bytes > 0;
}

size_t figure_spots(const struct run *r, struct figure_spot **to)
{
	const json_t *list = json_object_get(r->verdict, "map");
	size_t n = 0;

	*to = calloc(json_array_size(list) + 1, sizeof(**to));
	for (size_t i = 0; *to && i < json_array_size(list); i++)
		n += read_spot(&(*to)[n], json_array_get(list, i));
	return n;
}

bool figure_spot_find(const struct run *r, const struct run_condition *k,
		      struct figure_spot *to)
{
	const json_t *list = json_object_get(r->verdict, "map");

	for (size_t i = 0; i < json_array_size(list); i++)
		if (read_spot(to, json_array_get(list, i)) &&
		    figure_same_condition(k, &to->at, FIGURE_ALL_PARTS))
			return true;
	return false;
}

/* --- in words ------------------------------------------------------------- */

size_t figure_spot_labels(const struct figure_spot *s)
{
	return json_array_size(s->best) + json_array_size(s->open);
}

const char *figure_spot_label(const struct figure_spot *s, size_t i)
{
	size_t best = json_array_size(s->best);

	return json_string_value(i < best ? json_array_get(s->best, i)
					  : json_array_get(s->open, i - best));
}

const char *figure_spot_first(const struct figure_spot *s, char *buf,
			      size_t size)
{
	bool open = json_array_size(s->open) > 0;
	const char *word = open ? "or" : "and";
	const char *first = figure_spot_label(s, 0);
	size_t n = figure_spot_labels(s);

	if (n == 1)
		snprintf(buf, size, "%s is", first);
	else if (n == 2)
		snprintf(buf, size, "%s %s %s %s", first, word,
			 figure_spot_label(s, 1), open ? "is" : "are");
	else
		snprintf(buf, size, "%s %s %zu others %s", first, word, n - 1,
			 open ? "is" : "are");
	return buf;
}

static const char *times(double ratio, char *buf, size_t size)
{
	snprintf(buf, size, ratio < 9.995 ? "%.2f" : "%.0f", ratio);
	return buf;
}

const char *figure_spot_words(const struct figure_spot *s, char *buf,
			      size_t size)
{
	double ratio = s->ratio.value;
	char amount[40], first[200];

	if (!*s->ring || !*s->other || !isfinite(ratio))
		snprintf(buf, size, "%s the fastest",
			 figure_spot_first(s, first, sizeof(first)));
	else if (!strcmp(s->outcome, "faster"))
		snprintf(buf, size, "%s is %s times as fast as %s", s->ring,
			 times(ratio, amount, sizeof(amount)), s->other);
	else if (!strcmp(s->outcome, "slower"))
		snprintf(buf, size, "%s is %s times as fast as %s", s->other,
			 times(1 / ratio, amount, sizeof(amount)), s->ring);
	else if (!strcmp(s->outcome, "equivalent"))
		snprintf(buf, size, "%s is as fast as %s", s->ring, s->other);
	else
		snprintf(buf, size, "%s against %s is undecided", s->ring,
			 s->other);
	return buf;
}
