/*
 * Programs with a channel between two processes: a pipe, a socket, or the
 * memory of the other process.
 */
#include <signal.h>
#include <sys/sendfile.h>
#include <sys/socket.h>
#include <sys/uio.h>
#include <unistd.h>

#include "base/bytes.h"
#include "teach/programs.h"

/* exercise: socketpair */
static int socket_pair(const struct ends *e)
{
	int s[2];
	pid_t client;

	if (socketpair(AF_UNIX, SOCK_STREAM, 0, s) < 0)
		return 1;
	client = fork_as("client");
	if (client == 0) {
		close(s[1]);
		return pump(s[0], e->out, e->block);
	}
	if (pump(e->in, s[1], e->other) != 0)
		return 1;
	close(s[1]);
	return ended(client);
}
/* exercise: end */

/* exercise: mapped-into-pipe */
static int mapped_into_pipe(const struct ends *e)
{
	char *in = mapped(e->in, e->len);
	int p[2];
	pid_t client;

	if (pipe(p) < 0)
		return 1;
	client = fork_as("client");
	if (client == 0) {
		close(p[1]);
		return pump(p[0], e->out, e->block);
	}
	if (write(p[1], in, e->len) != e->len)
		return 1;
	close(p[1]);
	return ended(client);
}
/* exercise: end */

/* exercise: pipe-into-mapped */
static int pipe_into_mapped(const struct ends *e)
{
	ssize_t n, at = 0;
	int p[2];
	pid_t client;
	char *out;

	if (pipe(p) < 0)
		return 1;
	client = fork_as("client");
	if (client == 0) {
		close(p[1]);
		out = mapped(e->out, e->len);
		while ((n = read(p[0], out + at, e->len - at)) > 0)
			at += n;
		return at != e->len;
	}
	if (pump(e->in, p[1], e->block) != 0)
		return 1;
	close(p[1]);
	return ended(client);
}
/* exercise: end */

/* exercise: sendfile */
static int send_file(const struct ends *e)
{
	return sendfile(e->out, e->in, NULL, e->len) != e->len;
}
/* exercise: end */

/* exercise: sendfile-to-socket */
static int sendfile_to_socket(const struct ends *e)
{
	int s[2];
	pid_t client;

	if (socketpair(AF_UNIX, SOCK_STREAM, 0, s) < 0)
		return 1;
	client = fork_as("client");
	if (client == 0) {
		close(s[1]);
		return pump(s[0], e->out, e->block);
	}
	for (ssize_t n, at = 0; at < e->len; at += n)
		if ((n = sendfile(s[1], e->in, NULL, e->len - at)) <= 0)
			return 1;
	close(s[1]);
	return ended(client);
}
/* exercise: end */

/* exercise: from-its-memory */
static int from_its_memory(const struct ends *e)
{
	char *theirs = private_memory(e->len), *mine = private_memory(e->len);
	struct iovec from = { theirs, e->len }, to = { mine, e->len };
	char there = 'y';
	int p[2];
	pid_t reader;

	if (pipe(p) < 0)
		return 1;
	reader = fork_as("reader");
	if (reader == 0) {
		if (read(e->in, theirs, e->len) == e->len &&
		    write(p[1], &there, 1) == 1)
			pause(); /* until it is killed */
		return 1;
	}
	close(p[1]);
	if (read(p[0], &there, 1) != 1 ||
	    process_vm_readv(reader, &to, 1, &from, 1, 0) != e->len)
		return 1;
	kill(reader, SIGKILL);
	return write(e->out, mine, e->len) != e->len;
}
/* exercise: end */

/* exercise: into-its-memory */
static int into_its_memory(const struct ends *e)
{
	char *mine = private_memory(e->len), *theirs = private_memory(e->len);
	struct iovec from = { mine, e->len }, to = { theirs, e->len };
	char there = 'y';
	int p[2];
	pid_t writer;

	if (pipe(p) < 0)
		return 1;
	writer = fork_as("writer");
	if (writer == 0) {
		if (read(p[0], &there, 1) != 1)
			return 1;
		return write(e->out, theirs, e->len) != e->len;
	}
	if (read(e->in, mine, e->len) != e->len ||
	    process_vm_writev(writer, &from, 1, &to, 1, 0) != e->len ||
	    write(p[1], &there, 1) != 1)
		return 1;
	return ended(writer);
}
/* exercise: end */

/* exercise: socketpair-and-copy */
static int socketpair_and_copy(const struct ends *e)
{
	char *a = private_memory(e->block), *b = private_memory(e->block);
	ssize_t n;
	int s[2];
	pid_t client;

	if (socketpair(AF_UNIX, SOCK_STREAM, 0, s) < 0)
		return 1;
	client = fork_as("client");
	if (client == 0) {
		close(s[1]);
		return pump(s[0], e->out, e->other);
	}
	while ((n = read(e->in, a, e->block)) > 0) {
		bytes_copy(b, a, n);
		if (send(s[1], b, n, 0) != n)
			return 1;
	}
	close(s[1]);
	return ended(client);
}
/* exercise: end */

