/* Finds the limits that control groups and schedulers set to this process. */
#include <sched.h>
#include <stdbool.h>
#include <stdio.h>
#include <unistd.h>

#include "measure/cgroup.h"
#include "measure/doctor_inside.h"

/* False if there is no limit or no control group; the item then says so. */
static bool is_limited(struct doctor_item *i, const struct meas_cgroup *g,
		       long long limit)
{
	if (g->version == 0)
		doctor_value(i, "no control group is visible");
	else if (limit < 0)
		doctor_value(i, "none");
	return g->version != 0 && limit >= 0;
}

static void look_at_quota(struct doctor *d, const struct meas_cgroup *g)
{
	struct doctor_item *i = doctor_add(
		d, "CPU quota",
		"processes that have used up their quota are stopped, often "
		"for tens of milliseconds, in the middle of a sample");

	if (!is_limited(i, g, g->quota_us))
		return;
	doctor_value(i, "%.2f CPUs",
		     (double)g->quota_us / (double)g->period_us);
	doctor_mend(i, DOCTOR_DISTURBS, "echo %s > %s",
		    g->version == 2 ? "max" : "-1", g->quota_file);
}

static void look_at_memory_limit(struct doctor *d, const struct meas_cgroup *g)
{
	struct doctor_item *i = doctor_add(
		d, "memory limit",
		"files and rings on /dev/shm count as used memory; at the "
		"limit the kernel frees memory in the middle of a sample, or "
		"kills a process");

	if (!is_limited(i, g, g->memory_bytes))
		return;
	doctor_value(i, "%lld MiB", g->memory_bytes >> 20);
	if (g->memory_bytes < 1LL << 30)
		doctor_mend(i, DOCTOR_LIMITS, "echo %s > %s",
			    g->version == 2 ? "max" : "-1", g->memory_file);
}

/* A cpuset or a cluster's scheduler can allow this process only some CPUs. */
static void look_at_allowed(struct doctor *d, const struct meas_cgroup *g)
{
	struct doctor_item *i = doctor_add(
		d, "CPUs allowed",
		"in the places core and smt of a plan the two sides run on "
		"different CPUs; with one CPU, only the places same and free "
		"can be measured");
	long online = sysconf(_SC_NPROCESSORS_ONLN);
	cpu_set_t set;
	int allowed;

	if (sched_getaffinity(0, sizeof(set), &set) < 0)
		return;
	allowed = CPU_COUNT(&set);
	doctor_value(i, "%d of %ld%s%.60s", allowed, online,
		     *g->cpuset ? ", cpuset " : "", g->cpuset);
	if (allowed == 1)
		doctor_mend(i, DOCTOR_LIMITS, "taskset -cp 0-%ld $$",
			    online - 1);
	else if (allowed < online)
		doctor_mend(i, DOCTOR_NOTE, "%s", "");
}

void doctor_cgroup(struct doctor *d)
{
	struct meas_cgroup g;

	meas_cgroup(d->root, &g);
	look_at_quota(d, &g);
	look_at_memory_limit(d, &g);
	look_at_allowed(d, &g);
}
