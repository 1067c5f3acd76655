/* Finds disturbances of measurements: memory, load, virtual machines. */
#include "measure/doctor.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "measure/doctor_inside.h"
#include "measure/machine.h"

/* --- memory --------------------------------------------------------------- */

#define THP "/sys/kernel/mm/transparent_hugepage/enabled"

static void look_at_huge_pages(struct doctor *d)
{
	struct doctor_item *i = doctor_add(
		d, "huge pages",
		"with \"always\" the kernel gives huge pages to a buffer if "
		"any are free at that moment, so runs differ by chance");
	char path[512], text[80];

	snprintf(path, sizeof(path), "%s" THP, d->root);
	if (!meas_chosen(path, text, sizeof(text)))
		return;
	doctor_value(i, "%s", text);
	if (!strcmp(text, "always"))
		doctor_mend(i, DOCTOR_DISTURBS, "echo madvise > " THP);
}

static long long meminfo(const struct doctor *d, const char *key)
{
	char path[512], text[80];

	snprintf(path, sizeof(path), "%s/proc/meminfo", d->root);
	return meas_field(path, key, text, sizeof(text))
		       ? strtoll(text, NULL, 10) * 1024
		       : -1;
}

static void look_at_swap(struct doctor *d)
{
	struct doctor_item *i =
		doctor_add(d, "swap in use",
			   "a page that must be read back from swap space "
			   "delays a sample");
	long long total = meminfo(d, "SwapTotal"),
		  left = meminfo(d, "SwapFree");

	if (total < 0 || left < 0)
		return;
	doctor_value(i, "%lld MiB of %lld MiB", (total - left) >> 20,
		     total >> 20);
	if (total > left)
		doctor_mend(i, DOCTOR_DISTURBS, "swapoff -a");
}

static void look_at_memory(struct doctor *d)
{
	struct doctor_item *i = doctor_add(
		d, "memory available",
		"files to copy are kept in memory; if memory is short, the "
		"kernel "
		"spends time on freeing memory in the middle of a sample");
	long long bytes = meminfo(d, "MemAvailable");

	if (bytes < 0)
		return;
	doctor_value(i, "%lld MiB", bytes >> 20);
	if (bytes < 1LL << 30)
		doctor_mend(i, DOCTOR_LIMITS, "%s",
			    "ps -eo pid,rss,comm --sort=-rss | head");
}

/* --- other processes, other machines -------------------------------------- */

static void look_at_load(struct doctor *d)
{
	struct doctor_item *i = doctor_add(
		d, "load",
		"other processes may use the CPUs that are measured; the "
		"median tolerates a little load, but the intervals grow");
	long cpus = sysconf(_SC_NPROCESSORS_ONLN);
	char text[120], *end;
	double load;

	if (!doctor_line(d, "/proc/loadavg", text, sizeof(text)))
		return;
	load = strtod(text, &end);
	doctor_value(i, "%.2f on %ld CPUs", load, cpus);
	if (load > 0.3 * (double)cpus)
		doctor_mend(i, DOCTOR_DISTURBS, "%s",
			    "ps -eo pid,pcpu,comm --sort=-pcpu | head");
}

static void look_at_pressure(struct doctor *d)
{
	struct doctor_item *i =
		doctor_add(d, "CPU pressure",
			   "in this part of the last ten seconds, a process "
			   "was ready to run but had no CPU");
	char text[200];
	const char *at;
	double share;

	at = doctor_line(d, "/proc/pressure/cpu", text, sizeof(text))
		     ? strstr(text, "avg10=")
		     : NULL;
	if (!at)
		return;
	share = strtod(at + 6, NULL);
	doctor_value(i, "%.1f %%", share);
	if (share > 5)
		doctor_mend(i, DOCTOR_DISTURBS, "%s",
			    "ps -eo pid,pcpu,comm --sort=-pcpu | head");
}

static void look_at_steal(struct doctor *d)
{
	struct doctor_item *i =
		doctor_add(d, "stolen time",
			   "CPU time of this machine that the hypervisor gave "
			   "to others; only the administrator of the host can "
			   "mend this, by giving CPUs to this machine alone");
	unsigned long long v[8] = { 0 }, all = 0;
	char text[300];
	double share;

	if (!doctor_line(d, "/proc/stat", text, sizeof(text)) ||
	    sscanf(text, "cpu %llu %llu %llu %llu %llu %llu %llu %llu", &v[0],
		   &v[1], &v[2], &v[3], &v[4], &v[5], &v[6], &v[7]) != 8)
		return;
	for (int k = 0; k < 8; k++)
		all += v[k];
	share = all ? 100.0 * (double)v[7] / (double)all : 0;
	doctor_value(i, "%.2f %% since boot", share);
	if (share > 0.1)
		doctor_mend(i, DOCTOR_DISTURBS, "%s", "");
}

static void look_at_virtual(struct doctor *d)
{
	struct doctor_item *i = doctor_add(
		d, "virtual machine",
		"in a virtual machine, waking the other side may go through "
		"the hypervisor and take several times as long; results are "
		"valid only for machines like this one");
	char path[512], flags[4096];

	snprintf(path, sizeof(path), "%s/proc/cpuinfo", d->root);
	if (!meas_field(path, "flags", flags, sizeof(flags)))
		return;
	doctor_value(i, "%s", strstr(flags, " hypervisor") ? "yes" : "no");
	if (strstr(flags, " hypervisor"))
		doctor_mend(i, DOCTOR_NOTE, "%s", "");
}

static void look_at_container(struct doctor *d)
{
	struct doctor_item *i = doctor_add(
		d, "container",
		"some limits and settings below /proc/sys can be changed only "
		"outside the container");
	char text[80];

	if (!meas_container(text, sizeof(text)))
		snprintf(text, sizeof(text), "no");
	else
		doctor_mend(i, DOCTOR_NOTE, "%s", "");
	doctor_value(i, "%s", text);
}

void doctor_look(struct doctor *d)
{
	d->items = 0;
	doctor_cpu(d);
	look_at_load(d);
	look_at_pressure(d);
	look_at_steal(d);
	look_at_virtual(d);
	look_at_container(d);
	doctor_cgroup(d);
	look_at_huge_pages(d);
	look_at_swap(d);
	look_at_memory(d);
	doctor_limits(d);
	doctor_programs(d);
}
