/* The facts about a machine that decide results: from /proc, /sys and hwloc. */
#ifndef MEASURE_MACHINE_H
#define MEASURE_MACHINE_H

#include <jansson.h>
#include <stdbool.h>
#include <stddef.h>

/*
 * The facts that do not change by themselves; `dir` is where the files lie. A
 * fact that cannot be found out is null. NULL: no memory.
 */
json_t *meas_machine(const char *dir);

/* The facts that do change: load, pressure, memory, frequency, time stolen. */
json_t *meas_moment(void);

/* How CPUs and caches lie, by hwloc; null without it. */
json_t *meas_topology(void);

/*
 * The job of a batch system or of a CI service that this process belongs to:
 * { system, id, of, task, attempt }; null where there is none.
 */
json_t *meas_job(void);

/* "2026-11-21T17:38:00Z" */
json_t *meas_now(void);

/* Nanoseconds that the hypervisor took from all CPUs so far. */
int64_t meas_steal_ns(void);

/* The first line of a small file; false: it cannot be read. */
bool meas_line(const char *path, char *buf, size_t size);

/*
 * Takes out of a kernel's command line what is the first program's and says
 * nothing of how the machine runs: init=, rdinit=, and all that follows "--".
 */
void meas_kernels_own(char *line);

/* The word in brackets, as in "always [madvise] never". */
bool meas_chosen(const char *path, char *buf, size_t size);

/* The text behind "key" and a colon in /proc/cpuinfo or meminfo. */
bool meas_field(const char *path, const char *key, char *buf, size_t size);

/* "docker", "lxc" … where that can be seen, else false. */
bool meas_container(char *buf, size_t size);

/* The mount that `dir` is on: its type and options. */
bool meas_mount(const char *dir, char *type, size_t type_size, char *options,
		size_t options_size);

#endif
