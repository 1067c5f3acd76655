/* Calls that are broken while an experiment runs (-Wl,--wrap). */
#include <errno.h>
#include <fcntl.h>
#include <semaphore.h>
#include <stdarg.h>
#include <stdbool.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/uio.h>
#include <unistd.h>

#include "lab/lab.h"
#include "lab_observe.h"

enum damage damage;

void *__real_mmap(void *addr, size_t len, int prot, int flags, int fd,
		  off_t offset);
void *__wrap_mmap(void *addr, size_t len, int prot, int flags, int fd,
		  off_t offset);

static void *last_map;
static size_t last_len;

static size_t file_size(int fd)
{
	struct stat st;

	return fstat(fd, &st) == 0 ? (size_t)st.st_size : 0;
}

/* Changes a request of mmap as `damage` says. False: mmap is refused. */
static bool damage_request(void **addr, size_t *len, int *flags, int fd,
			   off_t *offset)
{
	size_t page = lab_page();

	switch (damage) {
	case MAP_IS_PRIVATE:
		if ((*flags & 3) == MAP_SHARED)
			*flags += MAP_PRIVATE - MAP_SHARED;
		break;
	case MAP_GROWS_FILE:
		if (fd >= 0 && file_size(fd) < *len &&
		    ftruncate(fd, (off_t)*len) < 0)
			return false;
		break;
	case MAP_TAKES_LESS:
		*len = fd >= 0 && *len == 2 * page ? page : *len;
		break;
	case MAP_TAKES_MORE:
		*len = fd >= 0 && *len == 2 * page ? 3 * page : *len;
		break;
	case MAP_TAKES_ZERO:
		*len = *len ? *len : page;
		break;
	case MAP_TAKES_OFFSET:
		*offset -= *offset % (off_t)page;
		break;
	case MAP_WANTS_FILE:
		errno = EINVAL;
		return fd < 0 || *len <= file_size(fd);
	case MAP_HAS_ROOM:
		*addr = *flags & MAP_FIXED ? *addr : NULL;
		break;
	default:
		break;
	}
	return true;
}

void *__wrap_mmap(void *addr, size_t len, int prot, int flags, int fd,
		  off_t offset)
{
	size_t asked = len;
	char *p;

	if (!damage_request(&addr, &len, &flags, fd, &offset))
		return MAP_FAILED;
	p = __real_mmap(addr, len, prot, flags, fd, offset);
	if (p == MAP_FAILED)
		return p;
	if (damage == MAP_IS_DIRTY && (flags & MAP_ANONYMOUS) &&
	    (prot & PROT_WRITE))
		memset(p, 1, asked);
	last_map = p;
	last_len = len;
	return p;
}

int __real_munmap(void *addr, size_t len);
int __wrap_munmap(void *addr, size_t len);

int __wrap_munmap(void *addr, size_t len)
{
	if (damage == UNMAP_IS_LAZY || damage == MAP_TAKES_MORE)
		return 0;
	return __real_munmap(addr, len);
}

int __real_mprotect(void *addr, size_t len, int prot);
int __wrap_mprotect(void *addr, size_t len, int prot);

int __wrap_mprotect(void *addr, size_t len, int prot)
{
	return damage == PROTECT_IS_LAZY ? 0 : __real_mprotect(addr, len, prot);
}

int __real_close(int fd);
int __wrap_close(int fd);

int __wrap_close(int fd)
{
	if (damage == CLOSE_UNMAPS && last_map)
		__real_munmap(last_map, last_len);
	return __real_close(fd);
}

int __real_open(const char *path, int flags, ...);
int __wrap_open(const char *path, int flags, ...);

int __wrap_open(const char *path, int flags, ...)
{
	mode_t mode = 0;
	va_list ap;

	va_start(ap, flags);
	if (flags & O_CREAT)
		mode = va_arg(ap, mode_t);
	va_end(ap);
	if (damage == ZERO_IS_FULL && !strcmp(path, "/dev/zero"))
		path = "/dev/full";
	if (damage == NO_REACH && strstr(path, "/fd/")) {
		errno = EACCES;
		return -1;
	}
	return __real_open(path, flags, mode);
}

ssize_t __real_process_vm_readv(pid_t pid, const struct iovec *mine,
				unsigned long n, const struct iovec *its,
				unsigned long m, unsigned long flags);
ssize_t __wrap_process_vm_readv(pid_t pid, const struct iovec *mine,
				unsigned long n, const struct iovec *its,
				unsigned long m, unsigned long flags);

ssize_t __wrap_process_vm_readv(pid_t pid, const struct iovec *mine,
				unsigned long n, const struct iovec *its,
				unsigned long m, unsigned long flags)
{
	if (damage != NO_REACH)
		return __real_process_vm_readv(pid, mine, n, its, m, flags);
	errno = EPERM;
	return -1;
}

int __real_memfd_create(const char *name, unsigned flags);
int __wrap_memfd_create(const char *name, unsigned flags);

int __wrap_memfd_create(const char *name, unsigned flags)
{
	if (damage == NO_HUGE_PAGES && (flags & MFD_HUGETLB)) {
		errno = ENOSYS;
		return -1;
	}
	return __real_memfd_create(name, flags);
}

int __real_fsync(int fd);
int __wrap_fsync(int fd);

int __wrap_fsync(int fd)
{
	return damage == NO_SYNC ? 0 : __real_fsync(fd);
}

int __real_sem_wait(sem_t *sem);
int __wrap_sem_wait(sem_t *sem);

int __wrap_sem_wait(sem_t *sem)
{
	return damage == NO_WAITING ? 0 : __real_sem_wait(sem);
}

long __real_ptrace(int request, ...);
long __wrap_ptrace(int request, ...);

long __wrap_ptrace(int request, ...)
{
	void *arg[3];
	va_list ap;

	va_start(ap, request);
	for (int i = 0; i < 3; i++)
		arg[i] = va_arg(ap, void *);
	va_end(ap);
	if (damage != NO_PTRACE)
		return __real_ptrace(request, arg[0], arg[1], arg[2]);
	errno = EPERM;
	return -1;
}

int __real_prctl(int option, ...);
int __wrap_prctl(int option, ...);

int __wrap_prctl(int option, ...)
{
	unsigned long arg[4];
	va_list ap;

	va_start(ap, option);
	for (int i = 0; i < 4; i++)
		arg[i] = va_arg(ap, unsigned long);
	va_end(ap);
	if (damage != NO_SECCOMP || option != PR_SET_SECCOMP)
		return __real_prctl(option, arg[0], arg[1], arg[2], arg[3]);
	errno = EINVAL;
	return -1;
}
