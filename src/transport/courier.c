/*
 * The courier (courier.h), a socket of the mechanism itself. It carries
 * reports, and usually a descriptor.
 */
#include "transport/courier.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/fd.h"
#include "base/stop.h"

#define WORD_MAGIC 0x77637069u
#define SAY_EVERY  (1 << 20)
#define WORD_FDS   8 /* room for descriptors; only the first is kept */

enum word_kind { WORD_ALIVE = 1, WORD_END };

struct word {
	uint32_t magic;
	uint32_t kind;
	uint64_t done_bytes;
};

int tr_courier_create(struct tr *tr)
{
	if (socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, tr->fd) < 0)
		return tr_errno(tr, "socketpair");
	return 0;
}

int tr_courier_join(struct tr *tr, struct ctl *ctl)
{
	int rc = tr_take_read_end(tr, ctl), type = 0;
	socklen_t len = sizeof(type);

	if (rc < 0)
		return rc;
	if (getsockopt(tr->fd[TR_READ_END], SOL_SOCKET, SO_TYPE, &type, &len) ==
		    0 &&
	    type == SOCK_SEQPACKET)
		return 0;
	return err_say(tr->err, EPROTO,
		       "the server sent a descriptor that is not a "
		       "SOCK_SEQPACKET socket");
}

static int say_gone(struct tr *tr)
{
	return err_say(tr->err, EPIPE, "the %s is gone", tr_other_side(tr));
}

/* --- speaking ------------------------------------------------------------- */

static void put_fd(struct msghdr *h, int fd)
{
	struct cmsghdr *cm = CMSG_FIRSTHDR(h);

	cm->cmsg_level = SOL_SOCKET;
	cm->cmsg_type = SCM_RIGHTS;
	cm->cmsg_len = CMSG_LEN(sizeof(fd));
	memcpy(CMSG_DATA(cm), &fd, sizeof(fd));
}

static int send_word(struct tr *tr, enum word_kind kind, uint64_t done_bytes,
		     int fd, int flags)
{
	struct word w = { WORD_MAGIC, kind, done_bytes };
	union {
		char space[CMSG_SPACE(sizeof(int))];
		struct cmsghdr align;
	} control = { 0 };
	struct iovec iov = { .iov_base = &w, .iov_len = sizeof(w) };
	struct msghdr h = { .msg_iov = &iov, .msg_iovlen = 1 };

	if (fd >= 0) {
		h.msg_control = control.space;
		h.msg_controllen = sizeof(control.space);
		put_fd(&h, fd);
	}
	while (sendmsg(tr_own_end(tr), &h, flags | MSG_NOSIGNAL) < 0) {
		if (stop_requested())
			return -ECANCELED;
		if (errno == EAGAIN)
			return 0; /* the socket is full: skip this report */
		if (errno == EPIPE || errno == ECONNRESET)
			return say_gone(tr);
		if (errno != EINTR)
			return tr_errno(tr, "cannot send to the %s",
					tr_other_side(tr));
	}
	return 0;
}

int tr_courier_say(struct tr *tr, uint64_t done_bytes)
{
	struct courier *c = tr->priv;

	if (done_bytes - c->said < SAY_EVERY)
		return 0;
	c->said = done_bytes;
	return send_word(tr, WORD_ALIVE, done_bytes, -1, MSG_DONTWAIT);
}

int tr_courier_end(struct tr *tr, uint64_t done_bytes, int fd)
{
	((struct courier *)tr->priv)->said = 0;
	return send_word(tr, WORD_END, done_bytes, fd, 0);
}

/* --- hearing -------------------------------------------------------------- */

