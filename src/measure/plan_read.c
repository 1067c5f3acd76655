/* The place of the reader in a plan, and refusals that name its line. */
#include "measure/plan_read.h"

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "measure/json_line.h"

int plan_refuse(const struct plan_reader *r, const char *fmt, ...)
{
	char text[300];
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(text, sizeof(text), fmt, ap);
	va_end(ap);
	if (!r->origin)
		return err_say(r->e, EINVAL, "%s", text);
	return err_say(r->e, EINVAL, "%s:%d: %s", r->origin,
		       json_line(r->text, r->path), text);
}

size_t plan_enter(struct plan_reader *r, const char *key)
{
	size_t where = strlen(r->path);

	snprintf(r->path + where, sizeof(r->path) - where, "%s%.60s",
		 where ? "." : "", key);
	return where;
}

size_t plan_enter_at(struct plan_reader *r, size_t index)
{
	size_t where = strlen(r->path);

	snprintf(r->path + where, sizeof(r->path) - where, "[%zu]", index);
	return where;
}

void plan_leave(struct plan_reader *r, size_t where)
{
	r->path[where] = '\0';
}
