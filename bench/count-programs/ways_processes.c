/* Ways of copying from one process to another through memory. */
#include <fcntl.h>
#include <mqueue.h>
#include <semaphore.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/msg.h>
#include <sys/shm.h>
#include <sys/uio.h>
#include <unistd.h>

#include "ways.h"

#define RING_SLOTS 4

struct ring {
	sem_t full, empty;
	size_t len[RING_SLOTS];
	char slot[RING_SLOTS][BLOCK];
};

static char a[BLOCK], b[BLOCK];
static void *(*volatile copy_bytes)(void *, const void *, size_t) = memcpy;

/*
 * Runs in the other process. Writes the file from the ring itself or, if
 * `copies`, first copies the bytes out of the ring.
 */
static void drain(struct ring *r, int out, int copies)
{
	for (int i = 0;; i = (i + 1) % RING_SLOTS) {
		size_t n;

		must(sem_wait(&r->full), "sem_wait");
		n = r->len[i];
		if (!n)
			exit(0);
		if (copies)
			copy_bytes(b, r->slot[i], n);
		write_all(out, copies ? b : r->slot[i], n);
		must(sem_post(&r->empty), "sem_post");
	}
}

static void fill(struct ring *r, int in, int copies)
{
	size_t n = 1;

	for (int i = 0; n > 0; i = (i + 1) % RING_SLOTS) {
		must(sem_wait(&r->empty), "sem_wait");
		n = must(read(in, copies ? a : r->slot[i], BLOCK), "read");
		if (copies)
			copy_bytes(r->slot[i], a, n);
		r->len[i] = n;
		must(sem_post(&r->full), "sem_post");
	}
}

static void through(struct ring *r, int in, int out, int copies_in,
		    int copies_out)
{
	must(sem_init(&r->full, 1, 0), "sem_init");
	must(sem_init(&r->empty, 1, RING_SLOTS), "sem_init");
	if (child())
		drain(r, out, copies_out);
	fill(r, in, copies_in);
	wait_for_child();
}

static void ring(int in, int out)
{
	through(shared(sizeof(struct ring)), in, out, 0, 0);
}

static void ring_copied_in(int in, int out)
{
	through(shared(sizeof(struct ring)), in, out, 1, 0);
}

static void ring_copied_out(int in, int out)
{
	through(shared(sizeof(struct ring)), in, out, 0, 1);
}

static void ring_copied_twice(int in, int out)
{
	through(shared(sizeof(struct ring)), in, out, 1, 1);
}

static struct ring *mapped_ring(int fd)
{
	void *p;

	must(ftruncate(fd, sizeof(struct ring)), "ftruncate");
	p = mmap(NULL, sizeof(struct ring), PROT_READ | PROT_WRITE, MAP_SHARED,
		 fd, 0);
	must(p == MAP_FAILED ? -1 : 0, "mmap");
	return p;
}

static struct ring *posix_ring(void)
{
	char name[64];
	int fd;

	snprintf(name, sizeof(name), "/ways-%d", getpid());
	fd = must(shm_open(name, O_RDWR | O_CREAT | O_EXCL, 0600), "shm_open");
	shm_unlink(name);
	return mapped_ring(fd);
}

static void posix(int in, int out)
{
	through(posix_ring(), in, out, 0, 0);
}

static void posix_copied_in(int in, int out)
{
	through(posix_ring(), in, out, 1, 0);
}

static void memfd(int in, int out)
{
	through(mapped_ring(must(memfd_create("ring", 0), "memfd_create")), in,
		out, 0, 0);
}

static void sysv_segment(int in, int out)
{
	int id = must(shmget(IPC_PRIVATE, sizeof(struct ring), 0600), "shmget");
	struct ring *r = shmat(id, NULL, 0);

	shmctl(id, IPC_RMID, NULL);
	through(r, in, out, 0, 0);
}

/* Copies from memory to memory. No read(2) or write(2) moves these bytes. */
static void ring_between_maps(int in, int out)
{
	size_t len = length_of(in);
	char *middle = shared(len), *from, *to;

	from = mmap(NULL, len, PROT_READ, MAP_SHARED, in, 0);
	copy_bytes(middle, from, len);
	if (child()) {
		must(ftruncate(out, len), "ftruncate");
		to = mmap(NULL, len, PROT_READ | PROT_WRITE, MAP_SHARED, out,
			  0);
		copy_bytes(to, middle, len);
		exit(0);
	}
	wait_for_child();
}

