/* The plain program's channels: two streams, and a ring with semaphores. */
#include <fcntl.h>
#include <sys/socket.h>
#include <unistd.h>

#include "plain.h"

static size_t least(size_t a, size_t b)
{
	return a < b ? a : b;
}

/* --- streams -------------------------------------------------------------- */

static void write_all(int fd, const char *from, size_t left, const char *what)
{
	while (left > 0) {
		ssize_t n = write(fd, from, left);

		plain_must(n > 0, what);
		from += n;
		left -= (size_t)n;
	}
}

static void stream_send(struct plain_pair *p)
{
	for (size_t left = p->o->bytes, n; left > 0; left -= n) {
		n = least(left, p->o->size);
		plain_must(read(p->in, p->buf, n) == (ssize_t)n,
			   "read the input");
		write_all(p->end[1], p->buf, n, p->channel->name);
	}
}

static void stream_receive(struct plain_pair *p)
{
	for (size_t left = p->o->bytes; left > 0;) {
		ssize_t n = read(p->end[0], p->buf, least(left, p->o->size));

		plain_must(n > 0, p->channel->name);
		write_all(p->out, p->buf, (size_t)n, "write the output");
		left -= (size_t)n;
	}
}

static void pipe_open(struct plain_pair *p)
{
	int room;

	plain_must(pipe2(p->end, O_CLOEXEC) == 0, "pipe2");
	room = fcntl(p->end[1], F_SETPIPE_SZ, (int)p->o->capacity);
	plain_must(room >= 0, "F_SETPIPE_SZ");
}

static void unix_open(struct plain_pair *p)
{
	plain_must(socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, p->end) ==
			   0,
		   "socketpair");
}

static void nothing(struct plain_pair *p)
{
	(void)p;
}

/* --- the ring ------------------------------------------------------------- */

static void ring_open(struct plain_pair *p)
{
	unsigned int slots = (unsigned int)p->o->slots;

	plain_must(sem_init(&p->shared->empty, 1, slots) == 0 &&
			   sem_init(&p->shared->full, 1, 0) == 0,
		   "sem_init");
}

static char *next_slot(struct plain_pair *p)
{
	char *slot = p->shared->slots + p->slot * p->o->size;

	p->slot = (p->slot + 1) % p->o->slots;
	return slot;
}

static void ring_send(struct plain_pair *p)
{
	for (size_t left = p->o->bytes, n; left > 0; left -= n) {
		n = least(left, p->o->size);
		plain_must(sem_wait(&p->shared->empty) == 0, "sem_wait");
		plain_must(read(p->in, next_slot(p), n) == (ssize_t)n,
			   "read the input");
		plain_must(sem_post(&p->shared->full) == 0, "sem_post");
	}
}

static void ring_give_back(struct plain_pair *p)
{
	for (; p->owed > 0; p->owed--)
		plain_must(sem_post(&p->shared->empty) == 0, "sem_post");
}

/*
 * Gives slots back whenever half of the ring has been emptied. Before it
 * sleeps, gives back all slots that it has emptied.
 */
static void ring_receive(struct plain_pair *p)
{
	for (size_t left = p->o->bytes, n; left > 0; left -= n) {
		n = least(left, p->o->size);
		if (sem_trywait(&p->shared->full) < 0) {
			ring_give_back(p);
			plain_must(sem_wait(&p->shared->full) == 0, "sem_wait");
		}
		write_all(p->out, next_slot(p), n, "write the output");
		if (++p->owed >= p->o->slots / 2)
			ring_give_back(p);
	}
}

const struct plain_channel plain_channels[PLAIN_CHANNELS] = {
	{ "pipe", pipe_open, stream_send, stream_receive, nothing },
	{ "unix", unix_open, stream_send, stream_receive, nothing },
	{ "ring", ring_open, ring_send, ring_receive, ring_give_back },
};
