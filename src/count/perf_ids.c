/* The numbers of the two tracepoints, read from tracefs. */
#include "count/perf_ids.h"

#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/fd.h"

#define TRACEFS "/sys/kernel/tracing"

/* Of this kernel, so of the whole process; written by perf_ids_find. */
static struct perf_ids known;

static bool read_ids(const char *root, struct perf_ids *ids)
{
	static const char events[] = "events/raw_syscalls";
	char path[200];

	snprintf(path, sizeof(path), "%s/%s/sys_enter/id", root, events);
	ids->enter = fd_read_number(path, 0);
	snprintf(path, sizeof(path), "%s/%s/sys_exit/id", root, events);
	ids->exit = fd_read_number(path, 0);
	return ids->enter && ids->exit;
}

/* Where it is not mounted: for this child only, and nobody else sees it. */
static void read_privately(int out)
{
	struct perf_ids ids = { 0 };

	if (unshare(CLONE_NEWNS) == 0 &&
	    mount(NULL, "/", NULL, MS_REC | MS_PRIVATE, NULL) == 0 &&
	    mount("tracefs", TRACEFS, "tracefs", 0, NULL) == 0 &&
	    read_ids(TRACEFS, &ids))
		fd_write_all(out, &ids, sizeof(ids));
	_exit(0);
}

static bool read_by_child(struct perf_ids *ids)
{
	int end[2];
	bool got;
	pid_t pid;

	if (pipe2(end, O_CLOEXEC) < 0)
		return false;
	pid = fork();
	if (pid == 0)
		read_privately(end[1]);
	fd_close(&end[1]);
	got = fd_read_full(end[0], ids, sizeof(*ids)) == sizeof(*ids);
	fd_close(&end[0]);
	while (pid > 0 && waitpid(pid, NULL, 0) < 0 && errno == EINTR)
		;
	return got;
}

int perf_ids_find(struct perf_ids *ids, struct err *e)
{
	if (!read_ids(TRACEFS, &known) &&
	    !read_ids("/sys/kernel/debug/tracing", &known) &&
	    !read_by_child(&known))
		return err_say(e, EPERM,
			       "the tracepoints of system calls are not found: "
			       "tracefs is for root, and this kernel or "
			       "container may have none");
	*ids = known;
	return 0;
}

void perf_ids_known(struct perf_ids *ids)
{
	*ids = known;
}
