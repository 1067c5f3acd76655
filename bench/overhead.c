/*
 * overhead: the time that measuring itself costs. The same transfers are made
 * in three ways, in an order that is drawn anew in every round: by bare loops
 * of system calls, by the hooks of a mechanism in bare loops, and by
 * ipcopy-cell. The time of ipcopy-cell in a round is divided by each of the
 * other two times. The median of each ratio is printed with its 95 % interval,
 * as `ipcopy verdict` does. A ratio of 1 means that measuring costs no time.
 *
 * overhead [ROUNDS [CPU,CPU [SEED [WORDS]]]]
 *
 * WORDS selects the transfers that have these words in their names.
 */
#include <errno.h>
#include <inttypes.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/utsname.h>
#include <time.h>
#include <unistd.h>

#include "bare.h"
#include "base/cpu.h"
#include "base/size.h"
#include "seam.h"
#include "stats/stats.h"

#define ROUNDS_MAX 1000
#define LEVEL      0.95
#define MARGIN     0.01

#define WALL     "\"wall_ns\":" /* the key in a sample */
#define PHASE    "\"phase\":"
#define TIMED    PHASE "\"timed\""
#define ONE_BARE "one-bare"
#define ONE_SEAM "one-seam"

static const struct kind {
	const char *name;
	const char *via; /* for ipcopy-cell's --via, without size= */
	struct bare b;
} kinds[] = {
	{ "pipe, 4 KiB", "pipe", { BARE_PIPE, 4096, 50000, 5000, 0, 0 } },
	{ "pipe, 64 KiB", "pipe", { BARE_PIPE, 65536, 5000, 500, 0, 0 } },
	{ "unix, 64 KiB", "unix", { BARE_UNIX, 65536, 5000, 500, 0, 0 } },
	{ "ring of 1 slot, 4 KiB",
	  "shm:region=anon,sync=sem,depth=1",
	  { BARE_RING, 4096, 10000, 1000, 0, 0 } },
	{ "pipe, 64 B there and back",
	  "pipe",
	  { BARE_PIPE, 64, 10000, 1000, 1, 0 } },
	{ "pipe, 64 B there and back, timed",
	  "pipe",
	  { BARE_PIPE, 64, 10000, 1000, 1, 1 } },
};

#define KINDS (sizeof(kinds) / sizeof(kinds[0]))

/* Each kind runs on two CPUs and on one. */
#define CASES (2 * KINDS)

enum way { BARE, SEAM, CELL, WAYS };

struct series {
	double ns[WAYS][ROUNDS_MAX];
	size_t n; /* number of rounds in which all three ways succeeded */
};

struct proof {
	/* paths of this program and of ipcopy-cell */
	char self[4096], cell[4096];
	int rounds;
	int cpu[2];
	uint64_t seed;
	const char *words;
	struct series series[CASES];
};

static const struct kind *kind_of(size_t i)
{
	return &kinds[i % KINDS];
}

static void cpus_of(const struct proof *p, size_t i, int cpu[2])
{
	cpu[0] = p->cpu[0];
	cpu[1] = i < KINDS ? p->cpu[1] : p->cpu[0];
}

static void name_of(size_t i, char *name, size_t size)
{
	snprintf(name, size, "%s, %s", kind_of(i)->name,
		 i < KINDS ? "two CPUs" : "one CPU");
}

static bool is_asked_for(const struct proof *p, size_t i)
{
	char name[80];

	name_of(i, name, sizeof(name));
	return strstr(name, p->words) != NULL;
}

static void spec_of(const struct kind *k, const int cpu[2], char *spec,
		    size_t size)
{
	snprintf(spec, size, "%s%csize=%zu%s", k->via,
		 strchr(k->via, ':') ? ',' : ':', k->b.size,
		 cpu[0] == cpu[1] ? ",wait=batch" : "");
}

