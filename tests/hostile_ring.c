/* Scribbled rings. Either side may be the hostile one. */
#include <errno.h>
#include <limits.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/sem.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/fd.h"
#include "base/hash.h"
#include "copy/messages.h"
#include "hostile.h"
#include "peer.h"
#include "tap.h"
#include "transport/ring.h"

#define SCRIBBLE_MS 300

unsigned char hostile_data[HOSTILE_BYTES];
const struct sample hostile_sent = { .len = HOSTILE_BYTES,
				     .seed = 6,
				     .mode = 0600 };

struct ring *hostile_ring_of(struct polite *us)
{
	return us->tr.priv;
}

void hostile_meet_server(struct honest *server, struct polite *us,
			 const char *spec, enum polite_step step)
{
	const char *name = hostile_name();

	honest_serve(server, name, spec);
	polite_begin(us, hostile_connect(name));
	polite_client(us, step);
}

/* --- scribbling ----------------------------------------------------------- */

static uint32_t odd_number(const struct ring *r, size_t size)
{
	switch (random() % 6) {
	case 0:
		return (uint32_t)random() % 4;
	case 1:
		return r->depth + (uint32_t)random() % 3;
	case 2:
		return (uint32_t)size + (uint32_t)random() % 3;
	case 3:
		return UINT32_MAX - (uint32_t)random() % 3;
	case 4:
		return 0x7fffffffu + (uint32_t)random() % 3;
	default:
		return (uint32_t)(random() * 3);
	}
}

/*
 * Leaves the word behind a semaphore's value alone: that word tells glibc's
 * sem_post how to call futex(2), and glibc aborts if the call fails.
 */
static void scribble_turn(struct ring *r, uint32_t value)
{
	sem_t *sem = random() % 2 ? r->empty : r->full;

	if (r->sem_id >= 0) {
		semctl(r->sem_id, (int)(random() % 2), SETVAL, value % 32768);
		return;
	}
	if (sem) {
		memcpy((char *)sem + 4 * (random() % 2), &value, 4);
		return;
	}
	switch (random() % 4) {
	case 0:
		r->shared->sent = value;
		break;
	case 1:
		r->shared->freed = value;
		break;
	case 2: /* the holder of the lock, which sync=mutex uses */
		memcpy(&r->shared->lock, &value, 4);
		break;
	default:
		r->shared->receiver_sleeps = value;
		r->shared->sender_sleeps = value;
	}
}

/*
 * The parts to scribble on. Scribbling elsewhere would end the transfer too
 * soon.
 */
enum habit { TURNS, LENGTHS, DATA, HABITS };

static const char *const habits[] = { "turns", "lengths", "data" };

static void scribble(struct ring *r, size_t size, enum habit habit)
{
	uint32_t value = odd_number(r, size);

	if (habit == TURNS)
		scribble_turn(r, value);
	else if (habit == LENGTHS)
		r->slots[(uint32_t)random() % r->depth].len = value;
	else
		r->data[(size_t)random() % (r->depth * r->stride)] =
			(char)value;
}

static pid_t begin_scribbling(struct polite *us, enum habit habit)
{
	pid_t pid = honest_fork();

	if (pid)
		return pid;
	srandom((unsigned)getpid());
	for (;;) {
		scribble(hostile_ring_of(us), us->tr.msg_bytes, habit);
		/* pause now and then, so that some messages pass */
		if (random() % 64 == 0)
			usleep((useconds_t)(random() % 2000));
	}
}

/*
 * Receives as well as it can while another process scribbles, and then tells
 * the server that all has arrived.
 */
