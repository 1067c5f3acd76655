/* The client's output file in the server's hands, for mapout and mapboth. */
#include "transport/passed_output.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <sys/mman.h>
#include <sys/stat.h>

#include "base/fd.h"
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
 * A store into a mapping cannot fail for want of space, it can only kill: so
 * all of it is reserved before. In steps, each a sign of life to both sides.
 */
static int reserve(struct tr *tr, int fd, uint64_t len)
{
	uint64_t step;
	int rc = 0;

	for (uint64_t at = 0; at < len && rc == 0; at += step) {
		step = len - at < RESERVE_BYTES ? len - at : RESERVE_BYTES;
		rc = reserve_step(tr, fd, at, step);
		atomic_fetch_add(tr->beats, 1);
		if (rc == 0 && at + step < len)
			rc = tr_courier_say(tr, at + step);
	}
	return rc;
}

static int check_length(struct tr *tr, int fd, uint64_t len)
{
	struct stat st;

	if (fstat(fd, &st) < 0)
		return tr_errno(tr, "fstat of the output file");
	if ((uint64_t)st.st_size == len)
		return 0;
	return err_say(tr->err, EPROTO,
		       "the output file has %lld bytes instead of %" PRIu64,
		       (long long)st.st_size, len);
}

int tr_passed_output_recv_file(struct tr *tr, int out_fd, uint64_t len_bytes)
{
	uint64_t filled;
	int rc = reserve(tr, out_fd, len_bytes);

	if (rc == 0)
		rc = tr_courier_end(tr, len_bytes, out_fd);
	if (rc == 0)
		rc = tr_courier_hear(tr, len_bytes, tr->moved_bytes, &filled,
				     NULL);
	return rc < 0 ? rc : check_length(tr, out_fd, len_bytes);
}

/* Its own input, sent back to it, would be overwritten. */
static int check_other(struct tr *tr, int in_fd, int out_fd)
{
	struct stat in, out;

	if (fstat(in_fd, &in) < 0 || fstat(out_fd, &out) < 0)
		return tr_errno(tr, "fstat");
	if (in.st_dev != out.st_dev || in.st_ino != out.st_ino)
		return 0;
	return err_say(
		tr->err, EPROTO,
		"the client's output file is the very file that is read");
}

int tr_passed_output_map(struct tr *tr, int in_fd, uint64_t len_bytes)
{
	uint64_t reserved;
	int fd = -1;
	int rc = tr_courier_hear(tr, len_bytes, NULL, &reserved, &fd);

	if (rc == 0)
		rc = tr_courier_check_file(tr, "the output file", fd, len_bytes,
					   O_RDWR);
	if (rc == 0)
		rc = check_other(tr, in_fd, fd);
	if (rc == 0 && len_bytes > 0)
		rc = tr_map_file(tr, 0, "the output file", fd, len_bytes,
				 PROT_READ | PROT_WRITE);
	fd_close(&fd);
	return rc;
}
