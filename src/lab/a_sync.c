/*
 * A5 and A6: copying without synchronisation, and the right order of the steps.
 */
#include <errno.h>
#include <sched.h>
#include <semaphore.h>
#include <stdatomic.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "base/fd.h"
#include "lab/lab.h"
#include "transport/transport.h"

/* lab: A5 */
enum { MESSAGES = 250, SLOT_BYTES = 4096, ROUNDS = 40 };

/*
 * The mechanism shm of ipcopy, once with semaphores and once without
 * synchronisation.
 */
static const char with_semaphores[] = "shm:region=anon,depth=4,size=4K,"
				      "sync=sem";
static const char with_nothing[] = "shm:region=anon,depth=4,size=4K,"
				   "sync=none";
/* lab: end */

static unsigned char received[MESSAGES][SLOT_BYTES];

struct talk {
	struct lab *lab;
	struct tr ring;        /* each side has its copy, made by fork */
	_Atomic int *at_start; /* how many sides are ready; at 2 both begin */
};

static void start_together(const struct talk *t)
{
	atomic_fetch_add(t->at_start, 1);
	while (atomic_load(t->at_start) < 2)
		sched_yield();
}

static void need(const struct talk *t, ssize_t rc, const char *call)
{
	errno = rc < 0 ? (int)-rc : 0;
	lab_need(t->lab, rc >= 0, call);
}

/* lab: A5 */
/* lend and receive wait for a turn; send and give_back pass the turn on. */
static void send_all(struct talk *t)
{
	const struct transport *shm = t->ring.ops;
	void *slot;

	start_together(t);
	for (int m = 0; m < MESSAGES; m++) {
		need(t, shm->lend(&t->ring, &slot), "lend");
		memset(slot, m + 1, SLOT_BYTES);
		need(t, shm->send(&t->ring, SLOT_BYTES), "send");
	}
}

static void receive_all(struct talk *t)
{
	const struct transport *shm = t->ring.ops;
	const void *slot;

	start_together(t);
	for (int m = 0; m < MESSAGES; m++) {
		need(t, shm->receive(&t->ring, &slot), "receive");
		memcpy(received[m], slot, SLOT_BYTES);
		need(t, shm->give_back(&t->ring), "give_back");
	}
}
/* lab: end */

static void be_sender(struct lab_side *receiver, void *talk)
{
	struct talk *t = talk;

	t->lab = lab_of(receiver);
	send_all(t);
}

/*
 * Makes the ring without asking whether the mechanism may run: ipcopy never
 * allows sync=none.
 */
static void make_ring(struct talk *t, const char *text, struct lease *lease,
		      struct err *e)
{
	struct tr_spec spec;

	if (tr_spec_parse(text, &spec, e) < 0 ||
	    tr_init(&t->ring, &spec, lease, e) < 0 ||
	    t->ring.ops->create(&t->ring) < 0 ||
	    t->ring.ops->attach(&t->ring) < 0)
		lab_cannot(t->lab, "%s", e->text);
}

static void run_ring(struct lab *l, const char *text)
{
	struct talk t = { .lab = l };
	/* memory that a child inherits has no name to remove */
	struct lease nothing = LEASE_INIT;
	struct err e = { 0 };
	struct lab_side *sender;

	make_ring(&t, text, &nothing, &e);
	t.at_start = lab_shared(l, sizeof(*t.at_start));
	memset(received, 0, sizeof(received));
	sender = lab_fork(l, be_sender, &t);
	receive_all(&t);
	lab_join(sender);
	tr_close(&t.ring);
	munmap(t.at_start, sizeof(*t.at_start));
}

static size_t wrong_bytes(void)
{
	size_t n = 0;

	for (int m = 0; m < MESSAGES; m++)
		for (int i = 0; i < SLOT_BYTES; i++)
			n += received[m][i] != m + 1;
	return n;
}

