/* The user's own directory for meeting places and leases, mode 0700. */
#include "base/run_dir.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

/* After sudo, XDG_RUNTIME_DIR may still be another user's: not ours to use. */
static bool is_own_dir(const char *path)
{
	struct stat st;

	return path && *path == '/' && stat(path, &st) == 0 &&
	       S_ISDIR(st.st_mode) && st.st_uid == geteuid() &&
	       access(path, W_OK | X_OK) == 0;
}

static int choose(char *path, size_t size)
{
	const char *xdg = getenv("XDG_RUNTIME_DIR");
	char run_user[40];

	snprintf(run_user, sizeof(run_user), "/run/user/%u",
		 (unsigned)geteuid());
	if (!is_own_dir(xdg))
		xdg = is_own_dir(run_user) ? run_user : NULL;
	if (xdg)
		return snprintf(path, size, "%s/ipcopy", xdg);
	return snprintf(path, size, "/tmp/ipcopy-%u", (unsigned)geteuid());
}

int run_dir(char *path, size_t size, struct err *e)
{
	struct stat st;

	if (choose(path, size) >= (int)size)
		return err_say(e, ENAMETOOLONG,
			       "the path in XDG_RUNTIME_DIR is too long");
	if (mkdir(path, 0700) < 0 && errno != EEXIST)
		return err_sys(e, "cannot make the runtime directory %s", path);
	/* lstat: /tmp is everybody's, and a link there could lead anywhere */
	if (lstat(path, &st) < 0)
		return err_sys(e, "the runtime directory %s", path);
	if (!S_ISDIR(st.st_mode) || st.st_uid != geteuid())
		return err_say(e, EACCES,
			       "the runtime directory %s is not a directory of "
			       "this user's own",
			       path);
	if (st.st_mode & 077)
		return err_say(e, EACCES,
			       "the runtime directory %s is open to others; "
			       "mend it with: chmod 700 %s",
			       path, path);
	return 0;
}
