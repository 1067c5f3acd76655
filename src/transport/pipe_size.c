/* Sets the capacity of a pipe or FIFO exactly, or refuses it. */
#include "transport/pipe_size.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>

#include "base/fd.h"
#include "base/size.h"

#define PIPE_MAX "/proc/sys/fs/pipe-max-size"

static uint64_t pipe_max(void)
{
	return fd_read_number(PIPE_MAX, 1 << 20);
}

/*
 * True if the kernel takes this size unchanged, unless a page is larger. It
 * rounds up every other size without saying so.
 */
static bool is_exact(uint64_t bytes)
{
	return (bytes & (bytes - 1)) == 0;
}

int tr_pipe_size_check(const struct tr_spec *spec, struct err *e)
{
	uint64_t bytes = tr_spec_value(spec, "capacity", PIPE_DEFAULT_BYTES);
	char asked[32], max[32];

	size_word(bytes, asked, sizeof(asked));
	if (!is_exact(bytes))
		return err_say(e, EINVAL,
			       "%s: capacity=%s is not a power of two; the "
			       "kernel would round it up",
			       spec->ops->name, asked);
	if (bytes <= pipe_max() || bytes == PIPE_DEFAULT_BYTES)
		return 0;
	return err_say(e, EPERM,
		       "%s: capacity=%s is over this machine's limit of %s; "
		       "raise it with: sysctl -w fs.pipe-max-size=%" PRIu64,
		       spec->ops->name, asked,
		       size_word(pipe_max(), max, sizeof(max)), bytes);
}

int tr_pipe_size_set(struct tr *tr, int fd)
{
	uint64_t bytes = tr_spec_value(&tr->spec, "capacity", 0);
	int got = fcntl(fd, F_GETPIPE_SZ);

	/* a new pipe may be smaller than usual, if the user has many pipes */
	if (got >= 0 && (uint64_t)got != bytes)
		got = fcntl(fd, F_SETPIPE_SZ, (int)bytes);
	if (got < 0)
		return tr_errno(tr,
				"cannot set a pipe's capacity to %" PRIu64
				" bytes (fs.pipe-max-size limits one pipe, "
				"fs.pipe-user-pages-soft all pipes of a user)",
				bytes);
	if ((uint64_t)got != bytes)
		return err_say(tr->err, EPERM,
			       "the kernel gave a pipe of %d bytes instead of "
			       "%" PRIu64,
			       got, bytes);
	return 0;
}

void tr_pipe_size_limits(char *text, size_t size)
{
	char max[32];

	snprintf(text, size, "capacity up to %s (fs.pipe-max-size)",
		 size_word(pipe_max(), max, sizeof(max)));
}

/* The largest power of two within the limit, for messages of any size. */
uint64_t tr_pipe_size_deepest(uint64_t size)
{
	uint64_t n = pipe_max();

	(void)size;
	while (!is_exact(n))
		n &= n - 1;
	return n;
}
