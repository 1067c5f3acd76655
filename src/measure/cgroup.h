/* The limits that control groups set to this process, of either version. */
#ifndef MEASURE_CGROUP_H
#define MEASURE_CGROUP_H

struct meas_cgroup {
	int version; /* 2 or 1; 0: no control groups can be seen */
	char path[512];
	long long quota_us, period_us; /* CPU time per period; -1: no limit */
	char cpuset[256];              /* "0-3,8"; "": cannot be seen */
	long long memory_bytes;        /* -1: no limit */
	/* The files that set the two limits, below the root; "": no limit */
	char quota_file[640], memory_file[640];
};

/* `root` is put before /proc and /sys; only tests give another than "". */
void meas_cgroup(const char *root, struct meas_cgroup *g);

#endif
