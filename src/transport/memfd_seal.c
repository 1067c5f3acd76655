/* The server puts the whole file into a memfd, seals the memfd, passes it. */
#include <errno.h>
#include <fcntl.h>
#include <sys/mman.h>
#include <sys/sendfile.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/fd.h"
#include "base/stop.h"
#include "transport/courier.h"

/* With these seals no process can change the memfd, not even the server. */
#define SEALS (F_SEAL_SHRINK | F_SEAL_GROW | F_SEAL_WRITE | F_SEAL_SEAL)

/*
 * Copies up to `max` bytes from one file to another. Returns their number; 0 at
 * the end of the first file.
 */
static ssize_t memfd_seal_step(struct tr *tr, int to_fd, int from_fd,
			       uint64_t max, const char *what)
{
	size_t len = max < tr->msg_bytes ? (size_t)max : tr->msg_bytes;
	ssize_t n;

	while ((n = sendfile(to_fd, from_fd, NULL, len)) < 0) {
		if (stop_requested())
			return -ECANCELED;
		if (errno == EINVAL)
			return err_say(tr->err, EOPNOTSUPP,
				       "%s: the file system of one of the two "
				       "files does not support sendfile",
				       what);
		if (errno != EINTR)
			return tr_errno(tr, "%s", what);
	}
	return n;
}

/*
 * Copies a whole file, but at most len_bytes, and reports its progress to the
 * other side.
 */
static int fill(struct tr *tr, int to_fd, int from_fd, uint64_t len_bytes,
		const char *what)
{
	uint64_t moved = 0;
	ssize_t n;
	int rc;

	while (moved < len_bytes &&
	       (n = memfd_seal_step(tr, to_fd, from_fd, len_bytes - moved,
				    what)) != 0) {
		if (n < 0)
			return (int)n;
		moved += (uint64_t)n;
		rc = tr_moved(tr, (uint64_t)n, len_bytes);
		if (rc == 0)
			rc = tr_courier_say(tr, moved);
		if (rc < 0)
			return rc;
	}
	return 0;
}

static int fill_and_pass(struct tr *tr, int memfd, int in_fd,
			 uint64_t len_bytes)
{
	uint64_t taken;
	int rc = fill(tr, memfd, in_fd, len_bytes,
		      "cannot fill the memfd by sendfile");

	if (rc < 0)
		return rc;
	if (fcntl(memfd, F_ADD_SEALS, SEALS) < 0)
		return tr_errno(tr, "sealing the memfd");
	rc = tr_courier_end(tr, atomic_load(tr->moved_bytes), memfd);
	/* hear the client's progress, and notice its failure without delay */
	return rc < 0 ? rc : tr_courier_hear(tr, len_bytes, NULL, &taken, NULL);
}

static int tr_memfd_seal_send_file(struct tr *tr, int in_fd, uint64_t len_bytes)
{
	int memfd =
		memfd_create("ipcopy-file", MFD_CLOEXEC | MFD_ALLOW_SEALING);
	int rc;

	if (memfd < 0)
		return tr_errno(tr, "memfd_create");
	rc = fill_and_pass(tr, memfd, in_fd, len_bytes);
	fd_close(&memfd);
	return rc;
}

static int check_seals(struct tr *tr, int memfd, uint64_t len)
{
	int rc = tr_courier_check_file(tr, "the memfd", memfd, len, O_RDWR);
	int seals;

	if (rc < 0)
		return rc;
	seals = fcntl(memfd, F_GET_SEALS);
	if (seals >= 0 && (seals & SEALS) == SEALS)
		return 0;
	return err_say(tr->err, EPROTO,
		       "the memfd that the server sent is not sealed: its "
		       "bytes could still change");
}

static int take_out(struct tr *tr, int memfd, int out_fd, uint64_t len)
{
	int rc = check_seals(tr, memfd, len);

	/* the server's writes have moved the offset to the end */
	if (rc == 0 && lseek(memfd, 0, SEEK_SET) < 0)
		rc = tr_errno(tr, "cannot seek in the memfd");
	if (rc == 0)
		rc = fill(tr, out_fd, memfd, len,
			  "cannot write the output file by sendfile");
	return rc < 0 ? rc
		      : tr_courier_end(tr, atomic_load(tr->moved_bytes), -1);
}

static int tr_memfd_seal_recv_file(struct tr *tr, int out_fd,
				   uint64_t len_bytes)
{
	uint64_t len;
	int memfd = -1;
	int rc = tr_courier_hear(tr, len_bytes, NULL, &len, &memfd);

	if (rc == 0)
		rc = take_out(tr, memfd, out_fd, len);
	fd_close(&memfd);
	return rc;
}

static const struct hop tr_memfd_seal_path[] = {
	{ "IN", "memfd", HOP_KERNEL, "sendfile", 1 },
	{ "memfd", "OUT", HOP_KERNEL, "sendfile", 1 },
	{ .from = NULL },
};

static const struct tr_param tr_memfd_seal_params[] = {
	TR_PARAM_SIZE(1 << 20),
	{ .name = NULL },
};

const struct transport tr_memfd_seal = {
	.name = "memfd-seal",
	.summary = "the server passes the file in a sealed memfd",
	.since = "3.17",
	.family = TR_FAMILY_FILE,
	.params = tr_memfd_seal_params,
	.priv_size = sizeof(struct courier),
	.path = tr_memfd_seal_path,
	.middle = "The server fills a memfd, seals it so that nobody can "
		  "change it, and passes its descriptor. The client copies "
		  "from the same pages, and can trust them without a copy of "
		  "its own.",
	.reach = TR_REACH_DESCRIPTOR,
	.create = tr_courier_create,
	.offer = tr_offer_read_end,
	.join = tr_courier_join,
	.send_file = tr_memfd_seal_send_file,
	.recv_file = tr_memfd_seal_recv_file,
	.close = tr_close_ends,
};
