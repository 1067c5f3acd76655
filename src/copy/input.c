/*
 * The input file: opens it, reads it, and checks at the end whether it has
 * changed.
 */
#include "copy/input.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <string.h>
#include <unistd.h>

#include "base/fd.h"
#include "base/hot.h"
#include "base/stop.h"

static int input_stdin(struct input *in, struct err *e)
{
	in->stream = true;
	in->len = COPY_LENGTH_UNKNOWN;
	in->fd = fcntl(STDIN_FILENO, F_DUPFD_CLOEXEC, 3);
	if (in->fd < 0)
		return err_sys(e, "standard input");
	return fstat(in->fd, &in->st) < 0 ? err_sys(e, "standard input") : 0;
}

static int check_type(const struct input *in, struct err *e)
{
	if (S_ISREG(in->st.st_mode))
		return 0;
	if (S_ISDIR(in->st.st_mode))
		return err_say(e, EINVAL,
			       "cannot read %s: it is a directory; ipcopy "
			       "copies one file",
			       in->path);
	return err_say(e, EINVAL,
		       "cannot read %s: it is not a regular file; to copy its "
		       "contents, give it as standard input with -",
		       in->path);
}

int input_open(struct input *in, const char *path, struct err *e)
{
	*in = (struct input){ .fd = -1, .path = path };
	if (!strcmp(path, "-"))
		return input_stdin(in, e);
	/*
	 * opening a FIFO without a writer must not block; FIFOs are refused
	 * below
	 */
	in->fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY);
	if (in->fd < 0)
		return err_file(e, errno, "cannot read %s", path);
	if (fstat(in->fd, &in->st) < 0)
		return err_sys(e, "fstat of %s", path);
	in->len = (uint64_t)in->st.st_size;
	return check_type(in, e);
}

/* Reads in steps, with a sign of life after each: a disk may be slow. */
static ssize_t read_long(struct input *in, char *buf, size_t len,
			 struct copy_side *side)
{
	size_t have = 0;
	ssize_t n = 1;

	while (n > 0 && have < len && !stop_requested()) {
		size_t left = len - have;

		n = fd_read_some(in->fd, buf + have,
				 left < TR_LONG_BYTES ? left : TR_LONG_BYTES);
		have += n > 0 ? (size_t)n : 0;
		atomic_fetch_add(&side->beats, 1);
	}
	if (stop_requested())
		return -ECANCELED;
	return n < 0 ? n : (ssize_t)have;
}

HOT ssize_t input_read(struct input *in, void *buf, size_t len,
		       struct copy_side *side)
{
	ssize_t n;

	if (!in->stream)
		return len > TR_LONG_BYTES ? read_long(in, buf, len, side)
					   : fd_read_some(in->fd, buf, len);
	atomic_store(&side->outside, 1);
	n = fd_read_some(in->fd, buf, len);
	atomic_store(&side->outside, 0);
	return n;
}

/* True if the file has more bytes than its length says, as in /proc. */
static bool has_more(const struct input *in)
{
	char byte;

	return pread(in->fd, &byte, 1, (off_t)in->len) > 0;
}

static int say_length(const struct input *in, uint64_t now, struct err *e)
{
	return err_say(e, EIO,
		       "the file %s %s while it was copied: %" PRIu64
		       " bytes at first, %" PRIu64 " at the end",
		       in->path, now < in->len ? "shrank" : "grew", in->len,
		       now);
}

static int say_more(const struct input *in, struct err *e)
{
	return err_say(e, EIO,
		       "the file %s has more than the %" PRIu64
		       " bytes that fstat reports; to copy all its contents, "
		       "give it as standard input with -",
		       in->path, in->len);
}

int input_unchanged(const struct input *in, uint64_t read_bytes, struct err *e)
{
	struct stat now;

	if (in->stream)
		return 0;
	if (in->len == 0 && read_bytes > 0)
		return say_more(in, e);
	if (read_bytes != in->len)
		return say_length(in, read_bytes, e);
	if (fstat(in->fd, &now) < 0)
		return err_sys(e, "fstat of %s", in->path);
	if (now.st_size != in->st.st_size)
		return say_length(in, (uint64_t)now.st_size, e);
	if (now.st_mtim.tv_sec != in->st.st_mtim.tv_sec ||
	    now.st_mtim.tv_nsec != in->st.st_mtim.tv_nsec)
		return err_say(e, EIO,
			       "the file %s was changed while it was copied",
			       in->path);
	return has_more(in) ? say_more(in, e) : 0;
}

int input_rewind(struct input *in, struct err *e)
{
	if (lseek(in->fd, 0, SEEK_SET) < 0 || fstat(in->fd, &in->st) < 0)
		return err_sys(e, "cannot read %s again", in->path);
	in->len = (uint64_t)in->st.st_size;
	return 0;
}

bool input_is_sparse(const struct input *in)
{
	return !in->stream &&
	       (uint64_t)in->st.st_blocks * 512 < (uint64_t)in->st.st_size;
}

void input_close(struct input *in)
{
	fd_close(&in->fd);
}
