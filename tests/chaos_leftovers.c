/* Checks that a trial leaves nothing behind: no name, descriptor or process. */
#include "chaos.h"

#include <dirent.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/fd.h"
#include "base/lease.h"
#include "base/run_dir.h"
#include "scratch.h"

static bool any_killed(const struct run *r)
{
	for (int a = 0; a < CHAOS_ACTORS; a++)
		if (r->sent[a] == SIGKILL)
			return true;
	return false;
}

/*
 * True if a name has the pid of a process of this trial. Other programs may use
 * the same directory.
 */
static bool is_this_trials(const struct run *r, const char *name)
{
	char mine[40];

	for (int a = 0; a < CHAOS_ACTORS; a++) {
		snprintf(mine, sizeof(mine), "ipcopy-%d-", (int)r->sup[a]);
		if (strstr(name, mine))
			return true;
	}
	for (int role = 0; role < COPY_ROLES; role++) {
		snprintf(mine, sizeof(mine), "ipcopy-%d-",
			 (int)atomic_load(&r->stage->worker[role]));
		if (strstr(name, mine))
			return true;
	}
	return false;
}

/*
 * sem_open(3) first makes a semaphore with a temporary name, sem.XXXXXX. If
 * SIGKILL comes before sem_open renames the semaphore, this name stays, and we
 * cannot find it.
 */
static bool is_glibcs(const struct run *r, const char *name)
{
	if (!any_killed(r) || strlen(name) != strlen("sem.XXXXXX") ||
	    strncmp(name, "sem.", 4) != 0)
		return false;
	judge_glibcs();
	return true;
}

/* True if the name is `expected`, perhaps with the number of an actor. */
static bool is_expected(const char *name, const char *expected)
{
	size_t len = expected ? strlen(expected) : 0;

	return len && !strncmp(name, expected, len) &&
	       !name[len + strspn(name + len, "0123456789")];
}

/*
 * Reports and removes every name in a directory, except `expected`. In a shared
 * directory, only names of this trial count. A name that is glibc's fault is
 * removed, but not reported.
 */
static void judge_dir(struct run *r, const char *path, const char *expected,
		      bool shared)
{
	DIR *dir = path ? opendir(path) : NULL;
	struct dirent *entry;

	while (dir && (entry = readdir(dir))) {
		const char *name = entry->d_name;

		if (!strcmp(name, ".") || !strcmp(name, "..") ||
		    is_expected(name, expected) ||
		    (shared && !is_this_trials(r, name)))
			continue;
		if (!is_glibcs(r, name))
			fault(r, LEFTOVER, "%s/%s", path, name);
		unlinkat(dirfd(dir), name, 0);
	}
	if (dir)
		closedir(dir);
}

/* A heading and no further line is an empty list. */
static void judge_sysv(struct run *r, const char *path)
{
	char text[4096], *end;

	if (!fd_read_text(path, text, sizeof(text)))
		return;
	end = strchr(text, '\n');
	if (end && end[1])
		fault(r, LEFTOVER, "%s: %s", path, end + 1);
}

static void judge_names(struct run *r, bool isolated)
{
	const char *queues = isolated ? scratch_queues() : "/dev/mqueue";
	struct err unused = { 0 };
	char dir[120];

	/* if other programs use this directory, too, it may have their names */
	if (run_dir(dir, sizeof(dir), &unused) == 0)
		judge_dir(r, dir, NULL, strstr(dir, scratch_dir()) == NULL);
	judge_dir(r, getenv("XDG_RUNTIME_DIR"), "ipcopy", false);
	judge_dir(r, getenv("TMPDIR"), NULL, false);
	judge_dir(r, "in", "src", false);
	judge_dir(r, "out", "dst", false);
	judge_dir(r, "/dev/shm", NULL, !isolated);
	judge_dir(r, queues, NULL, !isolated);
	if (!isolated)
		return;
	judge_sysv(r, "/proc/sysvipc/shm");
	judge_sysv(r, "/proc/sysvipc/sem");
	judge_sysv(r, "/proc/sysvipc/msg");
}

void judge_leftovers(struct run *r, bool isolated)
{
	if (r->strays)
		fault(r, LEFTOVER, "%d workers outlived their supervisor",
		      r->strays);
	if (r->survivors)
		fault(r, LEFTOVER, "%d processes", r->survivors);
	for (int a = 0; a < CHAOS_ACTORS; a++) {
		const struct told *t = &r->stage->told[a];

		if (reported(r, a) && t->fds_after != t->fds_before)
			fault(r, LEFTOVER, "%d descriptors became %d",
			      t->fds_before, t->fds_after);
	}
	/*
	 * a killed process cannot clean up, so sweep, as the next program that
	 * starts would do
	 */
	if (any_killed(r))
		lease_sweep();
	judge_names(r, isolated);
}
