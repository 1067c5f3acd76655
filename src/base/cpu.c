/*
 * Chooses CPUs for the two sides (with hwloc), ties processes to CPUs, and
 * tells how near two CPUs are to each other (enum cpu_place).
 */
#include "base/cpu.h"

#include <errno.h>
#include <sched.h>
#include <stddef.h>
#include <stdlib.h>

const char *const cpu_place_names[CPU_PLACES + 1] = {
	[CPU_ANYWHERE] = "anywhere", [CPU_SAME] = "same",
	[CPU_SMT] = "smt",           [CPU_CORE] = "core",
	[CPU_PACKAGE] = "package",
};

int cpu_give_way(struct err *e)
{
	const struct sched_param none = { .sched_priority = 0 };

	if (sched_setscheduler(0, SCHED_BATCH, &none) < 0)
		return err_sys(e, "wait=batch: cannot set the scheduling "
				  "policy SCHED_BATCH");
	return 0;
}

int cpu_bound(void)
{
	cpu_set_t set;

	if (sched_getaffinity(0, sizeof(set), &set) < 0 || CPU_COUNT(&set) != 1)
		return -1;
	for (int cpu = 0; cpu < CPU_SETSIZE; cpu++)
		if (CPU_ISSET(cpu, &set))
			return cpu;
	return -1;
}

bool cpu_allowed(int cpu)
{
	cpu_set_t set;

	return cpu >= 0 && cpu < CPU_SETSIZE &&
	       sched_getaffinity(0, sizeof(set), &set) == 0 &&
	       CPU_ISSET(cpu, &set);
}

int cpu_bind(int cpu, struct err *e)
{
	cpu_set_t set;

	CPU_ZERO(&set);
	CPU_SET(cpu, &set);
	if (sched_setaffinity(0, sizeof(set), &set) < 0)
		return err_sys(e, "cannot bind a process to CPU %d", cpu);
	return 0;
}

#ifdef HAVE_HWLOC
#include <hwloc.h>

static int load(hwloc_topology_t *topo, struct err *e)
{
	/* without /sys hwloc would print an error between our messages */
	setenv("HWLOC_HIDE_ERRORS", "2", 0);
	if (hwloc_topology_init(topo) < 0)
		return err_say(e, ENOMEM, "hwloc: no memory");
	if (hwloc_topology_load(*topo) < 0) {
		hwloc_topology_destroy(*topo);
		return err_say(
			e, ENOTSUP,
			"hwloc cannot read the topology of this machine");
	}
	return 0;
}

/* The core of a CPU; the CPU itself if the system does not name its core. */
static hwloc_obj_t core_of(hwloc_topology_t topo, hwloc_obj_t pu)
{
	hwloc_obj_t core =
		hwloc_get_ancestor_obj_by_type(topo, HWLOC_OBJ_CORE, pu);

	return core ? core : pu;
}

/* True if CPUs a and b have that placement. The cases go from near to far. */
static bool pair_fits(hwloc_topology_t topo, enum cpu_place place,
		      hwloc_obj_t a, hwloc_obj_t b)
{
	bool core = core_of(topo, a) == core_of(topo, b);
	bool package =
		hwloc_get_ancestor_obj_by_type(topo, HWLOC_OBJ_PACKAGE, a) ==
		hwloc_get_ancestor_obj_by_type(topo, HWLOC_OBJ_PACKAGE, b);

	switch (place) {
	case CPU_SAME:
		return a == b;
	case CPU_SMT:
		return a != b && core && package;
	case CPU_CORE:
		return !core && package;
	case CPU_PACKAGE:
		return !package;
	default:
		return false;
	}
}

/*
 * True if this process may use the CPU and find_pair has not chosen its core
 * before. The userdata of a chosen core is not NULL. cpu_allowed is needed,
 * since hwloc leaves out CPUs that the cgroup forbids, but not CPUs that the
 * affinity mask forbids.
 */
static bool is_free(hwloc_topology_t topo, hwloc_obj_t pu)
{
	return cpu_allowed((int)pu->os_index) && !core_of(topo, pu)->userdata;
}

static bool find_pair(hwloc_topology_t topo, enum cpu_place place, int cpu[2])
{
	hwloc_obj_t a = NULL, b;

	while ((a = hwloc_get_next_obj_by_type(topo, HWLOC_OBJ_PU, a))) {
		b = NULL;
		while ((b = hwloc_get_next_obj_by_type(topo, HWLOC_OBJ_PU,
						       b))) {
			if (!is_free(topo, a) || !is_free(topo, b) ||
			    !pair_fits(topo, place, a, b))
				continue;
			core_of(topo, a)->userdata = a;
			core_of(topo, b)->userdata = b;
			cpu[0] = (int)a->os_index;
			cpu[1] = (int)b->os_index;
			return true;
		}
	}
	return false;
}

enum cpu_place cpu_place_of(int a, int b)
{
	enum cpu_place place = CPU_CORE;
	hwloc_topology_t topo;
	hwloc_obj_t x, y;
	struct err unused = { 0 };

	if (a == b)
		return CPU_SAME;
	if (load(&topo, &unused) < 0)
		return place;
	x = hwloc_get_pu_obj_by_os_index(topo, (unsigned)a);
	y = hwloc_get_pu_obj_by_os_index(topo, (unsigned)b);
	if (x && y && pair_fits(topo, CPU_SMT, x, y))
		place = CPU_SMT;
	if (x && y && pair_fits(topo, CPU_PACKAGE, x, y))
		place = CPU_PACKAGE;
	hwloc_topology_destroy(topo);
	return place;
}

int cpu_find(enum cpu_place place, int cpu[2], struct err *e)
{
	return cpu_find_pairs(place, 1, (int(*)[2])cpu, e);
}

int cpu_find_pairs(enum cpu_place place, int n, int (*cpu)[2], struct err *e)
{
	static const char *const lacking[CPU_PLACES] = {
		[CPU_SAME] = "no CPU that this process may use",
		[CPU_SMT] = "no core of which this process may use two threads",
		[CPU_CORE] =
			"no package of which this process may use two cores",
		[CPU_PACKAGE] = "only one package that this process may use",
	};
	hwloc_topology_t topo;
	int found = 0, rc;

	rc = load(&topo, e);
	if (rc < 0)
		return rc;
	while (found < n && find_pair(topo, place, cpu[found]))
		found++;
	hwloc_topology_destroy(topo);
	if (found == n)
		return 0;
	if (found > 0)
		return err_say(
			e, ENOTSUP,
			"%d pairs of processes, each at the place %s, do not "
			"fit: this process may use CPUs for only %d of them",
			n, cpu_place_names[place], found);
	return err_say(e, ENOTSUP, "--place %s: this machine has %s",
		       cpu_place_names[place], lacking[place]);
}

#else

enum cpu_place cpu_place_of(int a, int b)
{
	return a == b ? CPU_SAME : CPU_CORE;
}

int cpu_find(enum cpu_place place, int cpu[2], struct err *e)
{
	return cpu_find_pairs(place, 1, (int(*)[2])cpu, e);
}

int cpu_find_pairs(enum cpu_place place, int n, int (*cpu)[2], struct err *e)
{
	(void)n;
	(void)cpu;
	return err_say(e, ENOTSUP,
		       "--place %s needs hwloc, and this ipcopy was built "
		       "without it; install libhwloc-dev and build again",
		       cpu_place_names[place]);
}

#endif
