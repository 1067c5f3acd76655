/*
 * chaos: makes many copies, each once without an injury and once with one, of
 * many kinds and at many instants. No copy may hang, report something false,
 * damage a file or leave anything behind.
 *
 *   usage: tests/chaos [--trials N] [--seed N] [--only SPEC] [--jobs N]
 *                    [--verbose] [--tap]
 *
 * Every choice of a trial follows from its seed, which is printed with each
 * failure: `--seed THAT --trials 1` makes the same choices again on the same
 * machine and with the same --only. Only the timing may differ.
 */
#include "chaos.h"

#include <errno.h>
#include <getopt.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/random.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/fd.h"
#include "base/proc.h"
#include "base/size.h"
#include "base/stop.h"
#include "scratch.h"
#include "tap.h"

#define JOBS_MAX 256

struct options {
	uint64_t trials, seed, jobs;
	struct tr_spec only;
	bool verbose, quiet;
};

/* --- options ------------------------------------------------------------ */

static void usage(const char *why)
{
	fprintf(stderr,
		"chaos: %s\nusage: chaos [--trials N] [--seed N] "
		"[--only SPEC] [--jobs N] [--verbose] [--tap]\n",
		why);
	exit(2);
}

static void read_count(const char *text, uint64_t *count)
{
	if (!count_parse(text, count))
		usage("that is not a number");
}

static void read_options(struct options *o, int argc, char **argv)
{
	static const struct option names[] = {
		{ "trials", required_argument, NULL, 'n' },
		{ "seed", required_argument, NULL, 's' },
		{ "only", required_argument, NULL, 'o' },
		{ "jobs", required_argument, NULL, 'j' },
		{ "verbose", no_argument, NULL, 'v' },
		{ "tap", no_argument, NULL, 't' },
		{ NULL, 0, NULL, 0 },
	};
	struct err e = { 0 };
	int c;

	while ((c = getopt_long(argc, argv, "", names, NULL)) != -1) {
		if (c == 'n')
			read_count(optarg, &o->trials);
		else if (c == 's')
			read_count(optarg, &o->seed);
		else if (c == 'j')
			read_count(optarg, &o->jobs);
		else if (c == 'o' && tr_spec_parse(optarg, &o->only, &e) < 0)
			usage(e.text);
		else if (c == 'v')
			o->verbose = true;
		else if (c == 't')
			o->quiet = true;
		else if (c == '?')
			usage("that option is not known");
	}
	if (optind < argc || !o->trials || !o->jobs || o->jobs > JOBS_MAX)
		usage("that makes no sense");
}

/* --- a job: every N-th trial ---------------------------------------------- */

/*
 * The first trial uses the seed itself, so a trial can be repeated by its seed.
 */
static uint64_t trial_seed(const struct options *o, uint64_t i)
{
	uint64_t state = o->seed + i;

	return i ? chaos_random(&state) : o->seed;
}

static void announce(const struct plan *p)
{
	char words[600];

	printf("# %llu: %s\n", (unsigned long long)p->seed,
	       plan_words(p, words, sizeof(words)));
	fflush(stdout);
}

/*
 * First runs the copy without injury. Unless its conditions are harsh, this
 * copy must succeed. The time that it takes is needed to choose the instant of
 * the injury.
 */
static void run_trial(struct plan *p, struct stage *stage, struct tally *tally)
{
	struct run r;

	run_perform(&r, p, UNHURT, stage, 0);
	/* some containers forbid ptrace; then count no calls */
	if (p->count_calls && stage->told[COPY_CLIENT].rc == -EPERM) {
		p->count_calls = false;
		weather_end(p);
		run_perform(&r, p, UNHURT, stage, 0);
	}
	if (stop_requested())
		return;
	judge(&r);
	weather_end(p);
	tally->rehearsals++;
	run_perform(&r, p, p->injury, stage, r.end_ns - r.start_ns);
	if (stop_requested())
		return;
	judge(&r);
	weather_end(p);
	tally->trials++;
}

