/*
 * Chooses CPUs for the two sides (with hwloc), ties processes to CPUs, and
 * tells how near two CPUs are to each other (enum cpu_place).
 */
#ifndef BASE_CPU_H
#define BASE_CPU_H

#include <stdbool.h>

#include "base/err.h"

enum cpu_place {
	CPU_ANYWHERE, /* the scheduler chooses */
	CPU_SAME,     /* both sides on one CPU */
	CPU_SMT,      /* two threads of one core */
	CPU_CORE,     /* two cores of one package */
	CPU_PACKAGE,  /* two packages (sockets) */
	CPU_PLACES
};

extern const char *const cpu_place_names[CPU_PLACES + 1];

/*
 * Finds two CPUs with that placement; for CPU_SAME, both are the same CPU.
 * -ENOTSUP: this process may use no such CPUs, or hwloc is missing or fails.
 */
int cpu_find(enum cpu_place place, int cpu[2], struct err *e);

/*
 * Finds `n` pairs of CPUs with that placement. No two of the pairs share a
 * core. -ENOTSUP: this process may use fewer such pairs, or hwloc is missing or
 * fails.
 */
int cpu_find_pairs(enum cpu_place place, int n, int (*cpu)[2], struct err *e);

/*
 * The placement of CPUs a and b. If a is not b, and hwloc is missing, fails or
 * does not know the CPUs, the result is CPU_CORE.
 */
enum cpu_place cpu_place_of(int a, int b);

/* True if this process may run on that CPU. */
bool cpu_allowed(int cpu);

/* Ties this process to one CPU. 0 or -errno. */
int cpu_bind(int cpu, struct err *e);

/*
 * Makes this process wait for the CPU when it is woken, instead of preempting
 * the running process. By default Linux often lets a woken process preempt if
 * it has had less CPU time. If two sides share one CPU, the side that has less
 * to do for each message would then often be woken for every single message,
 * however many messages fit into the channel. 0 or -errno.
 */
int cpu_give_way(struct err *e);

/* The only CPU that this process may use; -1: it may use several. */
int cpu_bound(void);

#endif
