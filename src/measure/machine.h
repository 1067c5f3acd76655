/* The facts about a machine that affect results: from /proc, /sys and hwloc. */
#ifndef MEASURE_MACHINE_H
#define MEASURE_MACHINE_H

#include <jansson.h>
#include <stdbool.h>
#include <stddef.h>

/*
 * Facts that usually stay the same during a run. `dir` is the folder in which
 * files are copied. A fact that cannot be found is null. NULL: no memory.
 */
json_t *meas_machine(const char *dir);

/* Facts that change: load, pressure, memory, frequency, stolen time. */
json_t *meas_moment(void);

/* The CPUs and caches, from hwloc; null in a build without hwloc. */
json_t *meas_topology(void);

/*
 * The job to which this process belongs, of a batch system or a CI service:
 * { system, id, of, task, attempt }. A member that is unknown is null, and
 * without a job the whole value is null.
 */
json_t *meas_job(void);

/* "2026-11-21T17:38:00Z" */
json_t *meas_now(void);

/*
 * CPU time that the hypervisor took from all CPUs so far, in nanoseconds; 0 if
 * it is not known.
 */
int64_t meas_steal_ns(void);

/* The first line of a small file; false: it is empty or cannot be read. */
bool meas_line(const char *path, char *buf, size_t size);

/* The number at the beginning of a small file; -1: there is none. */
long long meas_number(const char *path);

/*
 * Removes from a kernel's command line the words for the first program, since
 * they say nothing about the machine: init=, rdinit=, and all words after "--".
 */
void meas_kernels_own(char *line);

/*
 * The word in brackets in a file such as "always [madvise] never"; without
 * brackets the first line.
 */
bool meas_chosen(const char *path, char *buf, size_t size);

/* The text after `key` and a colon in a file such as /proc/meminfo. */
bool meas_field(const char *path, const char *key, char *buf, size_t size);

/* The kind of container: "docker", "lxc" … False if none is noticed. */
bool meas_container(char *buf, size_t size);

/* The mount of `dir`: its type and its options. */
bool meas_mount(const char *dir, char *type, size_t type_size, char *options,
		size_t options_size);

#endif
