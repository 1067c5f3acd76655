/*
 * To move a long message may take longer than the timeout. So a side that moves
 * a long message must show that it is alive.
 */
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/fd.h"
#include "copy/input.h"
#include "copy/output.h"
#include "scratch.h"
#include "tap.h"
#include "transport/transport.h"

#define LONG_BYTES (4 * TR_LONG_BYTES + 5)

static char *message;

/*
 * Forks a process that reads all. Its exit status is 0 if it got the message.
 */
static pid_t drain(int fd, int other)
{
	char *buf = malloc(LONG_BYTES + 1);
	pid_t pid = fork();

	if (pid == 0) {
		close(other);
		_exit(fd_read_full(fd, buf, LONG_BYTES + 1) != LONG_BYTES ||
		      memcmp(buf, message, LONG_BYTES) != 0);
	}
	free(buf);
	return pid;
}

static bool ended_well(pid_t pid)
{
	int status = 1;

	return waitpid(pid, &status, 0) == pid && status == 0;
}

static void channel_shows_life(const char *name)
{
	struct lease lease = LEASE_INIT;
	_Atomic uint64_t beats = 0;
	struct err e = { 0 };
	struct tr_spec spec;
	char text[60];
	struct tr tr;
	pid_t reader;
	void *buf;
	int rc;

	snprintf(text, sizeof(text), "%s:size=%zu", name, (size_t)LONG_BYTES);
	rc = tr_spec_parse(text, &spec, &e);
	if (rc == 0)
		rc = tr_init(&tr, &spec, &lease, &e);
	if (rc == 0)
		rc = tr.ops->create(&tr);
	if (rc == 0)
		rc = tr.ops->attach(&tr);
	reader = rc == 0 ? drain(tr.fd[TR_READ_END], tr.fd[TR_WRITE_END]) : -1;
	fd_close(&tr.fd[TR_READ_END]);
	tr.beats = &beats;
	if (rc == 0)
		rc = tr.ops->lend(&tr, &buf);
	if (rc == 0) {
		memcpy(buf, message, LONG_BYTES);
		rc = tr.ops->send(&tr, LONG_BYTES);
	}
	if (rc == 0)
		rc = tr.ops->send(&tr, 0);
	tr_close(&tr);
	ok(ended_well(reader) && rc == 0 && beats == 4,
	   "%s: a long message does not count as a stall", name);
	if (rc < 0 || beats != 4)
		diag("%d %s, %d beats", rc, e.text, (int)beats);
}

static void files_show_life(void)
{
	struct copy_side side = { .moved_bytes = 0 };
	struct output out = OUTPUT_INIT;
	struct lease lease = LEASE_INIT;
	struct input in = INPUT_INIT;
	struct err e = { 0 };
	char *buf = malloc(LONG_BYTES);
	int rc = output_open(&out, "file", &lease, &e);

	if (rc == 0)
		rc = output_write(&out, message, LONG_BYTES, &side);
	ok(rc == 0 && out.written_bytes == LONG_BYTES && side.beats == 4,
	   "a long write to a file does not count as a stall");
	output_close(&out);
	rc = open("file", O_WRONLY | O_CREAT | O_CLOEXEC, 0600);
	if (rc < 0 || fd_write_all(rc, message, LONG_BYTES) < 0)
		diag("file: %s", strerror(errno));
	fd_close(&rc);
	side.beats = 0;
	ok(input_open(&in, "file", &e) == 0 &&
		   input_read(&in, buf, LONG_BYTES, &side) == LONG_BYTES &&
		   memcmp(buf, message, LONG_BYTES) == 0 && side.beats > 4,
	   "a long read from a file does not count as a stall");
	input_close(&in);
	lease_end(&lease);
	free(buf);
}

int main(void)
{
	scratch_begin();
	message = malloc(LONG_BYTES);
	for (size_t i = 0; i < LONG_BYTES; i++)
		message[i] = (char)(i * 7 + i / 4099);
	channel_shows_life("pipe");
	channel_shows_life("unix");
	channel_shows_life("vmsplice");
	files_show_life();
	free(message);
	return done_testing();
}