static void cell_command(const struct proof *p, const struct kind *k,
			 const int cpu[2], char *command, size_t size)
{
	char spec[200];

	spec_of(k, cpu, spec, sizeof(spec));
	snprintf(command, size,
		 "exec '%s' --via %s --workload %s --messages %" PRIu64
		 " --samples --rounds 1 --cpus %d,%d",
		 p->cell, spec, k->b.returns ? "pingpong" : "stream",
		 k->b.messages, cpu[0], cpu[1]);
}

/* Returns the nanoseconds that a program reports. 0: the program failed. */
static double ask(const char *command)
{
	char line[2000] = "";
	const char *found = NULL;
	long long ns = 0;
	FILE *f = popen(command, "r");

	/* ipcopy-cell also reports its warm-up */
	while (f && !found && fgets(line, sizeof(line), f))
		if (!strstr(line, PHASE) || strstr(line, TIMED))
			found = strstr(line, WALL);
	if (found)
		sscanf(found + strlen(WALL), "%lld", &ns);
	while (f && fgets(line, sizeof(line), f))
		;
	if (f && pclose(f) != 0)
		return 0;
	return (double)ns;
}

/*
 * Runs each of the three ways as a program of its own. While a program starts,
 * the scheduler may bring other processes to these CPUs. So this disturbs all
 * three ways alike.
 */
static double run_way(const struct proof *p, size_t i, enum way way)
{
	const struct kind *k = kind_of(i);
	char command[5000];
	int cpu[2];

	cpus_of(p, i, cpu);
	if (way == CELL)
		cell_command(p, k, cpu, command, sizeof(command));
	else
		snprintf(command, sizeof(command), "exec '%s' %s %zu %d,%d",
			 p->self, way == BARE ? ONE_BARE : ONE_SEAM, i % KINDS,
			 cpu[0], cpu[1]);
	return ask(command);
}

/* Runs this program itself for the bare loops or for the hooks. */
static int run_one(char **argv)
{
	const struct kind *k = kind_of((size_t)atoi(argv[2]));
	char spec[200];
	int64_t ns;
	int cpu[2];

	if (sscanf(argv[3], "%d,%d", &cpu[0], &cpu[1]) != 2)
		return 2;
	spec_of(k, cpu, spec, sizeof(spec));
	ns = strcmp(argv[1], ONE_BARE) ? seam_run(spec, &k->b, cpu)
				       : bare_run(&k->b, cpu);
	printf("%s%lld\n", WALL, (long long)ns);
	return ns > 0 ? 0 : 3;
}

static void run_case(struct proof *p, size_t i, uint64_t seed)
{
	struct series *s = &p->series[i];
	size_t order[WAYS];
	bool well = true;

	stats_shuffle(order, WAYS, seed);
	for (int n = 0; n < WAYS; n++) {
		double ns = run_way(p, i, (enum way)order[n]);

		s->ns[order[n]][s->n] = ns;
		well &= ns > 0;
	}
	s->n += well;
}

static void run_round(struct proof *p, uint64_t round)
{
	uint64_t seed = p->seed + round * (CASES + 1);
	size_t order[CASES];

	stats_shuffle(order, CASES, seed);
	for (size_t i = 0; i < CASES; i++)
		if (is_asked_for(p, order[i]))
			run_case(p, order[i], seed + 1 + i);
}

/* --- output --------------------------------------------------------------- */

static void show_machine(const char *when)
{
	double load[3] = { 0 };
	struct utsname u;

	if (uname(&u) == 0 && !*when)
		printf("%s %s, %ld CPUs\n", u.sysname, u.release,
		       sysconf(_SC_NPROCESSORS_ONLN));
	if (*when && getloadavg(load, 3) > 0)
		printf("load %s: %.1f %.1f %.1f\n", when, load[0], load[1],
		       load[2]);
}

static const char *judge(struct stats_interval r)
{
	if (r.low >= 1 - MARGIN && r.high <= 1 + MARGIN)
		return "within 1 %";
	if (r.low > 1 + MARGIN || r.high < 1 - MARGIN)
		return "beyond 1 %";
	return "undecided";
}

static void show_ratio(const struct proof *p, const struct series *s,
		       enum way over, const char *what)
{
	struct stats_resampler *d = stats_resampler_new(p->seed);
	struct stats_interval r =
		stats_ratio_of_rounds(s->ns[CELL], s->ns[over], s->n,
				      stats_resamples_of(d, s->n), LEVEL);

