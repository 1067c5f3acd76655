/* Transfers by a mechanism's own hooks in the plainest loops; see seam.h. */
#include "seam.h"
#include "copy/messages.h"

#include <signal.h>
#include <stdbool.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/cpu.h"
#include "base/ctl.h"
#include "base/fd.h"
#include "copy/pattern.h"
#include "transport/transport.h"

struct seam {
	const struct bare *b;
	struct err err;
	struct lease lease;
	struct tr way[2];            /* the ways there and back */
	const struct transport *ops; /* the hooks of both ways */
	int ctl_fd[2];
	/* times of the start line and of the last byte, in shared memory */
	int64_t *t_ns;
	uint64_t wrong;
	uint64_t next[2];
};

/* --- loops ---------------------------------------------------------------- */

static bool put(struct seam *s, int i)
{
	const struct transport *h = s->ops;
	struct tr *tr = &s->way[i];
	void *buf;

	if (h->lend(tr, &buf) < 0)
		return false;
	pattern_fill(buf, s->b->size, pattern_of(0, s->next[i]++, s->b->size));
	return h->send(tr, s->b->size) == 0;
}

static bool get(struct seam *s, int i, uint64_t messages)
{
	const struct transport *h = s->ops;
	struct tr *tr = &s->way[i];
	struct pattern p = { .first = pattern_of(0, s->next[i], s->b->size),
			     .size = s->b->size };
	uint64_t left = messages * s->b->size;
	const void *buf;
	ssize_t n;

	s->next[i] += messages;
	for (; left > 0; left -= (uint64_t)n) {
		n = h->receive(tr, &buf);
		if (n <= 0)
			return false;
		pattern_take(&p, buf, (size_t)n);
		if (h->give_back(tr) < 0)
			return false;
	}
	s->wrong |= p.wrong;
	return true;
}

static bool send_side(struct seam *s, uint64_t n)
{
	for (; n > 0; n--)
		if (!put(s, 0) || (s->b->returns && !get(s, 1, 1)))
			return false;
	return true;
}

static bool receive_side(struct seam *s, uint64_t n)
{
	if (!s->b->returns)
		return get(s, 0, n);
	for (; n > 0; n--)
		if (!get(s, 0, 1) || !put(s, 1))
			return false;
	return true;
}

/* --- the two sides -------------------------------------------------------- */

static bool offer(struct seam *s, struct ctl *c, int i)
{
	struct tr *tr = &s->way[i];

	return tr->ops->offer(tr, c) == 0 &&
	       ctl_recv(c, SESSION_JOINED, NULL, 0, NULL) == 0 &&
	       (!tr->ops->attach || tr->ops->attach(tr) == 0) &&
	       ctl_send(c, SESSION_START, NULL, 0, -1) == 0;
}

static bool join(struct seam *s, struct ctl *c, int i)
{
	struct tr *tr = &s->way[i];

	return tr->ops->join(tr, c) == 0 &&
	       ctl_send(c, SESSION_JOINED, NULL, 0, -1) == 0 &&
	       ctl_recv(c, SESSION_START, NULL, 0, NULL) == 0;
}

static bool sender(struct seam *s, struct ctl *c)
{
	if (!offer(s, c, 0) || (s->b->returns && !join(s, c, 1)) ||
	    !send_side(s, s->b->warm) ||
	    ctl_recv(c, SESSION_READY, NULL, 0, NULL) < 0)
		return false;
	s->t_ns[0] = clock_ns();
	if (!send_side(s, s->b->messages))
		return false;
	if (s->b->returns)
		s->t_ns[1] = clock_ns();
	return true;
}

static bool receiver(struct seam *s, struct ctl *c)
{
	if (!join(s, c, 0) || (s->b->returns && !offer(s, c, 1)) ||
	    !receive_side(s, s->b->warm) ||
	    ctl_send(c, SESSION_READY, NULL, 0, -1) < 0 ||
	    !receive_side(s, s->b->messages))
		return false;
	if (!s->b->returns)
		s->t_ns[1] = clock_ns();
	return true;
}

static pid_t fork_side(struct seam *s, int role, int cpu)
{
	struct ctl c = { .fd = s->ctl_fd[role],
			 .err = &s->err,
			 .patience_ms = 10000,
			 .peer = "the other side" };
	pid_t pid = fork();

	if (pid != 0)
		return pid;
	prctl(PR_SET_PDEATHSIG, SIGKILL);
	fd_close(&s->ctl_fd[!role]);
	if (cpu_bind(cpu, &s->err) < 0 ||
	    (s->way[0].wait.kind == WAIT_BATCH && cpu_give_way(&s->err) < 0))
		_exit(1);
	_exit(role == 0 ? !sender(s, &c) || s->wrong
			: !receiver(s, &c) || s->wrong);
}

/* --- the transfer --------------------------------------------------------- */

static bool open_all(struct seam *s, const char *via)
{
	struct tr_spec spec;
	void *page = mmap(NULL, 2 * sizeof(*s->t_ns), PROT_READ | PROT_WRITE,
			  MAP_SHARED | MAP_ANONYMOUS, -1, 0);

	if (page == MAP_FAILED)
		return false;
	s->t_ns = page;
	if (tr_spec_parse(via, &spec, &s->err) < 0)
		return false;
	for (int i = 0; i <= s->b->returns; i++)
		if (tr_init(&s->way[i], &spec, &s->lease, &s->err) < 0 ||
		    (spec.ops->create && spec.ops->create(&s->way[i]) < 0))
			return false;
	s->ops = s->way[0].ops;
	return ctl_pair(s->ctl_fd, &s->err) == 0;
}

static void close_all(struct seam *s)
{
	for (int i = 0; i < 2; i++) {
		tr_close(&s->way[i]);
		fd_close(&s->ctl_fd[i]);
	}
	lease_end(&s->lease);
	if (s->t_ns)
		munmap(s->t_ns, 2 * sizeof(*s->t_ns));
}

static bool run_both(struct seam *s, const int cpu[2])
{
	pid_t pid[2];
	bool well = true;

	for (int role = 0; role < 2; role++)
		pid[role] = fork_side(s, role, cpu[role]);
	/* close the ends here, so that a side notices the end of its peer */
	tr_close(&s->way[0]);
	tr_close(&s->way[1]);
	fd_close(&s->ctl_fd[0]);
	fd_close(&s->ctl_fd[1]);
	for (int role = 0; role < 2; role++) {
		int status = 1;

		if (pid[role] > 0)
			waitpid(pid[role], &status, 0);
		well &= status == 0;
	}
	return well;
}

int64_t seam_run(const char *via, const struct bare *b, const int cpu[2])
{
	struct seam s = { .b = b, .lease = LEASE_INIT, .ctl_fd = { -1, -1 } };
	int64_t ns = 0;

	if (open_all(&s, via) && run_both(&s, cpu))
		ns = s.t_ns[1] - s.t_ns[0];
	close_all(&s);
	return ns;
}
