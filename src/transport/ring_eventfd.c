/*
 * Two numbers say whose turn it is (ring_count.h). A side sleeps in read(2) of
 * its eventfd, and the other side wakes it by write(2). As long as no side
 * sleeps, neither eventfd is used.
 */
#include <errno.h>
#include <poll.h>
#include <stdio.h>
#include <string.h>
#include <sys/eventfd.h>
#include <unistd.h>

#include "base/fd.h"
#include "base/stop.h"
#include "transport/ring_count.h"

static int create(struct tr *tr, struct ring *r)
{
	for (int i = 0; i < 2; i++) {
		r->bell[i] = eventfd(0, EFD_CLOEXEC);
		if (r->bell[i] < 0)
			return tr_errno(tr, "eventfd");
	}
	return 0;
}

static int offer(struct tr *tr, struct ring *r, struct ctl *ctl)
{
	int rc = ctl_give(ctl, "", r->bell[RING_SENDER]);

	(void)tr;
	return rc < 0 ? rc : ctl_give(ctl, "", r->bell[RING_RECEIVER]);
}

static void close_bells(struct ring *r)
{
	for (int i = 0; i < 2; i++)
		fd_close(&r->bell[i]);
}

/*
 * Checks that the peer's descriptor is an eventfd. Only /proc shows this. The
 * descriptor must not be that of a user's file, since this side reads from it
 * and writes to it.
 */
static int check_bell(struct tr *tr, int fd)
{
	static const char eventfd_link[] = "anon_inode:[eventfd]";
	char path[40], link[40];
	ssize_t n;

	if (fd < 0)
		return err_say(
			tr->err, EPROTO,
			"the other side sent no descriptor for the ring");
	snprintf(path, sizeof(path), "/proc/self/fd/%d", fd);
	n = readlink(path, link, sizeof(link));
	if (n < 0)
		return tr_errno(tr, "%s", path);
	if ((size_t)n == strlen(eventfd_link) &&
	    !memcmp(link, eventfd_link, (size_t)n))
		return 0;
	return err_say(
		tr->err, EPROTO,
		"the other side sent something other than an eventfd for "
		"the ring");
}

static int join(struct tr *tr, struct ring *r, struct ctl *ctl)
{
	char unused[CTL_NAME_MAX];
	int rc = 0;

	close_bells(r); /* close the inherited ones; take the offered ones */
	for (int i = 0; i < 2 && rc == 0; i++) {
		rc = ctl_take(ctl, unused, &r->bell[i]);
		if (rc == 0)
			rc = check_bell(tr, r->bell[i]);
	}
	return rc;
}

/*
 * For use after a call that failed with errno. The call can fail with EAGAIN:
 * both sides share the flags of the eventfd, and the other side may have set
 * O_NONBLOCK.
 */
static int wait_for_try(struct tr *tr, int fd, short events, const char *call)
{
	int rc;

	if (stop_requested())
		return -ECANCELED;
	if (errno == EINTR)
		return 0;
	if (errno != EAGAIN)
		return tr_errno(tr, "cannot %s an eventfd", call);
	rc = fd_poll(fd, events);
	return rc < 0 && rc != -ECANCELED
		       ? err_code(tr->err, rc, "cannot poll an eventfd")
		       : rc;
}

/*
 * Sleeps until the other side writes to the eventfd. A write from an earlier
 * time, when this side did not sleep, ends the sleep too. So the caller must
 * look at the number again.
 */
static int sleep_on_bell(struct tr *tr, struct ring *r, enum ring_side side,
			 uint32_t seen)
{
	uint64_t rings;

	if (atomic_load(ring_count_of(r, side)) != seen)
		return 0;
	if (read(r->bell[side], &rings, sizeof(rings)) == sizeof(rings))
		return 0;
	return wait_for_try(tr, r->bell[side], POLLIN, "read");
}

static int ring_bell(struct tr *tr, struct ring *r, enum ring_side side)
{
	const uint64_t one = 1;
	int rc = 0;

	/* this blocks only if a hostile peer has filled the counter */
	while (rc == 0 &&
	       write(r->bell[side], &one, sizeof(one)) != sizeof(one))
		rc = wait_for_try(tr, r->bell[side], POLLOUT, "write to");
	return rc;
}

const struct ring_sync ring_eventfd = {
	.create = create,
	.offer = offer,
	.join = join,
	.close = close_bells,
	RING_COUNT_HOOKS,
	.sleep = sleep_on_bell,
	.wake = ring_bell,
};
