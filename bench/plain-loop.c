/*
 * plain-loop: measures a channel without ipcopy, by a sender and a receiver in
 * bare loops. bench/peers compares ipcopy with this program where no other
 * program measures the channel.
 *
 *   plain-loop KIND SIZE COUNT CPU,CPU    prints bytes per second
 *
 * KIND is mq, sysvmq, pipe or unix. The sender runs on the first CPU and the
 * receiver on the second. Buffers are filled before the clock starts, and the
 * two then neither write nor read the bytes in them. The clock runs from the
 * common start until the receiver has read the last byte and ended.
 */
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <mqueue.h>
#include <sched.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/msg.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/page.h"
#include "base/size.h"

#define MQ_DEPTH     10
#define SYSV_LEAST   16384
#define SYSV_KIND    1
#define NOBODY_READS 2 /* status of a receiver that could not continue */

struct channel {
	int fd[2]; /* read from [0] and written to [1]; a queue is in both */
	size_t size;
	void *buf; /* the message; for a System V queue, a long before it */
};

struct kind {
	const char *name;
	int (*open)(struct channel *c);
	/*
	 * Moves a message or a piece of it. Returns the number of bytes; -1 on
	 * error.
	 */
	ssize_t (*send)(const struct channel *c, size_t left);
	ssize_t (*receive)(const struct channel *c);
};

/* --- kinds ---------------------------------------------------------------- */

static int mq_make(struct channel *c)
{
	struct mq_attr attr = { .mq_maxmsg = MQ_DEPTH,
				.mq_msgsize = (long)c->size };
	char name[40];

	snprintf(name, sizeof(name), "/plain-loop-%d", (int)getpid());
	c->fd[0] = c->fd[1] =
		mq_open(name, O_RDWR | O_CREAT | O_EXCL, 0600, &attr);
	return c->fd[0] < 0 ? -1 : mq_unlink(name);
}

static ssize_t mq_put(const struct channel *c, size_t left)
{
	return mq_send(c->fd[1], c->buf, c->size, 0) < 0 ? -1 : (ssize_t)left;
}

static ssize_t mq_get(const struct channel *c)
{
	return mq_receive(c->fd[0], c->buf, c->size, NULL);
}

/*
 * Has room for two messages as in ipcopy, but not less than the default of
 * Linux.
 */
static int sysvmq_make(struct channel *c)
{
	size_t room = 2 * c->size < SYSV_LEAST ? SYSV_LEAST : 2 * c->size;
	struct msqid_ds ds;

	c->fd[0] = c->fd[1] = msgget(IPC_PRIVATE, 0600);
	if (c->fd[0] < 0 || msgctl(c->fd[0], IPC_STAT, &ds) < 0)
		return -1;
	ds.msg_qbytes = room;
	return msgctl(c->fd[0], IPC_SET, &ds);
}

static ssize_t sysvmq_put(const struct channel *c, size_t left)
{
	*(long *)c->buf = SYSV_KIND;
	return msgsnd(c->fd[1], c->buf, c->size, 0) < 0 ? -1 : (ssize_t)left;
}

static ssize_t sysvmq_get(const struct channel *c)
{
	return msgrcv(c->fd[0], c->buf, c->size, SYSV_KIND, 0);
}

static int pipe_make(struct channel *c)
{
	return pipe2(c->fd, O_CLOEXEC);
}

static int unix_make(struct channel *c)
{
	return socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, c->fd);
}

static ssize_t stream_put(const struct channel *c, size_t left)
{
	return write(c->fd[1], c->buf, left);
}

static ssize_t stream_get(const struct channel *c)
{
	return read(c->fd[0], c->buf, c->size);
}

static const struct kind kinds[] = {
	{ "mq", mq_make, mq_put, mq_get },
	{ "sysvmq", sysvmq_make, sysvmq_put, sysvmq_get },
	{ "pipe", pipe_make, stream_put, stream_get },
	{ "unix", unix_make, stream_put, stream_get },
};