static void scribble_on_server(const char *sync, enum habit habit)
{
	const char *name = hostile_name();
	struct offer_result result = { .t1_ns = clock_ns() };
	struct honest server;
	struct verdict v;
	struct polite us;
	char spec[80];
	int sock;
	pid_t pid;

	snprintf(spec, sizeof(spec), "shm:size=256,depth=4,sync=%s", sync);
	honest_files();
	honest_serve(&server, name, spec);
	sock = hostile_connect(name);
	polite_begin(&us, sock);
	polite_client(&us, POLITE_READY);
	honest_stop_us_after(SCRIBBLE_MS);
	pid = begin_scribbling(&us, habit);
	while (polite_receive(&us) >= 0 && us.step == POLITE_READY)
		; /* 0 may be a false end, so go on */
	honest_reap(pid);
	result.bytes = honest_source.len;
	peer_say(sock, SESSION_RESULT, &result, sizeof(result), -1);
	fd_close(&sock);
	v = honest_end(&server, 2000);
	ok(honest_is_sound(&v, "server") &&
		   !sample_differs(HONEST_SRC, &honest_source),
	   "%s: a server whose %s are scribbled on", sync, habits[habit]);
	hostile_note(&v);
	polite_end(&us);
}

static void scribble_on_client(const char *sync, enum habit habit)
{
	struct honest client;
	struct verdict v;
	struct polite us;
	struct meet meet;
	char spec[80];
	pid_t pid;

	snprintf(spec, sizeof(spec), "shm:size=256,depth=4,sync=%s", sync);
	polite_begin(&us, hostile_accept(&client, &meet));
	us.data = hostile_data;
	us.len = sizeof(hostile_data);
	polite_server(&us, spec, POLITE_READY);
	honest_stop_us_after(SCRIBBLE_MS);
	pid = begin_scribbling(&us, habit);
	while (polite_send(&us) > 0)
		;
	honest_reap(pid);
	/* claim that all has arrived */
	us.step = POLITE_LAST;
	polite_server(&us, spec, POLITE_DONE);
	fd_close(&us.ctl.fd);
	v = honest_end(&client, 2000);
	ok(honest_is_sound(&v, "client") &&
		   honest_dst_is_sound(&v, &hostile_sent),
	   "%s: a client whose %s are scribbled on", sync, habits[habit]);
	hostile_note(&v);
	polite_end(&us);
	meet_close(&meet);
}

/*
 * This client never reaches an end and never waits, so only a signal stops it.
 */
static void interrupt_a_runner(void)
{
	const uint32_t plenty = SEM_VALUE_MAX - 1;
	struct honest client;
	struct verdict v;
	struct polite us;
	struct meet meet;

	polite_begin(&us, hostile_accept(&client, &meet));
	us.data = hostile_data;
	us.len = sizeof(hostile_data);
	us.claim = COPY_LENGTH_UNKNOWN;
	polite_server(&us, "shm:size=256,depth=4,sync=sem", POLITE_JOINED);
	for (uint32_t i = 0; i < 4; i++)
		hostile_ring_of(&us)->slots[i].len = 256;
	memcpy(hostile_ring_of(&us)->full, &plenty, sizeof(plenty));
	polite_server(&us, "", POLITE_READY);
	usleep(100000);
	kill(client.pid, SIGTERM);
	v = honest_end(&client, 2000);
	ok(honest_is_sound(&v, "client") && v.rc == -EINTR &&
		   honest_dst_is_sound(&v, &hostile_sent),
	   "a client that never waits can be interrupted");
	fd_close(&us.ctl.fd);
	polite_end(&us);
	meet_close(&meet);
}

/*
 * Overwrites the word behind a semaphore's value, too. We cannot keep glibc
 * from ending the process then, but nothing worse may happen.
 */
static void ruin(sem_t *sem, uint32_t value)
{
	const uint32_t words[] = { value, 1, 0xffffff00 };

	/* value, sleepers, how to wake them */
	memcpy(sem, words, sizeof(words));
}

static void ruin_server(void)
{
	struct honest server;
	struct verdict v;
	struct polite us;

	hostile_meet_server(&server, &us, "shm:size=256,depth=4,sync=sem",
			    POLITE_JOINED);
	ruin(hostile_ring_of(&us)->full, 0);
	polite_client(&us, POLITE_READY);
	v = honest_end(&server, 3 * HONEST_PATIENCE_MS + 1000);
	ok(honest_is_sound(&v, "server") && v.rc < 0,
	   "a server whose semaphore is ruined");
	hostile_note(&v);
	fd_close(&us.ctl.fd);
	polite_end(&us);
}

