/*
 * Witnesses: a process on each CPU notes how long it had to wait for the CPU.
 * The kernel tells how long the processes of a trial had to wait.
 */
#include "chaos.h"

#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <time.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/cpu.h"
#include "base/fd.h"
#include "base/proc.h"

#define LOOK_MS 5

/* After such a wait for a CPU a side may seem to be stalled. */
#define NOISE_MS 60

static void testify(struct tally *tally, int cpu)
{
	const struct timespec nap = { .tv_nsec = LOOK_MS * MS_IN_NS };
	struct err unused = { 0 };
	int64_t before_ns, late_ns;

	/* SIGTERM must end the witness, which looks at no flag */
	signal(SIGTERM, SIG_DFL);
	while (cpu_bind(cpu, &unused) < 0)
		pause();
	for (;;) {
		before_ns = clock_ns();
		nanosleep(&nap, NULL);
		late_ns = clock_ns() - before_ns - LOOK_MS * MS_IN_NS;
		if (late_ns > tally->noise_ns)
			tally->noise_ns = late_ns;
		if (late_ns > NOISE_MS * MS_IN_NS)
			tally->noisy_ns = clock_ns();
	}
}

/* Forks the witnesses, which die with this process. */
void witness_start(struct tally *tally)
{
	struct err unused = { 0 };
	int pidfd = -1;

	for (int cpu = 0; cpu < CPU_SETSIZE; cpu++) {
		if (!cpu_allowed(cpu))
			continue;
		if (proc_fork(&pidfd, &unused) == 0)
			testify(tally, cpu);
		fd_close(&pidfd);
	}
}

static void note_delay(pid_t pid, int64_t *waited_ns)
{
	unsigned long long ran, waited;
	char path[40], text[100];

	snprintf(path, sizeof(path), "/proc/%d/schedstat", (int)pid);
	if (pid > 0 && fd_read_text(path, text, sizeof(text)) &&
	    sscanf(text, "%llu %llu", &ran, &waited) == 2)
		*waited_ns = (int64_t)waited;
}

/* Notes how long all supervisors, and the first client's workers, waited. */
void witness_note(struct run *r)
{
	for (int v = 0; v < EVERYBODY; v++)
		note_delay(victim_pid(r, (enum victim)v), &r->waited_ns[v]);
	for (int a = COPY_CLIENT + 1; a < plan_actors(r->plan); a++)
		note_delay(r->sup[a], &r->waited_ns[EVERYBODY + a]);
}
