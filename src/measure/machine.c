/*
 * The facts about a machine that affect results: a list of files to read, and
 * some system calls.
 */
#include "measure/machine.h"

#include <gnu/libc-version.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/statvfs.h>
#include <sys/utsname.h>
#include <time.h>
#include <unistd.h>

#include "base/fd.h"
#include "measure/cgroup.h"

/* How the text of a file becomes a fact. */
enum kind { TEXT, CHOSEN, KERNELS_OWN, NUMBER };

struct fact {
	const char *group, *name; /* group NULL: at the top level */
	enum kind kind;
	const char *path;
};

#define CPU0    "/sys/devices/system/cpu/cpu0/cpufreq/"
#define CPUS    "/sys/devices/system/cpu/"
#define THP     "/sys/kernel/mm/transparent_hugepage/"
#define HUGE_2M "/sys/kernel/mm/hugepages/hugepages-2048kB/"

static const struct fact lasting[] = {
	{ NULL, "command_line", KERNELS_OWN, "/proc/cmdline" },
	{ NULL, "boot_id", TEXT, "/proc/sys/kernel/random/boot_id" },
	{ NULL, "governor", TEXT, CPU0 "scaling_governor" },
	{ NULL, "clocksource", TEXT,
	  "/sys/devices/system/clocksource/clocksource0/current_clocksource" },
	{ "frequency", "driver", TEXT, CPU0 "scaling_driver" },
	{ "frequency", "min_khz", NUMBER, CPU0 "scaling_min_freq" },
	{ "frequency", "max_khz", NUMBER, CPU0 "scaling_max_freq" },
	{ "frequency", "preference", TEXT,
	  CPU0 "energy_performance_preference" },
	{ "frequency", "boost", NUMBER, CPUS "cpufreq/boost" },
	{ "frequency", "no_turbo", NUMBER, CPUS "intel_pstate/no_turbo" },
	{ "cpu_sets", "online", TEXT, CPUS "online" },
	{ "cpu_sets", "isolated", TEXT, CPUS "isolated" },
	{ "cpu_sets", "nohz_full", TEXT, CPUS "nohz_full" },
	{ "smt", "control", TEXT, CPUS "smt/control" },
	{ "smt", "active", NUMBER, CPUS "smt/active" },
	{ "idle", "driver", TEXT, CPUS "cpuidle/current_driver" },
	{ "idle", "governor", TEXT, CPUS "cpuidle/current_governor" },
	{ "thp", "enabled", CHOSEN, THP "enabled" },
	{ "thp", "defrag", CHOSEN, THP "defrag" },
	{ "thp", "shmem_enabled", CHOSEN, THP "shmem_enabled" },
	{ "hugepages", "count_2m", NUMBER, HUGE_2M "nr_hugepages" },
	{ "hugepages", "free_2m", NUMBER, HUGE_2M "free_hugepages" },
	{ "limits", "pipe_max_size", NUMBER, "/proc/sys/fs/pipe-max-size" },
	{ "limits", "pipe_user_pages_soft", NUMBER,
	  "/proc/sys/fs/pipe-user-pages-soft" },
	{ "limits", "mq_msg_max", NUMBER, "/proc/sys/fs/mqueue/msg_max" },
	{ "limits", "mq_msgsize_max", NUMBER,
	  "/proc/sys/fs/mqueue/msgsize_max" },
	{ "limits", "mq_queues_max", NUMBER, "/proc/sys/fs/mqueue/queues_max" },
	{ "limits", "sysv_msgmax", NUMBER, "/proc/sys/kernel/msgmax" },
	{ "limits", "sysv_msgmnb", NUMBER, "/proc/sys/kernel/msgmnb" },
	{ "limits", "sysv_shmmax", TEXT, "/proc/sys/kernel/shmmax" },
	{ "limits", "wmem_max", NUMBER, "/proc/sys/net/core/wmem_max" },
	{ "limits", "rmem_max", NUMBER, "/proc/sys/net/core/rmem_max" },
	{ "limits", "tcp_wmem", TEXT, "/proc/sys/net/ipv4/tcp_wmem" },
	{ "limits", "tcp_rmem", TEXT, "/proc/sys/net/ipv4/tcp_rmem" },
	{ "kernel_settings", "randomize_va_space", NUMBER,
	  "/proc/sys/kernel/randomize_va_space" },
	{ "kernel_settings", "ptrace_scope", NUMBER,
	  "/proc/sys/kernel/yama/ptrace_scope" },
	{ "kernel_settings", "swappiness", NUMBER, "/proc/sys/vm/swappiness" },
	{ "kernel_settings", "overcommit_memory", NUMBER,
	  "/proc/sys/vm/overcommit_memory" },
	{ "kernel_settings", "numa_balancing", NUMBER,
	  "/proc/sys/kernel/numa_balancing" },
	{ "kernel_settings", "sched_autogroup", NUMBER,
	  "/proc/sys/kernel/sched_autogroup_enabled" },
	{ "kernel_settings", "perf_event_paranoid", NUMBER,
	  "/proc/sys/kernel/perf_event_paranoid" },
	{ "kernel_settings", "preempt", CHOSEN,
	  "/sys/kernel/debug/sched/preempt" },
	{ "virtual", "product", TEXT, "/sys/class/dmi/id/product_name" },
	{ "virtual", "vendor", TEXT, "/sys/class/dmi/id/sys_vendor" },
	{ "virtual", "hypervisor", TEXT, "/sys/hypervisor/type" },
	{ NULL, NULL, TEXT, NULL },
};

