/*
 * The user's own runtime directory, mode 0700, for leases, for FIFOs, and for
 * the sockets at which a server and a client meet.
 */
#include "base/run_dir.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

/*
 * True if this user owns the directory and may write to it. After sudo,
 * XDG_RUNTIME_DIR may still name the directory of another user.
 */
static bool is_own_dir(const char *path)
{
	struct stat st;

	return path && *path == '/' && stat(path, &st) == 0 &&
	       S_ISDIR(st.st_mode) && st.st_uid == geteuid() &&
	       access(path, W_OK | X_OK) == 0;
}

/*
 * Makes the directory if it is missing, and checks that this user alone may use
 * it. 0, or -errno with the reason.
 */
static int check_run_dir(const char *path, struct err *e)
{
	struct stat st;

	if (mkdir(path, 0700) < 0 && errno != EEXIST)
		return err_sys(e, "cannot make the runtime directory %s", path);
	/* lstat, since any user may put a link into /tmp */
	if (lstat(path, &st) < 0)
		return err_sys(e, "cannot examine the runtime directory %s",
			       path);
	if (!S_ISDIR(st.st_mode) || st.st_uid != geteuid())
		return err_say(e, EACCES,
			       "the runtime directory %s is not a directory "
			       "that belongs to this user",
			       path);
	if (st.st_mode & 077)
		return err_say(e, EACCES,
			       "the runtime directory %s is open to other "
			       "users; mend it with: chmod 700 %s",
			       path, path);
	return 0;
}

/*
 * Directories in which any user may make a directory. There are several, since
 * in one of them another user may have taken the name, or it may be read-only.
 */
static const char *const everybodys[] = { "/tmp", "/dev/shm", "/var/tmp" };

#define PLACES (sizeof(everybodys) / sizeof(everybodys[0]))

static int choose_everybodys(char *path, size_t size, struct err *e)
{
	struct err first = { 0 };

	for (size_t i = 0; i < PLACES; i++) {
		struct err why = { 0 };

		snprintf(path, size, "%s/ipcopy-%u", everybodys[i],
			 (unsigned)geteuid());
		if (check_run_dir(path, &why) == 0)
			return 0;
		if (!first.code)
			first = why;
	}
	return err_say(e, first.code,
		       "%.200s; set XDG_RUNTIME_DIR to a directory that only "
		       "this user may enter",
		       first.text);
}

int run_dir(char *path, size_t size, struct err *e)
{
	const char *xdg = getenv("XDG_RUNTIME_DIR");
	char run_user[40];

	snprintf(run_user, sizeof(run_user), "/run/user/%u",
		 (unsigned)geteuid());
	if (!is_own_dir(xdg))
		xdg = is_own_dir(run_user) ? run_user : NULL;
	if (!xdg)
		return choose_everybodys(path, size, e);
	if (snprintf(path, size, "%s/ipcopy", xdg) >= (int)size)
		return err_say(e, ENAMETOOLONG,
			       "the path in XDG_RUNTIME_DIR is too long");
	return check_run_dir(path, e);
}
