/*
 * As lab_observe.c, for protection, lifetime and writing back: each experiment
 * runs with one call that behaves differently, and the outcome must follow.
 */
#include <errno.h>
#include <fcntl.h>
#include <semaphore.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/clock.h"
#include "lab/runner.h"
#include "tests/tap.h"

enum damage {
	NONE,
	/* mmap */
	EACCES_IS_EINVAL,
	PRIVATE_IS_SHARED, /* for files */
	SHARED_IS_PRIVATE, /* for files */
	/* the page is copied by mmap, and not at the first store */
	PRIVATE_COPIES,
	FIXED_IS_HINT,
	FIXED_KEEPS, /* MAP_FIXED does not replace a mapping */
	PLACES_ARE_USED_ONCE,
	NEITHER_TAKEN, /* mmap needs neither MAP_SHARED nor MAP_PRIVATE */
	BOTH_REFUSED,  /* mmap refuses both flags together */
	FILES_STAY,    /* ftruncate does nothing, and no file is empty */
	/* other calls */
	OPEN_IS_RDWR,
	UNMAP_IS_LAZY,
	UNMAP_IS_STRICT, /* munmap takes only addresses that mmap returned */
	PROTECT_IS_LAZY,
	PROTECT_NO_EXEC,
	SYNC_IS_LAZY,
	ASYNC_WRITES,     /* MS_ASYNC writes, and MS_SYNC is slower still */
	ASYNC_WAITS,      /* MS_ASYNC takes longer than MS_SYNC */
	INVALIDATE_DROPS, /* MS_INVALIDATE drops the page from the cache */
	FLAGS_WANTED,     /* msync with neither flag is refused */
	FLAGS_IGNORED,    /* msync with both flags is accepted */
	/* read() sees the disk, which only munmap and msync change */
	DISK_IS_APART,
	MAPPING_OUTLIVES, /* a mapping outlives its process */
	NO_SEALS,
	STDIO_UNBUFFERED,
	NO_WAITING, /* sem_wait does not wait */
};

/* Set before an experiment's process is forked, and read there. */
static enum damage damage;

static bool refuse(int code)
{
	errno = code;
	return false;
}

/* --- mmap and munmap ----------------------------------------------------- */

void *__real_mmap(void *addr, size_t len, int prot, int flags, int fd,
		  off_t offset);
void *__wrap_mmap(void *addr, size_t len, int prot, int flags, int fd,
		  off_t offset);

static void *last_map;
static int last_fd = -1;

static void swap_kind(int *flags, int from, int to)
{
	if ((*flags & MAP_TYPE) == from)
		*flags += to - from;
}

/* Changes a request of mmap as `damage` says. False: mmap is refused. */
static bool damage_request(void *addr, size_t *len, int *flags, int fd)
{
	int kind = *flags & MAP_TYPE;

	switch (damage) {
	case PRIVATE_IS_SHARED:
		if (fd >= 0)
			swap_kind(flags, MAP_PRIVATE, MAP_SHARED);
		break;
	case SHARED_IS_PRIVATE:
		if (fd >= 0)
			swap_kind(flags, MAP_SHARED, MAP_PRIVATE);
		break;
	case FIXED_IS_HINT:
		*flags &= ~MAP_FIXED;
		break;
	case PLACES_ARE_USED_ONCE:
		if (addr)
			__real_mmap(addr, *len, PROT_NONE,
				    MAP_PRIVATE | MAP_ANONYMOUS |
					    MAP_FIXED_NOREPLACE,
				    -1, 0);
		break;
	case NEITHER_TAKEN:
		*flags |= kind ? 0 : MAP_SHARED;
		break;
	case BOTH_REFUSED:
		return kind != (MAP_SHARED | MAP_PRIVATE) || refuse(EINVAL);
	case FILES_STAY:
		*len = *len ? *len : lab_page();
		break;
	default:
		break;
	}
	return true;
}

static void copy_pages(char *p, size_t len)
{
	for (size_t i = 0; i < len; i += lab_page())
		*(volatile char *)(p + i) = p[i];
}

