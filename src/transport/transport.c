/* Functions that several mechanisms use, and functions for all of them. */
#include "transport/transport.h"

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/stat.h>

#include "base/append.h"
#include "base/fd.h"
#include "base/hot.h"
#include "base/page.h"
#include "base/size.h"
#include "base/stop.h"

volatile sig_atomic_t tr_in_lock;

const char *const tr_wait_names[] = {
	[WAIT_BLOCK] = "block",
	[WAIT_SPIN] = "spin",
	[WAIT_SPIN_THEN_BLOCK] = "spin-then-block",
	[WAIT_BATCH] = "batch",
	NULL,
};

int tr_param_find(const struct transport *ops, const char *key)
{
	for (int i = 0; ops->params[i].name; i++)
		if (!strcmp(ops->params[i].name, key))
			return i;
	return -1;
}

static void value_text(const struct tr_param *p, uint64_t value, char *buf,
		       size_t size)
{
	if (p->kind == TR_CHOICE)
		snprintf(buf, size, "%s", p->choices[value]);
	else if (p->kind == TR_SIZE)
		size_word(value, buf, size);
	else
		snprintf(buf, size, "%" PRIu64, value);
}

const char *tr_spec_text(const struct tr_spec *spec, bool all, char *buf,
			 size_t size)
{
	const struct tr_param *p = spec->ops->params;
	char sep = ':', value[32];

	snprintf(buf, size, "%s", spec->ops->name);
	for (int i = 0; p[i].name; i++) {
		if (!all && !spec->given[i])
			continue;
		value_text(&p[i], spec->value[i], value, sizeof(value));
		text_append(buf, size, "%c%s=%s", sep, p[i].name, value);
		sep = ',';
	}
	return buf;
}

uint64_t tr_spec_value(const struct tr_spec *spec, const char *name,
		       uint64_t fallback)
{
	int i = tr_param_find(spec->ops, name);

	return i < 0 ? fallback : spec->value[i];
}

int tr_probe(const struct tr_spec *spec, struct err *e)
{
	return spec->ops->probe ? spec->ops->probe(spec, e) : 0;
}

int tr_check(const struct tr_spec *spec, struct err *e)
{
	const struct transport *ops = spec->ops;
	struct err why = { 0 };
	int rc = 0;

	if (ops->check)
		rc = ops->check(spec, &why);
	else if (ops->probe)
		rc = ops->probe(spec, &why);
	return rc == -EINVAL ? err_say(e, EINVAL, "%s", why.text) : 0;
}

enum tr_reach tr_reach(const struct tr_spec *spec)
{
	return spec->ops->reach_of ? spec->ops->reach_of(spec)
				   : spec->ops->reach;
}

const struct hop *tr_path(const struct tr_spec *spec)
{
	return spec->ops->path_of ? spec->ops->path_of(spec) : spec->ops->path;
}

bool tr_has_message_form(const struct transport *ops)
{
	return ops->lend && ops->receive;
}

int tr_init(struct tr *tr, const struct tr_spec *spec, struct lease *lease,
	    struct err *e)
{
	*tr = (struct tr){
		.spec = *spec,
		.ops = spec->ops,
		.err = e,
		.lease = lease,
		.fd = { -1, -1 },
		.file_fd = -1,
		.msg_bytes = tr_spec_value(spec, "size", 1 << 16),
		.wait = { .kind = (enum wait_kind)tr_spec_value(spec, "wait",
								WAIT_BLOCK),
			  .looks = (uint32_t)tr_spec_value(spec, "spin", 0) },
	};
	tr->priv = calloc(1, spec->ops->priv_size + 1);
	if (!tr->priv)
		return err_code(e, ENOMEM, "cannot make a channel");
	if (tr->ops->init)
		tr->ops->init(tr);
	return 0;
}

void tr_close(struct tr *tr)
{
	if (!tr->priv)
		return;
	tr->ops->close(tr);
	for (int i = 0; i < TR_MAPS; i++)
		tr_unmap_file(tr, i);
	if (tr->area)
		munmap(tr->area, tr->area_len);
	tr->area = tr->buf = NULL;
	free(tr->priv);
	tr->priv = NULL;
}

int tr_moved(struct tr *tr, uint64_t step_bytes, uint64_t len_bytes)
{
	uint64_t moved =
		atomic_load_explicit(tr->moved_bytes, memory_order_relaxed);

	/* only this process writes the number */
	moved += step_bytes;
	atomic_store_explicit(tr->moved_bytes, moved, memory_order_relaxed);
	if (moved > len_bytes)
		return err_say(tr->err, EPROTO,
			       "the server sends more than the %" PRIu64
			       " bytes it offered",
			       len_bytes);
	return stop_requested() ? -ECANCELED : 0;
}

