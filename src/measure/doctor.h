/*
 * What on this machine disturbs measurements or limits mechanisms, and the
 * command that mends it. Only looks; changes nothing.
 */
#ifndef MEASURE_DOCTOR_H
#define MEASURE_DOCTOR_H

#include <stddef.h>

enum doctor_state {
	DOCTOR_GOOD,
	DOCTOR_NOTE,     /* to be known when results are read */
	DOCTOR_DISTURBS, /* makes results noisy or wrong */
	DOCTOR_LIMITS,   /* keeps something from running */
	DOCTOR_UNKNOWN,  /* cannot be seen from here */
};

extern const char *const doctor_state_names[];

struct doctor_item {
	const char *name;
	char value[120];
	enum doctor_state state;
	const char *why;   /* it matters */
	char command[200]; /* that mends it; empty: there is none to run here */
};

#define DOCTOR_ITEMS 48

struct doctor {
	const char *root; /* before /proc and /sys: for tests; "" */
	struct doctor_item item[DOCTOR_ITEMS];
	size_t items;
};

void doctor_look(struct doctor *d);

/* --- between its files ---------------------------------------------------- */

/* A new item, good until something else is found. */
struct doctor_item *doctor_add(struct doctor *d, const char *name,
			       const char *why);

void doctor_value(struct doctor_item *i, const char *fmt, ...)
	__attribute__((format(printf, 2, 3)));
void doctor_mend(struct doctor_item *i, enum doctor_state state,
		 const char *fmt, ...) __attribute__((format(printf, 3, 4)));

/* The first line of a file below the root; NULL: it is not there. */
const char *doctor_line(const struct doctor *d, const char *path, char *buf,
			size_t size);

/* A number from there; -1: there is none. */
long long doctor_number(const struct doctor *d, const char *path);

void doctor_cpu(struct doctor *d);
void doctor_limits(struct doctor *d);
void doctor_programs(struct doctor *d);

#endif