static int receive_word(struct tr *tr, struct word *w, int *fd)
{
	union {
		char space[CMSG_SPACE(sizeof(int) * WORD_FDS)];
		struct cmsghdr align;
	} control;
	struct iovec iov = { .iov_base = w, .iov_len = sizeof(*w) };
	struct msghdr h = { .msg_iov = &iov,
			    .msg_iovlen = 1,
			    .msg_control = control.space,
			    .msg_controllen = sizeof(control.space) };
	ssize_t n = recvmsg(tr_own_end(tr), &h, MSG_CMSG_CLOEXEC);

	*fd = n >= 0 ? fd_keep_one(&h) : -1;
	if (stop_requested())
		return -ECANCELED;
	if (n < 0 && errno == EINTR)
		return -EINTR;
	if (n == 0 || (n < 0 && errno == ECONNRESET))
		return say_gone(tr);
	if (n < 0)
		return tr_errno(tr, "cannot receive from the %s",
				tr_other_side(tr));
	if (n != sizeof(*w) || w->magic != WORD_MAGIC ||
	    h.msg_flags & (MSG_TRUNC | MSG_CTRUNC))
		return err_say(tr->err, EPROTO,
			       "the %s sent a message that makes no sense",
			       tr_other_side(tr));
	return 0;
}

/*
 * Each report but the last must show progress, or a peer could keep us waiting
 * for ever.
 */
static int check_word(struct tr *tr, const struct word *w, uint64_t before,
		      uint64_t most)
{
	bool further = w->kind == WORD_END ? w->done_bytes >= before
					   : w->done_bytes > before;

	if ((w->kind == WORD_ALIVE || w->kind == WORD_END) && further &&
	    w->done_bytes <= most)
		return 0;
	return err_say(tr->err, EPROTO,
		       "the report of the %s cannot be right: %" PRIu64
		       " of %" PRIu64 " bytes are done, and %" PRIu64
		       " were done before",
		       tr_other_side(tr), w->done_bytes, most, before);
}

int tr_courier_hear(struct tr *tr, uint64_t most, _Atomic uint64_t *follow,
		    uint64_t *done_bytes, int *fd)
{
	struct word w = { 0 };
	uint64_t before = 0;
	int came = -1, rc;

	for (;;) {
		rc = receive_word(tr, &w, &came);
		if (rc == 0)
			rc = check_word(tr, &w, before, most);
		if (rc == 0 && w.kind == WORD_END)
			break;
		fd_close(&came);
		if (rc == -EINTR)
			continue;
		if (rc < 0)
			return rc;
		before = w.done_bytes;
		if (follow)
			atomic_store_explicit(follow, before,
					      memory_order_relaxed);
		else
			atomic_fetch_add(tr->beats, 1);
	}
	if (follow)
		atomic_store(follow, w.done_bytes);
	*done_bytes = w.done_bytes;
	if (fd)
		*fd = came;
	else
		fd_close(&came);
	return 0;
}

/* --- what came ------------------------------------------------------------ */

int tr_courier_check_file(struct tr *tr, const char *what, int fd, uint64_t len,
			  int access)
{
	struct stat st;
	int flags;

	if (fd < 0)
		return err_say(tr->err, EPROTO,
			       "the other side sent no descriptor for %s",
			       what);
	flags = fcntl(fd, F_GETFL);
	if (flags < 0 || fstat(fd, &st) < 0)
		return tr_errno(tr, "cannot examine %s", what);
	if (!S_ISREG(st.st_mode))
		return err_say(tr->err, EPROTO,
			       "the other side sent something other than a "
			       "regular file as %s",
			       what);
	if (flags & O_PATH ||
	    ((flags & O_ACCMODE) != O_RDWR && (flags & O_ACCMODE) != access))
		return err_say(tr->err, EPROTO,
			       "the descriptor that the other side sent for %s "
			       "is not open for the access that is needed",
			       what);
	if (access == O_RDWR && st.st_uid != geteuid())
		return err_say(tr->err, EPROTO, "%s belongs to another user",
			       what);
	if (access == O_RDWR && (uint64_t)st.st_size != len)
		return err_say(tr->err, EPROTO,
			       "%s has %lld bytes instead of %" PRIu64, what,
			       (long long)st.st_size, len);
	return 0;
}
