/* The conditions that a copy starts in: signals, limits, users, directories. */
#include "chaos.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <net/if.h>
#include <netinet/in.h>
#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mount.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include "args/say.h"
#include "base/clock.h"
#include "base/fd.h"
#include "base/proc.h"
#include "scratch.h"

/*
 * User ids that nobody uses. There are many, so that two jobs seldom have the
 * same one: RLIMIT_NPROC counts all processes of a user.
 */
#define POOR_UID     60000
#define POOR_UIDS    4000
#define STRANGER_UID 64999
#define STRANGER_MS  20

/* weather_settle writes it once. The processes of a job inherit it. */
static unsigned poor_uid;

static const char *const words[WEATHERS] = {
	"SIGCHLD ignored", "signals blocked",  "no stdio",
	"nohup",           "orphan",           "read-only runtime directory",
	"few descriptors", "small files only", "a full disk",
	"few processes",
};

const char *weather_words(unsigned weather, char *buf, size_t size)
{
	size_t used = 0;

	*buf = '\0';
	for (int i = 0; i < WEATHERS && used < size; i++)
		if (weather & 1u << i)
			used += (size_t)snprintf(buf + used, size - used,
						 ", %s", words[i]);
	return buf;
}

/* --- in the director ------------------------------------------------------ */

void weather_settle(void)
{
	struct ifreq lo = { .ifr_name = "lo", .ifr_flags = IFF_UP };
	int fd;

	poor_uid = POOR_UID + (unsigned)getpid() % POOR_UIDS;
	if (!scratch_queues() || unshare(CLONE_NEWNET) < 0)
		return;
	fd = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
	if (fd < 0 || ioctl(fd, SIOCSIFFLAGS, &lo) < 0)
		printf("Bail out! no loopback of our own\n");
	fd_close(&fd);
}

/* The first three of these must exist. The others need not exist. */
static const char *const theirs[] = { ".", "in", "out", CHAOS_SRC, NULL };

static void hand_over(unsigned uid)
{
	const char *run = getenv("XDG_RUNTIME_DIR"), *tmp = getenv("TMPDIR");
	char path[200], dst[20];

	for (int i = 0; theirs[i]; i++)
		if (chown(theirs[i], uid, uid) < 0 && i < 3)
			printf("# chown %s: %m\n", theirs[i]);
	for (int a = COPY_CLIENT; a < CHAOS_ACTORS; a++)
		if (chown(files_dst(a, dst, sizeof(dst)), uid, uid) < 0 &&
		    errno != ENOENT)
			printf("# chown %s: %m\n", dst);
	snprintf(path, sizeof(path), "%s/ipcopy", run);
	if (chown(path, uid, uid) < 0 && uid == 0)
		rmdir(path); /* the directory was never made */
	/* root keeps a read-only directory, and the user has another one */
	if ((chown(run, uid, uid) < 0 && errno != EROFS) ||
	    chown(tmp, uid, uid) < 0)
		printf("# chown %s: %m\n", run);
}

/* Makes the runtime directory read-only. The user gets another one. */
static void make_read_only(unsigned uid)
{
	char path[60];

	mount("tmpfs", getenv("XDG_RUNTIME_DIR"), "tmpfs", MS_RDONLY, NULL);
	mount("tmpfs", "/run", "tmpfs", 0, "mode=755");
	snprintf(path, sizeof(path), "/run/user/%u", uid);
	if (mkdir("/run/user", 0755) < 0 || mkdir(path, 0700) < 0 ||
	    chown(path, uid, uid) < 0)
		printf("# %s: %m\n", path);
}

static unsigned uid_of(const struct plan *p)
{
	return p->weather & FEW_FORKS ? poor_uid : geteuid();
}

