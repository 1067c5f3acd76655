/*
 * Helpers of the programs that exercises show. If they cannot get memory, a
 * process or a semaphore, they end the process.
 */
#include "teach/programs.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

const char *const programs_helpers =
	"e->in and e->out are descriptors of IN and OUT; e->len is the length "
	"of IN. private_memory(n) and shared_memory(n) get n bytes by mmap; "
	"child processes share the memory that shared_memory gets. mapped(fd, "
	"n) maps n bytes of a file with MAP_SHARED; if the file is OUT, it "
	"first makes OUT n bytes long. fork_as(name) is fork, ended(pid) waits "
	"for a child. pump(from, to, n) reads and writes through a buffer of n "
	"bytes until there is no more. bytes_copy is memcpy. A slot is shared "
	"memory with two semaphores, which are called empty and full.";

static void *some_memory(ssize_t len, int flags, int fd)
{
	void *p = mmap(NULL, (size_t)len, PROT_READ | PROT_WRITE, flags, fd, 0);

	/* IN is open only for reading */
	if (p == MAP_FAILED && errno == EACCES)
		p = mmap(NULL, (size_t)len, PROT_READ, flags, fd, 0);
	if (p == MAP_FAILED)
		_exit(1);
	return p;
}

void *private_memory(ssize_t len)
{
	return some_memory(len, MAP_PRIVATE | MAP_ANONYMOUS, -1);
}

void *shared_memory(ssize_t len)
{
	return some_memory(len, MAP_SHARED | MAP_ANONYMOUS, -1);
}

void *mapped(int fd, ssize_t len)
{
	int flags = fcntl(fd, F_GETFL);

	if ((flags & O_ACCMODE) == O_RDWR && ftruncate(fd, len) < 0)
		_exit(1);
	return some_memory(len, MAP_SHARED, fd);
}

pid_t fork_as(const char *name)
{
	pid_t pid = fork();

	if (pid < 0)
		_exit(1);
	if (pid == 0)
		prctl(PR_SET_NAME, name);
	return pid;
}

int ended(pid_t child)
{
	int status;

	if (waitpid(child, &status, 0) != child || !WIFEXITED(status))
		return 1;
	return WEXITSTATUS(status);
}

int pump(int from, int to, ssize_t block)
{
	char *buf = private_memory(block);
	ssize_t n;

	while ((n = read(from, buf, (size_t)block)) > 0)
		if (write(to, buf, (size_t)n) != n)
			return 1;
	return n < 0;
}

/* --- a slot --------------------------------------------------------------- */

struct slot *new_slot(ssize_t len)
{
	struct slot *s = shared_memory((ssize_t)sizeof(*s) + len);

	if (sem_init(&s->empty, 1, 1) < 0 || sem_init(&s->full, 1, 0) < 0)
		_exit(1);
	return s;
}

static void wait_for(sem_t *sem)
{
	while (sem_wait(sem) < 0)
		if (errno != EINTR)
			_exit(1);
}

void wait_empty(struct slot *s)
{
	wait_for(&s->empty);
}

void tell_full(struct slot *s, ssize_t n)
{
	s->n = n;
	sem_post(&s->full);
}

ssize_t wait_full(struct slot *s)
{
	wait_for(&s->full);
	return s->n;
}

void tell_empty(struct slot *s)
{
	sem_post(&s->empty);
}
