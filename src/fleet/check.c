/* Checks that a run is complete, new, and of the fleet's plan and program. */
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "fleet/fleet.h"

#define FORMAT 2

static const char *text_within(const json_t *o, const char *group,
			       const char *key)
{
	const char *text = json_string_value(
		json_object_get(group ? json_object_get(o, group) : o, key));

	return text ? text : "";
}

/* Returns the reason as a text to be freed. If memory runs out, it says so. */
__attribute__((format(printf, 1, 2))) static char *because(const char *fmt, ...)
{
	char *why;
	va_list ap;

	va_start(ap, fmt);
	if (vasprintf(&why, fmt, ap) < 0)
		why = NULL;
	va_end(ap);
	return why ? why : strdup("no memory is left");
}

/* --- complete ------------------------------------------------------------- */

/* True if samples.csv is empty or ends within a line, as a partial copy may. */
static bool is_torn(const char *dir)
{
	char *path = run_path(dir, run_file_samples.name);
	struct err unused = { 0 };
	FILE *from = NULL;
	bool torn = false;

	if (path && csv_open(path, &from, &unused) == 0) {
		torn = fseek(from, -1, SEEK_END) < 0 || getc(from) != '\n';
		fclose(from);
	}
	free(path);
	return torn;
}

static char *refuse_incomplete(const char *dir, const json_t *manifest)
{
	const json_t *outcome = json_object_get(manifest, "outcome");
	const char *word = json_string_value(outcome);

	if (json_integer_value(json_object_get(manifest, "format")) < FORMAT)
		return because("it was measured by an older version of "
			       "ipcopy, with samples of another kind");
	if (outcome && (!word || strcmp(word, "done") != 0))
		return because("it is not complete (%s); continue it with: "
			       "ipcopy bench --resume %s",
			       word ? word : "its outcome is not known", dir);
	if (is_torn(dir))
		return because("its samples.csv ends in the middle of a line; "
			       "copy the file again");
	return NULL;
}

/* --- of one plan ---------------------------------------------------------- */

/* Ignores the budget: more time gives more generations, not another plan. */
static bool same_plan(const json_t *a, const json_t *b)
{
	json_t *x = json_copy(json_object_get(a, "json"));
	json_t *y = json_copy(json_object_get(b, "json"));
	bool same;

	json_object_del(x, "budget");
	json_object_del(y, "budget");
	same = x && y ? json_equal(x, y) : x == y;
	json_decref(x);
	json_decref(y);
	return same && !strcmp(text_within(a, NULL, "name"),
			       text_within(b, NULL, "name"));
}

static char *refuse_plan(const struct fleet *f, const json_t *plan)
{
	const char *here = text_within(plan, NULL, "name");
	const char *first = text_within(f->plan, NULL, "name");

	if (same_plan(f->plan, plan))
		return NULL;
	if (strcmp(here, first) != 0)
		return because(
			"its plan is %s, but the plan of the first run is %s",
			here, first);
	return because("its plan is called %s like that of the first run, but "
		       "the two plans differ",
		       here);
}

static char *refuse_program(const struct fleet *f, const json_t *program)
{
	static const char *const keys[] = { "version", "revision" };

	for (size_t i = 0; i < sizeof(keys) / sizeof(*keys); i++) {
		const char *here = text_within(program, NULL, keys[i]);
		const char *first = text_within(f->program, NULL, keys[i]);

		if (*here && *first && strcmp(here, first) != 0)
			return because("it was measured by another %s of "
				       "ipcopy: %s, and the first run by %s",
				       keys[i], here, first);
	}
	return NULL;
}

/* --- only once ------------------------------------------------------------ */

char *fleet_identity(const json_t *manifest)
{
	const json_t *seed = json_object_get(manifest, "seed");
	char *text;

	if (asprintf(&text, "%s %s %s %s %lld",
		     text_within(manifest, "machine", "host"),
		     text_within(manifest, "machine", "boot_id"),
		     text_within(manifest, NULL, "started"),
		     json_is_string(seed) ? json_string_value(seed) : "",
		     (long long)json_integer_value(seed)) < 0)
		return NULL;
	return text;
}

/* Facts that stay the same when the machine is booted again. */
char *fleet_hardware(const json_t *manifest)
{
	const json_t *machine = json_object_get(manifest, "machine");
	char *text;

	if (asprintf(&text, "%s, %lld CPUs, %lld MiB",
		     text_within(machine, NULL, "cpu"),
		     (long long)json_integer_value(
			     json_object_get(machine, "cpus")),
		     (long long)json_integer_value(
			     json_object_get(machine, "memory_bytes")) >>
			     20) < 0)
		return NULL;
	return text;
}

/* Only the first run of a host counts; else the host would count twice. */
static char *refuse_name(const struct fleet_host *h, const char *name,
			 const char *hardware)
{
	if (!strcmp(h->hardware, hardware))
		return because("the host %s has the run %s already, and only "
			       "one run of a host counts",
			       name, h->dir);
	return because("its host is called %s like the host of the run %s, but "
		       "the two are different machines (%s; %s); give this "
		       "host another name: NAME=RUN",
		       name, h->dir, h->hardware, hardware);
}

static char *refuse_again(const struct fleet *f, const char *name,
			  const json_t *manifest)
{
	char *identity = fleet_identity(manifest), *why = NULL;
	char *hardware = fleet_hardware(manifest);
	bool ok = identity && hardware;

	for (size_t i = 0; ok && !why && i < f->hosts; i++) {
		const struct fleet_host *h = &f->host[i];

		if (!strcmp(h->identity, identity))
			why = because("it is the same run as %s", h->dir);
		else if (!strcmp(h->name, name))
			why = refuse_name(h, name, hardware);
	}
	free(identity);
	free(hardware);
	return ok ? why : because("no memory is left");
}

char *fleet_refuse(const struct fleet *f, const char *dir, const char *name,
		   const json_t *manifest)
{
	char *why = refuse_incomplete(dir, manifest);

	/* all runs must have the plan of the first */
	if (!why && f->hosts == 0)
		return NULL;
	if (!why)
		why = refuse_plan(f, json_object_get(manifest, "plan"));
	if (!why)
		why = refuse_program(f, json_object_get(manifest, "program"));
	return why ? why : refuse_again(f, name, manifest);
}