void weather_begin(const struct plan *p)
{
	char options[60];

	if (!scratch_queues()) /* only if names are isolated */
		return;
	snprintf(options, sizeof(options), "mode=755,size=%uK",
		 8 + (uint32_t)p->crowd * (4 + p->old.len / 1024) +
			 p->pick % (p->src.len / 512 + 1));
	if (p->weather & FULL_DISK) {
		mkdir("out", 0755);
		mount("tmpfs", "out", "tmpfs", 0, options);
	}
	if (p->weather & READ_ONLY)
		make_read_only(uid_of(p));
}

void weather_hand_over(const struct plan *p)
{
	if (!(p->weather & FEW_FORKS) || geteuid() != 0)
		return;
	chmod(scratch_dir(), 0711);
	hand_over(poor_uid);
}

/* Gives the user's files to us, so that they are judged and swept like ours. */
void weather_hand_back(const struct plan *p)
{
	char path[200];
	struct dirent *entry;
	DIR *dir;

	if (!(p->weather & FEW_FORKS) || geteuid() != 0)
		return;
	hand_over(0);
	snprintf(path, sizeof(path), "%s/ipcopy", getenv("XDG_RUNTIME_DIR"));
	dir = opendir(path);
	while (dir && (entry = readdir(dir)))
		if (*entry->d_name != '.' &&
		    fchownat(dirfd(dir), entry->d_name, 0, 0,
			     AT_SYMLINK_NOFOLLOW) < 0)
			printf("# chown %s: %m\n", entry->d_name);
	if (dir)
		closedir(dir);
}

void weather_end(const struct plan *p)
{
	if (!scratch_queues())
		return;
	if (p->weather & READ_ONLY) {
		umount2(getenv("XDG_RUNTIME_DIR"), MNT_DETACH);
		umount2("/run", MNT_DETACH);
	}
	if (p->weather & FULL_DISK)
		umount2("out", MNT_DETACH);
}

/* --- in the actor --------------------------------------------------------- */

/*
 * Becomes a user without privileges. This clears PR_SET_PDEATHSIG, so it is set
 * again.
 */
static void become_poor(void)
{
	int leash = 0;

	prctl(PR_GET_PDEATHSIG, &leash);
	if (setresgid(poor_uid, poor_uid, poor_uid) < 0 ||
	    setresuid(poor_uid, poor_uid, poor_uid) < 0)
		_exit(1);
	prctl(PR_SET_PDEATHSIG, leash);
	prctl(PR_SET_DUMPABLE, 1);
}

void weather_feel(const struct plan *p)
{
	sigset_t all;

	if (p->weather & FEW_FORKS && geteuid() == 0)
		become_poor();
	/*
	 * undo what we may inherit: a shell ignores SIGINT for background jobs,
	 * and nohup ignores SIGHUP
	 */
	signal(SIGINT, SIG_DFL);
	signal(SIGHUP, SIG_DFL);
	if (p->weather & NO_SIGCHLD)
		signal(SIGCHLD, SIG_IGN);
	if (p->weather & NOHUP)
		signal(SIGHUP, SIG_IGN);
	if (p->weather & NO_STDIO) {
		close_range(0, 2, 0);
		say_begin();
	}
	sigfillset(&all);
	if (p->weather & BLOCKED)
		sigprocmask(SIG_SETMASK, &all, NULL);
}

/* Sets only the soft limit, so that it can be lifted again. */
static void limit(int what, rlim_t most)
{
	struct rlimit rl;

	if (getrlimit((__rlimit_resource_t)what, &rl) < 0)
		return;
	rl.rlim_cur = most < rl.rlim_max ? most : rl.rlim_max;
	setrlimit((__rlimit_resource_t)what, &rl);
}

void weather_limit(const struct plan *p)
{
	if (p->weather & FEW_FDS)
		limit(RLIMIT_NOFILE, 4 + p->pick % 30);
	if (p->weather & SMALL_FILES)
		limit(RLIMIT_FSIZE,
		      p->pick % (p->src.len + p->src.len / 4 + 9));
	if (p->weather & FEW_FORKS)
		limit(RLIMIT_NPROC, 1 + p->pick % 5);
}

