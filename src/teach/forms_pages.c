/* Programs whose calls pass pages on instead of bytes: splice and others. */
#include <fcntl.h>
#include <sys/mman.h>
#include <sys/sendfile.h>
#include <sys/uio.h>
#include <unistd.h>

#include "teach/programs.h"

/* exercise: splice-both */
static int splice_both(const struct ends *e)
{
	int p[2];
	ssize_t n;

	if (pipe(p) < 0)
		return 1;
	while ((n = splice(e->in, NULL, p[1], NULL, 65536, 0)) > 0)
		if (splice(p[0], NULL, e->out, NULL, n, 0) != n)
			return 1;
	return n < 0;
}
/* exercise: end */

/* exercise: splice-in */
static int splice_in(const struct ends *e)
{
	char *buf = private_memory(65536);
	int p[2];
	ssize_t n;

	if (pipe(p) < 0)
		return 1;
	while ((n = splice(e->in, NULL, p[1], NULL, 65536, 0)) > 0) {
		if (read(p[0], buf, n) != n || write(e->out, buf, n) != n)
			return 1;
	}
	return n < 0;
}
/* exercise: end */

/* exercise: tee-call */
static int tee_call(const struct ends *e)
{
	int a[2], b[2], null = open("/dev/null", O_WRONLY);
	ssize_t n;

	if (pipe(a) < 0 || pipe(b) < 0)
		return 1;
	while ((n = splice(e->in, NULL, a[1], NULL, 65536, 0)) > 0)
		if (tee(a[0], b[1], n, 0) != n ||
		    splice(b[0], NULL, e->out, NULL, n, 0) != n ||
		    splice(a[0], NULL, null, NULL, n, 0) != n)
			return 1;
	return n < 0;
}
/* exercise: end */

/* exercise: vmsplice-and-read */
static int vmsplice_and_read(const struct ends *e)
{
	char *buf = private_memory(e->len);
	int p[2];
	pid_t client;

	if (pipe(p) < 0 || read(e->in, buf, e->len) != e->len)
		return 1;
	client = fork_as("client");
	if (client == 0) {
		close(p[1]);
		return pump(p[0], e->out, e->block);
	}
	for (ssize_t n, at = 0; at < e->len; at += n) {
		struct iovec rest = { buf + at, e->len - at };

		if ((n = vmsplice(p[1], &rest, 1, 0)) <= 0)
			return 1;
	}
	close(p[1]);
	return ended(client);
}
/* exercise: end */

/* exercise: vmsplice-and-splice */
static int vmsplice_and_splice(const struct ends *e)
{
	char *buf = private_memory(e->len);
	int p[2];

	if (pipe(p) < 0 || read(e->in, buf, e->len) != e->len)
		return 1;
	for (ssize_t n, at = 0; at < e->len; at += n) {
		struct iovec rest = { buf + at, e->len - at };

		if ((n = vmsplice(p[1], &rest, 1, 0)) <= 0 ||
		    splice(p[0], NULL, e->out, NULL, n, 0) != n)
			return 1;
	}
	return 0;
}
/* exercise: end */

/* exercise: memfd */
static int through_memfd(const struct ends *e)
{
	int fd = memfd_create("between", 0);
	char *bytes;

	if (sendfile(fd, e->in, NULL, e->len) != e->len)
		return 1;
	bytes = mapped(fd, e->len);
	return write(e->out, bytes, e->len) != e->len;
}
/* exercise: end */

/* exercise: sendfile-twice */
static int sendfile_twice(const struct ends *e)
{
	int fd = memfd_create("between", 0);
	off_t start = 0;

	if (sendfile(fd, e->in, NULL, e->len) != e->len)
		return 1;
	return sendfile(e->out, fd, &start, e->len) != e->len;
}
/* exercise: end */

/* exercise: copy-file-range */
static int copy_range(const struct ends *e)
{
	return copy_file_range(e->in, NULL, e->out, NULL, e->len, 0) != e->len;
}
/* exercise: end */

#define KNOW_BLOCKS                                                     \
	"IN and OUT lie in the same file system, of type {{fs}}; xfs, " \
	"btrfs and bcachefs can let two files share blocks."

const struct form forms_pages[] = {
	{ .name = "splice-both", .level = 3, .run = splice_both },
	{ .name = "splice-in", .level = 3, .run = splice_in },
	{ .name = "tee-call", .level = 3, .run = tee_call },
	{ .name = "vmsplice-and-read", .level = 3, .run = vmsplice_and_read },
	{ .name = "vmsplice-and-splice",
	  .level = 3,
	  .run = vmsplice_and_splice },
	{ .name = "sendfile-twice",
	  .level = 2,
	  .know = "memfd_create makes a file in memory.",
	  .run = sendfile_twice },
	{ .name = "memfd",
	  .level = 3,
	  .know = "memfd_create makes a file in memory. The program maps this "
		  "file only after it has filled it.",
	  .run = through_memfd },
	{ .name = "copy-file-range",
	  .level = 3,
	  .know = KNOW_BLOCKS,
	  .run = copy_range },
	{ .name = NULL },
};
