/*
 * A storm of signals that mean nothing: they interrupt every call that can be
 * interrupted, again and again. The copy must be exact all the same.
 */
#include <errno.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "base/run_dir.h"
#include "leftovers.h"
#include "once.h"
#include "scratch.h"
#include "tap.h"
#include "variants.h"

static const struct sample in = { .len = (16 << 20) + 12345,
				  .seed = 5,
				  .mode = 0640 };

/* Shared by the three processes of the copy and the one that sends signals. */
static struct {
	_Atomic pid_t target[3];
	_Atomic uint32_t caught[3];
} * storm;

/* Which of the three processes this one is. */
static int self = COPY_ROLES;

static void on_signal(int sig)
{
	(void)sig;
	storm->caught[self]++;
}

/*
 * Makes this worker a target, and waits for its first signal, so that signals
 * come before the copy is over.
 */
static void come_out(enum copy_role role, enum copy_point point)
{
	if (point != COPY_AT_JOIN)
		return;
	self = (int)role;
	storm->target[role] = getpid();
	while (!storm->caught[role])
		pause();
}

static pid_t start_storm(void)
{
	const struct timespec pause = { .tv_nsec = 100000 };
	pid_t pid = fork();

	if (pid)
		return pid;
	prctl(PR_SET_PDEATHSIG, SIGKILL);
	for (;;) {
		for (int i = 0; i < 3; i++)
			if (storm->target[i])
				kill(storm->target[i], SIGUSR1);
		nanosleep(&pause, NULL);
	}
}

static void stop_storm(pid_t pid)
{
	kill(pid, SIGKILL);
	while (waitpid(pid, NULL, 0) < 0 && errno == EINTR)
		;
}

static void weather(const struct tr_spec *spec, const char *text)
{
	bool nothing = spec->ops->carries_nothing, good;
	struct once o;
	pid_t pid;

	memset(storm, 0, sizeof(*storm));
	storm->target[COPY_ROLES] = getpid();
	once_init(&o, "in", "out");
	o.job.spec = *spec;
	o.job.checkpoint = come_out;
	pid = start_storm();
	if (nothing)
		once_run(&o);
	good = nothing ? o.rc == 0 : once_copies(&o, &in);
	stop_storm(pid);
	if (o.rc < 0)
		diag("%s", o.err.text);
	ok(good && !o.out.forced,
	   "%s: %u signals at the server, %u at the client", text,
	   storm->caught[COPY_SERVER], storm->caught[COPY_CLIENT]);
	unlink("out");
}

static void weather_all(void)
{
	static struct variant list[VARIANTS_MAX];
	const struct transport *ops;

	for_each_transport(ops) {
		size_t n = variants_of(ops, list);

		for (size_t i = 0; i < n; i++) {
			struct err e = { 0 };
			struct tr_spec spec;

			if (list[i].kind > VARIANT_CHOICE)
				continue;
			if (tr_spec_parse(list[i].text, &spec, &e) < 0 ||
			    tr_probe(&spec, &e) < 0)
				skip("%s: %s", list[i].text, e.text);
			else
				weather(&spec, list[i].text);
		}
	}
}

int main(void)
{
	struct sigaction sa = { .sa_handler = on_signal };
	struct err e = { 0 };
	char dir[120], *before;

	scratch_begin();
	run_dir(dir, sizeof(dir), &e);
	before = leftovers_names();
	sample_write("in", &in);
	storm = mmap(NULL, sizeof(*storm), PROT_READ | PROT_WRITE,
		     MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	if (storm == MAP_FAILED)
		return 1;
	/* without SA_RESTART, so that calls are interrupted */
	sigaction(SIGUSR1, &sa, NULL);
	weather_all();
	unlink("in");
	ok(leftovers_none_since(before), "nothing is left behind");
	free(before);
	return done_testing();
}