void *__wrap_mmap(void *addr, size_t len, int prot, int flags, int fd,
		  off_t offset)
{
	bool keep = damage == FIXED_KEEPS && (flags & MAP_FIXED) &&
		    (uintptr_t)addr % lab_page() == 0;
	char kept = keep ? *(char *)addr : 0, *p;

	if (!damage_request(addr, &len, &flags, fd))
		return MAP_FAILED;
	p = __real_mmap(addr, len, prot, flags, fd, offset);
	if (p == MAP_FAILED && damage == EACCES_IS_EINVAL && errno == EACCES)
		errno = EINVAL;
	if (p == MAP_FAILED)
		return p;
	if (keep)
		*p = kept;
	if (damage == PRIVATE_COPIES && (prot & PROT_WRITE) &&
	    (flags & MAP_TYPE) == MAP_PRIVATE)
		copy_pages(p, len);
	last_map = p;
	last_fd = fd;
	return p;
}

int __real_munmap(void *addr, size_t len);
int __wrap_munmap(void *addr, size_t len);

int __wrap_munmap(void *addr, size_t len)
{
	if (damage == UNMAP_IS_LAZY)
		return 0;
	if (damage == UNMAP_IS_STRICT && addr != last_map)
		return refuse(EINVAL) - 1;
	if (damage == DISK_IS_APART)
		msync(addr, len, MS_SYNC);
	return __real_munmap(addr, len);
}

int __real_mprotect(void *addr, size_t len, int prot);
int __wrap_mprotect(void *addr, size_t len, int prot);

int __wrap_mprotect(void *addr, size_t len, int prot)
{
	if (damage == PROTECT_IS_LAZY)
		return 0;
	if (damage == PROTECT_NO_EXEC)
		prot &= ~PROT_EXEC;
	return __real_mprotect(addr, len, prot);
}

/* --- msync --------------------------------------------------------------- */

int __real_msync(void *addr, size_t len, int flags);
int __wrap_msync(void *addr, size_t len, int flags);

/* The time that the disk took last. It is long on a busy machine. */
static useconds_t disk_us;

static int timed_msync(void *addr, size_t len, int flags)
{
	int64_t from_ns = clock_ns();
	int rc = __real_msync(addr, len, flags);

	disk_us = (useconds_t)((clock_ns() - from_ns) / 1000);
	return rc;
}

/* A mapped page cannot be dropped: unmaps the page, and maps it again later. */
static int drop_page(void *addr, size_t len)
{
	if (__real_msync(addr, len, MS_SYNC) < 0 ||
	    __real_munmap(addr, len) < 0)
		return -1;
	posix_fadvise(last_fd, 0, 0, POSIX_FADV_DONTNEED);
	return __real_mmap(addr, len, PROT_READ | PROT_WRITE,
			   MAP_SHARED | MAP_FIXED, last_fd, 0) == addr
		       ? 0
		       : -1;
}

int __wrap_msync(void *addr, size_t len, int flags)
{
	int both = MS_SYNC | MS_ASYNC;

	switch (damage) {
	case SYNC_IS_LAZY:
		return 0;
	case ASYNC_WRITES:
		if (flags & MS_SYNC)
			usleep(20000 + 2 * disk_us);
		return timed_msync(addr, len, MS_SYNC);
	case ASYNC_WAITS:
		if (flags & MS_ASYNC)
			usleep(20000 + 2 * disk_us);
		break;
	case INVALIDATE_DROPS:
		if (flags & MS_INVALIDATE)
			return drop_page(addr, len);
		break;
	case FLAGS_WANTED:
		if (!(flags & both))
			return refuse(EINVAL) - 1;
		break;
	case FLAGS_IGNORED:
		if ((flags & both) == both)
			return 0;
		break;
	default:
		break;
	}
	return timed_msync(addr, len, flags);
}

/* --- files --------------------------------------------------------------- */

int __real_open(const char *path, int flags, ...);
int __wrap_open(const char *path, int flags, ...);

int __wrap_open(const char *path, int flags, ...)
{
	mode_t mode = 0;
	va_list ap;

	va_start(ap, flags);
	if (flags & (O_CREAT | O_TMPFILE))
		mode = va_arg(ap, mode_t);
	va_end(ap);
	if (damage == OPEN_IS_RDWR && strstr(path, "-lab"))
		flags = (flags & ~O_ACCMODE) | O_RDWR;
	return __real_open(path, flags, mode);
}

ssize_t __real_pread(int fd, void *buf, size_t len, off_t offset);
ssize_t __wrap_pread(int fd, void *buf, size_t len, off_t offset);

ssize_t __wrap_pread(int fd, void *buf, size_t len, off_t offset)
{
	ssize_t got = __real_pread(fd, buf, len, offset);

	/* only the experiments read four bytes in one call */
	if (damage == DISK_IS_APART && got == 4)
		memcpy(buf, "old0", 4);
	return got;
}

