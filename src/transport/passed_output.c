/* For mapout and mapboth: the client passes its output file to the server. */
#include "transport/passed_output.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <sys/mman.h>
#include <sys/stat.h>

#include "base/fd.h"
#include "transport/courier.h"
#include "transport/mapped.h"

static int check_length(struct tr *tr, int fd, uint64_t len)
{
	struct stat st;

	if (fstat(fd, &st) < 0)
		return tr_errno(tr, "cannot examine the output file");
	if ((uint64_t)st.st_size == len)
		return 0;
	return err_say(tr->err, EPROTO,
		       "the output file has %lld bytes instead of %" PRIu64,
		       (long long)st.st_size, len);
}

int tr_passed_output_recv_file(struct tr *tr, int out_fd, uint64_t len_bytes)
{
	uint64_t filled;
	int rc = tr_mapped_reserve(tr, out_fd, len_bytes, true);

	if (rc == 0)
		rc = tr_courier_end(tr, len_bytes, out_fd);
	if (rc == 0)
		rc = tr_courier_hear(tr, len_bytes, tr->moved_bytes, &filled,
				     NULL);
	return rc < 0 ? rc : check_length(tr, out_fd, len_bytes);
}

/* Refuses the server's input file as output: the input would be overwritten. */
static int check_other(struct tr *tr, int in_fd, int out_fd)
{
	struct stat in, out;

	if (fstat(in_fd, &in) < 0 || fstat(out_fd, &out) < 0)
		return tr_errno(tr, "fstat");
	if (in.st_dev != out.st_dev || in.st_ino != out.st_ino)
		return 0;
	return err_say(tr->err, EPROTO,
		       "the client's output file is the server's input file; "
		       "the client must name another DST");
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