/* The child only reads its buffer, so the kernel copies no page of it. */
static void fork_and_write(int in, int out)
{
	size_t len = length_of(in);
	char *all = malloc(len);

	read_all(in, all, len);
	if (child()) {
		write_all(out, all, len);
		exit(0);
	}
	wait_for_child();
}

/* The child stores into each page, so the kernel copies each page. */
static void fork_touch_and_write(int in, int out)
{
	size_t len = length_of(in);
	volatile char *all = malloc(len);

	read_all(in, (char *)all, len);
	if (child()) {
		for (size_t i = 0; i < len; i += 4096)
			all[i] = all[i];
		write_all(out, (char *)all, len);
		exit(0);
	}
	wait_for_child();
}

/* The child reads the buffer out of its parent's memory. */
static void with_process_vm_readv(int in, int out)
{
	size_t len = length_of(in);
	char *all = malloc(len);
	pid_t parent = getpid();

	read_all(in, all, len);
	if (child()) {
		char *mine = malloc(len);
		struct iovec to = { mine, len }, from = { all, len };

		must(process_vm_readv(parent, &to, 1, &from, 1, 0),
		     "process_vm_readv");
		write_all(out, mine, len);
		exit(0);
	}
	wait_for_child();
}

static void with_proc_mem(int in, int out)
{
	size_t len = length_of(in);
	char *all = malloc(len), name[64];
	int fd;

	snprintf(name, sizeof(name), "/proc/%d/mem", getpid());
	read_all(in, all, len);
	if (child()) {
		char *mine = malloc(len);

		fd = must(open(name, O_RDONLY), name);
		must(lseek(fd, (off_t)all, SEEK_SET), "lseek");
		read_all(fd, mine, len);
		write_all(out, mine, len);
		exit(0);
	}
	wait_for_child();
}

#define PIECE 4096

static void with_mq(int in, int out)
{
	struct mq_attr attr = { .mq_maxmsg = 4, .mq_msgsize = PIECE };
	char name[64];
	ssize_t n;
	mqd_t q;

	snprintf(name, sizeof(name), "/ways-%d", getpid());
	q = must(mq_open(name, O_RDWR | O_CREAT | O_EXCL, 0600, &attr),
		 "mq_open");
	mq_unlink(name);
	if (child()) {
		while ((n = must(mq_receive(q, b, PIECE, NULL), "mq_receive")))
			write_all(out, b, n);
		exit(0);
	}
	do {
		n = must(read(in, a, PIECE), "read");
		must(mq_send(q, a, n, 0), "mq_send");
	} while (n > 0);
	wait_for_child();
}

struct message {
	long type;
	char bytes[PIECE];
};

static void with_msgsnd(int in, int out)
{
	int id = must(msgget(IPC_PRIVATE, 0600), "msgget");
	struct message m = { .type = 1 };
	ssize_t n;

	if (child()) {
		while ((n = must(msgrcv(id, &m, PIECE, 0, 0), "msgrcv")) > 0)
			write_all(out, m.bytes, n);
		exit(0);
	}
	do {
		n = must(read(in, m.bytes, PIECE), "read");
		must(msgsnd(id, &m, n, 0), "msgsnd");
	} while (n > 0);
	wait_for_child();
	msgctl(id, IPC_RMID, NULL);
}

const struct way processes[] = {
	{ "ring", ring },
	{ "ring-copied-in", ring_copied_in },
	{ "ring-copied-out", ring_copied_out },
	{ "ring-copied-twice", ring_copied_twice },
	{ "shm_open", posix },
	{ "shm_open-copied-in", posix_copied_in },
	{ "memfd", memfd },
	{ "shmget", sysv_segment },
	{ "ring-between-maps", ring_between_maps },
	{ "fork", fork_and_write },
	{ "fork-touched", fork_touch_and_write },
	{ "process_vm_readv", with_process_vm_readv },
	{ "proc-mem", with_proc_mem },
	{ "mq", with_mq },
	{ "msgsnd", with_msgsnd },
	{ NULL, NULL },
};