void tr_beat(struct tr *tr)
{
	if (tr->beats)
		atomic_fetch_add_explicit(tr->beats, 1, memory_order_relaxed);
}

int tr_send_steps(struct tr *tr, int in_fd, uint64_t len_bytes, tr_step *step)
{
	uint64_t left = len_bytes;
	ssize_t n = 0;
	int rc = 0;

	while (left > 0 && rc == 0 && (n = step(tr, in_fd, left)) > 0) {
		left -= (uint64_t)n;
		rc = tr_moved(tr, (uint64_t)n, len_bytes);
	}
	return n < 0 ? (int)n : rc;
}

int tr_end(struct tr *tr)
{
	const struct transport *ops = tr->ops;
	void *buf;
	int rc;

	if (tr->ended)
		return 0;
	tr->ended = true;
	if (!ops->send)
		return ops->end ? ops->end(tr) : 0;
	rc = ops->lend(tr, &buf);
	return rc < 0 ? rc : ops->send(tr, 0);
}

ssize_t tr_more(struct tr *tr)
{
	const struct transport *ops = tr->ops;
	const void *buf;

	if (tr->ended)
		return 0;
	tr->ended = true;
	if (ops->discard)
		return ops->discard(tr);
	if (ops->receive)
		return ops->receive(tr, &buf);
	return ops->more ? ops->more(tr) : 0;
}

int tr_map_file(struct tr *tr, int i, const char *what, int fd, uint64_t len,
		int prot)
{
	void *base;

	if (len > SIZE_MAX / 2)
		return err_code(tr->err, EFBIG, "cannot map %s", what);
	base = mmap(NULL, (size_t)len, prot, MAP_SHARED, fd, 0);
	if (base == MAP_FAILED)
		return tr_errno(tr, "cannot map %s", what);
	tr->map[i] = (struct tr_map){ what, base, (size_t)len };
	return 0;
}

void tr_unmap_file(struct tr *tr, int i)
{
	if (tr->map[i].base)
		munmap(tr->map[i].base, tr->map[i].len);
	tr->map[i].base = NULL;
}

const struct hop tr_path_through_kernel[] = {
	{ "IN", "server", HOP_KERNEL, "read", 1 },
	{ "server", "channel", HOP_KERNEL, "send", 1 },
	{ "channel", "client", HOP_KERNEL, "receive", 1 },
	{ "client", "OUT", HOP_KERNEL, "write", 1 },
	{ .from = NULL },
};

int tr_make_buffer(struct tr *tr)
{
	size_t len =
		tr->msg_bytes > tr->buf_area ? tr->msg_bytes : tr->buf_area;

	len += tr->buf_offset;
	tr->area = page_map(len);
	if (!tr->area)
		return tr_errno(tr, "cannot make a buffer of %zu bytes", len);
	tr->area_len = len;
	tr->buf = (char *)tr->area + tr->buf_offset;
	return 0;
}

HOT void tr_turn_buffer(struct tr *tr)
{
	char *next = tr->buf, *end = (char *)tr->area + tr->area_len;

	if (!next)
		return;
	/* move by whole pages of 4 KiB, so that the offset in them stays */
	next += (tr->msg_bytes + 4095) / 4096 * 4096;
	if (next > end || (size_t)(end - next) < tr->msg_bytes)
		next = (char *)tr->area + tr->buf_offset;
	tr->buf = next;
}

HOT int tr_lend_private(struct tr *tr, void **buf)
{
	*buf = tr->buf;
	return 0;
}

HOT int tr_give_back_private(struct tr *tr)
{
	(void)tr;
	return 0;
}

int tr_prepare_end(struct tr *tr, int fd)
{
	int rc = fd_nonblock(fd, !waiter_sleeps(&tr->wait));

	return rc < 0 ? err_code(tr->err, rc, "fcntl(O_NONBLOCK)") : 0;
}

int tr_offer_read_end(struct tr *tr, struct ctl *ctl)
{
	int rc = ctl_give(ctl, "", tr->fd[TR_READ_END]);

	/*
	 * if this side kept the read end, it would not notice when the client
	 * dies
	 */
	fd_close(&tr->fd[TR_READ_END]);
	return rc;
}

/*
 * Checks the peer's descriptor. A hostile peer can send none, or for example
 * /dev/zero, which would never end.
 */
