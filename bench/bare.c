/*
 * Transfers in bare loops; see bare.h. Of ipcopy, they use only the functions
 * for the payload and for the clock.
 */
#include "bare.h"

#include <sched.h>
#include <semaphore.h>
#include <signal.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/clock.h"
#include "copy/pattern.h"

/* The memory that both processes map. The slots of a ring follow it. */
struct shared {
	int64_t t0_ns, t1_ns;
	struct ring {
		sem_t empty, full;
	} ring[2];
};

#define SLOTS_AT 4096

/* One direction of a transfer, as one process sees it. */
struct way {
	enum bare_channel channel;
	size_t size;
	int fd[2]; /* the end to read from, the end to write to */
	struct ring *ring;
	char *slot;
	char *buf;
	uint64_t next; /* the number of the next message */
	uint64_t wrong;
};

struct transfer {
	const struct bare *b;
	int64_t longest_ns; /* the longest trip of those that were timed */
	struct shared *shared;
	size_t shared_len;
	int line[2]; /* a pipe: the receiver tells the sender to start */
	struct way way[2];
};

/* --- messages ------------------------------------------------------------- */

static bool write_all(int fd, const char *p, size_t left)
{
	while (left > 0) {
		ssize_t n = write(fd, p, left);

		if (n <= 0)
			return false;
		p += n;
		left -= (size_t)n;
	}
	return true;
}

static bool put(struct way *w)
{
	uint64_t first = pattern_of(0, w->next++, w->size);

	if (w->channel != BARE_RING) {
		pattern_fill(w->buf, w->size, first);
		return write_all(w->fd[1], w->buf, w->size);
	}
	if (sem_wait(&w->ring->empty) < 0)
		return false;
	pattern_fill(w->slot, w->size, first);
	return sem_post(&w->ring->full) == 0;
}

/*
 * Waits until bytes have arrived from a stream, and reads them: at most `left`
 * bytes, and at most the size of a message.
 */
static size_t get_some(struct way *w, struct pattern *p, size_t left)
{
	ssize_t n = read(w->fd[0], w->buf, left < w->size ? left : w->size);

	if (n <= 0)
		return 0;
	pattern_take(p, w->buf, (size_t)n);
	return (size_t)n;
}

static bool get_stream(struct way *w, uint64_t messages)
{
	struct pattern p = { .first = pattern_of(0, w->next, w->size),
			     .size = w->size };
	uint64_t left = messages * w->size;
	size_t n;

	w->next += messages;
	for (; left > 0; left -= n) {
		n = get_some(w, &p, left);
		if (n == 0)
			return false;
	}
	w->wrong |= p.wrong;
	return true;
}

static bool get_slot(struct way *w)
{
	uint64_t first = pattern_of(0, w->next++, w->size);

	if (sem_wait(&w->ring->full) < 0)
		return false;
	w->wrong |= pattern_differs(w->slot, w->size, first);
	return sem_post(&w->ring->empty) == 0;
}

static bool get(struct way *w, uint64_t messages)
{
	if (w->channel != BARE_RING)
		return get_stream(w, messages);
	for (; messages > 0; messages--)
		if (!get_slot(w))
			return false;
	return true;
}

/* --- the two sides -------------------------------------------------------- */

static bool trip(struct transfer *t)
{
	return put(&t->way[0]) && (!t->b->returns || get(&t->way[1], 1));
}

static bool timed_trips(struct transfer *t, uint64_t n)
{
	int64_t begun_ns = clock_ns(), now_ns;

	for (; n > 0; n--, begun_ns = now_ns) {
		if (!trip(t))
			return false;
		now_ns = clock_ns();
		if (now_ns - begun_ns > t->longest_ns)
			t->longest_ns = now_ns - begun_ns;
	}
	return true;
}

static bool send_side(struct transfer *t, uint64_t n)
{
	if (t->b->timed)
		return timed_trips(t, n);
	for (; n > 0; n--)
		if (!trip(t))
			return false;
	return true;
}

static bool receive_side(struct transfer *t, uint64_t n)
{
	if (!t->b->returns)
		return get(&t->way[0], n);
	for (; n > 0; n--)
		if (!get(&t->way[0], 1) || !put(&t->way[1]))
			return false;
	return true;
}

static bool sender(struct transfer *t)
{
	char byte;

	if (!send_side(t, t->b->warm) || read(t->line[0], &byte, 1) != 1)
		return false;
	t->shared->t0_ns = clock_ns();
	if (!send_side(t, t->b->messages))
		return false;
	if (t->b->returns)
		t->shared->t1_ns = clock_ns();
	return !t->way[1].wrong;
}