static void *share(size_t size)
{
	void *p = mmap(NULL, size, PROT_READ | PROT_WRITE,
		       MAP_SHARED | MAP_ANONYMOUS, -1, 0);

	if (p != MAP_FAILED)
		return p;
	perror("mmap");
	exit(1);
}

static void run_job(const struct options *o, uint64_t job, struct tally *tally)
{
	struct stage *stage = share(sizeof(*stage));
	struct plan p;
	const char *why;

	scratch_begin();
	why = judge_begin(tally);
	if (why && job == 0)
		diag("shared names are told apart by pids: %s", why);
	run_begin();
	weather_settle();
	for (uint64_t i = job; i < o->trials && !stop_requested();
	     i += o->jobs) {
		if (!plan_draw(&p, trial_seed(o, i), &o->only)) {
			printf("Bail out! no such mechanism runs here\n");
			exit(1);
		}
		if (o->verbose)
			announce(&p);
		run_trial(&p, stage, tally);
	}
	exit(0);
}

/* --- all jobs ----------------------------------------------------------- */

static void start_jobs(const struct options *o, struct tally *tally, pid_t *pid)
{
	struct err e = { 0 };
	int pidfd = -1;

	for (uint64_t job = 0; job < o->jobs; job++) {
		pid[job] = proc_fork(&pidfd, &e);
		if (pid[job] < 0) {
			printf("Bail out! %s\n", e.text);
			exit(1);
		}
		if (pid[job] == 0)
			run_job(o, job, tally);
		fd_close(&pidfd);
	}
}

/*
 * Signals all jobs, since the user's signal may have reached only this process.
 */
static void stop_jobs(const struct options *o, const pid_t *pid)
{
	for (uint64_t job = 0; job < o->jobs; job++)
		if (pid[job])
			kill(pid[job], SIGTERM);
}

/* Waits for all jobs and returns how many failed. */
static int wait_for_jobs(const struct options *o, pid_t *pid)
{
	uint64_t left = o->jobs;
	int status, failed = 0;
	pid_t ended;

	while (left > 0) {
		ended = waitpid(-1, &status, 0);
		if (stop_requested())
			stop_jobs(o, pid);
		for (uint64_t job = 0; ended > 0 && job < o->jobs; job++) {
			if (pid[job] != ended)
				continue;
			pid[job] = 0;
			failed += status != 0;
			left--;
		}
	}
	return failed;
}

static void run_jobs(const struct options *o, struct tally *tally)
{
	pid_t pid[JOBS_MAX];
	int failed;

	start_jobs(o, tally, pid);
	failed = wait_for_jobs(o, pid);
	if (stop_requested())
		exit(130);
	if (failed) {
		printf("Bail out! a job failed\n");
		exit(1);
	}
}

/*
 * Raises the limit on queues: other jobs and other tests use queues meanwhile.
 */
static void raise_queue_limit(void)
{
	const struct rlimit all = { RLIM_INFINITY, RLIM_INFINITY };

	setrlimit(RLIMIT_MSGQUEUE, &all);
}

int main(int argc, char **argv)
{
	struct options o = { .trials = 500 };
	struct tally *tally = share(sizeof(*tally));
	long cpus = sysconf(_SC_NPROCESSORS_ONLN);

	/* a trial spends half of its time waiting */
	o.jobs = cpus < 1              ? 1
		 : cpus > JOBS_MAX / 2 ? JOBS_MAX
				       : 2 * (uint64_t)cpus;
	if (getrandom(&o.seed, sizeof(o.seed), 0) < 0)
		o.seed = (uint64_t)getpid();
	o.seed >>= 24; /* a short seed is easier to type */
	read_options(&o, argc, argv);
	stop_install_supervisor();
	/* the test harness may have left descriptors open */
	close_range(3, ~0U, 0);
	diag("--seed %llu --trials %llu", (unsigned long long)o.seed,
	     (unsigned long long)o.trials);
	tally->loud = !o.quiet;
	raise_queue_limit();
	witness_start(tally);
	run_jobs(&o, tally);
	if (!o.quiet)
		tally_show(tally);
	tally_judge(tally);
	return done_testing();
}