	stats_resampler_free(d);
	printf("    %-12s %.4f [%.4f, %.4f]  %s\n", what, r.value, r.low,
	       r.high, judge(r));
}

static void show_case(const struct proof *p, size_t i)
{
	const struct series *s = &p->series[i];
	double each = (double)kind_of(i)->b.messages * 1000;
	char name[80];

	name_of(i, name, sizeof(name));
	printf("%s, us each: bare %.3f, hooks %.3f, cell %.3f\n", name,
	       stats_median(s->ns[BARE], s->n) / each,
	       stats_median(s->ns[SEAM], s->n) / each,
	       stats_median(s->ns[CELL], s->n) / each);
	show_ratio(p, s, SEAM, "cell / hooks");
	show_ratio(p, s, BARE, "cell / bare");
	if (s->n < (size_t)p->rounds)
		printf("    %zu of %d rounds failed\n",
		       (size_t)p->rounds - s->n, p->rounds);
}

static void show(const struct proof *p)
{
	puts("");
	for (size_t i = 0; i < CASES; i++)
		if (is_asked_for(p, i))
			show_case(p, i);
}

/* --- arguments ------------------------------------------------------------ */

static bool find_programs(struct proof *p)
{
	ssize_t n = readlink("/proc/self/exe", p->self, sizeof(p->self) - 20);
	int dir;

	if (n < 0)
		return false;
	p->self[n] = '\0';
	dir = (int)(strrchr(p->self, '/') - p->self);
	snprintf(p->cell, sizeof(p->cell), "%.*s/ipcopy-cell", dir, p->self);
	return access(p->cell, X_OK) == 0;
}

static bool read_words(struct proof *p, int argc, char **argv)
{
	uint64_t n = 40;

	p->cpu[0] = 0;
	p->cpu[1] = 1;
	p->seed = (uint64_t)time(NULL);
	if (argc > 1 && (!count_parse(argv[1], &n) || n < 6 || n > ROUNDS_MAX))
		return false;
	if (argc > 2 && sscanf(argv[2], "%d,%d", &p->cpu[0], &p->cpu[1]) != 2)
		return false;
	if (argc > 3 && !count_parse(argv[3], &p->seed))
		return false;
	p->words = argc > 4 ? argv[4] : "";
	p->rounds = (int)n;
	return argc <= 5;
}

static bool has_cases(const struct proof *p)
{
	for (size_t i = 0; i < CASES; i++)
		if (is_asked_for(p, i))
			return true;
	return false;
}

int main(int argc, char **argv)
{
	static struct proof p; /* too large for the stack */

	if (argc == 4 && !strncmp(argv[1], "one-", 4))
		return run_one(argv);
	if (!read_words(&p, argc, argv)) {
		fputs("usage: overhead [ROUNDS [CPU,CPU [SEED [WORDS]]]]; "
		      "ROUNDS is 6 to 1000; only transfers that have WORDS in "
		      "their names are measured\n",
		      stderr);
		return 2;
	}
	if (!has_cases(&p)) {
		fprintf(stderr,
			"overhead: no transfer has '%s' in its name; give a "
			"part of a name, such as pipe, unix, ring, back, one "
			"CPU or two CPUs\n",
			p.words);
		return 2;
	}
	if (!find_programs(&p) || !cpu_allowed(p.cpu[0]) ||
	    !cpu_allowed(p.cpu[1])) {
		fputs("overhead: ipcopy-cell is not beside this program, or "
		      "this process may not use these CPUs\n",
		      stderr);
		return 4;
	}
	printf("bench/overhead %d %d,%d %" PRIu64 " '%s'\n", p.rounds, p.cpu[0],
	       p.cpu[1], p.seed, p.words);
	show_machine("");
	show_machine("at the start");
	fflush(stdout);
	for (int round = 0; round < p.rounds; round++)
		run_round(&p, (uint64_t)round);
	show_machine("at the end");
	show(&p);
	return 0;
}
