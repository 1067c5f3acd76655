/*
 * ipcopy verdict --prices: stores the prices of another run in the folder of
 * this run, for this and all later verdicts.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "cli/put_file.h"
#include "cli/verdict_show.h"
#include "judge/why.h"

static const char *cpu_of(const struct run *r)
{
	const char *cpu = json_string_value(json_object_get(
		json_object_get(r->manifest, "machine"), "cpu"));

	return cpu ? cpu : "";
}

/* The text of prices.json; NULL: `e` says why there is none. */
static char *prices_of(const struct run *r, const char *dir, struct err *e)
{
	struct rep_verdict v;
	char *text = NULL;
	struct why w;

	rep_declare(&v, r);
	rep_judge(&v);
	why_find(&w, &v);
	if (w.prices)
		text = why_rates_json(&w);
	if (!w.prices)
		err_say(e, EINVAL,
			"the run %s has no prices to give: they come from "
			"doses of extra work, which ipcopy bench why measures",
			dir);
	else if (!text)
		err_code(e, -ENOMEM, "%s", dir);
	why_free(&w);
	rep_verdict_free(&v);
	return text;
}

static int put_prices(const struct run *r, const char *text, struct err *e)
{
	char *path = run_path(r->dir, WHY_PRICES_FILE);
	int rc = path ? put_file(path, text, strlen(text), e)
		      : err_code(e, -ENOMEM, WHY_PRICES_FILE);

	free(path);
	return rc;
}

static int give(const struct run *to, const struct run *from, const char *dir,
		struct err *e)
{
	char *text;
	int rc;

	if (run_has_doses(to))
		return err_say(e, EINVAL,
			       "--prices is for a run without doses of extra "
			       "work; the run %s has prices of its own",
			       to->dir);
	if (strcmp(cpu_of(to), cpu_of(from)) != 0)
		return err_say(e, EINVAL,
			       "prices hold only for the machine on which they "
			       "were measured: %s was measured on \"%s\", and "
			       "%s on \"%s\"",
			       dir, cpu_of(from), to->dir, cpu_of(to));
	text = prices_of(from, dir, e);
	rc = text ? put_prices(to, text, e) : -e->code;
	free(text);
	return rc;
}

int verdict_take_prices(const char *dir, const char *from_dir, struct err *e)
{
	struct run to = { 0 }, from = { 0 };
	int rc = rep_read(&to, dir, e);

	if (rc == 0) {
		rc = rep_read(&from, from_dir, e);
		if (rc == 0)
			rc = give(&to, &from, from_dir, e);
		run_free(&from);
	}
	run_free(&to);
	return rc;
}
