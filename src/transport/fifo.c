/* FIFO: a pipe that has a name in the file system. */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/fd.h"
#include "base/run_dir.h"
#include "transport/pipe_size.h"
#include "transport/transport.h"

struct fifo {
	char path[CTL_NAME_MAX];
};

static int tr_fifo_probe(const struct tr_spec *spec, struct err *e)
{
	char dir[CTL_NAME_MAX];
	int rc = tr_pipe_size_check(spec, e);

	return rc < 0 ? rc : run_dir(dir, sizeof(dir), e);
}

static int tr_fifo_create(struct tr *tr)
{
	struct fifo *f = tr->priv;
	char dir[CTL_NAME_MAX], name[64];
	int rc = run_dir(dir, sizeof(dir), tr->err);

	if (rc < 0)
		return rc;
	lease_unique(name, sizeof(name), "fifo");
	if (snprintf(f->path, sizeof(f->path), "%s/%s", dir, name) >=
	    (int)sizeof(f->path))
		return err_say(tr->err, ENAMETOOLONG,
			       "the runtime directory's path is too long: %s",
			       dir);
	rc = lease_note(tr->lease, LEASE_PATH, f->path, tr->err);
	if (rc < 0)
		return rc;
	if (mkfifo(f->path, 0600) < 0)
		return tr_errno(tr, "mkfifo %s", f->path);
	return 0;
}

static int tr_fifo_offer(struct tr *tr, struct ctl *ctl)
{
	return ctl_give(ctl, ((struct fifo *)tr->priv)->path, -1);
}

/*
 * Opens a FIFO. Refuses other files and symbolic links, since a hostile server
 * can name any file.
 */
static int open_fifo(struct tr *tr, const char *path, int flags, int *fd)
{
	struct stat st;

	/* without O_NONBLOCK, open would wait for the other end */
	*fd = open(path, flags | O_NONBLOCK | O_CLOEXEC | O_NOFOLLOW);
	if (*fd < 0)
		return tr_errno(tr, "cannot open the FIFO %s", path);
	if (fstat(*fd, &st) < 0 || !S_ISFIFO(st.st_mode))
		return err_say(tr->err, EPROTO, "the file %s is not a FIFO",
			       path);
	return tr_prepare_end(tr, *fd);
}

/*
 * Checks that the path has the form of our FIFOs' names. This is done before
 * the file is opened, since even opening a device can have an effect.
 */
static int check_path(struct tr *tr, const char *path)
{
	char dir[CTL_NAME_MAX];
	int rc = run_dir(dir, sizeof(dir), tr->err);
	size_t len = strlen(dir);

	if (rc < 0)
		return rc;
	return lease_check(strncmp(path, dir, len) ? path : path + len,
			   tr->err);
}

static int tr_fifo_join(struct tr *tr, struct ctl *ctl)
{
	char path[CTL_NAME_MAX];
	int rc;

	rc = ctl_take(ctl, path, NULL);
	if (rc == 0)
		rc = check_path(tr, path);
	if (rc == 0)
		rc = open_fifo(tr, path, O_RDONLY, &tr->fd[TR_READ_END]);
	return rc < 0 ? rc : tr_make_buffer(tr);
}

static int tr_fifo_attach(struct tr *tr)
{
	struct fifo *f = tr->priv;
	int rc = open_fifo(tr, f->path, O_WRONLY, &tr->fd[TR_WRITE_END]);

	if (rc == 0)
		rc = tr_pipe_size_set(tr, tr->fd[TR_WRITE_END]);
	lease_unname(LEASE_PATH, f->path);
	return rc < 0 ? rc : tr_make_buffer(tr);
}

static const struct tr_param tr_fifo_params[] = {
	TR_PARAM_SIZE(1 << 16), TR_PARAM_PIPE_CAPACITY, TR_PARAM_WAIT,
	TR_PARAM_SPIN,          { .name = NULL },
};

const struct transport tr_fifo = {
	.name = "fifo",
	.summary = "FIFO, a pipe with a name, write(2) and read(2)",
	.since = "before 2.6; capacity= needs 2.6.35",
	.lifts = "capacity: sysctl -w fs.pipe-max-size=BYTES",
	.channel = TR_CHANNEL_FIFO,
	.family = TR_FAMILY_PIPE,
	.claim = TR_CLAIM_RIVAL,
	.params = tr_fifo_params,
	.priv_size = sizeof(struct fifo),
	.path = tr_path_through_kernel,
	.middle = "A FIFO is a pipe that is found by a name. The kernel keeps "
		  "the bytes until a process reads them: write copies into the "
		  "pages of the pipe, and read copies out of them.",
	.reach = TR_REACH_NAME,
	.limits = tr_pipe_size_limits,
	.deepest = tr_pipe_size_deepest,
	.probe = tr_fifo_probe,
	.create = tr_fifo_create,
	.offer = tr_fifo_offer,
	.join = tr_fifo_join,
	.attach = tr_fifo_attach,
	.lend = tr_lend_private,
	.send = tr_send_stream,
	.receive = tr_receive_stream,
	.give_back = tr_give_back_private,
	.close = tr_close_ends,
};
