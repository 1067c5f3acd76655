/* Makes the name of a cell, and reads its parts. */
#include "run/name.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/append.h"

/* number of parts after the spec, which describe the condition */
#define PARTS 5

void run_name_put(char *buf, size_t size, const char *spec,
		  const struct run_condition *k)
{
	snprintf(buf, size, "%s|%s|%s|%s|%s|%d", spec, k->workload, k->sink,
		 k->cache, k->place, k->pairs);
}

void run_name_add_lag(char *buf, size_t size, int percent)
{
	if (percent)
		text_append(buf, size, "|+%d%%", percent);
}

void run_name_add_twin(char *buf, size_t size, int twin)
{
	if (twin)
		text_append(buf, size, "|twin%d", twin);
}

void run_name_add_dose(char *buf, size_t size, const char *dose)
{
	if (*dose)
		text_append(buf, size, "|%s", dose);
}

size_t run_name_spec(const char *name)
{
	return strcspn(name, "|");
}

size_t run_name_base(const char *name)
{
	size_t at = run_name_spec(name);

	for (int i = 0; i < PARTS && name[at]; i++)
		at += 1 + strcspn(name + at + 1, "|");
	return at;
}

int run_name_lag(const char *name)
{
	int lag = 0;

	sscanf(name + run_name_base(name), "|+%3d%%", &lag);
	return lag;
}

int run_name_twin(const char *name)
{
	const char *at = strstr(name + run_name_base(name), "|twin");

	return at ? atoi(at + strlen("|twin")) : 0;
}

const char *run_name_dose(const char *name, struct dose *dose)
{
	const char *at = name + run_name_base(name);

	if (*at == '|' && dose_parse(at + 1, dose))
		return at + 1;
	*dose = (struct dose){ 0 };
	return "";
}