static const struct fact momentary[] = {
	{ NULL, "load", TEXT, "/proc/loadavg" },
	{ NULL, "uptime", TEXT, "/proc/uptime" },
	{ "pressure", "cpu", TEXT, "/proc/pressure/cpu" },
	{ "pressure", "memory", TEXT, "/proc/pressure/memory" },
	{ "pressure", "io", TEXT, "/proc/pressure/io" },
	{ NULL, "frequency_khz", NUMBER, CPU0 "scaling_cur_freq" },
	{ NULL, NULL, TEXT, NULL },
};

static json_t *group_of(json_t *top, const char *name)
{
	json_t *group = json_object_get(top, name);

	if (!name)
		return top;
	if (!group) {
		json_object_set_new(top, name, json_object());
		group = json_object_get(top, name);
	}
	return group;
}

static json_t *text_or_null(bool known, const char *text)
{
	return known ? json_string(text) : json_null();
}

static json_t *number_or_null(const char *text)
{
	char *end;
	long long n = strtoll(text, &end, 10);

	return end == text || *end ? json_null() : json_integer(n);
}

static json_t *value_of(const struct fact *f)
{
	char text[2048];

	if (f->kind == CHOSEN)
		return text_or_null(meas_chosen(f->path, text, sizeof(text)),
				    text);
	if (!meas_line(f->path, text, sizeof(text)))
		return json_null();
	if (f->kind == KERNELS_OWN)
		meas_kernels_own(text);
	return f->kind == NUMBER ? number_or_null(text) : json_string(text);
}

static void put_facts(json_t *top, const struct fact *f)
{
	for (; f->name; f++)
		json_object_set_new(group_of(top, f->group), f->name,
				    value_of(f));
}

/* --- facts that need more than one file or a system call ------------------ */

static void put_field(json_t *to, const char *name, const char *path,
		      const char *key)
{
	char text[1024];
	bool known = meas_field(path, key, text, sizeof(text));

	json_object_set_new(to, name, text_or_null(known, text));
}

/* "16384 kB" */
static json_t *bytes_of(const char *key)
{
	char text[64], *end;
	unsigned long long kib;

	if (!meas_field("/proc/meminfo", key, text, sizeof(text)))
		return json_null();
	kib = strtoull(text, &end, 10);
	return end == text ? json_null() : json_integer((json_int_t)kib * 1024);
}

static void put_kernel(json_t *top)
{
	struct utsname u;
	char text[400];

	if (uname(&u) < 0)
		return;
	snprintf(text, sizeof(text), "%s %s", u.sysname, u.release);
	json_object_set_new(top, "kernel", json_string(text));
	json_object_set_new(top, "kernel_build", json_string(u.version));
	json_object_set_new(top, "architecture", json_string(u.machine));
	json_object_set_new(top, "host", json_string(u.nodename));
}

static bool has_flag(const char *flags, const char *flag)
{
	size_t len = strlen(flag);

	for (const char *at = flags; (at = strstr(at, flag)); at += len)
		if ((at == flags || at[-1] == ' ') &&
		    (at[len] == ' ' || !at[len]))
			return true;
	return false;
}

static void put_cpu(json_t *top)
{
	char flags[4096];
	bool known;

	put_field(top, "cpu", "/proc/cpuinfo", "model name");
	put_field(top, "microcode", "/proc/cpuinfo", "microcode");
	json_object_set_new(top, "cpus",
			    json_integer(sysconf(_SC_NPROCESSORS_ONLN)));
	json_object_set_new(top, "page_bytes",
			    json_integer(sysconf(_SC_PAGESIZE)));
	known = meas_field("/proc/cpuinfo", "flags", flags, sizeof(flags));
	json_object_set_new(group_of(top, "virtual"), "under_hypervisor",
			    known ? json_boolean(has_flag(flags, "hypervisor"))
				  : json_null());
}

static const char *const weaknesses[] = {
	"gather_data_sampling",
	"indirect_target_selection",
	"itlb_multihit",
	"l1tf",
	"mds",
	"meltdown",
	"mmio_stale_data",
	"reg_file_data_sampling",
	"retbleed",
	"spec_rstack_overflow",
	"spec_store_bypass",
	"spectre_v1",
	"spectre_v2",
	"srbds",
	"tsa",
	"tsx_async_abort",
	"vmscape",
};

