/* Two POSIX semaphores say whose turn it is, as in textbooks. */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>

#include "base/hot.h"
#include "base/stop.h"
#include "transport/ring.h"

/* After a failed sem_wait: calls it again, unless it failed for good. */
static int sleep_again(struct tr *tr, sem_t *sem)
{
	do {
		if (errno != EINTR)
			return tr_errno(tr, "sem_wait");
		if (stop_requested())
			return -ECANCELED;
	} while (sem_wait(sem) < 0);
	return 0;
}

static int spin_on(struct tr *tr, sem_t *sem)
{
	uint32_t looked = 0;

	while (sem_trywait(sem) < 0) {
		if (stop_requested())
			return -ECANCELED;
		if (!waiter_spins(&tr->wait, &looked))
			return sem_wait(sem) < 0 ? sleep_again(tr, sem) : 0;
	}
	return 0;
}

static HOT int take(struct tr *tr, sem_t *sem)
{
	if (!waiter_sleeps(&tr->wait))
		return spin_on(tr, sem);
	/* sem_wait itself looks before it sleeps */
	return sem_wait(sem) == 0 ? 0 : sleep_again(tr, sem);
}

static HOT int give(struct tr *tr, sem_t *sem)
{
	return sem_post(sem) < 0 ? tr_errno(tr, "sem_post") : 0;
}

static HOT int wait_empty(struct tr *tr, struct ring *r)
{
	return take(tr, r->empty);
}

static HOT int post_full(struct tr *tr, struct ring *r)
{
	return give(tr, r->full);
}

static HOT bool try_full(struct tr *tr, struct ring *r)
{
	(void)tr;
	return sem_trywait(r->full) == 0;
}

static HOT int wait_full(struct tr *tr, struct ring *r)
{
	return take(tr, r->full);
}

static HOT int post_empty(struct tr *tr, struct ring *r, uint32_t slots)
{
	int rc = 0;

	while (slots-- > 0 && rc == 0)
		rc = give(tr, r->empty);
	return rc;
}

/* --- sync=sem: unnamed, in the region itself ---------------------------- */

static void in_region(struct ring *r)
{
	r->empty = &r->shared->empty;
	r->full = &r->shared->full;
}

static int unnamed_create(struct tr *tr, struct ring *r)
{
	in_region(r);
	if (sem_init(r->empty, 1, r->depth) < 0 || sem_init(r->full, 1, 0) < 0)
		return tr_errno(tr, "sem_init");
	return 0;
}

static int unnamed_join(struct tr *tr, struct ring *r, struct ctl *ctl)
{
	(void)tr;
	(void)ctl;
	in_region(r);
	return 0;
}

const struct ring_sync ring_sem = {
	.create = unnamed_create,
	.join = unnamed_join,
	.wait_empty = wait_empty,
	.post_full = post_full,
	.try_full = try_full,
	.wait_full = wait_full,
	.post_empty = post_empty,
};

/* --- sync=named-sem: sem_open ------------------------------------------- */

static int make_named(struct tr *tr, struct ring *r, int i, sem_t **sem,
		      unsigned value)
{
	char *name = r->sem_name[i];
	int rc;

	name[0] = '/';
	lease_unique(name + 1, sizeof(r->sem_name[i]) - 1,
		     i ? "full" : "empty");
	rc = lease_note(tr->lease, LEASE_SEM, name, tr->err);
	if (rc < 0)
		return rc;
	*sem = sem_open(name, O_CREAT | O_EXCL, 0600, value);
	if (*sem == SEM_FAILED) {
		*sem = NULL;
		return tr_errno(tr, "sem_open %s", name);
	}
	return 0;
}

static int named_create(struct tr *tr, struct ring *r)
{
	int rc = make_named(tr, r, 0, &r->empty, r->depth);

	return rc < 0 ? rc : make_named(tr, r, 1, &r->full, 0);
}

static int named_offer(struct tr *tr, struct ring *r, struct ctl *ctl)
{
	int rc = ctl_give(ctl, r->sem_name[0], -1);

	(void)tr;
	return rc < 0 ? rc : ctl_give(ctl, r->sem_name[1], -1);
}

static void named_close(struct ring *r)
{
	if (r->empty)
		sem_close(r->empty);
	if (r->full)
		sem_close(r->full);
	r->empty = r->full = NULL;
}

static int open_named(struct tr *tr, struct ctl *ctl, sem_t **sem)
{
	char name[CTL_NAME_MAX];
	int rc = ctl_take(ctl, name, NULL);

	if (rc == 0)
		rc = lease_check(name, tr->err);
	if (rc < 0)
		return rc;
	*sem = sem_open(name, 0);
	if (*sem == SEM_FAILED) {
		*sem = NULL;
		return tr_errno(tr, "sem_open %s", name);
	}
	return 0;
}

static int named_join(struct tr *tr, struct ring *r, struct ctl *ctl)
{
	int rc;

	named_close(r); /* close the inherited ones; open them by their names */
	rc = open_named(tr, ctl, &r->empty);
	return rc < 0 ? rc : open_named(tr, ctl, &r->full);
}

static void named_unname(struct ring *r)
{
	for (int i = 0; i < 2; i++)
		lease_unname(LEASE_SEM, r->sem_name[i]);
}

const struct ring_sync ring_named_sem = {
	.create = named_create,
	.offer = named_offer,
	.join = named_join,
	.unname = named_unname,
	.close = named_close,
	.wait_empty = wait_empty,
	.post_full = post_full,
	.try_full = try_full,
	.wait_full = wait_full,
	.post_empty = post_empty,
};
