/* Limits of control groups, versions 1 and 2, in made-up file systems. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "measure/cgroup.h"
#include "scratch.h"
#include "tap.h"

static char root[600];

/* Begins a made-up machine that has no files. */
static void new_machine(const char *name)
{
	snprintf(root, sizeof(root), "%s/%s", scratch_dir(), name);
	mkdir(root, 0777);
}

/* Writes a file of the machine, and makes the folders above it. */
static void put(const char *path, const char *text)
{
	char full[1200];
	FILE *to;

	snprintf(full, sizeof(full), "%s%s", root, path);
	for (char *at = full + strlen(root) + 1; (at = strchr(at, '/')); at++) {
		*at = '\0';
		mkdir(full, 0777);
		*at = '/';
	}
	to = fopen(full, "we");
	if (!to)
		exit(99);
	fprintf(to, "%s\n", text);
	fclose(to);
}

static bool has_no_limit(const struct meas_cgroup *g)
{
	return expect_int(g->quota_us, -1) && expect_int(g->memory_bytes, -1);
}

static void two(void)
{
	struct meas_cgroup g;

	new_machine("two");
	put("/proc/self/cgroup", "0::/slurm/job_7/step_0");
	put("/sys/fs/cgroup/cgroup.controllers", "cpuset cpu memory");
	put("/sys/fs/cgroup/cpuset.cpus.effective", "0-7");
	put("/sys/fs/cgroup/slurm/job_7/cpu.max", "150000 100000");
	put("/sys/fs/cgroup/slurm/job_7/memory.max", "1073741824");
	put("/sys/fs/cgroup/slurm/job_7/cpuset.cpus.effective", "2-3");
	put("/sys/fs/cgroup/slurm/job_7/step_0/cpu.max", "max 100000");
	put("/sys/fs/cgroup/slurm/job_7/step_0/memory.max", "max");
	meas_cgroup(root, &g);
	ok(expect_int(g.version, 2) &&
		   expect_text(g.path, "/slurm/job_7/step_0") &&
		   expect_int(g.quota_us, 150000) &&
		   expect_int(g.period_us, 100000) &&
		   expect_int(g.memory_bytes, 1 << 30) &&
		   expect_text(g.cpuset, "2-3"),
	   "version 2: limits of groups above apply, too");
	ok_text(g.quota_file, "/sys/fs/cgroup/slurm/job_7/cpu.max",
		"version 2: the file that sets a limit is known");
	/*
	 * the parent's limit of 50 % (10 of 20 ms) is below the 150 % of job_7
	 */
	put("/sys/fs/cgroup/slurm/cpu.max", "10000 20000");
	put("/sys/fs/cgroup/slurm/job_7/step_0/memory.max", "65536");
	meas_cgroup(root, &g);
	ok(expect_int(g.quota_us, 10000) && expect_int(g.period_us, 20000) &&
		   expect_int(g.memory_bytes, 65536),
	   "the smallest limit applies, whichever group sets it");
}

/*
 * Inside a container, /proc/self/cgroup names a path as the container sees it,
 * or as the host sees it.
 */
static void in_container(void)
{
	struct meas_cgroup g;

	new_machine("container");
	put("/proc/self/cgroup", "0::/");
	put("/sys/fs/cgroup/cgroup.controllers", "cpu");
	put("/sys/fs/cgroup/cpu.max", "200000 100000");
	meas_cgroup(root, &g);
	ok(expect_text(g.path, "/") && expect_int(g.quota_us, 200000),
	   "the root group of a container may have limits");
	put("/proc/self/cgroup", "0::/docker/0123");
	meas_cgroup(root, &g);
	ok_int(g.quota_us, 200000,
	       "limits are found if the path is the host's");
	put("/proc/self/cgroup", "0::/../../other");
	meas_cgroup(root, &g);
	ok_int(g.quota_us, 200000,
	       "limits are found if the path leads outside");
}

static void one(void)
{
	struct meas_cgroup g;

	new_machine("one");
	put("/proc/self/cgroup", "9:memory:/jobs/a\n"
				 "8:cpu,cpuacct:/jobs/a\n"
				 "7:cpuset:/jobs\n"
				 "1:name=systemd:/init");
	put("/sys/fs/cgroup/cpu/jobs/a/cpu.cfs_quota_us", "-1");
	put("/sys/fs/cgroup/cpu/jobs/a/cpu.cfs_period_us", "100000");
	put("/sys/fs/cgroup/cpu/jobs/cpu.cfs_quota_us", "25000");
	put("/sys/fs/cgroup/cpu/jobs/cpu.cfs_period_us", "50000");
	put("/sys/fs/cgroup/memory/jobs/a/memory.limit_in_bytes", "8388608");
	put("/sys/fs/cgroup/memory/memory.limit_in_bytes",
	    "9223372036854771712");
	put("/sys/fs/cgroup/cpuset/jobs/cpuset.cpus", "1,3");
	meas_cgroup(root, &g);
	ok(expect_int(g.version, 1) && expect_int(g.quota_us, 25000) &&
		   expect_int(g.period_us, 50000) &&
		   expect_int(g.memory_bytes, 8388608) &&
		   expect_text(g.cpuset, "1,3") &&
		   expect_text(g.path, "/jobs/a"),
	   "version 1: each controller has a tree of its own");
	ok_text(g.memory_file,
		"/sys/fs/cgroup/memory/jobs/a/memory.limit_in_bytes",
		"version 1: the file that sets a limit is known");
}

static void without(void)
{
	struct meas_cgroup g;

	new_machine("none");
	meas_cgroup(root, &g);
	ok(expect_int(g.version, 0) && has_no_limit(&g),
	   "a machine without control groups has no limits");
	put("/proc/self/cgroup", "0::/");
	put("/sys/fs/cgroup/cgroup.controllers", "cpu");
	put("/sys/fs/cgroup/cpu.max", "nonsense");
	put("/sys/fs/cgroup/memory.max", "");
	meas_cgroup(root, &g);
	ok(expect_int(g.version, 2) && has_no_limit(&g),
	   "files with nonsense set no limit");
}

int main(void)
{
	scratch_begin();
	two();
	in_container();
	one();
	without();
	return done_testing();
}