/* exercise: mapped-ends */
static int mapped_ends(const struct ends *e)
{
	char *in = mapped(e->in, e->len), *out;
	ssize_t n, at = 0;
	int p[2];
	pid_t client;

	if (pipe(p) < 0)
		return 1;
	client = fork_as("client");
	if (client == 0) {
		close(p[1]);
		out = mapped(e->out, e->len);
		while ((n = read(p[0], out + at, e->len - at)) > 0)
			at += n;
		return at != e->len;
	}
	if (write(p[1], in, e->len) != e->len)
		return 1;
	close(p[1]);
	return ended(client);
}
/* exercise: end */

/* exercise: swapped-into-pipe */
static int swapped_into_pipe(const struct ends *e)
{
	ssize_t half = e->len / 2;
	char *buf = private_memory(e->len);
	struct iovec two[2] = { { buf + half, half }, { buf, half } };
	int p[2];
	pid_t client;

	if (pipe(p) < 0)
		return 1;
	client = fork_as("client");
	if (client == 0) {
		close(p[1]);
		return pump(p[0], e->out, e->block);
	}
	if (readv(e->in, two, 2) != e->len || writev(p[1], two, 2) != e->len)
		return 1;
	close(p[1]);
	return ended(client);
}
/* exercise: end */

/* exercise: sendfile-to-pipe */
static int sendfile_to_pipe(const struct ends *e)
{
	int p[2];
	pid_t client;

	if (pipe(p) < 0)
		return 1;
	client = fork_as("client");
	if (client == 0) {
		close(p[1]);
		return pump(p[0], e->out, e->block);
	}
	for (ssize_t n, at = 0; at < e->len; at += n)
		if ((n = sendfile(p[1], e->in, NULL, e->len - at)) <= 0)
			return 1;
	close(p[1]);
	return ended(client);
}
/* exercise: end */

/* exercise: by-a-pipe */
static int by_a_pipe(const struct ends *e)
{
	int p[2];
	pid_t client;

	if (pipe(p) < 0)
		return 1;
	client = fork_as("client");
	if (client == 0) {
		close(p[1]);
		return pump(p[0], e->out, e->block);
	}
	if (pump(e->in, p[1], e->other) != 0)
		return 1;
	close(p[1]);
	return ended(client);
}
/* exercise: end */

/* exercise: sendfile-and-mapped */
static int sendfile_and_mapped(const struct ends *e)
{
	ssize_t n, at = 0;
	int p[2];
	pid_t client;
	char *out;

	if (pipe(p) < 0)
		return 1;
	client = fork_as("client");
	if (client == 0) {
		close(p[1]);
		out = mapped(e->out, e->len);
		while ((n = read(p[0], out + at, e->len - at)) > 0)
			at += n;
		return at != e->len;
	}
	for (; at < e->len; at += n)
		if ((n = sendfile(p[1], e->in, NULL, e->len - at)) <= 0)
			return 1;
	close(p[1]);
	return ended(client);
}
/* exercise: end */

/* exercise: through-the-parent */
static int through_the_parent(const struct ends *e)
{
	char *theirs = private_memory(e->len), *mine = private_memory(e->len);
	struct iovec there = { theirs, e->len }, here = { mine, e->len };
	int p[2], q[2];
	pid_t reader, writer;
	char go = 'y';

	if (pipe(p) < 0 || pipe(q) < 0)
		return 1;
	reader = fork_as("reader");
	if (reader == 0) {
		if (read(e->in, theirs, e->len) == e->len &&
		    write(p[1], &go, 1) == 1)
			pause(); /* until it is killed */
		return 1;
	}
	writer = fork_as("writer");
	if (writer == 0) {
		if (read(q[0], &go, 1) != 1)
			return 1;
		return write(e->out, theirs, e->len) != e->len;
	}
	if (read(p[0], &go, 1) != 1 ||
	    process_vm_readv(reader, &here, 1, &there, 1, 0) != e->len ||
	    process_vm_writev(writer, &here, 1, &there, 1, 0) != e->len ||
	    write(q[1], &go, 1) != 1)
		return 1;
	kill(reader, SIGKILL);
	return ended(writer);
}
/* exercise: end */

const struct form forms_channels[] = {
	{ .name = "by-a-pipe", .level = 1, .run = by_a_pipe },
	{ .name = "socketpair", .level = 2, .run = socket_pair },
	{ .name = "mapped-into-pipe", .level = 2, .run = mapped_into_pipe },
	{ .name = "pipe-into-mapped", .level = 2, .run = pipe_into_mapped },
	{ .name = "sendfile", .level = 2, .run = send_file },
	{ .name = "into-its-memory", .level = 2, .run = into_its_memory },
	{ .name = "socketpair-and-copy",
	  .level = 2,
	  .run = socketpair_and_copy },
	{ .name = "mapped-ends", .level = 2, .run = mapped_ends },
	{ .name = "swapped-into-pipe", .level = 2, .run = swapped_into_pipe },
	{ .name = "sendfile-to-pipe", .level = 2, .run = sendfile_to_pipe },
	{ .name = "sendfile-and-mapped",
	  .level = 2,
	  .run = sendfile_and_mapped },
	{ .name = "from-its-memory", .level = 2, .run = from_its_memory },
	{ .name = "through-the-parent", .level = 3, .run = through_the_parent },
	{ .name = "sendfile-to-socket", .level = 3, .run = sendfile_to_socket },
	{ .name = NULL },
};
