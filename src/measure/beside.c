/*
 * Notices other processes of this user that measure at the same time. Each has
 * a locked file in the runtime directory: its name has the pid, and its text is
 * the folder of the run. The kernel releases the lock of a process that ends.
 */
#include "measure/beside.h"

#include <dirent.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <unistd.h>

#include "base/fd.h"
#include "base/run_dir.h"

#define PREFIX    "bench-"
#define MAX_TRIES 1000 /* with a millisecond between them */

/*
 * True if the process of this file has not ended; then `text` has what the file
 * says. Otherwise removes the file.
 */
static bool is_alive(int dir_fd, const char *name, char *text, size_t size)
{
	int fd = openat(dir_fd, name, O_RDONLY | O_CLOEXEC | O_NOFOLLOW);
	bool alive = fd >= 0 && flock(fd, LOCK_EX | LOCK_NB) < 0;
	ssize_t n = alive ? fd_read_full(fd, text, size - 1) : 0;

	text[n > 0 ? n : 0] = '\0';
	/* its process may have removed it, and another one made a new file */
	if (fd >= 0 && !alive && fd_has_name(fd))
		unlinkat(dir_fd, name, 0);
	fd_close(&fd);
	return alive;
}

static void look_for_others(struct meas_beside *b, const char *dir)
{
	DIR *d = opendir(dir);
	struct dirent *entry;
	char text[PATH_MAX];

	while (d && (entry = readdir(d))) {
		const char *pid = entry->d_name + strlen(PREFIX);

		if (strncmp(entry->d_name, PREFIX, strlen(PREFIX)) != 0 ||
		    atoi(pid) == getpid() ||
		    !is_alive(dirfd(d), entry->d_name, text, sizeof(text)))
			continue;
		b->other = atoi(pid);
		memcpy(b->other_dir, text, sizeof(text));
	}
	if (d)
		closedir(d);
}

/*
 * Makes the file and locks it. Another process that looks at the file before it
 * is locked holds its lock for a moment, and removes it.
 */
static void make_locked(struct meas_beside *b)
{
	for (int i = 0; i < MAX_TRIES; i++) {
		b->fd = open(b->path, O_RDWR | O_CREAT | O_TRUNC | O_CLOEXEC,
			     0600);
		if (b->fd < 0 || (flock(b->fd, LOCK_EX | LOCK_NB) == 0 &&
				  fd_has_name(b->fd)))
			return;
		fd_close(&b->fd);
		usleep(1000);
	}
}

static void show_itself(struct meas_beside *b, const char *runtime,
			const char *dir)
{
	char whole[PATH_MAX];

	snprintf(b->path, sizeof(b->path), "%s/" PREFIX "%d", runtime,
		 (int)getpid());
	make_locked(b);
	if (b->fd < 0)
		return;
	if (!realpath(dir, whole))
		snprintf(whole, sizeof(whole), "%s", dir);
	if (fd_write_all(b->fd, whole, strlen(whole)) < 0)
		meas_beside_end(b);
}

void meas_beside_begin(struct meas_beside *b, const char *dir)
{
	struct err unused = { 0 };
	char runtime[120];

	if (run_dir(runtime, sizeof(runtime), &unused) < 0)
		return;
	/* in this order: if two begin together, at least one sees the other */
	show_itself(b, runtime, dir);
	look_for_others(b, runtime);
}

void meas_beside_end(struct meas_beside *b)
{
	if (b->fd >= 0)
		unlink(b->path);
	fd_close(&b->fd);
}
