/* A pair of AF_UNIX sockets that keep the boundaries of messages. */
#include "transport/unix_message.h"

#include <errno.h>
#include <inttypes.h>
#include <sys/socket.h>

#include "base/append.h"
#include "base/fd.h"
#include "base/size.h"

#define WMEM_DEFAULT "/proc/sys/net/core/wmem_default"

/*
 * The kernel keeps so many bytes of the buffer for itself. A message must fit
 * into the rest.
 */
#define RESERVED_BYTES 32

const struct tr_param unix_message_params[] = {
	[UNIX_P_SIZE] = TR_PARAM_SIZE(1 << 16),
	[UNIX_P_BUFFER] = TR_PARAM_BUFFER,
	[UNIX_P_WAIT] = TR_PARAM_WAIT,
	[UNIX_P_SPIN] = TR_PARAM_SPIN,
	[UNIX_P_END] = { .name = NULL },
};

/* Asks for a larger buffer if messages do not fit into the default one. */
void unix_message_settle(struct tr_spec *spec)
{
	uint64_t size = spec->value[UNIX_P_SIZE];

	if (!spec->given[UNIX_P_BUFFER] &&
	    size + RESERVED_BYTES > fd_read_number(WMEM_DEFAULT, 212992))
		spec->value[UNIX_P_BUFFER] = size;
}

static int check_fits(const struct tr_spec *spec, int fd, struct err *e)
{
	uint64_t size = spec->value[UNIX_P_SIZE];
	socklen_t len = sizeof(int);
	int booked = 0;
	char word[32];

	if (getsockopt(fd, SOL_SOCKET, SO_SNDBUF, &booked, &len) < 0)
		return err_sys(e, "getsockopt");
	if (size + RESERVED_BYTES <= (uint64_t)booked)
		return 0;
	return err_say(e, EINVAL,
		       "%s: one message of size=%s does not fit into the "
		       "socket; it needs buffer=%" PRIu64 " or more",
		       spec->ops->name, size_word(size, word, sizeof(word)),
		       (size + RESERVED_BYTES + 1) / 2);
}

static int make_pair(const struct tr_spec *spec, int type, int fd[2],
		     struct err *e)
{
	if (socketpair(AF_UNIX, type | SOCK_CLOEXEC, 0, fd) < 0)
		return err_sys(e, "socketpair");
	/* unread bytes take room in the sender's buffer */
	return sock_set_buffer(spec, fd[TR_WRITE_END], SO_SNDBUF, e);
}

int unix_message_probe(const struct tr_spec *spec, int type, struct err *e)
{
	int fd[2] = { -1, -1 };
	int rc = make_pair(spec, type, fd, e);

	if (rc == 0)
		rc = check_fits(spec, fd[TR_WRITE_END], e);
	fd_close(&fd[TR_READ_END]);
	fd_close(&fd[TR_WRITE_END]);
	return rc;
}

int unix_message_create(struct tr *tr, int type)
{
	return make_pair(&tr->spec, type, tr->fd, tr->err);
}

int unix_message_join(struct tr *tr, struct ctl *ctl, int type)
{
	int rc = tr_join_read_end(tr, ctl);

	if (rc < 0)
		return rc;
	return sock_check_unix(tr, tr->fd[TR_READ_END], type);
}

void unix_message_limits(char *text, size_t size)
{
	sock_limits(text, size);
	text_append(text, size,
		    ", a message up to %d bytes less than twice the buffer",
		    RESERVED_BYTES);
}
