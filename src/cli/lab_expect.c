/* Reads recorded outcomes from a file, for a comparison with new ones. */
#include "cli/lab_expect.h"

#include <errno.h>
#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "base/words.h"

static int index_of(const char *id)
{
	const struct experiment *x;

	for_each_experiment(x) if (!strcasecmp(x->id, id)) return (int)x_i;
	return -1;
}

const char *lab_id_at(size_t i, const void *unused)
{
	const struct experiment *x = lab_at(i);

	(void)unused;
	return x ? x->id : NULL;
}

static int record(struct lab_expected *x, const char *id, const char *outcome,
		  struct err *e)
{
	int i = index_of(id);

	if (i < 0)
		return words_refuse(e, "claim", id, lab_id_at, NULL);
	for (int o = 0; o < LAB_OUTCOMES; o++) {
		if (strcmp(lab_outcome_names[o], outcome))
			continue;
		x->outcome[i] = o;
		return 0;
	}
	return words_refuse(e, "outcome", outcome, words_in_array,
			    lab_outcome_names);
}

static int read_json(struct lab_expected *x, const char *path, struct err *e)
{
	json_error_t why;
	json_t *list = json_load_file(path, 0, &why), *row;
	size_t i;
	int rc = 0;

	if (!list)
		return err_say(e, EINVAL, "%s, line %d: %s", path, why.line,
			       why.text);
	json_array_foreach(list, i, row)
	{
		const char *id = json_string_value(json_object_get(row, "id"));
		const char *outcome =
			json_string_value(json_object_get(row, "outcome"));

		if (rc == 0)
			rc = id && outcome ? record(x, id, outcome, e)
					   : err_say(e, EINVAL,
						     "%s: row %zu needs an "
						     "id and an outcome",
						     path, i + 1);
	}
	json_decref(list);
	return rc;
}

/* Accepts "B1 holds" and "B1,holds,…", and ignores the rest of the line. */
static int read_line(struct lab_expected *x, char *line, struct err *e)
{
	static const char gaps[] = " ,\t\r\n";
	char *rest, *id = strtok_r(line, gaps, &rest);
	char *outcome = id ? strtok_r(NULL, gaps, &rest) : NULL;

	if (!id || *id == '#' || !strcmp(id, "id"))
		return 0;
	return record(x, id, outcome ? outcome : "", e);
}

static int read_lines(struct lab_expected *x, FILE *from, const char *path,
		      struct err *e)
{
	struct err why = { 0 };
	char *line = NULL;
	size_t size = 0;
	int number = 0, rc = 0;

	while (rc == 0 && getline(&line, &size, from) > 0) {
		number++;
		rc = read_line(x, line, &why);
	}
	free(line);
	if (rc < 0)
		return err_say(e, -rc, "%s, line %d: %.200s", path, number,
			       why.text);
	return 0;
}

int lab_expect_read(struct lab_expected *x, const char *path, struct err *e)
{
	FILE *from = fopen(path, "re");
	int first, rc;

	for (int i = 0; i < LAB_MAX; i++)
		x->outcome[i] = -1;
	if (!from)
		return err_file(e, errno, "%s", path);
	first = getc(from);
	if (first != EOF)
		ungetc(first, from);
	rc = first == '[' ? read_json(x, path, e)
			  : read_lines(x, from, path, e);
	fclose(from);
	return rc;
}

int lab_expect_of(const struct lab_expected *x, const struct experiment *of)
{
	return x->outcome[index_of(of->id)];
}
