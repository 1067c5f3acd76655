/* Lets a server and a client that were started separately meet at a name. */
#include "copy/meet.h"

#include <ctype.h>
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/fd.h"
#include "base/run_dir.h"
#include "base/stop.h"

#define NAME_LETTERS_MAX 64
#define LOOK_EVERY_MS    20

/* A name has 1 to 64 letters, digits, '.', '_' or '-', and no dot in front. */
static int check_name(const char *name, struct err *e)
{
	size_t len = strlen(name);
	bool ok = len > 0 && len <= NAME_LETTERS_MAX && name[0] != '.';

	for (size_t i = 0; ok && i < len; i++)
		ok = isalnum((unsigned char)name[i]) || strchr("._-", name[i]);
	if (ok)
		return 0;
	return err_say(
		e, EINVAL,
		"name '%.70s' is not allowed; a name has 1 to %d letters, "
		"digits, dots, underscores or dashes and no dot in front",
		name, NAME_LETTERS_MAX);
}

static int socket_path(char *path, size_t size, const char *name,
		       const char *ending, struct err *e)
{
	char dir[120];
	int rc = check_name(name, e);

	if (rc == 0)
		rc = run_dir(dir, sizeof(dir), e);
	if (rc < 0)
		return rc;
	if (snprintf(path, size, "%s/%s.%s", dir, name, ending) >= (int)size)
		return err_say(e, ENAMETOOLONG,
			       "%s/%s.%s is too long for the path of a socket; "
			       "choose a shorter --name",
			       dir, name, ending);
	return 0;
}

static bool names_this_file(const char *path, int fd)
{
	struct stat by_path, by_fd;

	return stat(path, &by_path) == 0 && fstat(fd, &by_fd) == 0 &&
	       by_path.st_ino == by_fd.st_ino && by_path.st_dev == by_fd.st_dev;
}

static int refuse_taken(const char *name, int fd, struct err *e)
{
	char pid[24] = "";
	ssize_t n = pread(fd, pid, sizeof(pid) - 1, 0);

	pid[n > 0 ? n : 0] = '\0';
	return err_say(e, EADDRINUSE,
		       "a server named '%s' is running already (process %d); "
		       "choose another --name",
		       name, atoi(pid));
}

/*
 * Locks the lock file of a name. It tries several times, since a process that
 * removes the leftovers of a killed server holds this lock for a moment.
 */
static int lock_patiently(int fd)
{
	for (int tries = 0; flock(fd, LOCK_EX | LOCK_NB) < 0; tries++) {
		if (errno != EWOULDBLOCK || tries == 5)
			return -1;
		poll(NULL, 0, 10);
		errno = EWOULDBLOCK;
	}
	return 0;
}

/*
 * Takes the lock of a name. The lock shows whether a server lives: it is
 * released when the server dies, however it dies. The socket does not show
 * this, since its file may stay.
 */
static int take_lock(struct meet *m, const char *name, struct err *e)
{
	char pid[24];
	int len;

	do {
		fd_close(&m->lock_fd);
		m->lock_fd =
			open(m->lock, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW,
			     0600);
		if (m->lock_fd < 0)
			return err_sys(e, "cannot make %s", m->lock);
		if (lock_patiently(m->lock_fd) < 0)
			return errno == EWOULDBLOCK
				       ? refuse_taken(name, m->lock_fd, e)
				       : err_sys(e, "cannot lock %s", m->lock);
		/* a server that has just ended may have removed the file */
	} while (!names_this_file(m->lock, m->lock_fd));
	len = snprintf(pid, sizeof(pid), "%d\n", (int)getpid());
	if (ftruncate(m->lock_fd, 0) < 0 ||
	    pwrite(m->lock_fd, pid, (size_t)len, 0) != len)
		return err_sys(e, "cannot write %s", m->lock);
	return 0;
}

static void fill_address(struct sockaddr_un *a, const char *path)
{
	memset(a, 0, sizeof(*a));
	a->sun_family = AF_UNIX;
	snprintf(a->sun_path, sizeof(a->sun_path), "%s", path);
}