void weather_lift(void)
{
	limit(RLIMIT_NOFILE, RLIM_INFINITY);
	limit(RLIMIT_FSIZE, RLIM_INFINITY);
	limit(RLIMIT_NPROC, RLIM_INFINITY);
}

/* --- a stranger ----------------------------------------------------------- */

static void speak_to(int family, const struct sockaddr *to, socklen_t len)
{
	static const char junk[200] = "GET / HTTP/1.0\r\n\r\n";
	int type = SOCK_CLOEXEC | SOCK_NONBLOCK;
	int fd = socket(
		family,
		type | (family == AF_INET ? SOCK_STREAM : SOCK_SEQPACKET), 0);

	if (connect(fd, to, len) == 0 || family == AF_INET)
		send(fd, junk, sizeof(junk), MSG_NOSIGNAL | MSG_DONTWAIT);
	fd_close(&fd);
}

/*
 * Sends text to every port that has a listener. In this network namespace of
 * our own, no other program listens.
 */
static void speak_to_ports(void)
{
	struct sockaddr_in to = { .sin_family = AF_INET,
				  .sin_addr = { htonl(INADDR_LOOPBACK) } };
	FILE *from = fopen("/proc/net/tcp", "re");
	unsigned port, state;
	char line[400];

	while (from && fgets(line, sizeof(line), from)) {
		if (sscanf(line, " %*d: %*x:%x %*x:%*x %x", &port, &state) !=
			    2 ||
		    state != 10)
			continue;
		to.sin_port = htons((uint16_t)port);
		speak_to(AF_INET, (const struct sockaddr *)&to, sizeof(to));
	}
	if (from)
		fclose(from);
}

static void speak_to_server(void)
{
	struct sockaddr_un to = { .sun_family = AF_UNIX };

	snprintf(to.sun_path, sizeof(to.sun_path), "%s/ipcopy/" CHAOS_NAME,
		 getenv("XDG_RUNTIME_DIR"));
	speak_to(AF_UNIX, (const struct sockaddr *)&to, sizeof(to));
}

static void touch_names(const char *path)
{
	DIR *dir = path ? opendir(path) : NULL;
	struct dirent *entry;

	while (dir && (entry = readdir(dir))) {
		int fd = openat(dirfd(dir), entry->d_name,
				O_RDWR | O_CLOEXEC | O_NONBLOCK);

		if (fd >= 0 && write(fd, "x", 1) < 0)
			fd_close(&fd);
		fd_close(&fd);
		unlinkat(dirfd(dir), entry->d_name, 0);
	}
	if (dir)
		closedir(dir);
}

static void meddle(const struct run *r)
{
	for (int role = 0; role < COPY_ROLES; role++) {
		pid_t worker = atomic_load(&r->stage->worker[role]);

		if (worker > 0)
			kill(worker, SIGTERM);
	}
	for (int a = 0; a < CHAOS_ACTORS; a++)
		if (r->sup[a] > 0)
			kill(-r->sup[a], SIGKILL);
	speak_to_ports();
	speak_to_server();
	touch_names("/dev/shm");
	touch_names(scratch_queues());
	touch_names("out");
}

pid_t weather_stranger(const struct run *r)
{
	int64_t end_ns = clock_ns() + STRANGER_MS * MS_IN_NS;
	struct err unused = { 0 };
	int pidfd = -1;
	pid_t pid;

	if (!scratch_queues() || geteuid() != 0)
		return 0;
	pid = proc_fork(&pidfd, &unused);
	fd_close(&pidfd);
	if (pid != 0)
		return pid;
	if (setresgid(STRANGER_UID, STRANGER_UID, STRANGER_UID) < 0 ||
	    setresuid(STRANGER_UID, STRANGER_UID, STRANGER_UID) < 0)
		_exit(1);
	while (clock_ns() < end_ns) {
		meddle(r);
		usleep(500);
	}
	_exit(0);
}
