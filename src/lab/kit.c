/*
 * The functions of lab.h for an experiment that is built as a program of its
 * own; see program.awk.
 */
#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <semaphore.h>
#include <signal.h>
#include <stdarg.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/statfs.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <sys/wait.h>
#include <unistd.h>

#define LAB_PATH_MAX 300
#define LAB_NAMES    32

enum lease_kind { LEASE_PATH, LEASE_SHM };

/*
 * The observations so far, in memory that all processes of the experiment share
 * until one of them calls exec.
 */
struct lab {
	pid_t pid;
	int held, against, limits;
	int names;
	enum lease_kind kind[LAB_NAMES];
	char name[LAB_NAMES][LAB_PATH_MAX];
};

struct lab_side {
	struct lab *lab;
	pid_t pid; /* 0 in the child */
	int fd;
};

/* Removes all names and prints the outcome that follows from the checks. */
static void lab_end(struct lab *l, const char *cannot)
{
	for (int i = 0; i < l->names; i++)
		if (l->kind[i] == LEASE_SHM)
			shm_unlink(l->name[i]);
		else
			unlink(l->name[i]);
	if (cannot || l->held + l->against == 0)
		puts("  = cannot be tried here");
	else if (l->against)
		puts("  = fails");
	else
		puts(l->limits ? "  = holds, with a limit" : "  = holds");
	exit(0);
}

#define LAB_SAY(mark, fmt)             \
	do {                           \
		va_list ap;            \
                                       \
		va_start(ap, fmt);     \
		printf("  " mark " "); \
		vprintf(fmt, ap);      \
		putchar('\n');         \
		fflush(stdout);        \
		va_end(ap);            \
	} while (0)

__attribute__((format(printf, 3, 4))) static bool
lab_check(struct lab *l, bool as_claimed, const char *fmt, ...)
{
	if (as_claimed) {
		l->held++;
		LAB_SAY("+", fmt);
	} else {
		l->against++;
		LAB_SAY("-", fmt);
	}
	return as_claimed;
}

__attribute__((format(printf, 3, 4))) static bool
lab_limit(struct lab *l, bool left_out, const char *fmt, ...)
{
	if (left_out) {
		l->limits++;
		LAB_SAY("~", fmt);
	} else {
		LAB_SAY(" ", fmt);
	}
	return left_out;
}

__attribute__((format(printf, 2, 3))) static void lab_see(struct lab *l,
							  const char *fmt, ...)
{
	(void)l;
	LAB_SAY(" ", fmt);
}

__attribute__((format(printf, 2, 3))) static void lab_draw(struct lab *l,
							   const char *fmt, ...)
{
	(void)l;
	LAB_SAY(" ", fmt);
}

__attribute__((format(printf, 2, 3), noreturn)) static void
lab_cannot(struct lab *l, const char *fmt, ...)
{
	LAB_SAY("!", fmt);
	if (getpid() == l->pid)
		lab_end(l, "so");
	_exit(1);
}

static void lab_need(struct lab *l, bool ok, const char *call)
{
	if (!ok)
		lab_cannot(l, "%s: %s", call, strerror(errno));
}

static void *lab_mapped(struct lab *l, void *p)
{
	lab_need(l, p != MAP_FAILED, "mmap");
	return p;
}

static int lab_map_errno(const void *p)
{
	return p == MAP_FAILED ? errno : 0;
}

static const char *lab_errno(int code)
{
	return code ? strerrorname_np(code) : "success";
}

static size_t lab_page(void)
{
	return (size_t)sysconf(_SC_PAGESIZE);
}

/* --- files ---------------------------------------------------------------- */

static void lab_note(struct lab *l, enum lease_kind kind, const char *name)
{
	l->kind[l->names] = kind;
	snprintf(l->name[l->names++], LAB_PATH_MAX, "%s", name);
}

static void lab_name(struct lab *l, enum lease_kind kind,
		     char name[LAB_PATH_MAX])
{
	snprintf(name, LAB_PATH_MAX, "%s/lab-%d-%d",
		 kind == LEASE_PATH ? "/tmp" : "", (int)getpid(), l->names);
	lab_note(l, kind, name);
}