int __real_fsync(int fd);
int __wrap_fsync(int fd);

int __wrap_fsync(int fd)
{
	return damage == DISK_IS_APART ? 0 : __real_fsync(fd);
}

int __real_ftruncate(int fd, off_t len);
int __wrap_ftruncate(int fd, off_t len);

int __wrap_ftruncate(int fd, off_t len)
{
	struct stat st;

	if (damage == FILES_STAY && fstat(fd, &st) == 0 && st.st_size > len)
		return 0;
	return __real_ftruncate(fd, len);
}

int __real_memfd_create(const char *name, unsigned flags);
int __wrap_memfd_create(const char *name, unsigned flags);

int __wrap_memfd_create(const char *name, unsigned flags)
{
	int fd;

	if (damage == NO_SEALS)
		flags &= ~MFD_ALLOW_SEALING;
	fd = __real_memfd_create(name, flags);
	if (damage == MAPPING_OUTLIVES)
		__real_mmap(NULL, lab_page(), PROT_READ | PROT_WRITE,
			    MAP_SHARED, fd, 0);
	return fd;
}

FILE *__real_fdopen(int fd, const char *mode);
FILE *__wrap_fdopen(int fd, const char *mode);

FILE *__wrap_fdopen(int fd, const char *mode)
{
	FILE *fp = __real_fdopen(fd, mode);

	if (fp && damage == STDIO_UNBUFFERED)
		setvbuf(fp, NULL, _IONBF, 0);
	return fp;
}

int __real_sem_wait(sem_t *sem);
int __wrap_sem_wait(sem_t *sem);

int __wrap_sem_wait(sem_t *sem)
{
	return damage == NO_WAITING ? 0 : __real_sem_wait(sem);
}

/* --- the expected outcomes ------------------------------------------------ */

static const struct {
	const char *id;
	enum damage damage;
	enum lab_outcome outcome;
	const char *what;
} cases[] = {
	{ "D1", NONE, LAB_FAILS, "nothing is broken" },
	{ "D1", EACCES_IS_EINVAL, LAB_HOLDS,
	  "mmap fails with EINVAL and not EACCES" },
	{ "D2", NONE, LAB_HOLDS, "nothing is broken" },
	{ "D2", OPEN_IS_RDWR, LAB_FAILS, "O_WRONLY can read" },
	{ "D3", NONE, LAB_HOLDS, "nothing is broken" },
	{ "D3", OPEN_IS_RDWR, LAB_FAILS, "O_RDONLY can write" },
	{ "D3", PROTECT_IS_LAZY, LAB_FAILS, "mprotect refuses nothing" },
	{ "D4", NONE, LAB_HOLDS, "nothing is broken" },
	{ "D4", PRIVATE_IS_SHARED, LAB_FAILS, "mappings are shared" },
	{ "D5", NONE, LAB_HOLDS, "nothing is broken" },
	{ "D5", PRIVATE_IS_SHARED, LAB_FAILS, "mappings are shared" },
	{ "D6", PROTECT_IS_LAZY, LAB_FAILS, "mprotect does nothing" },
	{ "D6", PROTECT_NO_EXEC, LAB_FAILS, "nothing may be executed" },
	{ "D7", NONE, LAB_HOLDS_WITH_LIMIT, "nothing is broken" },
	{ "D7", FIXED_IS_HINT, LAB_FAILS, "MAP_FIXED is a hint" },
	{ "D7", FIXED_KEEPS, LAB_HOLDS, "MAP_FIXED keeps what was there" },
	{ "D8", NEITHER_TAKEN, LAB_FAILS, "neither flag is needed" },
	{ "D8", BOTH_REFUSED, LAB_HOLDS, "both flags together are refused" },
	{ "D9", NONE, LAB_HOLDS, "nothing is broken" },
	{ "D9", PRIVATE_IS_SHARED, LAB_FAILS, "all stores are seen" },
	{ "D9", PRIVATE_COPIES, LAB_FAILS, "no store is seen" },
	{ "E1", NONE, LAB_HOLDS_WITH_LIMIT, "nothing is broken" },
	{ "E1", UNMAP_IS_LAZY, LAB_FAILS, "munmap does nothing" },
	{ "E1", PLACES_ARE_USED_ONCE, LAB_HOLDS, "no address is used again" },
	{ "E2", NONE, LAB_FAILS, "nothing is broken" },
	{ "E2", UNMAP_IS_STRICT, LAB_HOLDS,
	  "munmap takes only addresses of mmap" },
	{ "E3", NONE, LAB_FAILS, "nothing is broken" },
	{ "E3", DISK_IS_APART, LAB_HOLDS, "a file and its mapping are apart" },
	{ "E6", NONE, LAB_HOLDS_WITH_LIMIT, "nothing is broken" },
	{ "E6", FLAGS_WANTED, LAB_HOLDS, "msync without flags is refused" },
	{ "E6", FLAGS_IGNORED, LAB_FAILS, "msync takes both flags" },
	{ "E7", NONE, LAB_HOLDS, "nothing is broken" },
	{ "E7", MAPPING_OUTLIVES, LAB_FAILS,
	  "the mapping outlives its process" },
	{ "E7", NO_SEALS, LAB_CANNOT_TRY, "memory cannot be sealed" },
	{ "E8", NONE, LAB_HOLDS, "nothing is broken" },
	{ "E8", PRIVATE_IS_SHARED, LAB_FAILS, "mappings are shared" },
	{ "E9", NONE, LAB_HOLDS_WITH_LIMIT, "nothing is broken" },
	{ "E9", SHARED_IS_PRIVATE, LAB_FAILS, "mappings are private" },
	{ "E9", STDIO_UNBUFFERED, LAB_HOLDS, "stdio has no buffer" },
	{ "E10", NONE, LAB_HOLDS, "nothing is broken" },
	{ "E10", PRIVATE_IS_SHARED, LAB_FAILS, "all mappings are shared" },
	{ "E10", SHARED_IS_PRIVATE, LAB_FAILS, "all mappings are private" },
	{ "E11", NONE, LAB_HOLDS_WITH_LIMIT, "nothing is broken" },
	{ "E11", SHARED_IS_PRIVATE, LAB_FAILS, "mappings are private" },
	{ "E11", FILES_STAY, LAB_HOLDS, "no file is truncated or empty" },
	{ "E12", NO_WAITING, LAB_FAILS, "semaphores do not help" },
};

