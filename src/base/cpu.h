/* Where the two sides run: CPUs chosen by hwloc, and what was obtained. */
#ifndef BASE_CPU_H
#define BASE_CPU_H

#include <stdbool.h>

#include "base/err.h"

enum cpu_place {
	CPU_ANYWHERE, /* the scheduler's choice */
	CPU_SAME,     /* both on one CPU */
	CPU_SMT,      /* two threads of one core */
	CPU_CORE,     /* two cores of one package */
	CPU_PACKAGE,  /* two packages */
	CPU_PLACES
};

extern const char *const cpu_place_names[CPU_PLACES + 1];

/* The two CPUs of that placement. -ENOTSUP: this machine has no such pair. */
int cpu_find(enum cpu_place place, int cpu[2], struct err *e);

/*
 * `n` such pairs side by side that share no core with each other. -ENOTSUP:
 * there are fewer.
 */
int cpu_find_pairs(enum cpu_place place, int n, int (*cpu)[2], struct err *e);

/* How two CPUs lie; CPU_CORE where cores are not known. */
enum cpu_place cpu_place_of(int a, int b);

/* May this process run there? */
bool cpu_allowed(int cpu);

/* Ties this process to one CPU. 0 or -errno. */
int cpu_bind(int cpu, struct err *e);

/*
 * When woken, this process does not preempt the one that has the CPU. By
 * default Linux gives the CPU to a woken process that has had less of it: of
 * two sides on one CPU, the one that has less to do for each message is then
 * woken for every single one, however many fit in between. 0 or -errno.
 */
int cpu_give_way(struct err *e);

/* The CPU this process is tied to or, where there are several, -1. */
int cpu_bound(void);

#endif
