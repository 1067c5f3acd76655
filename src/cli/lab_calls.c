/* System calls as lines for people: mmap and related calls with their flags. */
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/syscall.h>

#include "base/utf8.h"
#include "cli/call_names.h"
#include "cli/lab_show.h"

struct bit {
	uint64_t bit;
	const char *name;
};

static const struct bit prot_bits[] = {
	{ PROT_READ, "PROT_READ" },
	{ PROT_WRITE, "PROT_WRITE" },
	{ PROT_EXEC, "PROT_EXEC" },
	{ 0, NULL },
};

static const struct bit map_bits[] = {
	{ MAP_ANONYMOUS, "MAP_ANONYMOUS" },
	{ MAP_FIXED, "MAP_FIXED" },
	{ MAP_FIXED_NOREPLACE, "MAP_FIXED_NOREPLACE" },
	{ MAP_NORESERVE, "MAP_NORESERVE" },
	{ MAP_POPULATE, "MAP_POPULATE" },
	{ MAP_STACK, "MAP_STACK" },
	{ 0, NULL },
};

static const struct bit sync_bits[] = {
	{ MS_ASYNC, "MS_ASYNC" },
	{ MS_SYNC, "MS_SYNC" },
	{ MS_INVALIDATE, "MS_INVALIDATE" },
	{ 0, NULL },
};

static const struct bit open_bits[] = {
	{ O_CREAT, "O_CREAT" },       { O_EXCL, "O_EXCL" },
	{ O_TRUNC, "O_TRUNC" },       { O_APPEND, "O_APPEND" },
	{ O_NONBLOCK, "O_NONBLOCK" }, { O_DIRECTORY, "O_DIRECTORY" },
	{ O_CLOEXEC, "O_CLOEXEC" },   { 0, NULL },
};

static void put_bits(uint64_t value, const struct bit *bits, const char *none,
		     const char *gap)
{
	if (!value && none)
		printf("%s", none);
	for (; bits->name; bits++) {
		if (!(value & bits->bit))
			continue;
		printf("%s%s", gap, bits->name);
		gap = "|";
		value &= ~bits->bit;
	}
	if (value)
		printf("%s0x%" PRIx64, gap, value);
}

static void put_prot(uint64_t prot)
{
	put_bits(prot, prot_bits, "PROT_NONE", "");
}

static void put_map_flags(uint64_t flags)
{
	static const char *const types[] = { "no type", "MAP_SHARED",
					     "MAP_PRIVATE",
					     "MAP_SHARED_VALIDATE" };

	printf("%s", types[flags & 3]);
	put_bits(flags & ~UINT64_C(3), map_bits, NULL, "|");
}

static void put_mmap(const struct lab_call *c)
{
	if (c->arg[0])
		printf("0x%" PRIx64, c->arg[0]);
	else
		printf("NULL");
	printf(", %" PRIu64 ", ", c->arg[1]);
	put_prot(c->arg[2]);
	printf(", ");
	put_map_flags(c->arg[3]);
	printf(", %d, %" PRId64, (int)c->arg[4], (int64_t)c->arg[5]);
}

/* Writes small numbers as decimals, large ones (mostly addresses) in hex. */
static void put_plain(const struct lab_call *c, int n)
{
	for (int i = 0; i < n; i++) {
		int64_t value = (int64_t)c->arg[i];

		printf("%s", i ? ", " : "");
		if (i == c->text_arg) {
			putchar('"');
			utf8_put_clean(stdout, c->text);
			putchar('"');
		} else if (i == 0 && (int)value == AT_FDCWD) {
			printf("AT_FDCWD");
		} else if (value > -4096 && value < 1 << 24) {
			printf("%" PRId64, value);
		} else if ((uint64_t)value >> 32 == 0 && (int)value > -4096 &&
			   (int)value < 0) {
			printf("%d", (int)value);
		} else {
			printf("0x%" PRIx64, (uint64_t)value);
		}
	}
}