/* These experiments need a file on a disk, or a count of dirty pages. */
static const struct {
	const char *id;
	enum damage damage;
	enum lab_outcome outcome;
	const char *what;
} disk_cases[] = {
	{ "E4", NONE, LAB_HOLDS_WITH_LIMIT, "nothing is broken" },
	{ "E4", SYNC_IS_LAZY, LAB_FAILS, "msync does nothing" },
	{ "E4", ASYNC_WRITES, LAB_HOLDS, "MS_ASYNC does write" },
	{ "E4", ASYNC_WAITS, LAB_FAILS, "MS_ASYNC takes longer" },
	{ "E5", NONE, LAB_FAILS, "nothing is broken" },
	{ "E5", INVALIDATE_DROPS, LAB_HOLDS, "MS_INVALIDATE drops pages" },
};

static void show(const struct lab_result *r)
{
	for (int i = 0; i < r->n; i++)
		if (r->fact[i].weight != LAB_DRAWN)
			diag("%d %s", r->fact[i].weight, r->fact[i].text);
}

static void try_case(const char *id, enum damage how, enum lab_outcome outcome,
		     const char *what)
{
	static struct lab_result r;
	struct err e = { 0 };
	enum lab_outcome got;
	int rc;

	damage = how;
	rc = lab_run(lab_find(id), NULL, &r, &e);
	got = lab_outcome(&r);
	if (!ok(rc == 0 && got == outcome, "%s: %s where %s", id,
		lab_outcome_names[outcome], what)) {
		diag("%s", rc < 0 ? e.text : lab_outcome_names[got]);
		show(&r);
	}
}

static void try_disk_cases(void)
{
	static struct lab_result r;
	struct err e = { 0 };

	damage = NONE;
	if (lab_run(lab_find("E4"), NULL, &r, &e) == 0 &&
	    lab_outcome(&r) == LAB_CANNOT_TRY) {
		show(&r);
		skip("E4 and E5: no disk can be used here");
		return;
	}
	for (size_t i = 0; i < sizeof(disk_cases) / sizeof(disk_cases[0]); i++)
		try_case(disk_cases[i].id, disk_cases[i].damage,
			 disk_cases[i].outcome, disk_cases[i].what);
}

int main(void)
{
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++)
		try_case(cases[i].id, cases[i].damage, cases[i].outcome,
			 cases[i].what);
	try_disk_cases();
	return done_testing();
}
