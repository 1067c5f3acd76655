/*
 * plain-pairs: pairs of processes that stay connected from one transfer to the
 * next, with bare loops. A pipe, a unix stream socket, and a ring with
 * POSIX semaphores take turns in copying the same file into the same other
 * file. One run makes one generation:
 *
 *   plain-pairs --size 64K --depth deep --place core
 *
 * prints "CHANNEL ROUND NANOSECONDS" for each timed transfer. No wait lasts for
 * ever: the death of a child, a signal, or an alarm ends the parent, and the
 * kernel kills children whose parent has ended.
 */
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "plain.h"

#define LIMIT_S    30 /* seconds for the set-up, and for each transfer */
#define WARM_LEAST 2  /* fewest transfers after all slots were used */
#define WARM_MOST  12
/* warm-up goes on if a transfer takes less than this part of the best time */
#define FALLS 0.98

enum { SERVER, CLIENT };

/*
 * The parent removes these files after the set-up. With --keep it removes them
 * only if it fails. A child empties its copies of the names as soon as it has
 * opened the files, so it does not remove them if it fails later.
 */
static char in_name[4096], out_name[4096];

static void remove_files(void)
{
	if (in_name[0])
		unlink(in_name);
	if (out_name[0])
		unlink(out_name);
	in_name[0] = out_name[0] = '\0';
}

static void fail(const char *what)
{
	fprintf(stderr, "plain-pairs: %s: %s\n", what, strerror(errno));
	remove_files();
	_exit(PLAIN_FAILED);
}

void plain_must(bool good, const char *text)
{
	if (!good)
		fail(text);
}

static void on_signal(int sig)
{
	static const char died[] = "plain-pairs: a process has died\n";
	static const char late[] =
		"plain-pairs: gave up, since it took too long\n";
	const char *text = sig == SIGCHLD ? died : late;

	if (sig == SIGCHLD || sig == SIGALRM)
		(void)!write(STDERR_FILENO, text, strlen(text));
	remove_files();
	_exit(PLAIN_FAILED);
}

static int64_t now_ns(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return t.tv_sec * INT64_C(1000000000) + t.tv_nsec;
}

/* xorshift64*. Its result is never 0. */
static uint64_t draw(uint64_t *state)
{
	*state ^= *state >> 12;
	*state ^= *state << 25;
	*state ^= *state >> 27;
	return *state * UINT64_C(0x2545f4914f6cdd1d);
}

static void shuffle(int *order, int n, uint64_t *state)
{
	for (int i = 0; i < n; i++)
		order[i] = i;
	for (int i = n - 1; i > 0; i--) {
		int j = (int)(draw(state) % (uint64_t)(i + 1)), t = order[i];

		order[i] = order[j];
		order[j] = t;
	}
}

/* --- the two sides -------------------------------------------------------- */

static void tie_to(int cpu, bool batch)
{
	const struct sched_param none = { .sched_priority = 0 };
	cpu_set_t set;

	CPU_ZERO(&set);
	CPU_SET(cpu, &set);
	plain_must(sched_setaffinity(0, sizeof(set), &set) == 0,
		   "tie to a CPU");
	if (batch)
		plain_must(sched_setscheduler(0, SCHED_BATCH, &none) == 0,
			   "batch");
}

static void serve(struct plain_pair *p)
{
	struct plain_shared *s = p->shared;

	for (;;) {
		plain_must(sem_wait(&s->ready) == 0, "sem_wait");
		plain_must(lseek(p->in, 0, SEEK_SET) == 0, "rewind the input");
		s->t0_ns = now_ns();
		p->channel->send(p);
		plain_must(sem_post(&s->done) == 0, "sem_post");
	}
}

static void fetch(struct plain_pair *p)
{
	struct plain_shared *s = p->shared;

	for (;;) {
		plain_must(sem_wait(&s->go) == 0, "sem_wait");
		plain_must(lseek(p->out, 0, SEEK_SET) == 0,
			   "rewind the output");
		plain_must(sem_post(&s->ready) == 0, "sem_post");
		p->channel->receive(p);
		s->t1_ns = now_ns();
		p->channel->rest(p);
		plain_must(sem_post(&s->done) == 0, "sem_post");
	}
}

