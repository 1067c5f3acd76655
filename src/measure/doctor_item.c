/* Items of the doctor's list, and the files that it reads. */
#include <stdarg.h>
#include <stdio.h>

#include "measure/doctor_inside.h"
#include "measure/machine.h"

const char *const doctor_state_names[] = {
	[DOCTOR_GOOD] = "good",         [DOCTOR_NOTE] = "note",
	[DOCTOR_DISTURBS] = "disturbs", [DOCTOR_LIMITS] = "limits",
	[DOCTOR_UNKNOWN] = "unknown",   NULL,
};

struct doctor_item *doctor_add(struct doctor *d, const char *name,
			       const char *why)
{
	/* the room is larger than our list of items */
	struct doctor_item *i = &d->item[d->items];

	if (d->items + 1 < DOCTOR_ITEMS)
		d->items++;
	*i = (struct doctor_item){ .name = name,
				   .value = "cannot be seen",
				   .state = DOCTOR_UNKNOWN,
				   .why = why };
	return i;
}

void doctor_value(struct doctor_item *i, const char *fmt, ...)
{
	va_list ap;

	if (i->state == DOCTOR_UNKNOWN)
		i->state = DOCTOR_GOOD;
	va_start(ap, fmt);
	vsnprintf(i->value, sizeof(i->value), fmt, ap);
	va_end(ap);
}

void doctor_mend(struct doctor_item *i, enum doctor_state state,
		 const char *fmt, ...)
{
	va_list ap;

	i->state = state;
	va_start(ap, fmt);
	vsnprintf(i->command, sizeof(i->command), fmt, ap);
	va_end(ap);
}

const char *doctor_line(const struct doctor *d, const char *path, char *buf,
			size_t size)
{
	char full[512];

	snprintf(full, sizeof(full), "%s%s", d->root, path);
	return meas_line(full, buf, size) ? buf : NULL;
}

long long doctor_number(const struct doctor *d, const char *path)
{
	char full[512];

	snprintf(full, sizeof(full), "%s%s", d->root, path);
	return meas_number(full);
}