static void ruin_client(void)
{
	struct honest client;
	struct verdict v;
	struct polite us;
	struct meet meet;

	polite_begin(&us, hostile_accept(&client, &meet));
	us.data = hostile_data;
	us.len = sizeof(hostile_data);
	polite_server(&us, "shm:size=256,depth=4,sync=sem", POLITE_READY);
	ruin(hostile_ring_of(&us)->empty, 4);
	for (int i = 0; i < 4; i++)
		polite_send(&us);
	v = honest_end(&client, 3 * HONEST_PATIENCE_MS + 1000);
	ok(honest_is_sound(&v, "client") && v.rc < 0 &&
		   honest_dst_is_sound(&v, &hostile_sent),
	   "a client whose semaphore is ruined");
	hostile_note(&v);
	fd_close(&us.ctl.fd);
	polite_end(&us);
	meet_close(&meet);
}

/* Overwrites a whole lock with its pointers, again and again. */
static pid_t begin_ruining(struct polite *us)
{
	pthread_mutex_t *lock = &hostile_ring_of(us)->shared->lock;
	pid_t pid = honest_fork();

	if (pid)
		return pid;
	for (;;)
		memset(lock, (int)random(), sizeof(*lock));
}

static void ruin_lock(void)
{
	struct honest server;
	struct verdict v;
	struct polite us;
	pid_t pid;

	hostile_meet_server(&server, &us, "shm:size=256,depth=4,sync=mutex",
			    POLITE_READY);
	pid = begin_ruining(&us);
	v = honest_end(&server, 3 * HONEST_PATIENCE_MS + 1000);
	honest_reap(pid);
	ok(honest_is_sound(&v, "server") && v.rc < 0,
	   "a server whose lock is ruined");
	hostile_note(&v);
	fd_close(&us.ctl.fd);
	polite_end(&us);
}

/*
 * Fills the eventfd that the server writes, so that a write would wait. Makes
 * the eventfd that the server reads non-blocking.
 */
static void fill_the_bell(void)
{
	const uint64_t most = UINT64_MAX - 1;
	struct honest server;
	struct verdict v;
	struct polite us;
	struct ring *r;

	hostile_meet_server(&server, &us, "shm:size=256,depth=4,sync=eventfd",
			    POLITE_JOINED);
	r = hostile_ring_of(&us);
	if (write(r->bell[RING_RECEIVER], &most, sizeof(most)) < 0)
		ok(false, "eventfd: %s", strerror(errno));
	fd_nonblock(r->bell[RING_SENDER], true);
	r->shared->receiver_sleeps = 1;
	polite_client(&us, POLITE_READY);
	v = honest_end(&server, 3 * HONEST_PATIENCE_MS + 1000);
	ok(honest_is_sound(&v, "server") && v.rc < 0,
	   "a server whose eventfd is full");
	hostile_note(&v);
	fd_close(&us.ctl.fd);
	polite_end(&us);
}

static void set_goes(void)
{
	struct honest server;
	struct verdict v;
	struct polite us;

	hostile_meet_server(&server, &us, "shm:size=256,depth=4,sync=sysv-sem",
			    POLITE_JOINED);
	semctl(hostile_ring_of(&us)->sem_id, 0, IPC_RMID);
	polite_client(&us, POLITE_READY);
	v = honest_end(&server, 3 * HONEST_PATIENCE_MS + 1000);
	ok(honest_is_sound(&v, "server") && v.rc < 0 &&
		   hostile_said(&v, "were removed while"),
	   "a server whose semaphores are removed");
	fd_close(&us.ctl.fd);
	polite_end(&us);
}

void hostile_rings(void)
{
	static const char *const syncs[] = { "sem",   "named-sem", "sysv-sem",
					     "mutex", "eventfd",   "futex",
					     "spin" };

	for (int i = 0; i < 7 * HABITS; i++) {
		scribble_on_server(syncs[i / HABITS], i % HABITS);
		scribble_on_client(syncs[i / HABITS], i % HABITS);
	}
	interrupt_a_runner();
	ruin_server();
	ruin_client();
	ruin_lock();
	fill_the_bell();
	set_goes();
}
