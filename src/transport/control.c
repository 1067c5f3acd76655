/*
 * Common to controls (control.h): the client makes the whole copy. The server
 * tells the client to start, and waits.
 */
#include "transport/control.h"

#include <errno.h>
#include <fcntl.h>

#include "base/fd.h"

void control_init(struct tr *tr)
{
	((struct control *)tr->priv)->in_fd = -1;
}

int control_offer(struct tr *tr, struct ctl *ctl)
{
	int rc = tr_offer_read_end(tr, ctl);

	return rc < 0 ? rc : ctl_give(ctl, "", tr->file_fd);
}

/* Refuses a client that came by a name: it has not inherited the socket. */
static int check_related(struct tr *tr)
{
	if (tr->fd[TR_WRITE_END] >= 0)
		return 0;
	return err_say(tr->err, ENOTSUP,
		       "the mechanism %s uses one process, which has both "
		       "files, so no client can reach it by a name",
		       tr->ops->name);
}

int control_join(struct tr *tr, struct ctl *ctl)
{
	struct control *c = tr->priv;
	char unused[CTL_NAME_MAX];
	int rc = check_related(tr);

	if (rc == 0)
		rc = tr_courier_join(tr, ctl);
	if (rc == 0)
		rc = ctl_take(ctl, unused, &c->in_fd);
	if (rc == 0)
		rc = tr_courier_check_file(tr, "the input file", c->in_fd,
					   tr->file_len, O_RDONLY);
	return rc;
}

/*
 * Tells the client to start, and sleeps until the client has made the copy. The
 * client reports no progress, since waking the server would slow the copy down.
 */
int control_send_file(struct tr *tr, int in_fd, uint64_t len_bytes)
{
	uint64_t copied;
	int rc = tr_courier_end(tr, len_bytes, -1);

	(void)in_fd;
	if (rc < 0)
		return rc;
	return tr_courier_hear(tr, len_bytes, tr->moved_bytes, &copied, NULL);
}

int control_run(struct tr *tr, int out_fd, uint64_t len_bytes,
		control_copy *copy)
{
	uint64_t len;
	int rc = tr_courier_hear(tr, len_bytes, NULL, &len, NULL);

	if (rc == 0)
		rc = copy(tr, ((struct control *)tr->priv)->in_fd, out_fd, len);
	return rc < 0 ? rc
		      : tr_courier_end(tr, atomic_load(tr->moved_bytes), -1);
}

void control_close(struct tr *tr)
{
	fd_close(&((struct control *)tr->priv)->in_fd);
	tr_close_ends(tr);
}
