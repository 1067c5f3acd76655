/*
 * A2 to A4: how often each byte is copied, and how many system calls a message
 * takes.
 */
#include <errno.h>
#include <linux/seccomp.h>
#include <math.h>
#include <semaphore.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/append.h"
#include "copy/session.h"
#include "count/chain.h"
#include "count/count_spec.h"
#include "lab/lab.h"

/* --- copies --------------------------------------------------------------- */

static struct tr_spec spec_of(struct lab *l, const char *via)
{
	struct tr_spec spec;
	struct err e = { 0 };

	if (tr_spec_parse(via, &spec, &e) < 0)
		lab_cannot(l, "%s", e.text);
	return spec;
}

static void show_path(struct lab *l, const char *via)
{
	struct tr_spec spec = spec_of(l, via);
	const struct hop *hop;
	char text[200] = "";
	int copies = 0;

	for (hop = tr_path(&spec); hop->from; hop++) {
		text_append(text, sizeof(text), "%s%s to %s", *text ? ", " : "",
			    hop->from, hop->to);
		copies += hop->copies;
	}
	lab_see(l, "predicted for %s: %d copies: %s", via, copies, text);
}

/* Shows the hops of the counted path: "IN to server by read, …". */
static void show_hops(struct lab *l, const char *via,
		      const struct count_spec *c)
{
	bool *on_way = calloc(ledger_hops(c->ledger) + 1, sizeof(*on_way));
	struct chain *chain = calloc(1, sizeof(*chain));
	char text[300] = "";

	lab_need(l, on_way && chain, "calloc");
	ledger_sum(c->ledger, c->in, c->out, c->delivered_bytes, on_way);
	chain_of(c->ledger, c->in, c->out, on_way, chain);
	for (int i = 0; i + 1 < chain->n; i++)
		text_append(text, sizeof(text), "%s%s to %s by %s",
			    *text ? ", " : "", chain_name(c->ledger, chain, i),
			    chain_name(c->ledger, chain, i + 1),
			    chain->link[i].hop.call);
	lab_see(l, "counted for %s: %s", via, text);
	free(chain);
	free(on_way);
}

/* lab: A2 A3 */
/*
 * Returns the copies of each byte. A tracer counts them while a file is copied.
 */
static double count_copies(struct lab *l, const char *via)
{
	struct tr_spec spec = spec_of(l, via);
	struct count_spec c;
	struct err e = { 0 };

	if (count_spec(&spec, NULL, 0, &c, &e) < 0)
		lab_cannot(l, "the copies that %s makes cannot be counted: %s",
			   via, e.text);
	if (!c.resolved || c.lower_bound)
		lab_cannot(l, "the copies that %s makes cannot be counted: %s",
			   via, c.why);
	show_hops(l, via, &c);
	count_spec_free(&c);
	return c.copies;
}

static void expect_copies(struct lab *l, const char *via, int claimed)
{
	double copies = count_copies(l, via);

	lab_check(l, fabs(copies - claimed) < 0.01,
		  "counted for %s: %.3f copies of each byte", via, copies);
}
/* lab: end */

/* lab: A2 */
static void four_copies(struct lab *l)
{
	show_path(l, "pipe");
	show_path(l, "fifo");
	show_path(l, "mq");
	expect_copies(l, "pipe", 4);
	expect_copies(l, "fifo", 4);
	expect_copies(l, "mq", 4);
}
/* lab: end */

/* lab: A3 */
static void two_copies(struct lab *l)
{
	double copies;

	show_path(l, "shm");
	show_path(l, "shm:buffers=private");
	expect_copies(l, "shm", 2);
	copies = count_copies(l, "shm:buffers=private");
	lab_limit(l, fabs(copies - 2) >= 0.01,
		  "if each side reads or writes its file through a private "
		  "buffer: %.3f copies of each byte",
		  copies);
}
/* lab: end */

/* --- system calls --------------------------------------------------------- */

/* lab: A4 */
enum { MESSAGES = 256, MESSAGE_BYTES = 4096 };

/*
 * A child passes messages to itself. The semaphores begin as 1 and 0, so no
 * call of sem_wait has to wait. Under seccomp's strict mode, any system call
 * except read, write, exit and sigreturn kills the process.
 */
static void pass_in_silence(sem_t *empty, sem_t *full, char *region, char *to)
{
	if (prctl(PR_SET_SECCOMP, SECCOMP_MODE_STRICT) < 0)
		_exit(2);
	for (int m = 0; m < MESSAGES; m++) {
		sem_wait(empty);
		memset(region, m, MESSAGE_BYTES);
		sem_post(full);
		sem_wait(full);
		memcpy(to, region, MESSAGE_BYTES);
		sem_post(empty);
	}
	syscall(SYS_exit, 0); /* _exit would make a call that is not allowed */
}
/* lab: end */

static void be_silent(struct lab_side *parent, void *unused)
{
	static char region[MESSAGE_BYTES], taken[MESSAGE_BYTES];
	sem_t empty, full;

	(void)parent;
	(void)unused;
	sem_init(&empty, 1, 1);
	sem_init(&full, 1, 0);
	pass_in_silence(&empty, &full, region, taken);
}

static bool lives_in_silence(struct lab *l)
{
	int status = lab_join(lab_fork(l, be_silent, NULL));

	if (WIFEXITED(status) && WEXITSTATUS(status) == 2)
		lab_cannot(l,
			   "seccomp's strict mode is refused: the kernel has "
			   "no seccomp, or this process has a filter already");
	return WIFEXITED(status);
}

/*
 * The calls of both sides, except read and write, which are calls on the files.
 */