static int check_end(struct tr *tr, int fd)
{
	struct stat st;

	if (fd < 0)
		return err_say(
			tr->err, EPROTO,
			"the other side sent no descriptor for the channel");
	if (fstat(fd, &st) < 0)
		return tr_errno(tr, "cannot examine the channel");
	if (S_ISFIFO(st.st_mode) || S_ISSOCK(st.st_mode))
		return 0;
	return err_say(tr->err, EPROTO,
		       "the other side sent something other than an end of the "
		       "channel");
}

int tr_take_read_end(struct tr *tr, struct ctl *ctl)
{
	char unused[CTL_NAME_MAX];
	int rc;

	/*
	 * if this side kept the write end, it would never see the end of the
	 * stream
	 */
	tr_close_ends(tr);
	rc = ctl_take(ctl, unused, &tr->fd[TR_READ_END]);
	if (rc == 0)
		rc = check_end(tr, tr->fd[TR_READ_END]);
	if (rc == 0)
		rc = tr_prepare_end(tr, tr->fd[TR_READ_END]);
	return rc;
}

int tr_join_read_end(struct tr *tr, struct ctl *ctl)
{
	int rc = tr_take_read_end(tr, ctl);

	return rc < 0 ? rc : tr_make_buffer(tr);
}

int tr_attach_write_end(struct tr *tr)
{
	int rc = tr_prepare_end(tr, tr->fd[TR_WRITE_END]);

	return rc < 0 ? rc : tr_make_buffer(tr);
}

int tr_broken(struct tr *tr, int rc, const char *call)
{
	if (rc == -ECANCELED)
		return rc;
	if (rc == -ECONNRESET || rc == -ECONNREFUSED || rc == -ENOTCONN)
		rc = -EPIPE;
	return err_code(tr->err, rc, "%s", call);
}

int tr_end_stream(struct tr *tr)
{
	fd_close(&tr->fd[TR_WRITE_END]);
	return 0;
}

ssize_t tr_more_in_stream(struct tr *tr)
{
	char byte;
	ssize_t n = fd_read_wait(tr->fd[TR_READ_END], &byte, 1, &tr->wait);

	return n < 0 ? tr_broken(tr, (int)n, "cannot read from the channel")
		     : n;
}

/* True for a socket that keeps messages: each write(2) sends one message. */
static bool keeps_messages(int fd)
{
	int type = SOCK_STREAM;
	socklen_t len = sizeof(type);

	return getsockopt(fd, SOL_SOCKET, SO_TYPE, &type, &len) == 0 &&
	       type != SOCK_STREAM;
}

/*
 * Writes a long message in steps and gives signs of life between them, since it
 * can take long until the receiver has made room for all of it. A socket that
 * keeps messages gets it by one write.
 */
static int write_long(struct tr *tr, size_t len)
{
	int fd = tr->fd[TR_WRITE_END], rc = 0;
	size_t step = keeps_messages(fd) ? len : TR_LONG_BYTES;
	const char *from = tr->buf;

	for (; len > step && rc == 0; from += step, len -= step) {
		rc = fd_write_wait(fd, from, step, &tr->wait);
		tr_beat(tr);
	}
	return rc < 0 ? rc : fd_write_wait(fd, from, len, &tr->wait);
}

HOT int tr_send_stream(struct tr *tr, size_t len)
{
	int rc;

	if (len == 0)
		return tr_end_stream(tr);
	rc = len > TR_LONG_BYTES ? write_long(tr, len)
				 : fd_write_wait(tr->fd[TR_WRITE_END], tr->buf,
						 len, &tr->wait);
	return rc < 0 ? tr_broken(tr, rc, "cannot write to the channel") : 0;
}

HOT ssize_t tr_receive_stream(struct tr *tr, const void **buf)
{
	ssize_t n = fd_read_wait(tr->fd[TR_READ_END], tr->buf, tr->msg_bytes,
				 &tr->wait);

	*buf = tr->buf;
	return n < 0 ? tr_broken(tr, (int)n, "cannot read from the channel")
		     : n;
}

void tr_close_ends(struct tr *tr)
{
	fd_close(&tr->fd[TR_READ_END]);
	fd_close(&tr->fd[TR_WRITE_END]);
}

int tr_own_end(const struct tr *tr)
{
	return tr->fd[TR_WRITE_END] >= 0 ? tr->fd[TR_WRITE_END]
					 : tr->fd[TR_READ_END];
}

const char *tr_other_side(const struct tr *tr)
{
	return tr->fd[TR_WRITE_END] >= 0 ? "client" : "server";
}
