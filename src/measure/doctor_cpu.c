/* Finds disturbances of measurements: the CPUs and their settings. */
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "measure/doctor_inside.h"

#define CPUS  "/sys/devices/system/cpu/"
#define CLOCK "/sys/devices/system/clocksource/clocksource0/"

/*
 * Shows the governor of the CPUs; if the CPUs differ, shows a governor that is
 * not performance.
 */
static void look_at_governor(struct doctor *d)
{
	struct doctor_item *i = doctor_add(
		d, "governor",
		"a CPU whose clock follows the load may be slow at the start "
		"of a sample");
	char path[120], text[80], odd[80] = "";
	int seen = 0;

	for (int cpu = 0; cpu < 1024; cpu++) {
		snprintf(path, sizeof(path),
			 CPUS "cpu%d/cpufreq/scaling_governor", cpu);
		if (!doctor_line(d, path, text, sizeof(text)))
			break;
		seen++;
		if (!*odd || strcmp(text, "performance") != 0)
			snprintf(odd, sizeof(odd), "%s", text);
	}
	if (!seen)
		return;
	doctor_value(i, "%s", odd);
	if (strcmp(odd, "performance") != 0)
		doctor_mend(i, DOCTOR_DISTURBS, "%s",
			    "echo performance | tee " CPUS
			    "cpu*/cpufreq/scaling_governor");
}

static void look_at_turbo(struct doctor *d)
{
	struct doctor_item *i = doctor_add(
		d, "turbo",
		"with turbo, the clock depends on temperature and on what the "
		"other cores do");
	long long boost = doctor_number(d, CPUS "cpufreq/boost");
	long long none = doctor_number(d, CPUS "intel_pstate/no_turbo");

	if (boost < 0 && none < 0)
		return;
	doctor_value(i, "%s", boost > 0 || none == 0 ? "on" : "off");
	if (none == 0)
		doctor_mend(i, DOCTOR_DISTURBS,
			    "echo 1 > " CPUS "intel_pstate/no_turbo");
	else if (boost > 0)
		doctor_mend(i, DOCTOR_DISTURBS,
			    "echo 0 > " CPUS "cpufreq/boost");
}

static void look_at_smt(struct doctor *d)
{
	struct doctor_item *i = doctor_add(
		d, "SMT siblings",
		"a process on the other thread of a core uses the same units "
		"and the same smallest caches");
	long long active = doctor_number(d, CPUS "smt/active");
	char text[80] = "";

	doctor_line(d, CPUS "cpu0/topology/thread_siblings_list", text,
		    sizeof(text));
	if (active < 0)
		return;
	if (active)
		doctor_value(i, "on%s%s", *text ? ", first: " : "", text);
	else
		doctor_value(i, "none");
	if (active)
		doctor_mend(i, DOCTOR_DISTURBS,
			    "echo off > " CPUS "smt/control");
}

static void look_at_isolation(struct doctor *d)
{
	struct doctor_item *i = doctor_add(
		d, "isolated CPUs",
		"on CPUs that were isolated at boot, a process runs only if it "
		"is bound to them; on other CPUs the scheduler may put any "
		"process beside the measured ones");
	char text[80];
	long last = sysconf(_SC_NPROCESSORS_ONLN) - 1;

	if (doctor_line(d, CPUS "isolated", text, sizeof(text))) {
		doctor_value(i, "%s", text);
		return;
	}
	doctor_value(i, "none");
	i->why = "no CPU was isolated at boot, so the scheduler may put any "
		 "process beside the measured ones; on an isolated CPU a "
		 "process runs only if it is bound to that CPU";
	if (last > 1)
		doctor_mend(
			i, DOCTOR_NOTE,
			"add to the kernel's command line: isolcpus=%ld,%ld "
			"nohz_full=%ld,%ld",
			last - 1, last, last - 1, last);
	else
		doctor_mend(i, DOCTOR_NOTE, "%s", "");
}

static void look_at_clock(struct doctor *d)
{
	struct doctor_item *i = doctor_add(
		d, "clock",
		"most clocks other than tsc are read through the kernel or a "
		"device, which takes much longer than to read tsc");
	char text[80], all[200] = "";

	if (!doctor_line(d, CLOCK "current_clocksource", text, sizeof(text)))
		return;
	doctor_value(i, "%s", text);
	doctor_line(d, CLOCK "available_clocksource", all, sizeof(all));
	/* other architectures have other clocks that are as fast */
	if (strcmp(text, "tsc") != 0 && strstr(all, "tsc"))
		doctor_mend(i, DOCTOR_DISTURBS,
			    "echo tsc > " CLOCK "current_clocksource");
}

static void look_at_layout(struct doctor *d)
{
	struct doctor_item *i =
		doctor_add(d, "address layout",
			   "with random layouts, each process has its own "
			   "layout; if all processes had one layout, its "
			   "effect would look like an effect of the mechanism");
	long long n = doctor_number(d, "/proc/sys/kernel/randomize_va_space");

	if (n < 0)
		return;
	doctor_value(i, "%s", n ? "random" : "fixed");
	if (!n)
		doctor_mend(i, DOCTOR_DISTURBS, "%s",
			    "sysctl -w kernel.randomize_va_space=2");
}

static void look_at_balancing(struct doctor *d)
{
	struct doctor_item *i = doctor_add(
		d, "NUMA balancing",
		"if it is on, the kernel unmaps pages to see which CPU uses "
		"them, and may move them to that CPU's memory in the middle "
		"of a sample");
	long long n = doctor_number(d, "/proc/sys/kernel/numa_balancing");

	doctor_value(i, "%s", n > 0 ? "on" : "off");
	if (n > 0)
		doctor_mend(i, DOCTOR_DISTURBS, "%s",
			    "sysctl -w kernel.numa_balancing=0");
}

void doctor_cpu(struct doctor *d)
{
	look_at_governor(d);
	look_at_turbo(d);
	look_at_smt(d);
	look_at_isolation(d);
	look_at_clock(d);
	look_at_layout(d);
	look_at_balancing(d);
}
