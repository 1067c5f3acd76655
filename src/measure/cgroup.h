/* The limits that control groups (version 1 or 2) set to this process. */
#ifndef MEASURE_CGROUP_H
#define MEASURE_CGROUP_H

struct meas_cgroup {
	int version; /* 2 or 1; 0: no control groups can be seen */
	char path[512];
	long long quota_us, period_us; /* CPU time per period; -1: no limit */
	char cpuset[256];              /* "0-3,8"; "": cannot be seen */
	long long memory_bytes;        /* -1: no limit */
	/* the files that set the quota and the memory limit; "": no limit */
	char quota_file[640], memory_file[640];
};

/* `root` is put before /proc and /sys; it is "" except in tests. */
void meas_cgroup(const char *root, struct meas_cgroup *g);

#endif
