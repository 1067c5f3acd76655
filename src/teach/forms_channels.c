/* Programs with a channel between two processes: pipe, socket, other memory. */
#include <signal.h>
#include <sys/sendfile.h>
#include <sys/socket.h>
#include <sys/uio.h>
#include <unistd.h>

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

const struct form forms_channels[] = {
	{ .name = "socketpair", .level = 2, .run = socket_pair },
	{ .name = "mapped-into-pipe", .level = 2, .run = mapped_into_pipe },
	{ .name = "pipe-into-mapped", .level = 2, .run = pipe_into_mapped },
	{ .name = "sendfile", .level = 2, .run = send_file },
	{ .name = "sendfile-to-socket", .level = 3, .run = sendfile_to_socket },
	{ .name = "from-its-memory", .level = 3, .run = from_its_memory },
	{ .name = NULL },
};