struct tear {
	int round, message, at; /* round 0: no torn message was seen */
	/*
	 * the messages whose bytes lie before `at` and from `at` on; -1: the
	 * bytes are still zero
	 */
	int before, behind;
};

/* Finds a message whose bytes are not all the same. */
static void look_for_tear(struct tear *t, int round)
{
	for (int m = 0; m < MESSAGES && !t->round; m++)
		for (int i = 1; i < SLOT_BYTES && !t->round; i++)
			if (received[m][i] != received[m][i - 1])
				*t = (struct tear){ round, m, i,
						    received[m][i - 1] - 1,
						    received[m][i] - 1 };
}

static const char *whose(struct lab *l, int message, char *buf, size_t size)
{
	(void)l;
	if (message < 0)
		return "still zero";
	snprintf(buf, size, "message %d's", message);
	return buf;
}

static void see_tear(struct lab *l, const struct tear *t)
{
	char before[32], behind[32];

	if (!t->round) {
		lab_see(l, "no message was torn: each wrong message was wrong "
			   "as a whole");
		return;
	}
	lab_see(l,
		"first torn message: round %d, message %d; its bytes before "
		"byte %d are %s, its bytes from there on are %s",
		t->round, t->message, t->at,
		whose(l, t->before, before, sizeof(before)),
		whose(l, t->behind, behind, sizeof(behind)));
}

struct toll {
	size_t bytes; /* bytes that were wrong */
	int rounds;   /* rounds in which any were wrong */
	struct tear tear;
};

static void run_round(struct lab *l, const char *ring, int round,
		      struct toll *t)
{
	size_t wrong;

	run_ring(l, ring);
	wrong = wrong_bytes();
	look_for_tear(&t->tear, round);
	t->bytes += wrong;
	t->rounds += wrong > 0;
}

/* lab: A5 */
/* run_round forks the sender, receives, and counts the wrong bytes. */
static void without_semaphores(struct lab *l)
{
	size_t all = (size_t)ROUNDS * MESSAGES * SLOT_BYTES;
	struct toll with = { 0 }, without = { 0 };

	for (int round = 1; round <= ROUNDS; round++) {
		run_round(l, with_semaphores, round, &with);
		run_round(l, with_nothing, round, &without);
	}
	lab_check(l, with.bytes == 0,
		  "with semaphores: %zu of %zu bytes are wrong", with.bytes,
		  all);
	if (!without.bytes)
		lab_cannot(
			l,
			"without semaphores, %d rounds came out right by luck, "
			"which proves nothing",
			ROUNDS);
	lab_check(l, without.rounds > 0,
		  "without semaphores: %zu of %zu bytes are wrong, in %d of %d "
		  "rounds",
		  without.bytes, all, without.rounds, ROUNDS);
	see_tear(l, &without.tear);
}
/* lab: end */

struct desk {
	sem_t empty, full;
	char region[4096]; /* shared by server and client */
	ssize_t len;
	_Atomic int steps;
	/* the steps, in the order in which they happened */
	const char *step[40];
};

/*
 * Notes a step. A side calls note_step only while it has the turn, so the order
 * noted is the order in which the steps happened.
 */
static void note_step(struct desk *d, const char *step)
{
	d->step[atomic_fetch_add(&d->steps, 1) % 40] = step;
}

/* lab: A6 */
/* note_step writes a step down before the other side gets the turn. */
static void serve(struct desk *d, int in)
{
	do {
		sem_wait(&d->empty);
		note_step(d, "server has the region");
		d->len = read(in, d->region, sizeof(d->region));
		note_step(d, "server has read the input");
		note_step(d, "server notifies");
		sem_post(&d->full);
	} while (d->len > 0);
}

static void be_client(struct desk *d, int out)
{
	for (;;) {
		sem_wait(&d->full);
		note_step(d, "client is notified");
		if (d->len <= 0 ||
		    write(out, d->region, (size_t)d->len) != d->len)
			break;
		note_step(d, "client has written the output");
		note_step(d, "client gives the region back");
		sem_post(&d->empty);
	}
}
/* lab: end */

