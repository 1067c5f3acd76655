/* Unusual ways: signals, stops, exec, other tracers. */
#include <fcntl.h>
#include <linux/sched.h>
#include <pthread.h>
#include <signal.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/ptrace.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/time.h>
#include <sys/wait.h>
#include <unistd.h>
#ifdef HAVE_LIBURING
#include <liburing.h>
#endif

#include "count_ways.h"

static int move(void)
{
	char *buf = way_buffer();

	way_read(way_in(), buf, WAY_BYTES);
	way_write(way_out(), buf, WAY_BYTES);
	return 0;
}

/* --- threads that call exec ----------------------------------------------- */

static void *be_cat(void *unused)
{
	(void)unused;
	dup2(way_out(), STDOUT_FILENO);
	/* dd, since cat could copy from file to file without reading */
	execl("/bin/sh", "sh", "-c", "dd if=in bs=64k 2>/dev/null", NULL);
	_exit(WAY_CANNOT);
}

static int exec_in_a_thread(void)
{
	pthread_t thread;

	if (pthread_create(&thread, NULL, be_cat, NULL) != 0)
		return 2;
	pause();
	return 2;
}

/* --- a child with CLONE_UNTRACED ------------------------------------------ */

static int by_untraced(long call, void *arg, long size)
{
	char *buf = way_buffer();
	int in = way_in(), out = way_out();
	pid_t pid = (pid_t)syscall(call, arg, size, 0, 0, 0);

	if (pid < 0)
		return WAY_CANNOT;
	if (pid == 0) {
		way_read(in, buf, WAY_BYTES);
		way_write(out, buf, WAY_BYTES);
		_exit(0);
	}
	return way_join(pid);
}

static int by_untraced_child(void)
{
	return by_untraced(SYS_clone,
			   (void *)(uintptr_t)(CLONE_UNTRACED | SIGCHLD), 0);
}

static int by_untraced_child3(void)
{
#ifdef SYS_clone3
	struct clone_args args = {
		.flags = CLONE_UNTRACED,
		.exit_signal = SIGCHLD,
	};

	return by_untraced(SYS_clone3, &args, sizeof(args));
#else
	return WAY_CANNOT;
#endif
}

/* --- signals and stops ---------------------------------------------------- */

static volatile sig_atomic_t alarms;

static void on_alarm(int sig)
{
	(void)sig;
	alarms = 1;
}

/* A signal interrupts a read that waits, and the kernel restarts the read. */
static int through_interrupted_pipe(void)
{
	struct sigaction sa = { .sa_handler = on_alarm,
				.sa_flags = SA_RESTART };
	struct itimerval soon = { { 0, 1000 }, { 0, 1000 } };
	struct itimerval never = { { 0, 0 }, { 0, 0 } };
	char *buf = way_buffer();
	int p[2];
	pid_t pid;

	if (pipe(p) < 0)
		return 2;
	pid = fork();
	if (pid == 0) {
		sigaction(SIGALRM, &sa, NULL);
		setitimer(ITIMER_REAL, &soon, NULL);
		close(p[1]);
		/*
		 * the parent writes only after an alarm of its own, so this
		 * read waits and is interrupted
		 */
		way_read(p[0], buf, 1);
		setitimer(ITIMER_REAL, &never, NULL);
		way_read(p[0], buf + 1, WAY_BYTES - 1);
		way_write(way_out(), buf, WAY_BYTES);
		_exit(alarms ? 0 : 3);
	}
	close(p[0]);
	way_read(way_in(), buf, WAY_BYTES);
	sigaction(SIGALRM, &sa, NULL);
	setitimer(ITIMER_REAL, &soon, NULL);
	while (!alarms)
		pause();
	setitimer(ITIMER_REAL, &never, NULL);
	way_write(p[1], buf, WAY_BYTES);
	return way_join(pid) == 2 ? 2 : 0;
}

static int stop_then_move(void)
{
	raise(SIGSTOP);
	return move();
}

static int stopped_and_continued(void)
{
	pid_t pid = way_fork(stop_then_move);
	int status;

	if (waitpid(pid, &status, WUNTRACED) != pid || !WIFSTOPPED(status))
		return 3;
	kill(pid, SIGCONT);
	if (waitpid(pid, &status, WCONTINUED) != pid || !WIFCONTINUED(status))
		return 4;
	return way_join(pid);
}

/* --- what the tracer cannot see ------------------------------------------- */