/*
 * Each side opens the files itself, so that it has file positions of its own.
 */
static void live(struct plain_pair *p, int side)
{
	p->in = open(in_name, O_RDONLY | O_CLOEXEC);
	p->out = open(out_name, O_WRONLY | O_CLOEXEC);
	in_name[0] = out_name[0] = '\0';
	plain_must(p->in >= 0 && p->out >= 0, "open the files");
	p->buf = aligned_alloc(4096, (p->o->size + 4095) / 4096 * 4096);
	plain_must(p->buf != NULL, "memory");
	memset(p->buf, 1, p->o->size);
	tie_to(p->o->cpu[p->o->same ? 0 : side], p->o->batch);
	plain_must(sem_post(&p->shared->done) == 0, "sem_post");
	if (side == SERVER)
		serve(p);
	else
		fetch(p);
}

static void start(struct plain_pair *p, int side)
{
	pid_t parent = getpid(), pid = fork();

	plain_must(pid >= 0, "fork");
	p->pid[side] = pid;
	if (pid > 0)
		return;
	signal(SIGCHLD, SIG_DFL);
	signal(SIGTERM, SIG_DFL);
	signal(SIGINT, SIG_DFL);
	prctl(PR_SET_PDEATHSIG, SIGKILL);
	if (getppid() != parent)
		_exit(PLAIN_FAILED);
	live(p, side);
}

/* --- pairs ---------------------------------------------------------------- */

static void map_shared(struct plain_pair *p)
{
	size_t room = p->o->slots * p->o->size;

	p->shared =
		mmap(NULL, sizeof(*p->shared) + room, PROT_READ | PROT_WRITE,
		     MAP_SHARED | MAP_ANONYMOUS | MAP_POPULATE, -1, 0);
	plain_must(p->shared != MAP_FAILED, "mmap");
	plain_must(sem_init(&p->shared->go, 1, 0) == 0 &&
			   sem_init(&p->shared->ready, 1, 0) == 0 &&
			   sem_init(&p->shared->done, 1, 0) == 0,
		   "sem_init");
}

static void wait_for_both(struct plain_pair *p)
{
	alarm(LIMIT_S);
	for (int i = 0; i < 2; i++)
		plain_must(sem_wait(&p->shared->done) == 0, "sem_wait");
	alarm(0);
}

static void set_up(struct plain_pair *p)
{
	map_shared(p);
	p->channel->open(p);
	start(p, SERVER);
	start(p, CLIENT);
	wait_for_both(p);
}

static int64_t transfer(struct plain_pair *p)
{
	plain_must(sem_post(&p->shared->go) == 0, "sem_post");
	wait_for_both(p);
	return p->shared->t1_ns - p->shared->t0_ns;
}

/*
 * Makes a first transfer, then transfers until every slot has been used, and
 * WARM_LEAST more. Then makes more until the time no longer falls, but at most
 * WARM_MOST.
 */
static void warm_up(struct plain_pair *p)
{
	size_t pass = p->o->slots * p->o->size / p->o->bytes + WARM_LEAST;
	int64_t best_ns = INT64_MAX;

	for (size_t i = 0; i <= pass + WARM_MOST; i++) {
		int64_t ns = transfer(p);

		if (i > pass && (double)ns > FALLS * (double)best_ns)
			break;
		if (i > 0 && ns < best_ns)
			best_ns = ns;
	}
}

static void end(struct plain_pair *p)
{
	for (int side = 0; side < 2; side++) {
		kill(p->pid[side], SIGKILL);
		waitpid(p->pid[side], NULL, 0);
	}
}

/* --- the files ------------------------------------------------------------ */

