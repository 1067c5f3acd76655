/* Declarations only for the files of the doctor; others use doctor.h. */
#ifndef MEASURE_DOCTOR_INSIDE_H
#define MEASURE_DOCTOR_INSIDE_H

#include "measure/doctor.h"

/*
 * Adds an item, whose value is "cannot be seen" and whose state is unknown.
 * doctor_value() sets the value and makes the state good. doctor_mend() sets
 * another state.
 */
struct doctor_item *doctor_add(struct doctor *d, const char *name,
			       const char *why);

void doctor_value(struct doctor_item *i, const char *fmt, ...)
	__attribute__((format(printf, 2, 3)));
void doctor_mend(struct doctor_item *i, enum doctor_state state,
		 const char *fmt, ...) __attribute__((format(printf, 3, 4)));

/* The first line of a file below the root; NULL: no line can be read. */
const char *doctor_line(const struct doctor *d, const char *path, char *buf,
			size_t size);

/* The number in a file below the root; -1: there is none. */
long long doctor_number(const struct doctor *d, const char *path);

void doctor_cgroup(struct doctor *d);
void doctor_cpu(struct doctor *d);
void doctor_limits(struct doctor *d);
void doctor_programs(struct doctor *d);

#endif
