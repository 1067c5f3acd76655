/*
 * Finds what disturbs measurements or limits mechanisms on this machine, and
 * the command that mends it. It only looks and changes nothing.
 */
#ifndef MEASURE_DOCTOR_H
#define MEASURE_DOCTOR_H

#include <stddef.h>

enum doctor_state {
	DOCTOR_GOOD,
	DOCTOR_NOTE,     /* a reader of results should know it */
	DOCTOR_DISTURBS, /* makes results noisy or wrong */
	DOCTOR_LIMITS,   /* prevents something from running */
	DOCTOR_UNKNOWN,  /* this process cannot see it */
};

extern const char *const doctor_state_names[];

struct doctor_item {
	const char *name;
	char value[120];
	enum doctor_state state;
	const char *why; /* why it matters */
	/* the command that mends it; empty: no command here can */
	char command[200];
};

#define DOCTOR_ITEMS 48

struct doctor {
	const char *root; /* prefix of /proc and /sys, for tests; usually "" */
	struct doctor_item item[DOCTOR_ITEMS];
	size_t items;
};

void doctor_look(struct doctor *d);

#endif