static void run_client(struct lab_side *server, void *arg)
{
	int out;

	lab_hear(server, &out, sizeof(out));
	be_client(arg, out);
}

/* lab: A6 */
static const char *const documents_order[] = {
	"server has the region",
	"server has read the input",
	"server notifies",
	"client is notified",
	"client has written the output",
	"client gives the region back",
};
/* lab: end */

#define STEPS (int)(sizeof(documents_order) / sizeof(documents_order[0]))

/*
 * How many messages, from the first one on, were passed in exactly the order of
 * the documents.
 */
static int count_in_order(const struct desk *d)
{
	int n = 0;

	while (n < 6 * STEPS && d->step[n] &&
	       !strcmp(d->step[n], documents_order[n % STEPS]))
		n++;
	return n / STEPS;
}

/* lab: A6 */
static void check_order(struct lab *l, const struct desk *d)
{
	lab_check(l, count_in_order(d) == 3,
		  "messages passed in the documents' order: %d of 3",
		  count_in_order(d));
}
/* lab: end */

static bool same_content(struct lab *l, int in, int out, size_t len)
{
	char a[3 * 4096], b[3 * 4096];

	lab_need(l, pread(in, a, len, 0) == (ssize_t)len, "pread");
	return pread(out, b, len, 0) == (ssize_t)len && !memcmp(a, b, len);
}

static void see_order(struct lab *l, const struct desk *d)
{
	for (int i = 0; i < STEPS && d->step[i]; i++)
		lab_see(l, "%d. %s", i + 1, d->step[i]);
}

static void steps_in_order(struct lab *l)
{
	struct desk *d = lab_shared(l, sizeof(*d));
	size_t len = 3 * sizeof(d->region);
	int in = lab_file(l, 0, NULL), out = lab_file(l, 0, NULL);
	struct lab_side *client;

	for (size_t i = 0; i < len; i++)
		lab_need(l, write(in, &"0123456789"[i / 7 % 10], 1) == 1,
			 "write");
	lseek(in, 0, SEEK_SET);
	sem_init(&d->empty, 1, 1);
	sem_init(&d->full, 1, 0);
	client = lab_fork(l, run_client, d);
	lab_tell(client, &out, sizeof(out));
	serve(d, in);
	lab_join(client);
	see_order(l, d);
	check_order(l, d);
	lab_check(l, same_content(l, in, out, len),
		  "the output file %s the input file",
		  same_content(l, in, out, len) ? "equals" : "differs from");
}

const struct experiment lab_a_sync[] = {
	{ .id = "A5",
	  .document = "003",
	  .claim = "The two sides must synchronise.",
	  .run = without_semaphores,
	  .varies = true,
	  .reference = "sem_overview(7); C11, 5.1.2.4: data races",
	  .why = "If the reader does not know how far the writer is, it can "
		 "take a slot that is not filled yet, that was filled again "
		 "already, or that is being filled at that moment. In the last "
		 "case it gets a torn message: one part is old and another is "
		 "new. One run without an error proves nothing. This "
		 "experiment runs the ring of the mechanism shm with sync=sem "
		 "and with sync=none in turn. ipcopy copy refuses sync=none." },
	{ .id = "A6",
	  .document = "003",
	  .claim = "The steps: server takes a semaphore, reads the input file "
		   "into the region, notifies the client by a semaphore; the "
		   "client writes from the region to the output file.",
	  .run = steps_in_order,
	  .reference = "sem_wait(3), sem_post(3), sem_overview(7)",
	  .why = "Two semaphores are needed, not one. By one of them the "
		 "server waits for an empty region, and by the other one the "
		 "client waits for a full region. Each side posts the "
		 "semaphore that the other side waits for. The notes leave out "
		 "the last step: the client gives the region back. Without "
		 "this step the server could never send a second message. The "
		 "mechanism shm of this program does the same with a ring of "
		 "such regions." },
	{ .id = NULL },
};
