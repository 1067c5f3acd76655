/*
 * Reads the limits of control groups. A group's limit also holds for all groups
 * below it, so the smallest limit between our group and the root applies.
 */
#include "measure/cgroup.h"

#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "base/fd.h"
#include "measure/machine.h"

#define MOUNT "/sys/fs/cgroup"

/* Version 1 writes "no limit" as a number that is larger than this. */
#define BOUNDLESS (1LL << 60)

/* Our group, or one above it: `dir` is its folder below `root`. */
struct level {
	const char *root;
	char dir[600];
};

static bool read_in(const struct level *l, const char *name, char *buf,
		    size_t size)
{
	char path[1200];

	snprintf(path, sizeof(path), "%s%s/%s", l->root, l->dir, name);
	return meas_line(path, buf, size);
}

static long long number_in(const struct level *l, const char *name)
{
	char path[1200];

	snprintf(path, sizeof(path), "%s%s/%s", l->root, l->dir, name);
	return meas_number(path);
}

static void take_quota(struct meas_cgroup *g, const struct level *l,
		       const char *file, long long quota, long long period)
{
	/* quota / period, compared without division */
	if (quota <= 0 || period <= 0 ||
	    (g->quota_us >= 0 && (double)quota * (double)g->period_us >=
					 (double)g->quota_us * (double)period))
		return;
	g->quota_us = quota;
	g->period_us = period;
	snprintf(g->quota_file, sizeof(g->quota_file), "%s/%s", l->dir, file);
}

static void take_memory(struct meas_cgroup *g, const struct level *l,
			const char *file)
{
	long long bytes = number_in(l, file);

	if (bytes < 0 || bytes >= BOUNDLESS ||
	    (g->memory_bytes >= 0 && bytes >= g->memory_bytes))
		return;
	g->memory_bytes = bytes;
	snprintf(g->memory_file, sizeof(g->memory_file), "%s/%s", l->dir, file);
}

/* Keeps the cpuset of the lowest group; the groups above allow all its CPUs. */
static void take_cpuset(struct meas_cgroup *g, const struct level *l,
			const char *file)
{
	if (!*g->cpuset)
		read_in(l, file, g->cpuset, sizeof(g->cpuset));
}

/* --- the files of version 2 and of version 1 ------------------------------ */

static void take_two(struct meas_cgroup *g, const struct level *l)
{
	long long quota, period;
	char text[80];

	if (read_in(l, "cpu.max", text, sizeof(text)) &&
	    sscanf(text, "%lld %lld", &quota, &period) == 2)
		take_quota(g, l, "cpu.max", quota, period);
	take_memory(g, l, "memory.max");
	take_cpuset(g, l, "cpuset.cpus.effective");
}

static void take_cpu(struct meas_cgroup *g, const struct level *l)
{
	take_quota(g, l, "cpu.cfs_quota_us", number_in(l, "cpu.cfs_quota_us"),
		   number_in(l, "cpu.cfs_period_us"));
}

static void take_one_memory(struct meas_cgroup *g, const struct level *l)
{
	take_memory(g, l, "memory.limit_in_bytes");
}

static void take_one_cpuset(struct meas_cgroup *g, const struct level *l)
{
	take_cpuset(g, l, "cpuset.effective_cpus");
	take_cpuset(g, l, "cpuset.cpus");
}

/* --- from our group up to the root ---------------------------------------- */

/*
 * Looks at the group and at all groups above it. In a container, `path` may be
 * the group's path on the host, while our group is mounted as the root. Then
 * the folders of the path are missing.
 */
static void climb(struct meas_cgroup *g, const char *root, const char *mount,
		  const char *path,
		  void (*take)(struct meas_cgroup *, const struct level *))
{
	struct level l = { .root = root };
	size_t top = strlen(mount);

	snprintf(l.dir, sizeof(l.dir), "%s%s", mount,
		 strstr(path, "/..") ? "" : path);
	for (;;) {
		char *slash = strrchr(l.dir, '/');

		/* the path of the root itself is "/" */
		if (slash[1])
			take(g, &l);
		if (strlen(l.dir) <= top)
			return;
		*slash = '\0';
	}
}

static bool is_version_two(const char *root)
{
	char path[600];

	snprintf(path, sizeof(path), "%s" MOUNT "/cgroup.controllers", root);
	return access(path, F_OK) == 0;
}

static bool has_controller(const char *list, const char *name)
{
	size_t len = strlen(name);

	for (const char *at = list; *at; at += *at == ',') {
		size_t n = strcspn(at, ",");

		if (n == len && !strncmp(at, name, n))
			return true;
		at += n;
	}
	return false;
}

/* Takes a line such as "4:cpu,cpuacct:/path": controllers and our group. */
static void take_tree(struct meas_cgroup *g, const char *root, char *line)
{
	static const struct {
		const char *name;
		void (*take)(struct meas_cgroup *, const struct level *);
	} trees[] = {
		{ "cpu", take_cpu },
		{ "memory", take_one_memory },
		{ "cpuset", take_one_cpuset },
	};
	char *list = strchr(line, ':'), *path, mount[300];

	path = list ? strchr(++list, ':') : NULL;
	if (!path)
		return;
	*path++ = '\0';
	for (size_t i = 0; i < sizeof(trees) / sizeof(*trees); i++) {
		if (!has_controller(list, trees[i].name))
			continue;
		g->version = 1;
		if (!*g->path)
			snprintf(g->path, sizeof(g->path), "%s", path);
		snprintf(mount, sizeof(mount), MOUNT "/%s", trees[i].name);
		climb(g, root, mount, path, trees[i].take);
	}
}

void meas_cgroup(const char *root, struct meas_cgroup *g)
{
	char file[600], text[4096], *rest = text, *line;
	bool two = is_version_two(root);

	*g = (struct meas_cgroup){ .quota_us = -1,
				   .period_us = 100000,
				   .memory_bytes = -1 };
	snprintf(file, sizeof(file), "%s/proc/self/cgroup", root);
	if (!fd_read_text(file, text, sizeof(text)))
		return;
	while ((line = strsep(&rest, "\n"))) {
		if (!two)
			take_tree(g, root, line);
		else if (!strncmp(line, "0::", 3)) {
			g->version = 2;
			snprintf(g->path, sizeof(g->path), "%s", line + 3);
			climb(g, root, MOUNT, g->path, take_two);
		}
	}
}
