/* Where plans are: those that come with ipcopy, and the user's own. */
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
		return err_sys(e, "the plan %s", path);
	*text = malloc(size);
	if (!*text) {
		fclose(from);
		return err_say(e, ENOMEM, "no memory left");
	}
	len = fread(*text, 1, size - 1, from);
	(*text)[len] = '\0';
	if (ferror(from) || len == size - 1)
		err_say(e, EINVAL, "the plan %s %s", path,
			ferror(from) ? "cannot be read" : "is over 1 MiB long");
	else if (strlen(*text) != len)
		err_say(e, EINVAL, "the plan %s is no text", path);
	fclose(from);
	return -e->code;
}

static const char *const builtin_names[] = { "quick", "standard", "full",
					     "or a file's name with .json",
					     NULL };

static bool is_builtin(const char *word)
{
	return !strcmp(word, "quick") || !strcmp(word, "standard") ||
	       !strcmp(word, "full");
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

int meas_plan_load(const char *word, struct meas_plan *plan, struct err *e)
{
	char path[4096], name[sizeof(plan->name)];
	const char *base;
	char *text = NULL;
	int rc = find_file(word, path, sizeof(path), e);

	if (rc == 0)
		rc = read_file(path, &text, e);
	if (rc == 0) {
		base = strrchr(path, '/') ? strrchr(path, '/') + 1 : path;
		snprintf(name, sizeof(name), "%.*s", (int)strcspn(base, "."),
			 base);
		rc = meas_plan_parse(path, text, plan, e);
		if (!*plan->name)
			snprintf(plan->name, sizeof(plan->name), "%s",
				 *name ? name : "plan");
	}
	free(text);
	return rc;
}

void meas_plan_free(struct meas_plan *plan)
{
	json_decref(plan->json);
	plan->json = NULL;
	free(plan->cell);
	plan->cell = NULL;
	plan->cells = 0;
}