static uint64_t count_passing(const struct copy_outcome *out)
{
	uint64_t passing = 0;

	for (int side = 0; side < COPY_ROLES; side++) {
		const struct calls *c = &out->side[side].calls;

		for (int i = 0; i < CALLS_KINDS && c->kind[i].count; i++)
			if (c->kind[i].nr != SYS_read &&
			    c->kind[i].nr != SYS_write)
				passing += c->kind[i].count;
	}
	return passing;
}

/*
 * Copies a file in messages. Returns the calls for each message, except read
 * and write, which are calls on the files.
 */
static double calls_per_message(struct lab *l, const char *via, const char *src,
				const char *dst)
{
	struct copy_job job = COPY_JOB_INIT;
	struct copy_outcome out;
	struct err e = { 0 };

	job.src = src;
	job.dst = dst;
	job.count_calls = true;
	if (tr_spec_parse(via, &job.spec, &e) < 0 ||
	    copy_run(&job, &out, &e) < 0)
		lab_cannot(l, "the calls that %s makes cannot be counted: %s",
			   via, e.text);
	return (double)count_passing(&out) / MESSAGES;
}

/* No zeros: the copy may skip zeros by lseek, which would be counted here. */
static void fill_messages(struct lab *l, int fd)
{
	char block[MESSAGE_BYTES];

	memset(block, 'x', sizeof(block));
	for (int i = 0; i < MESSAGES; i++)
		lab_need(l, write(fd, block, sizeof(block)) == sizeof(block),
			 "write");
}

/* Makes the file to copy, and a name for its copy. */
static void name_files(struct lab *l, char src[LAB_PATH_MAX],
		       char dst[LAB_PATH_MAX])
{
	fill_messages(l, lab_file(l, 0, src));
	lab_name(l, LEASE_PATH, dst);
}

/* Shows the waits that the counter of A2 and A3 sees. They decide nothing. */
static void see_waits(struct lab *l, const char *via)
{
	struct tr_spec spec = spec_of(l, via);
	struct count_spec c;
	struct err e = { 0 };

	if (count_spec(&spec, NULL, (uint64_t)MESSAGES * MESSAGE_BYTES, &c,
		       &e) < 0)
		return;
	lab_see(l,
		"counted for %s, for each message: %.2f waits in which a side "
		"slept, and %.2f system calls, those on files included",
		via, c.blocked_per_message, c.calls_per_message);
	count_spec_free(&c);
}

/* lab: A4 */
/*
 * calls_per_message traces the copy of a file and leaves out the calls on
 * files.
 */
static void calls_to_pass(struct lab *l)
{
	char src[LAB_PATH_MAX], dst[LAB_PATH_MAX];
	bool lives = lives_in_silence(l);
	double n;

	lab_check(l, lives,
		  "a process in seccomp's strict mode, where a futex call "
		  "would kill it, had to pass %d messages by semaphores that "
		  "never block: the process %s",
		  MESSAGES, lives ? "survived" : "was killed");
	name_files(l, src, dst);
	n = calls_per_message(l, "shm:size=4K,sync=spin", src, dst);
	lab_check(l, n < 0.1,
		  "copying a file between sides that spin: "
		  "%.2f system calls for each message, besides "
		  "read and write of the files",
		  n);
	n = calls_per_message(l, "shm:size=4K,sync=sem,depth=1", src, dst);
	lab_limit(l, n >= 0.1,
		  "with semaphores that block: %.2f system calls for each "
		  "message: a side calls to sleep, and to wake the other side",
		  n);
	see_waits(l, "shm:size=4K,sync=sem,depth=1");
	see_waits(l, "shm:size=4K,sync=spin");
}
/* lab: end */

const struct experiment lab_a_copies[] = {
	{ .id = "A2",
	  .document = "003",
	  .claim = "A client-server file copy through a pipe, FIFO or message "
		   "queue moves each byte four times: input file to server, "
		   "server to kernel, kernel to client, client to output file.",
	  .run = four_copies,
	  .reference =
		  "read(2), write(2), mq_send(3): each copies between memory "
		  "of the process and memory of the kernel; for prices: ipcopy "
		  "explain pipe --prices RUN",
	  .why = "The server's read copies from the page cache into the "
		 "server's buffer. Its write copies from there into the "
		 "channel's buffer in the kernel. The client's read copies out "
		 "of the channel, and the client's write copies into the page "
		 "cache of the output file. Copies between the disk and the "
		 "page cache are not counted: most disks make these copies "
		 "without the CPU." },
	{ .id = "A3",
	  .document = "003",
	  .claim = "Through shared memory each byte moves twice: input file to "
		   "the shared region, region to output file.",
	  .run = two_copies,
	  .reference = "mmap(2), read(2), write(2); for prices: ipcopy explain "
		       "shm --prices RUN",
	  .why = "Only these two copies are made if both sides read and write "
		 "the shared region directly. Many programs read into a buffer "
		 "of their own first and then copy it into the region. They "
		 "make four copies again." },
	{ .id = "A4",
	  .document = "003",
	  .claim = "After memory is mapped, passing data through it no longer "
		   "involves the kernel.",
	  .run = calls_to_pass,
	  .varies = true,
	  .reference =
		  "sem_overview(7), futex(7), seccomp(2); what a call and a "
		  "wake-up cost: ipcopy bench why",
	  .why = "Loads and stores need no system call. Neither does a "
		 "semaphore if nobody has to wait for it. But a side that must "
		 "sleep calls futex, and so does a side that must wake a "
		 "sleeper. A side that spins instead of sleeping saves these "
		 "calls and uses up CPU time." },
	{ .id = NULL },
};