static int lab_file_in(struct lab *l, const char *dir, size_t size, char *path)
{
	char own[LAB_PATH_MAX];
	int fd;

	path = path ? path : own;
	snprintf(path, LAB_PATH_MAX, "%s/lab-%d-%d", dir, (int)getpid(),
		 l->names);
	lab_note(l, LEASE_PATH, path);
	fd = open(path, O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
	if (fd >= 0 && ftruncate(fd, (off_t)size) < 0)
		return -1;
	return fd;
}

static int lab_file(struct lab *l, size_t size, char path[LAB_PATH_MAX])
{
	int fd = lab_file_in(l, "/tmp", size, path);

	lab_need(l, fd >= 0, "open a new file in /tmp");
	return fd;
}

static int lab_tmpfs_file(struct lab *l, size_t size, char path[LAB_PATH_MAX])
{
	int fd = lab_file_in(l, "/dev/shm", size, path);

	if (fd < 0)
		lab_see(l, "no file can be made in /dev/shm: %s",
			strerror(errno));
	return fd;
}

static const char *lab_fs(struct lab *l, int fd)
{
	static char words[40];
	struct statfs fs = { 0 };

	(void)l;
	fstatfs(fd, &fs);
	snprintf(words, sizeof(words), "file system 0x%lx",
		 (unsigned long)fs.f_type);
	return words;
}

/* --- faults --------------------------------------------------------------- */

enum lab_access { LAB_LOAD, LAB_STORE, LAB_RUN };

struct lab_fault {
	int sig;  /* 0: the access was fine */
	int code; /* si_code */
	const char *addr;
	unsigned char value; /* what LAB_LOAD read */
};

static int fault_fd;

static void tell_fault(int sig, siginfo_t *info, void *context)
{
	struct lab_fault f = { .sig = sig,
			       .code = info->si_code,
			       .addr = info->si_addr };

	(void)context;
	_exit(write(fault_fd, &f, sizeof(f)) != sizeof(f));
}

static void catch_all_faults(void)
{
	static const int faults[] = { SIGSEGV, SIGBUS, SIGILL, SIGTRAP };
	struct sigaction sa;

	memset(&sa, 0, sizeof(sa));
	sa.sa_sigaction = tell_fault;
	sa.sa_flags = SA_SIGINFO;
	for (size_t i = 0; i < sizeof(faults) / sizeof(faults[0]); i++)
		sigaction(faults[i], &sa, NULL);
}

static unsigned char do_access(const void *addr, enum lab_access how)
{
	if (how == LAB_LOAD)
		return *(const volatile unsigned char *)addr;
	if (how == LAB_STORE)
		*(volatile unsigned char *)(uintptr_t)addr = '9';
	else
		((void (*)(void))(uintptr_t)addr)();
	return 0;
}

/*
 * Accesses memory in a child, since the access can raise a signal. The child's
 * signal handler reports the signal.
 */
static struct lab_fault lab_touch(struct lab *l, const void *addr,
				  enum lab_access how)
{
	struct lab_fault f = { 0 };
	int fd[2];

	lab_need(l, pipe(fd) == 0, "pipe");
	if (fork() == 0) {
		fault_fd = fd[1];
		catch_all_faults();
		f.value = do_access(addr, how);
		_exit(write(fd[1], &f, sizeof(f)) != sizeof(f));
	}
	lab_need(l, read(fd[0], &f, sizeof(f)) == sizeof(f), "read");
	close(fd[0]);
	close(fd[1]);
	wait(NULL);
	return f;
}

static const char *name_of_code(int sig, int code)
{
	if (sig == SIGSEGV)
		return code == SEGV_MAPERR   ? "SEGV_MAPERR"
		       : code == SEGV_ACCERR ? "SEGV_ACCERR"
					     : "another si_code";
	return code == BUS_ADRERR ? "BUS_ADRERR" : "another si_code";
}

static const char *lab_fault_words(struct lab *l, struct lab_fault f,
				   const void *base)
{
	static char words[8][80];
	static unsigned next;
	char *at = words[next++ % 8];

	(void)l;
	if (f.sig == 0)
		return "fine";
	snprintf(at, sizeof(words[0]), "SIG%s (%s) at offset %td",
		 sigabbrev_np(f.sig), name_of_code(f.sig, f.code),
		 f.addr - (const char *)base);
	return at;
}

/* --- a second process ----------------------------------------------------- */

static struct lab_side *
lab_fork(struct lab *l, void (*body)(struct lab_side *, void *), void *arg)
{
	struct lab_side *s = calloc(1, sizeof(*s));
	int pair[2];

	lab_need(l, s && socketpair(AF_UNIX, SOCK_SEQPACKET, 0, pair) == 0,
		 "socketpair");
	s->lab = l;
	s->pid = fork();
	s->fd = pair[s->pid == 0];
	close(pair[s->pid != 0]);
	if (s->pid == 0) {
		body(s, arg);
		_exit(0);
	}
	lab_need(l, s->pid > 0, "fork");
	return s;
}

/* Runs this program again by exec, as the second program: see main. */
static void exec_again(struct lab_side *first, void *arg)
{
	char fd[16];

	snprintf(fd, sizeof(fd), "%d", first->fd);
	execl("/proc/self/exe", "second", fd, arg, (char *)NULL);
	_exit(1);
}

static struct lab_side *lab_exec(struct lab *l, const char *arg)
{
	return lab_fork(l, exec_again, (void *)arg);
}

static struct lab *lab_of(struct lab_side *s)
{
	return s->lab;
}

static pid_t lab_pid(struct lab_side *child)
{
	return child->pid;
}

static void lab_tell(struct lab_side *other, const void *what, size_t len)
{
	lab_need(other->lab,
		 send(other->fd, what, len, MSG_NOSIGNAL) == (ssize_t)len,
		 "send");
}

static void lab_hear(struct lab_side *other, void *what, size_t len)
{
	lab_need(other->lab, recv(other->fd, what, len, 0) == (ssize_t)len,
		 "recv");
}

static void lab_pass(struct lab_side *other)
{
	lab_tell(other, "", 1);
}

static void lab_await(struct lab_side *other)
{
	char turn;

	lab_hear(other, &turn, 1);
}

static int lab_join(struct lab_side *child)
{
	int status = 0;

	waitpid(child->pid, &status, 0);
	close(child->fd);
	return status;
}

static void *lab_shared(struct lab *l, size_t size)
{
	return lab_mapped(l, mmap(NULL, size, PROT_READ | PROT_WRITE,
				  MAP_SHARED | MAP_ANONYMOUS, -1, 0));
}

static void lab_wait_if(bool synchronised, sem_t *sem)
{
	if (synchronised)
		sem_wait(sem);
}

static void lab_post_if(bool synchronised, sem_t *sem)
{
	if (synchronised)
		sem_post(sem);
}
