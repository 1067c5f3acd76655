/*
 * Witnesses: a process on each CPU notes how long it had to wait for the CPU.
 */
#include "chaos.h"

#include <sched.h>
#include <signal.h>
#include <time.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/cpu.h"
#include "base/fd.h"
#include "base/proc.h"

#define LOOK_MS 5

/* After such a wait a side may seem to be stalled although it is not. */
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