static void put_mitigations(json_t *top)
{
	json_t *to = group_of(top, "mitigations");

	for (size_t i = 0; i < sizeof(weaknesses) / sizeof(weaknesses[0]);
	     i++) {
		char path[120], text[300];
		bool known;

		snprintf(path, sizeof(path), CPUS "vulnerabilities/%s",
			 weaknesses[i]);
		known = meas_line(path, text, sizeof(text));
		json_object_set_new(to, weaknesses[i],
				    text_or_null(known, text));
	}
}

static void put_limit(json_t *to, const char *name, int which)
{
	struct rlimit rl;

	/*
	 * no limit is "unlimited", since null means that the limit is not known
	 */
	if (getrlimit((__rlimit_resource_t)which, &rl) < 0)
		json_object_set_new(to, name, json_null());
	else if (rl.rlim_cur == RLIM_INFINITY)
		json_object_set_new(to, name, json_string("unlimited"));
	else
		json_object_set_new(to, name,
				    json_integer((json_int_t)rl.rlim_cur));
}

static void put_limits(json_t *top)
{
	json_t *to = group_of(top, "limits");

	put_limit(to, "rlimit_memlock", RLIMIT_MEMLOCK);
	put_limit(to, "rlimit_msgqueue", RLIMIT_MSGQUEUE);
	put_limit(to, "rlimit_nofile", RLIMIT_NOFILE);
	put_limit(to, "rlimit_fsize", RLIMIT_FSIZE);
}

static void put_file_system(json_t *top, const char *dir)
{
	json_t *to = group_of(top, "file_system");
	char type[64], options[1024];
	struct statvfs fs;
	bool known =
		meas_mount(dir, type, sizeof(type), options, sizeof(options));
	bool sized = statvfs(dir, &fs) == 0;

	json_object_set_new(to, "directory", json_string(dir));
	json_object_set_new(to, "type", text_or_null(known, type));
	json_object_set_new(to, "options", text_or_null(known, options));
	json_object_set_new(to, "free_bytes",
			    sized ? json_integer((json_int_t)fs.f_bavail *
						 (json_int_t)fs.f_frsize)
				  : json_null());
}

static void put_container(json_t *top)
{
	char text[80];
	bool known = meas_container(text, sizeof(text));

	json_object_set_new(group_of(top, "virtual"), "container",
			    text_or_null(known, text));
}

/* Limits of version 1 are written in the form of version 2. */
static void put_cgroup(json_t *top)
{
	json_t *to = group_of(top, "cgroup");
	struct meas_cgroup g;
	char text[80];

	meas_cgroup("", &g);
	json_object_set_new(to, "version",
			    g.version ? json_integer(g.version) : json_null());
	json_object_set_new(to, "path", text_or_null(g.version, g.path));
	if (g.quota_us < 0)
		snprintf(text, sizeof(text), "max");
	else
		snprintf(text, sizeof(text), "%lld %lld", g.quota_us,
			 g.period_us);
	json_object_set_new(to, "cpu_max", text_or_null(g.version, text));
	json_object_set_new(to, "cpuset", text_or_null(*g.cpuset, g.cpuset));
	if (g.memory_bytes < 0)
		snprintf(text, sizeof(text), "max");
	else
		snprintf(text, sizeof(text), "%lld", g.memory_bytes);
	json_object_set_new(to, "memory_max", text_or_null(g.version, text));
}

json_t *meas_machine(const char *dir)
{
	json_t *top = json_object();

	if (!top)
		return NULL;
	put_kernel(top);
	put_cpu(top);
	put_facts(top, lasting);
	put_mitigations(top);
	put_limits(top);
	put_file_system(top, dir);
	put_container(top);
	put_cgroup(top);
	put_field(group_of(top, "cpu_sets"), "allowed", "/proc/self/status",
		  "Cpus_allowed_list");
	json_object_set_new(top, "topology", meas_topology());
	json_object_set_new(top, "memory_bytes", bytes_of("MemTotal"));
	json_object_set_new(top, "swap_bytes", bytes_of("SwapTotal"));
	json_object_set_new(top, "libc", json_string(gnu_get_libc_version()));
	return top;
}

json_t *meas_moment(void)
{
	json_t *top = json_object();

	if (!top)
		return NULL;
	put_facts(top, momentary);
	json_object_set_new(top, "at", meas_now());
	json_object_set_new(top, "memory_available_bytes",
			    bytes_of("MemAvailable"));
	json_object_set_new(top, "swap_free_bytes", bytes_of("SwapFree"));
	json_object_set_new(top, "steal_ns", json_integer(meas_steal_ns()));
	return top;
}

json_t *meas_now(void)
{
	time_t now = time(NULL);
	struct tm tm;
	char text[32];

	gmtime_r(&now, &tm);
	strftime(text, sizeof(text), "%Y-%m-%dT%H:%M:%SZ", &tm);
	return json_string(text);
}