static char *make_file(const char *dir, const char *what, char *name,
		       size_t len)
{
	char *base;
	int fd;

	snprintf(name, sizeof(in_name), "%s/plain-pairs-%s-XXXXXX", dir, what);
	fd = mkstemp(name);
	if (fd < 0) {
		fprintf(stderr, "plain-pairs: %s: %s\n", name, strerror(errno));
		name[0] = '\0'; /* no file was made, so none is to be removed */
		remove_files();
		_exit(PLAIN_CANNOT);
	}
	errno = posix_fallocate(fd, 0, (off_t)len);
	plain_must(errno == 0, name);
	base = mmap(NULL, len, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
	plain_must(base != MAP_FAILED, name);
	close(fd);
	return base;
}

/* Changes every byte of the output, so that a missing write is found. */
static void spoil(char *out, const char *in, size_t len)
{
	for (size_t i = 0; i < len; i++)
		out[i] = (char)~in[i];
}

static void fill(char *in, size_t len, uint64_t *state)
{
	for (size_t i = 0; i < len; i++)
		in[i] = (char)(draw(state) >> 56);
}

/* Makes one more transfer, which is not printed, and compares the files. */
static void check(struct plain_pair *p, char *out, const char *in)
{
	spoil(out, in, p->o->bytes);
	transfer(p);
	if (!memcmp(out, in, p->o->bytes))
		return;
	fprintf(stderr, "plain-pairs: %s: the copy differs\n",
		p->channel->name);
	remove_files();
	_exit(PLAIN_FAILED);
}

/* --- a generation --------------------------------------------------------- */

static void catch_signals(void)
{
	static const int signals[] = { SIGCHLD, SIGALRM, SIGTERM, SIGINT,
				       SIGHUP };
	struct sigaction a = { .sa_handler = on_signal,
			       .sa_flags = SA_NOCLDSTOP };

	for (size_t i = 0; i < sizeof(signals) / sizeof(signals[0]); i++)
		sigaction(signals[i], &a, NULL);
	signal(SIGPIPE, SIG_IGN);
}

static int choose(const struct plain_options *o, struct plain_pair *pair)
{
	int n = 0;

	for (int i = 0; i < PLAIN_CHANNELS; i++)
		if (!o->channel || !strcmp(o->channel, plain_channels[i].name))
			pair[n++] = (struct plain_pair){
				.o = o, .channel = &plain_channels[i]
			};
	return n;
}

static void take_turns(struct plain_pair *pair, int n, uint64_t *state)
{
	int order[PLAIN_CHANNELS];

	for (size_t round = 1; round <= pair->o->rounds; round++) {
		shuffle(order, n, state);
		for (int i = 0; i < n; i++) {
			struct plain_pair *p = &pair[order[i]];

			printf("%s %zu %" PRId64 "\n", p->channel->name, round,
			       transfer(p));
		}
	}
}

static void generation(const struct plain_options *o)
{
	uint64_t state = o->seed * UINT64_C(0x9e3779b97f4a7c15) + 1;
	char *in = make_file(o->dir, "in", in_name, o->bytes);
	char *out = make_file(o->dir, "out", out_name, o->bytes);
	struct plain_pair pair[PLAIN_CHANNELS];
	int order[PLAIN_CHANNELS], n = choose(o, pair);

	fill(in, o->bytes, &state);
	spoil(out, in, o->bytes);
	shuffle(order, n, &state);
	for (int i = 0; i < n; i++)
		set_up(&pair[order[i]]);
	if (!o->keep) /* each side has opened them already */
		remove_files();
	for (int i = 0; i < n; i++)
		warm_up(&pair[order[i]]);
	take_turns(pair, n, &state);
	for (int i = 0; i < n; i++)
		check(&pair[i], out, in);
	signal(SIGCHLD, SIG_DFL);
	for (int i = 0; i < n; i++)
		end(&pair[i]);
	if (o->keep)
		printf("# %s\n# %s\n", in_name, out_name);
}

int main(int argc, char **argv)
{
	struct plain_options o;

	(void)argc;
	plain_read_options(&o, argv);
	catch_signals();
	generation(&o);
	return fflush(stdout) == 0 && !ferror(stdout) ? 0 : PLAIN_FAILED;
}