/* Writes the flags of open, and the mode if a file is made. */
static void put_open(const struct lab_call *c)
{
	static const char *const ways[] = { "O_RDONLY", "O_WRONLY", "O_RDWR",
					    "3" };

	put_plain(c, 2);
	printf(", %s", ways[c->arg[2] & O_ACCMODE]);
	put_bits(c->arg[2] & ~(uint64_t)O_ACCMODE, open_bits, NULL, "|");
	if (c->arg[2] & O_CREAT)
		printf(", %04" PRIo64, c->arg[3]);
}

/* How many arguments a call has; 6 also for all calls that are not listed. */
/* clang-format off */
static int arguments(int nr)
{
	switch (nr) {
	case SYS_getpid: case SYS_getppid: case SYS_gettid:
	case SYS_sched_yield: case SYS_munlockall:
		return 0;
	case SYS_close: case SYS_exit_group: case SYS_brk: case SYS_exit:
	case SYS_fsync: case SYS_umask:
		return 1;
	case SYS_munmap: case SYS_ftruncate: case SYS_fstat: case SYS_kill:
	case SYS_memfd_create: case SYS_clock_gettime: case SYS_flock:
	case SYS_fstatfs: case SYS_pidfd_open: case SYS_pipe2:
		return 2;
	case SYS_read: case SYS_write: case SYS_mprotect: case SYS_msync:
	case SYS_madvise: case SYS_mincore: case SYS_lseek: case SYS_unlinkat:
	case SYS_fcntl: case SYS_getrandom: case SYS_sendmsg: case SYS_recvmsg:
	case SYS_dup3:
		return 3;
	case SYS_openat: case SYS_pread64: case SYS_pwrite64: case SYS_wait4:
	case SYS_rt_sigaction: case SYS_rt_sigprocmask: case SYS_mremap:
	case SYS_socketpair: case SYS_mknodat: case SYS_newfstatat:
		return 4;
	default:
		return 6;
	}
}
/* clang-format on */

static void put_arguments(const struct lab_call *c)
{
	switch (c->nr) {
	case SYS_mmap:
		put_mmap(c);
		break;
	case SYS_openat:
		put_open(c);
		break;
	case SYS_mknodat:
		put_plain(c, 2);
		printf(", %s%04" PRIo64,
		       S_ISFIFO((mode_t)c->arg[2]) ? "S_IFIFO|" : "",
		       c->arg[2] & 07777);
		break;
	case SYS_mprotect:
		put_plain(c, 2);
		printf(", ");
		put_prot(c->arg[2]);
		break;
	case SYS_msync:
		put_plain(c, 2);
		printf(", ");
		put_bits(c->arg[2], sync_bits, "0", "");
		break;
	default:
		put_plain(c, arguments(c->nr));
		break;
	}
}

static void put_result(const struct lab_call *c)
{
	const char *name = NULL;

	if (c->no_ret) {
		printf(" does not return\n");
		return;
	}
	if (c->ret < 0 && c->ret > -4096)
		name = strerrorname_np((int)-c->ret);
	if (name)
		printf(" = -1 %s\n", name);
	else if (c->ret >= 1 << 24)
		printf(" = 0x%" PRIx64 "\n", (uint64_t)c->ret);
	else
		printf(" = %" PRId64 "\n", c->ret);
}

static void put_process(int process)
{
	if (process == 0)
		printf("  [experiment] ");
	else
		printf("  [child %d]    ", process);
}

void lab_show_call(void *unused, const struct lab_call *call)
{
	char number[32];

	(void)unused;
	put_process(call->process);
	printf("%s(", call_name(call->nr, number, sizeof(number)));
	put_arguments(call);
	printf(")");
	put_result(call);
}

void lab_show_signal(void *unused, int process, int sig)
{
	const char *name = sigabbrev_np(sig);

	(void)unused;
	put_process(process);
	printf("--- SIG%s ---\n", name ? name : "?");
}
