/* Finds plans: those that come with ipcopy, and the user's own. */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/words.h"
#include "measure/find.h"
#include "measure/plan.h"

static int read_file(const char *path, char **text, struct err *e)
{
	size_t size = 1 << 20, len;
	FILE *from = fopen(path, "re");

	*text = NULL;
	if (!from)
		return err_file(e, errno, "cannot read the plan %s", path);
	*text = malloc(size);
	if (!*text) {
		fclose(from);
		return err_say(e, ENOMEM, "out of memory");
	}
	len = fread(*text, 1, size - 1, from);
	(*text)[len] = '\0';
	if (ferror(from) || len == size - 1)
		err_say(e, EINVAL, "the plan %s %s", path,
			ferror(from) ? "cannot be read" : "is over 1 MiB long");
	else if (strlen(*text) != len)
		err_say(e, EINVAL, "the plan %s is not a text file", path);
	fclose(from);
	return -e->code;
}

static const char *const builtin_names[] = {
	"quick", "standard", "full",
	"best",  "why",      "or the name of a .json file",
	NULL
};

#define BUILTINS 5

const char *meas_plan_builtin(size_t i)
{
	return i < BUILTINS ? builtin_names[i] : NULL;
}

static bool is_builtin(const char *word)
{
	for (int i = 0; i < BUILTINS; i++)
		if (!strcmp(word, builtin_names[i]))
			return true;
	return false;
}

static int find_file(const char *word, char *path, size_t size, struct err *e)
{
	size_t len = strlen(word);

	if (strchr(word, '/') ||
	    (len > 5 && !strcmp(word + len - 5, ".json"))) {
		snprintf(path, size, "%s", word);
		return 0;
	}
	if (!is_builtin(word))
		return words_refuse(e, "plan", word, words_in_array,
				    builtin_names);
	return find_plan(word, path, size, e);
}

/* --- options of the command line that change the plan --------------------- */

static json_t *as_json(const char *path, const char *text, struct err *e)
{
	json_error_t error;
	json_t *json = json_loads(text, JSON_REJECT_DUPLICATES, &error);

	if (!json)
		err_say(e, EINVAL, "%s:%d: %s (column %d)", path, error.line,
			error.text, error.column);
	return json;
}

/* Changes a grid; CPUs given by their numbers replace its places and pairs. */
static void change_grid(json_t *grid, json_t *choice)
{
	if (json_object_get(choice, "cpus")) {
		json_object_del(grid, "places");
		json_object_del(grid, "pairs");
	}
	json_object_update(grid, choice);
}

/* Changes every grid, since a size from an option is meant for all grids. */
static void change(json_t *plan, const struct meas_choice *choice)
{
	json_t *grid;
	size_t i;

	json_object_update(plan, choice->plan);
	json_array_foreach(json_object_get(plan, "grids"), i, grid)
		change_grid(grid, choice->grid);
}

static bool is_changed(const struct meas_choice *choice)
{
	return json_object_size(choice->plan) || json_object_size(choice->grid);
}

static int parse_changed(const char *path, const char *text,
			 const struct meas_choice *choice,
			 struct meas_plan *plan, struct err *e)
{
	json_t *json = as_json(path, text, e);
	struct err why = { 0 };
	char *changed;
	int rc;

	if (!json)
		return -e->code;
	change(json, choice);
	changed = json_dumps(json, JSON_INDENT(1));
	json_decref(json);
	if (!changed)
		return err_say(e, ENOMEM, "out of memory");
	rc = meas_plan_parse(NULL, changed, plan, &why);
	free(changed);
	if (rc == 0)
		return 0;
	/*
	 * do not name a plan that comes with ipcopy: the fault is in the
	 * options
	 */
	if (*path && !is_builtin(path))
		return err_say(e, -rc, "%s with these options: %s", path,
			       why.text);
	return err_say(e, -rc, "%s", why.text);
}

static int parse(const char *path, const char *text,
		 const struct meas_choice *choice, struct meas_plan *plan,
		 struct err *e)
{
	return is_changed(choice) ? parse_changed(path, text, choice, plan, e)
				  : meas_plan_parse(path, text, plan, e);
}

/* The name of the file is the name of the plan, unless the plan has one. */
static void name_plan(const char *path, struct meas_plan *plan)
{
	const char *base = strrchr(path, '/') ? strrchr(path, '/') + 1 : path;
	int letters = (int)strcspn(base, ".");

	if (!*plan->name)
		snprintf(plan->name, sizeof(plan->name), "%.*s", letters, base);
	if (!*plan->name)
		snprintf(plan->name, sizeof(plan->name), "plan");
}

int meas_plan_load(const char *word, const struct meas_choice *choice,
		   struct meas_plan *plan, struct err *e)
{
	char path[4096];
	char *text = NULL;
	int rc;

	if (!word)
		return parse("", "{ \"name\": \"choice\", \"grids\": [{}] }",
			     choice, plan, e);
	rc = find_file(word, path, sizeof(path), e);
	if (rc == 0)
		rc = read_file(path, &text, e);
	if (rc == 0)
		rc = parse(word, text, choice, plan, e);
	name_plan(path, plan);
	free(text);
	return rc;
}

void meas_plan_free(struct meas_plan *plan)
{
	json_decref(plan->json);
	plan->json = NULL;
	free(plan->cell);
	free(plan->setting);
	plan->cell = NULL;
	plan->setting = NULL;
	plan->cells = plan->settings = 0;
}
