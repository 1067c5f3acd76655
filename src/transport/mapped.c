/* Common to mechanisms in which a process copies from or to mapped files. */
#include "transport/mapped.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/mman.h>
#include <sys/stat.h>

#include "base/bytes.h"
#include "base/stop.h"
#include "transport/courier.h"

#define RESERVE_BYTES (64ULL << 20)

static int reserve_step(struct tr *tr, int fd, uint64_t at, uint64_t len)
{
	int rc;

	do {
		rc = posix_fallocate(fd, (off_t)at, (off_t)len);
		if (stop_requested())
			return -ECANCELED;
	} while (rc == EINTR);
	if (rc)
		return err_code(tr->err, rc,
				"cannot reserve space for the output file");
	return 0;
}

/*
 * Reserves all space before the copy: if a store into a mapping finds no space,
 * the process dies. This is done in steps. After each step this side gives a
 * sign of life and, with `say`, reports its progress to the other side.
 */
int tr_mapped_reserve(struct tr *tr, int fd, uint64_t len, bool say)
{
	uint64_t step;
	int rc = 0;

	for (uint64_t at = 0; at < len && rc == 0; at += step) {
		step = len - at < RESERVE_BYTES ? len - at : RESERVE_BYTES;
		rc = reserve_step(tr, fd, at, step);
		tr_beat(tr);
		if (rc == 0 && say && at + step < len)
			rc = tr_courier_say(tr, at + step);
	}
	return rc;
}

/*
 * Maps only as many bytes as the file has now, since touching memory beyond the
 * end of a file raises SIGBUS.
 */
int tr_mapped_input(struct tr *tr, int in_fd, uint64_t len_bytes, uint64_t *len)
{
	struct stat st;

	if (fstat(in_fd, &st) < 0)
		return tr_errno(tr, "cannot examine the input file");
	*len = (uint64_t)st.st_size < len_bytes ? (uint64_t)st.st_size
						: len_bytes;
	if (*len == 0)
		return 0;
	return tr_map_file(tr, TR_MAP_INPUT, "the input file", in_fd, *len,
			   PROT_READ);
}

int tr_mapped_copy(struct tr *tr, uint64_t len, bool say)
{
	uint64_t at = 0;
	size_t step;
	int rc = 0;

	while (at < len && rc == 0) {
		step = len - at < tr->msg_bytes ? (size_t)(len - at)
						: tr->msg_bytes;
		bytes_copy(tr->map[TR_MAP_OUTPUT].base + at,
			   tr->map[TR_MAP_INPUT].base + at, step);
		at += step;
		rc = tr_moved(tr, step, len);
		if (rc == 0 && say)
			rc = tr_courier_say(tr, at);
	}
	return rc;
}
