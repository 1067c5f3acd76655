/* The two processes of an experiment, and how they take turns. */
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/fd.h"
#include "base/proc.h"
#include "base/stop.h"
#include "lab/inside.h"

/* Runs `body` and exits. All facts of `body` have been written by then. */
static void be_side(struct lab_side *s, void (*body)(struct lab_side *, void *),
		    void *arg)
{
	lab_show(s->lab);
	body(s, arg);
	_exit(0);
}

/* A side that was never used, or whose process has been joined. */
static struct lab_side *free_side(struct lab *l)
{
	for (int i = 0; i < l->sides; i++)
		if (l->side[i].ended)
			return &l->side[i];
	if (l->sides == LAB_SIDES_MAX)
		lab_cannot(l, "too many processes for one experiment");
	l->side[l->sides].ended = true; /* until the side has a process */
	return &l->side[l->sides++];
}

struct lab_side *lab_fork(struct lab *l,
			  void (*body)(struct lab_side *, void *), void *arg)
{
	struct lab_side *s = free_side(l);
	struct err e = { 0 };
	int pair[2], pidfd = -1;

	lab_hide(l);
	lab_need(l,
		 socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, pair) ==
			 0,
		 "socketpair");
	*s = (struct lab_side){ .lab = l, .fd = pair[0], .ended = true };
	s->pid = proc_fork(&pidfd, &e);
	if (s->pid == 0) {
		fd_close(&pair[0]);
		s->fd = pair[1];
		be_side(s, body, arg);
	}
	fd_close(&pair[1]);
	fd_close(&pidfd);
	if (s->pid < 0)
		lab_cannot(l, "%s", e.text);
	s->ended = false;
	lab_show(l);
	return s;
}

/* --- a second program ----------------------------------------------------- */

#define SECOND "ipcopy-lab-second"

/*
 * Becomes the second program. Of the lab's descriptors, only those for turns
 * and facts stay open.
 */
static void become_second(struct lab_side *first, void *arg)
{
	struct lab *l = first->lab;
	char fd[16];
	char *const argv[] = { (char *)SECOND, (char *)l->x->id, fd, arg,
			       NULL };

	lab_hide(l);
	snprintf(fd, sizeof(fd), "%d", first->fd);
	fcntl(first->fd, F_SETFD, 0);
	fcntl(LAB_FACT_FD, F_SETFD, 0);
	execv("/proc/self/exe", argv);
	lab_cannot(l, "a second program cannot be started: %s",
		   strerror(errno));
}

struct lab_side *lab_exec(struct lab *l, const char *arg)
{
	return lab_fork(l, become_second, (void *)arg);
}

void lab_be_second(char **argv)
{
	struct lab l = { .fact_fd = LAB_FACT_FD, .lease = LEASE_INIT };
	struct lab_side first = { .lab = &l };

	if (!argv[0] || strcmp(argv[0], SECOND) != 0)
		return;
	l.x = argv[1] ? lab_find(argv[1]) : NULL;
	if (!l.x || !l.x->second || !argv[2] || !argv[3])
		_exit(2);
	first.fd = (int)strtol(argv[2], NULL, 10);
	stop_install_worker();
	lab_show(&l);
	l.x->second(&first, argv[3]);
	_exit(0);
}

struct lab *lab_of(struct lab_side *s)
{
	return s->lab;
}

pid_t lab_pid(struct lab_side *child)
{
	return child->pid;
}

void lab_tell(struct lab_side *other, const void *what, size_t len)
{
	ssize_t sent;

	lab_hide(other->lab);
	sent = send(other->fd, what, len, MSG_NOSIGNAL);
	lab_show(other->lab);
	if (sent != (ssize_t)len)
		lab_cannot(other->lab, "the other process is gone: %s",
			   strerror(errno));
}

void lab_hear(struct lab_side *other, void *what, size_t len)
{
	struct pollfd p = { .fd = other->fd, .events = POLLIN };
	ssize_t got;
	int rc;

	lab_hide(other->lab);
	rc = poll(&p, 1, LAB_PATIENCE_MS);
	got = rc > 0 ? recv(other->fd, what, len, 0) : -1;
	lab_show(other->lab);
	if (rc == 0)
		lab_cannot(other->lab, "the other process was silent for %d s",
			   LAB_PATIENCE_MS / 1000);
	if (got != (ssize_t)len)
		lab_cannot(other->lab,
			   "the other process ended before its turn came");
}

void lab_pass(struct lab_side *other)
{
	lab_tell(other, "", 1);
}

void lab_await(struct lab_side *other)
{
	char turn;

	lab_hear(other, &turn, 1);
}

int lab_join(struct lab_side *child)
{
	if (!child->ended)
		proc_wait(child->pid, &child->status, 0);
	child->ended = true;
	fd_close(&child->fd);
	return child->status;
}

/* --- shared memory -------------------------------------------------------- */

void *lab_shared(struct lab *l, size_t size)
{
	return lab_mapped(l, mmap(NULL, size, PROT_READ | PROT_WRITE,
				  MAP_SHARED | MAP_ANONYMOUS, -1, 0));
}

void lab_wait_if(bool synchronised, sem_t *sem)
{
	if (synchronised)
		sem_wait(sem);
}

void lab_post_if(bool synchronised, sem_t *sem)
{
	if (synchronised)
		sem_post(sem);
}