static const struct kind *find_kind(const char *name)
{
	for (size_t i = 0; i < sizeof(kinds) / sizeof(kinds[0]); i++)
		if (!strcmp(kinds[i].name, name))
			return &kinds[i];
	return NULL;
}

static void on_child(int sig)
{
	(void)sig; /* the signal only has to interrupt a call */
}

/* --- the two sides -------------------------------------------------------- */

static void run_on(int cpu)
{
	cpu_set_t set;

	CPU_ZERO(&set);
	CPU_SET(cpu, &set);
	sched_setaffinity(0, sizeof(set), &set);
}

/*
 * Fills the buffer before the clock starts, so that the kernel does not read
 * the same page of zeros at all its addresses.
 */
static bool make_buffer(struct channel *c)
{
	c->buf = page_map(c->size + sizeof(long));
	if (!c->buf)
		return false;
	memset(c->buf, 0x5a, c->size + sizeof(long));
	return true;
}

/* The receiver's process ends in this function. */
static void receive_all(const struct kind *k, struct channel *c, uint64_t bytes,
			int start)
{
	ssize_t n;

	prctl(PR_SET_PDEATHSIG, SIGKILL);
	if (!make_buffer(c) || write(start, "", 1) != 1)
		_exit(NOBODY_READS);
	for (; bytes > 0; bytes -= (uint64_t)n) {
		n = k->receive(c);
		if (n <= 0)
			_exit(NOBODY_READS);
	}
	_exit(0);
}

static bool send_all(const struct kind *k, const struct channel *c,
		     uint64_t count)
{
	for (; count > 0; count--) {
		ssize_t n;

		for (size_t left = c->size; left > 0; left -= (size_t)n) {
			n = k->send(c, left);
			if (n <= 0)
				return false;
		}
	}
	return true;
}

/* Returns the nanoseconds; 0: a step failed. */
static int64_t measure(const struct kind *k, struct channel *c, uint64_t count,
		       const int cpu[2])
{
	int start[2], status = 0;
	int64_t t0_ns;
	bool sent;
	char byte;
	pid_t pid;

	/* if the receiver fails, the sender must not wait for it */
	sigaction(SIGCHLD, &(struct sigaction){ .sa_handler = on_child }, NULL);
	if (pipe2(start, O_CLOEXEC) < 0 || !make_buffer(c))
		return 0;
	run_on(cpu[1]);
	pid = fork();
	if (pid == 0)
		receive_all(k, c, count * c->size, start[1]);
	run_on(cpu[0]);
	if (pid < 0 || read(start[0], &byte, 1) != 1)
		return 0;
	t0_ns = clock_ns();
	sent = send_all(k, c, count);
	while (waitpid(pid, &status, 0) < 0)
		if (errno != EINTR)
			return 0;
	if (!sent || status != 0)
		return 0;
	return clock_ns() - t0_ns;
}

static int usage(void)
{
	fputs("usage: plain-loop mq|sysvmq|pipe|unix SIZE COUNT CPU,CPU\n",
	      stderr);
	return 2;
}

int main(int argc, char **argv)
{
	const struct kind *k = argc == 5 ? find_kind(argv[1]) : NULL;
	struct channel c = { .fd = { -1, -1 } };
	uint64_t size, count;
	int64_t took_ns;
	int cpu[2];

	if (!k || !size_parse(argv[2], &size) || size == 0 ||
	    !count_parse(argv[3], &count) || count == 0 ||
	    sscanf(argv[4], "%d,%d", &cpu[0], &cpu[1]) != 2)
		return usage();
	c.size = size;
	if (k->open(&c) < 0) {
		perror(k->name);
		return 4;
	}
	took_ns = measure(k, &c, count, cpu);
	if (k->open == sysvmq_make)
		msgctl(c.fd[0], IPC_RMID, NULL);
	if (took_ns <= 0) {
		perror(k->name);
		return 3;
	}
	printf("%.0f\n", (double)count * (double)size / (double)took_ns * 1e9);
	return 0;
}