static int listen_at(struct meet *m, struct err *e)
{
	struct sockaddr_un a;

	fill_address(&a, m->path);
	m->listen_fd = socket(AF_UNIX,
			      SOCK_SEQPACKET | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
	if (m->listen_fd < 0)
		return err_sys(e, "socket");
	/* we hold the lock, so no live server uses this socket */
	unlink(m->path);
	if (bind(m->listen_fd, (struct sockaddr *)&a, sizeof(a)) < 0)
		return err_sys(e, "cannot make %s", m->path);
	if (listen(m->listen_fd, 64) < 0)
		return err_sys(e, "listen");
	return 0;
}

int meet_open(struct meet *m, const char *name, struct err *e)
{
	int rc;

	*m = (struct meet)MEET_INIT;
	rc = socket_path(m->path, sizeof(m->path), name, "sock", e);
	if (rc == 0)
		rc = socket_path(m->lock, sizeof(m->lock), name, "lock", e);
	/*
	 * note the names before they are made; the lease will not remove the
	 * names of a live server
	 */
	if (rc == 0)
		rc = lease_note(&m->lease, LEASE_LOCK, m->lock, e);
	if (rc == 0)
		rc = lease_note(&m->lease, LEASE_PATH, m->path, e);
	if (rc == 0)
		rc = take_lock(m, name, e);
	if (rc == 0)
		rc = listen_at(m, e);
	if (rc < 0)
		meet_close(m);
	return rc;
}

void meet_leave(struct meet *m)
{
	fd_close(&m->listen_fd);
	fd_close(&m->lock_fd);
	lease_leave(&m->lease);
}

void meet_close(struct meet *m)
{
	fd_close(&m->listen_fd);
	fd_close(&m->lock_fd);
	lease_end(&m->lease); /* it removes the names if it gets the lock */
}

/*
 * Checks that the peer runs as the same user. The directory of the socket
 * already keeps other users out, but this check does not rely on that.
 */
static int check_user(int fd, const char *who, struct err *e)
{
	struct ucred cred;
	socklen_t len = sizeof(cred);

	if (getsockopt(fd, SOL_SOCKET, SO_PEERCRED, &cred, &len) < 0)
		return err_sys(e, "SO_PEERCRED");
	if (cred.uid == geteuid())
		return 0;
	return err_say(e, EACCES, "%s belongs to another user (uid %u)", who,
		       (unsigned)cred.uid);
}

static int wait_for_client(struct meet *m, int wait_ms, int64_t deadline_ns,
			   struct err *e)
{
	struct pollfd p = { .fd = m->listen_fd, .events = POLLIN };
	int n;

	for (;;) {
		if (stop_requested())
			return err_interrupted(e);
		/* a short wait, since a signal may arrive just before it */
		n = poll(&p, 1, 100);
		if (n > 0)
			return 0;
		if (n < 0 && errno != EINTR)
			return err_sys(e, "poll");
		/* a request to stop may have ended the last wait */
		if (clock_ns() >= deadline_ns && !stop_requested())
			return err_say(e, ETIMEDOUT,
				       "no client came within %g s",
				       wait_ms / 1000.0);
	}
}

int meet_accept(struct meet *m, int wait_ms, struct err *e)
{
	int64_t deadline_ns =
		wait_ms < 0 ? INT64_MAX : clock_ns() + wait_ms * MS_IN_NS;
	int fd, rc;

	for (;;) {
		rc = wait_for_client(m, wait_ms, deadline_ns, e);
		if (rc < 0)
			return rc;
		fd = accept4(m->listen_fd, NULL, NULL, SOCK_CLOEXEC);
		if (fd < 0 && errno != EAGAIN && errno != ECONNABORTED &&
		    errno != EINTR)
			return err_sys(e, "accept");
		if (fd < 0)
			continue;
		rc = check_user(fd, "the client", e);
		if (rc == 0)
			return fd;
		fd_close(&fd);
		return rc;
	}
}

static int try_connect(const struct sockaddr_un *a, int *fd)
{
	*fd = socket(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0);
	if (*fd < 0)
		return -errno;
	/* a server whose queue is full must not make us miss the deadline */
	if (fd_nonblock(*fd, true) == 0 &&
	    connect(*fd, (const struct sockaddr *)a, sizeof(*a)) == 0)
		return fd_nonblock(*fd, false);
	return -errno;
}

/*
 * True if trying again makes sense: the server is missing, was killed or is
 * busy, or a signal came.
 */
static bool may_come(int rc)
{
	return rc == -ENOENT || rc == -ECONNREFUSED || rc == -EAGAIN ||
	       rc == -EINTR;
}

bool meet_awaits(const char *name)
{
	struct sockaddr_un a;
	struct err unused = { 0 };
	char path[sizeof(a.sun_path)];

	return socket_path(path, sizeof(path), name, "sock", &unused) == 0 &&
	       access(path, F_OK) < 0;
}

int meet_connect(const char *name, int wait_ms, struct err *e)
{
	int64_t deadline_ns = clock_ns() + wait_ms * MS_IN_NS;
	struct sockaddr_un a;
	char path[sizeof(a.sun_path)];
	int fd, rc;

	rc = socket_path(path, sizeof(path), name, "sock", e);
	if (rc < 0)
		return rc;
	fill_address(&a, path);
	while ((rc = try_connect(&a, &fd)) < 0) {
		fd_close(&fd);
		if (stop_requested())
			return err_interrupted(e);
		if (!may_come(rc))
			return err_code(e, rc, "cannot reach the server '%s'",
					name);
		if (clock_ns() >= deadline_ns && !stop_requested())
			return err_say(e, ETIMEDOUT,
				       "no server named '%s' came within %g s",
				       name, wait_ms / 1000.0);
		poll(NULL, 0, LOOK_EVERY_MS);
	}
	rc = check_user(fd, "the server", e);
	if (rc == 0)
		return fd;
	fd_close(&fd);
	return rc;
}