static bool receiver(struct transfer *t)
{
	if (!receive_side(t, t->b->warm) || write(t->line[1], "", 1) != 1 ||
	    !receive_side(t, t->b->messages))
		return false;
	if (!t->b->returns)
		t->shared->t1_ns = clock_ns();
	return !t->way[0].wrong;
}

static void tie_to(int cpu, bool shared)
{
	const struct sched_param none = { .sched_priority = 0 };
	cpu_set_t set;

	CPU_ZERO(&set);
	CPU_SET(cpu, &set);
	sched_setaffinity(0, sizeof(set), &set);
	if (shared)
		sched_setscheduler(0, SCHED_BATCH, &none);
}

static char *make_buffer(size_t size)
{
	void *buf = mmap(NULL, size, PROT_READ | PROT_WRITE,
			 MAP_PRIVATE | MAP_ANONYMOUS | MAP_POPULATE, -1, 0);

	return buf == MAP_FAILED ? NULL : buf;
}

static pid_t fork_side(struct transfer *t, bool (*side)(struct transfer *),
		       int cpu, bool shared)
{
	pid_t pid = fork();

	if (pid != 0)
		return pid;
	prctl(PR_SET_PDEATHSIG, SIGKILL);
	tie_to(cpu, shared);
	for (int i = 0; i < 2; i++) {
		t->way[i].buf = make_buffer(t->b->size);
		if (!t->way[i].buf)
			_exit(1);
	}
	_exit(!side(t));
}

/* --- the transfer --------------------------------------------------------- */

static bool open_way(struct transfer *t, int i)
{
	struct way *w = &t->way[i];
	char *slots = (char *)t->shared + SLOTS_AT;

	w->channel = t->b->channel;
	w->size = t->b->size;
	w->ring = &t->shared->ring[i];
	w->slot = slots + (size_t)i * t->b->size;
	if (w->channel == BARE_PIPE)
		return pipe(w->fd) == 0;
	if (w->channel == BARE_UNIX)
		return socketpair(AF_UNIX, SOCK_STREAM, 0, w->fd) == 0;
	return sem_init(&w->ring->empty, 1, 1) == 0 &&
	       sem_init(&w->ring->full, 1, 0) == 0;
}

static bool open_all(struct transfer *t)
{
	void *base;

	t->shared_len = SLOTS_AT + 2 * t->b->size;
	base = mmap(NULL, t->shared_len, PROT_READ | PROT_WRITE,
		    MAP_SHARED | MAP_ANONYMOUS | MAP_POPULATE, -1, 0);
	if (base == MAP_FAILED)
		return false;
	t->shared = base;
	return pipe(t->line) == 0 && open_way(t, 0) && open_way(t, 1);
}

static void close_pair(int fd[2])
{
	for (int i = 0; i < 2; i++)
		if (fd[i] >= 0)
			close(fd[i]);
}

static void close_all(struct transfer *t)
{
	close_pair(t->line);
	close_pair(t->way[0].fd);
	close_pair(t->way[1].fd);
	if (t->shared)
		munmap(t->shared, t->shared_len);
}

/* If one process fails, the other would wait for ever. So end the other. */
static bool wait_for(pid_t a, pid_t b)
{
	bool well = true;

	for (int left = 2; left > 0; left--) {
		int status = 1;
		pid_t ended = wait(&status);

		if (status == 0)
			continue;
		if (well)
			kill(ended == a ? b : a, SIGKILL);
		well = false;
	}
	return well;
}

static bool run_both(struct transfer *t, const int cpu[2])
{
	bool shared = cpu[0] == cpu[1];
	pid_t a = fork_side(t, sender, cpu[0], shared), b;

	if (a < 0)
		return false;
	b = fork_side(t, receiver, cpu[1], shared);
	if (b < 0) {
		kill(a, SIGKILL);
		wait(NULL);
		return false;
	}
	return wait_for(a, b);
}

int64_t bare_run(const struct bare *b, const int cpu[2])
{
	struct transfer t = { .b = b,
			      .line = { -1, -1 },
			      .way = { { .fd = { -1, -1 } },
				       { .fd = { -1, -1 } } } };
	int64_t ns = 0;

	if (open_all(&t) && run_both(&t, cpu))
		ns = t.shared->t1_ns - t.shared->t0_ns;
	close_all(&t);
	return ns;
}
