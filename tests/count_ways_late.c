/*
 * Ways of many small calls, most of which the tracer looks at late. They must
 * be counted like ways of a few large calls.
 */
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <semaphore.h>
#include <signal.h>
#include <stddef.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/time.h>
#include <sys/uio.h>
#include <unistd.h>

#include "count_ways.h"

#define BLOCK 512
#define CALLS (WAY_BYTES / BLOCK) /* by each side */

static int small_blocks(void)
{
	int in = way_in(), out = way_out();
	char block[BLOCK];

	for (int at = 0; at < WAY_BYTES; at += BLOCK) {
		way_read(in, block, BLOCK);
		way_write(out, block, BLOCK);
	}
	return 0;
}

/* The tracer looks at the last block only when the process ends. */
static int odd_blocks(void)
{
	int in = way_in(), out = way_out();
	char block[BLOCK];
	ssize_t n;

	while ((n = read(in, block, 509)) > 0)
		if (write(out, block, (size_t)n) != n)
			return 2;
	return 0;
}

/* --- calls that move less than they were asked for ------------------------ */

static int pipe_fd[2];

static int slow_reader(void)
{
	int out = way_out();
	char block[4096];
	ssize_t n;

	close(pipe_fd[1]);
	while ((n = read(pipe_fd[0], block, 700)) > 0)
		way_write(out, block, (size_t)n);
	return n < 0;
}

/* Fills the pipe, so that writes end early or fail. */
static int full_pipe(void)
{
	static char block[2 * BLOCK];
	struct pollfd until = { .events = POLLOUT };
	int in = way_in();
	pid_t child;

	if (pipe2(pipe_fd, O_CLOEXEC | O_NONBLOCK) < 0)
		return 2;
	fcntl(pipe_fd[0], F_SETFL, 0);
	fcntl(pipe_fd[1], F_SETPIPE_SZ, 4096);
	child = way_fork(slow_reader);
	close(pipe_fd[0]);
	until.fd = pipe_fd[1];
	for (ssize_t got, n; (got = read(in, block, sizeof(block))) > 0;)
		for (ssize_t at = 0; at<got; at += n> 0 ? n : 0) {
			n = write(pipe_fd[1], block + at, (size_t)(got - at));
			if (n < 0 && errno != EAGAIN)
				return 2;
			if (n < 0)
				poll(&until, 1, -1);
		}
	close(pipe_fd[1]);
	return way_join(child);
}

static void on_alarm(int sig)
{
	(void)sig;
}

/* Reads that a signal interrupts. Some then end early, others are restarted. */
static int interrupted(void)
{
	const struct itimerval often = { { 0, 300 }, { 0, 300 } };
	struct sigaction sa = { .sa_handler = on_alarm };
	int out, rc;
	char block[BLOCK];
	ssize_t n;
	pid_t child;

	if (pipe2(pipe_fd, O_CLOEXEC) < 0)
		return 2;
	child = fork();
	if (child == 0) {
		close(pipe_fd[0]);
		for (int in = way_in(); (n = read(in, block, BLOCK)) > 0;)
			way_write(pipe_fd[1], block, (size_t)n);
		_exit(0);
	}
	close(pipe_fd[1]);
	out = way_out();
	sigaction(SIGALRM, &sa, NULL);
	setitimer(ITIMER_REAL, &often, NULL);
	while ((n = read(pipe_fd[0], block, BLOCK)) != 0) {
		sa.sa_flags ^= SA_RESTART;
		sigaction(SIGALRM, &sa, NULL);
		if (n > 0)
			way_write(out, block, (size_t)n);
		else if (errno != EINTR)
			return 2;
	}
	rc = way_join(child);
	return rc;
}

/* --- what changes between the calls --------------------------------------- */

/* A descriptor stands for two files in turn; only one of them is the input. */
static int two_files(void)
{
	int in = way_in(), zero = open("/dev/zero", O_RDONLY | O_CLOEXEC);
	int out = way_out(), null = open("/dev/null", O_WRONLY | O_CLOEXEC);
	int from = dup(in), to = dup(out);
	char block[BLOCK];

	for (int at = 0; at < WAY_BYTES; at += BLOCK) {
		if (at % (64 * BLOCK) == 0) {
			dup2(zero, from);
			dup2(null, to);
			for (int i = 0; i < 64; i++) {
				way_read(from, block, BLOCK);
				way_write(to, block, BLOCK);
			}
			dup2(in, from);
			dup2(out, to);
		}
		way_read(from, block, BLOCK);
		way_write(to, block, BLOCK);
	}
	return 0;
}

/*
 * A process reads another one's memory. Semaphores tell the two when to go on.
 */
#define LARGE 8192

static struct shared {
	sem_t full, empty;
	char *block;
} * shared;

static int taker(void)
{
	static char mine[LARGE];
	struct iovec from = { shared->block, LARGE }, to = { mine, LARGE };
	int out = way_out();

	for (int i = 0; i < WAY_BYTES / LARGE; i++) {
		sem_wait(&shared->full);
		if (process_vm_readv(getppid(), &to, 1, &from, 1, 0) != LARGE)
			return 2;
		sem_post(&shared->empty);
		way_write(out, mine, LARGE);
	}
	return 0;
}

static int taken_by_another(void)
{
	int in = way_in();
	pid_t child;

	shared = mmap(NULL, sizeof(*shared), PROT_READ | PROT_WRITE,
		      MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	if (shared == MAP_FAILED || sem_init(&shared->full, 1, 0) < 0 ||
	    sem_init(&shared->empty, 1, 1) < 0)
		return 2;
	shared->block = way_buffer();
	child = way_fork(taker);
	for (int i = 0; i < WAY_BYTES / LARGE; i++) {
		sem_wait(&shared->empty);
		way_read(in, shared->block, LARGE);
		sem_post(&shared->full);
	}
	return way_join(child);
}

const struct count_way ways_late[] = {
	{ .name = "many small reads and writes",
	  small_blocks,
	  2,
	  0,
	  /* not much more than one stop for each call */
	  .stops_most = 2 * CALLS + CALLS / 2 },
	{ .name = "many blocks of an odd size", odd_blocks, 2, 0 },
	{ .name = "writes that end early or fail", full_pipe, 4, 0 },
	{ .name = "reads that a signal interrupts", interrupted, 4, 0 },
	{ .name = "descriptors that stand for two files", two_files, 2, 0 },
	{ .name = "taken from memory before the next call",
	  taken_by_another,
	  3,
	  0 },
	{ .name = NULL },
};