static int tracing_itself(void)
{
	ptrace(PTRACE_TRACEME, 0, 0, 0);
	return move();
}

#ifdef __x86_64__

static void on_fault(int sig)
{
	(void)sig;
	_exit(WAY_CANNOT);
}

/* Calls getpid(2) as 32-bit programs do, if the kernel allows it. */
static int asking_in_32_bits(void)
{
	long answer = 20;

	signal(SIGSEGV, on_fault);
	__asm__ volatile("int $0x80" : "+a"(answer) : : "memory");
	return answer > 0 ? move() : WAY_CANNOT;
}

#else

static int asking_in_32_bits(void)
{
	return WAY_CANNOT;
}

#endif

static int nothing_in_common(void)
{
	char *buf = way_buffer();

	way_read(way_in(), buf, WAY_BYTES);
	return way_join(way_fork(move));
}

/* --- past the page cache -------------------------------------------------- */

static int direct(void)
{
	int in = open("in", O_RDONLY | O_DIRECT);
	char *buf = way_buffer();

	if (in < 0)
		return WAY_CANNOT;
	way_read(in, buf, WAY_BYTES);
	way_write(way_out(), buf, WAY_BYTES);
	return 0;
}

/* --- io_uring ------------------------------------------------------------- */

#ifdef HAVE_LIBURING

static int wait_for(struct io_uring *ring, int result)
{
	struct io_uring_cqe *cqe;
	int res;

	if (io_uring_submit_and_wait(ring, 1) < 0 ||
	    io_uring_wait_cqe(ring, &cqe) < 0)
		return -1;
	res = cqe->res;
	io_uring_cqe_seen(ring, cqe);
	return res == result ? 0 : -1;
}

static int by_ring(struct io_uring *ring)
{
	char *buf = way_buffer();
	int in = way_in(), out = way_out();
	const int step = 65536;

	for (int at = 0; at < WAY_BYTES; at += step) {
		io_uring_prep_read(io_uring_get_sqe(ring), in, buf,
				   (unsigned int)step, (uint64_t)at);
		if (wait_for(ring, step) < 0)
			return 2;
		io_uring_prep_write(io_uring_get_sqe(ring), out, buf,
				    (unsigned int)step, (uint64_t)at);
		if (wait_for(ring, step) < 0)
			return 2;
	}
	io_uring_queue_exit(ring);
	return 0;
}

static int requests(unsigned int flags, int more)
{
	struct io_uring ring;

	if (io_uring_queue_init(4, &ring, flags) < 0)
		return WAY_CANNOT;
	if (more && io_uring_register_ring_fd(&ring) < 0)
		return WAY_CANNOT;
	return by_ring(&ring);
}

static int by_requests(void)
{
	return requests(0, 0);
}

static int by_registered_ring(void)
{
	return requests(0, 1);
}

static int by_kernel_thread(void)
{
	return requests(IORING_SETUP_SQPOLL, 0);
}

#else

static int by_requests(void)
{
	return WAY_CANNOT;
}

#define by_registered_ring by_requests
#define by_kernel_thread   by_requests

#endif

const struct count_way ways_odd[] = {
	{ .name = "a program that a thread begins", exec_in_a_thread, 2, 0 },
	{ .name = "clone with CLONE_UNTRACED", by_untraced_child, 2, 0 },
	{ .name = "clone3 with CLONE_UNTRACED", by_untraced_child3, 2, 0 },
	{ .name = "calls that signals interrupt",
	  through_interrupted_pipe,
	  4,
	  0 },
	{ .name = "a process that is stopped and continued",
	  stopped_and_continued,
	  2,
	  0 },
	{ .name = "a process that tries to be traced",
	  tracing_itself,
	  .unresolved = true,
	  .why = "ptrace" },
	{ .name = "a process with 32-bit calls",
	  asking_in_32_bits,
	  .unresolved = true,
	  .why = "32-bit" },
	{ .name = "a reader that is not on the path", nothing_in_common, 2, 0 },
	{ .name = "O_DIRECT", direct, 1, 0 },
	{ .name = "io_uring, private buffers", by_requests, 2, 0 },
	{ .name = "io_uring without a descriptor", by_registered_ring, 2, 0 },
	{ .name = "io_uring with SQPOLL",
	  by_kernel_thread,
	  .unresolved = true,
	  .why = "SQPOLL" },
	{ .name = NULL },
};
