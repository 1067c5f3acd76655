/*
 * A set of two System V semaphores says whose turn it is, by semop(2).
 *
 * SEM_UNDO is not used. If a side dies, its changes to the counts must stay,
 * because the slots that it has filled or emptied stay full or empty. Its
 * supervisor reports the death. Removing the set would take it away from the
 * sides that use it. So the set stays until the lease ends.
 */
#include <errno.h>
#include <stdio.h>
#include <sys/sem.h>

#include "base/fd.h"
#include "base/stop.h"
#include "base/sysv.h"
#include "transport/ring_sysv.h"

/* Linux allows no more sets, unless it was booted with ipcmni_extend. */
#define SEMMNI_MOST 32768u
#define PROC_SEM    "/proc/sys/kernel/sem"

/* The limits on semaphores, in the order of PROC_SEM. */
struct limits {
	unsigned in_a_set, in_all_sets, in_a_call, sets;
};

static bool read_limits(struct limits *l)
{
	char text[100];

	return fd_read_text(PROC_SEM, text, sizeof(text)) &&
	       sscanf(text, "%u %u %u %u", &l->in_a_set, &l->in_all_sets,
		      &l->in_a_call, &l->sets) == 4;
}

/* The number of sets on this machine; -1: it cannot be found out. */
static int sets_in_use(void)
{
	struct seminfo info = { 0 };
	union {
		struct seminfo *info;
	} arg = { .info = &info };

	return semctl(0, 0, SEM_INFO, arg) < 0 ? -1 : info.semusz;
}

static int refuse_one_more_set(const struct limits *l, struct err *e)
{
	unsigned more =
		l->sets < SEMMNI_MOST / 2 ? 2 * l->sets + 1 : SEMMNI_MOST;

	if (l->sets >= more)
		return err_say(e, EPERM,
			       "shm: this machine has reached its limit of %u "
			       "sets of semaphores, and Linux allows no more; "
			       "find a set that nothing uses with \"ipcs -s\", "
			       "and remove it with \"ipcrm -s ID\"",
			       l->sets);
	return err_say(e, EPERM,
		       "shm: this machine has reached its limit of %u sets of "
		       "semaphores; raise it with: "
		       "sysctl -w kernel.sem=\"%u %u %u %u\"",
		       l->sets, l->in_a_set, l->in_all_sets, l->in_a_call,
		       more);
}

/* ENOSPC: there are too many sets, or too many semaphores in all sets. */
static int refuse_set(int code, struct err *e)
{
	int used = code == ENOSPC ? sets_in_use() : -1;
	struct limits l;

	if (used < 0 || !read_limits(&l))
		return err_code(e, code, "semget");
	if (used >= (int)l.sets)
		return refuse_one_more_set(&l, e);
	return err_say(e, EPERM,
		       "shm: this machine has reached its limit of %u "
		       "semaphores in all sets; raise it with: "
		       "sysctl -w kernel.sem=\"%u %u %u %u\"",
		       l.in_all_sets, l.in_a_set, l.in_all_sets + 32000,
		       l.in_a_call, l.sets);
}

static int make_set(struct lease *lease, char name[CTL_NAME_MAX], struct err *e)
{
	int id = lease_sysv(lease, SYSV_SEM, 2, name, CTL_NAME_MAX, e);

	return id < 0 ? refuse_set(-id, e) : id;
}

int ring_sysv_probe(struct err *e)
{
	struct lease lease = LEASE_INIT;
	char name[CTL_NAME_MAX];
	int id = make_set(&lease, name, e);

	lease_end(&lease);
	return id < 0 ? id : 0;
}

static int create(struct tr *tr, struct ring *r)
{
	unsigned short start[2] = {
		[RING_SENDER] = (unsigned short)r->depth,
		[RING_RECEIVER] = 0,
	};
	union {
		int value;
		unsigned short *array;
	} arg = { .array = start };

	r->sem_id = make_set(tr->lease, r->sem_name[0], tr->err);
	if (r->sem_id < 0)
		return r->sem_id;
	return semctl(r->sem_id, 0, SETALL, arg) < 0
		       ? tr_errno(tr, "semctl(SETALL)")
		       : 0;
}

static int offer(struct tr *tr, struct ring *r, struct ctl *ctl)
{
	(void)tr;
	return ctl_give(ctl, r->sem_name[0], -1);
}

static int join(struct tr *tr, struct ring *r, struct ctl *ctl)
{
	char name[CTL_NAME_MAX];
	int rc = ctl_take(ctl, name, NULL);

	if (rc < 0)
		return rc;
	r->sem_id = sysv_find(SYSV_SEM, name, tr->err);
	return r->sem_id < 0 ? r->sem_id : 0;
}

static int change(struct ring *r, enum ring_side side, int by, int flags)
{
	struct sembuf op = {
		.sem_num = (unsigned short)side,
		.sem_op = (short)by,
		.sem_flg = (short)flags,
	};

	return semop(r->sem_id, &op, 1);
}

/*
 * Explains a failed semop. If the set was removed, its identifier is no longer
 * valid. Most likely the supervisor of a dead server removed it, so this counts
 * as a broken channel.
 */
static int semop_failed(struct tr *tr)
{
	if (errno != EIDRM && errno != EINVAL)
		return tr_errno(tr, "semop");
	return err_say(tr->err, EPIPE,
		       "the semaphores of the ring were removed while they "
		       "were in use");
}

/*
 * Subtracts 1 from a semaphore. As long as the setting `wait` wants this side
 * to spin, the tries do not sleep.
 */
static int take_semaphore(struct tr *tr, struct ring *r, enum ring_side side)
{
	int flags = waiter_sleeps(&tr->wait) ? 0 : IPC_NOWAIT;
	uint32_t looked = 0;

	while (change(r, side, -1, flags) < 0) {
		if (stop_requested())
			return -ECANCELED;
		if (errno == EAGAIN)
			flags = waiter_spins(&tr->wait, &looked) ? IPC_NOWAIT
								 : 0;
		else if (errno != EINTR)
			return semop_failed(tr);
	}
	return 0;
}

/* Adds `slots` to a semaphore. This call never waits. */
static int post(struct tr *tr, struct ring *r, enum ring_side side,
		uint32_t slots)
{
	while (change(r, side, (int)slots, 0) < 0) {
		if (errno != EINTR)
			return semop_failed(tr);
		if (stop_requested())
			return -ECANCELED;
	}
	return 0;
}

static int wait_empty(struct tr *tr, struct ring *r)
{
	return take_semaphore(tr, r, RING_SENDER);
}

static int post_full(struct tr *tr, struct ring *r)
{
	return post(tr, r, RING_RECEIVER, 1);
}

/* If the next slot is full, this takes it, as wait_full does. */
static bool try_full(struct tr *tr, struct ring *r)
{
	(void)tr;
	return change(r, RING_RECEIVER, -1, IPC_NOWAIT) == 0;
}

static int wait_full(struct tr *tr, struct ring *r)
{
	return take_semaphore(tr, r, RING_RECEIVER);
}

/* Reports all slots in one call, which accepts up to SEMVMX of them. */
static int post_empty(struct tr *tr, struct ring *r, uint32_t slots)
{
	return post(tr, r, RING_SENDER, slots);
}

const struct ring_sync ring_sysv_sem = {
	.create = create,
	.offer = offer,
	.join = join,
	.wait_empty = wait_empty,
	.post_full = post_full,
	.try_full = try_full,
	.wait_full = wait_full,
	.post_empty = post_empty,
};
