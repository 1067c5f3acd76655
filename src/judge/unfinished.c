/* If a run is not finished, says why not, and how much was measured. */
#include <math.h>
#include <string.h>

#include "judge/words.h"

const char *rep_unfinished(const struct run *r)
{
	const json_t *outcome = json_object_get(r->manifest, "outcome");
	const char *word = json_string_value(outcome);

	if (!word)
		return "is still being measured, or was killed";
	if (!strcmp(word, "done"))
		return NULL;
	return !strcmp(word, "interrupted") ? "was interrupted" : "failed";
}

double rep_of_plan(const struct run *r, const char *key)
{
	return json_number_value(
		json_object_get(json_object_get(r->manifest, "plan"), key));
}

/*
 * True if the cell has generations, or can get some if the run goes on: it was
 * not skipped and has not failed.
 */
static bool is_measured(const struct run_cell *c)
{
	return !c->skipped && (c->groups > 0 || c->failures == 0);
}

static void put_generations(FILE *to, const struct run *r)
{
	double wanted = rep_of_plan(r, "generations_min");
	size_t least = SIZE_MAX, most = 0;

	for (size_t i = 0; i < r->cells; i++) {
		size_t n = r->cell[i]->groups;

		if (!is_measured(r->cell[i]))
			continue;
		least = n < least ? n : least;
		most = n > most ? n : most;
	}
	if (most == 0)
		fputs("no generation is complete", to);
	else if (least == most)
		fprintf(to, "each cell has %zu generation%s", most,
			most == 1 ? "" : "s");
	else
		fprintf(to, "the cells have %zu to %zu generations", least,
			most);
	if (wanted > 0)
		fprintf(to, ", and the plan wants at least %.0f", wanted);
}

double rep_seconds_used(const struct run *r)
{
	double most = 0;

	for (size_t i = 0; i < r->samples; i++)
		most = fmax(most, r->sample[i].at_ns);
	return most / 1e9;
}

void rep_put_unfinished(FILE *to, const struct rep_verdict *v)
{
	const struct run *r = v->run;
	const char *why = rep_unfinished(r);
	const char *reason =
		json_string_value(json_object_get(r->manifest, "reason"));
	double budget_ms = rep_of_plan(r, "budget_ms");

	if (!why)
		return;
	fprintf(to, "This run is not finished: it %s", why);
	if (reason && *reason)
		fprintf(to, " (%s)", reason);
	fputs(". So far ", to);
	put_generations(to, r);
	if (budget_ms > 0)
		fprintf(to, "; %.0f s of its budget of %.0f s are used",
			rep_seconds_used(r), budget_ms / 1000);
	fputs(". What is said below can still change (the command that "
	      "continues the run: ipcopy bench --resume RUN).",
	      to);
}
