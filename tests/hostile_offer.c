/*
 * Hostile servers against copy_fetch(): offers and items that must be refused.
 */
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <limits.h>
#include <mqueue.h>
#include <semaphore.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/fd.h"
#include "base/run_dir.h"
#include "copy/messages.h"
#include "hostile.h"
#include "peer.h"
#include "scratch.h"
#include "tap.h"

/* Things of the user, which were never offered. */
#define PRECIOUS "precious"        /* a file */
#define STRANGE  "/ipc-strange"    /* a queue, and also a semaphore */
#define OURS     "/ipcopy-strange" /* a queue whose name looks like ours */
static const struct sample precious = { .len = 1 << 20,
					.seed = 4,
					.mode = 0600 };
static char dir[100]; /* the runtime directory */

/* --- offers -------------------------------------------------------------- */

static const struct {
	const char *spec, *words;
} offers[] = {
	{ "sausage", "mechanism 'sausage' is not known" },
	{ "", "mechanism '' is not known" },
	{ ":", "is not known" },
	{ "pipe:size=0", "size=0 is not allowed" },
	{ "pipe:size=2G", "size=2G is not allowed" },
	{ "pipe:size=99999999999999999999999", "is not allowed" },
	{ "pipe:size=-1", "is not allowed" },
	{ "pipe:size=64K,size=64K", "given twice" },
	{ "pipe:size", "needs a value" },
	{ "pipe:,,,", "is not known" },
	{ "pipe:capacity=5000", "not a power of two" },
	{ "shm:depth=65537", "depth=65537 is not allowed" },
	{ "shm:depth=65536,size=1G", "at most 1.0 GiB is allowed" },
	{ "shm:sync=spin,wait=block", "cannot sleep" },
	{ "shm:sync=\033[2J", "is not known" },
	{ "shm:region=anon", "inherit it from one parent" },
	{ "shm:region=devzero", "inherit it from one parent" },
	{ "shm:sync=none", "for the lab only" },
	{ "shm:sync=sysv-sem,depth=32768,size=1", "counts at most 32767" },
};

static void refuse_offer(const char *spec, size_t spec_bytes, const char *words)
{
	struct offer o = peer_offer("", 1000);
	struct honest client;
	struct verdict v;
	struct meet meet;
	int sock = hostile_accept(&client, &meet);

	memcpy(o.spec, spec, spec_bytes);
	peer_say(sock, SESSION_OFFER, &o, sizeof(o), -1);
	peer_item(sock, "", -1);
	v = honest_end(&client, 2000);
	ok(honest_is_sound(&v, "client") && v.rc < 0 &&
		   honest_dst_is_sound(&v, &precious) &&
		   hostile_said(&v, words),
	   "the offer of '%.20s' is refused", *spec ? spec : "nothing");
	fd_close(&sock);
	meet_close(&meet);
}

static void refuse_end(void)
{
	struct offer o = peer_offer("pipe", 1000);
	struct honest client;
	struct verdict v;
	struct meet meet;
	int sock = hostile_accept(&client, &meet);

	o.ends = 1;
	peer_say(sock, SESSION_OFFER, &o, sizeof(o), -1);
	v = honest_end(&client, 2000);
	ok(honest_is_sound(&v, "client") && v.rc < 0 &&
		   honest_dst_is_sound(&v, &precious) &&
		   hostile_said(&v, "no transfer"),
	   "the offer of an end is refused");
	fd_close(&sock);
	meet_close(&meet);
}

/* --- items --------------------------------------------------------------- */

static int no_fd(void)
{
	return -1;
}

static int directory(void)
{
	return open(".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
}

static int dev_zero(void)
{
	return open("/dev/zero", O_RDWR | O_CLOEXEC);
}

static int regular_file(void)
{
	return open(HONEST_SRC, O_RDWR | O_CLOEXEC);
}

static int memfd_of(off_t len, int seals)
{
	int fd = memfd_create("hostile", MFD_CLOEXEC | MFD_ALLOW_SEALING);

	if (fd >= 0 &&
	    (ftruncate(fd, len) < 0 || fcntl(fd, F_ADD_SEALS, seals) < 0))
		fd_close(&fd);
	return fd;
}

static int short_memfd(void)
{
	return memfd_of(4096, F_SEAL_SHRINK);
}

static int loose_memfd(void)
{
	return memfd_of(1 << 20, 0);
}

static int frozen_memfd(void)
{
	return memfd_of(1 << 20, F_SEAL_SHRINK | F_SEAL_WRITE);
}

static int stream_socket(void)
{
	return socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
}

#define RING  "size=4K,depth=4"
#define NAMED "shm:sync=named-sem,region=memfd," RING
#define KEYED "shm:sync=sysv-sem,region=memfd," RING
#define BELLS "shm:sync=eventfd,region=memfd," RING

/* %s in a name stands for the runtime directory. */
static const struct {
	const char *spec, *name;
	int (*open)(void);
	const char *words;
} items[] = {
	{ "pipe", "", no_fd, "sent no descriptor" },
	{ "pipe", "", directory, "than an end of " },
	{ "pipe", "", dev_zero, "than an end of " },
	{ "pipe", "", regular_file, "than an end of " },
	{ "unix", "", dev_zero, "than an end of " },
	{ "shm:region=memfd," RING, "", no_fd, "sent no descriptor" },
	{ "shm:region=memfd," RING, "", directory, "not shared memory" },
	{ "shm:region=memfd," RING, "", dev_zero, "not shared memory" },
	{ "shm:region=memfd," RING, "", regular_file, "not sealed" },
	{ "shm:region=memfd," RING, "", short_memfd, "has 4096 bytes instead" },
	{ "shm:region=memfd," RING, "", loose_memfd, "not sealed" },
	{ "shm:region=memfd," RING, "", frozen_memfd, "mmap" },
	{ "fifo", "/etc/passwd", no_fd, "not a name that ipcopy makes" },
	{ "fifo", "/dev/zero", no_fd, "not a name that ipcopy makes" },
	{ "fifo", "/ipcopy-x", no_fd, "No such file" },
	{ "fifo", "%s/../ipcopy-x", no_fd, "not a name that ipcopy makes" },
	{ "fifo", "%s/ipcopy-file", no_fd, "is not a FIFO" },
	{ "fifo", "%s/ipcopy-link", no_fd, "symbolic links" },
	{ "fifo", "%s/ipcopy-dir", no_fd, "is not a FIFO" },
	{ "fifo", "%s/ipcopy-gone", no_fd, "No such file" },
	{ "fifo", "%s/ipcopy-x...", no_fd, "No such file" },
	{ "fifo", "...", no_fd, "not a name that" },
	{ "mq:size=64,depth=4", "/etc/passwd", no_fd, "not a name that" },
	{ "mq:size=64,depth=4", "/ipcopy-../x", no_fd, "not a name that" },
	{ "mq:size=64,depth=4", STRANGE, no_fd, "not a name that" },
	{ "mq:size=64,depth=4", "", no_fd, "not a name that" },
	{ "mq:size=64,depth=4", "/ipcopy-x...", no_fd, "No such file" },
	{ "mq:size=128,depth=4", OURS, no_fd,
	  "has messages of 64 bytes instead of 128" },
	{ "shm:" RING, "/etc/passwd", no_fd, "not a name that" },
	{ "shm:" RING, "/ipcopy-x...", no_fd, "No such file" },
	{ "shm:" RING, "/ipcopy-../x", no_fd, "not a name that" },
	{ "shm:" RING, "ipcopy-x", no_fd, "not a name that" },
	{ "shm:" RING, "/ipcopy-gone", no_fd, "No such file" },
	{ "tcp", "", no_fd, "is not a port with a token" },
	{ "tcp", "22", no_fd, "is not a port with a token" },
	{ "tcp", "65536 0123456789abcdef0123456789abcdef", no_fd,
	  "is not a port with a token" },
	{ "tcp", "22 0123456789abcdef0123456789abcdeg", no_fd,
	  "is not a port with a token" },
	{ "tcp", "22 0123456789abcdef0123456789abcdef\n", no_fd,
	  "is not a port with a token" },
	{ "tcp", "1 0123456789abcdef0123456789abcdef", no_fd, "refused" },
	{ "tcp", "1...", no_fd, "is not a port with a token" },
	{ "sysvmq", "", no_fd, "is not a key that ipcopy makes" },
	{ "sysvmq", "00000001", no_fd, "is not a key that ipcopy makes" },
	{ "sysvmq", "6900000", no_fd, "is not a key that ipcopy makes" },
	{ "sysvmq", "69...", no_fd, "is not a key that ipcopy makes" },
	{ "shm:region=sysv," RING, "", no_fd, "is not a key that ipcopy" },
	{ "shm:region=sysv," RING, "69ffffff", no_fd, "No such file" },
	{ "fdpass", "", dev_zero, "than an end of " },
	{ "fdpass", "", stream_socket, "not a SOCK_SEQPACKET socket" },
	{ "unix-seqpacket", "", stream_socket, "a socket of the kind" },
	{ "unix-dgram", "", stream_socket, "a socket of the kind" },
	{ "cma", "", loose_memfd, "not sealed" },
	{ "shm:region=file," RING, "/etc/passwd", no_fd, "not a name that" },
	{ "shm:region=file," RING, "%s/ipcopy-x...", no_fd, "No such file" },
	{ "shm:region=file," RING, "...", no_fd, "not a name that" },
	{ "shm:region=file," RING, "ipcopy-file", no_fd, "not a name that" },
	{ "shm:region=file," RING, "%s/ipcopy-link", no_fd, "symbolic links" },
	{ "shm:region=file," RING, "%s/ipcopy-hard", no_fd,
	  "not shared memory" },
	{ "shm:region=file," RING, "%s/ipcopy-dir", no_fd, "Is a directory" },
	{ "shm:region=file," RING, "%s/ipcopy-pipe", no_fd,
	  "not shared memory" },
	{ "shm:region=file," RING, "%s/ipcopy-file", no_fd,
	  "bytes instead of" },
};

/* A name with "..." is extended to 128 letters, without a terminating zero. */
static void make_name(char body[CTL_NAME_MAX], const char *name)
{
	const char *rest = strncmp(name, "%s", 2) ? NULL : name + 2;
	char *dots;

	snprintf(body, CTL_NAME_MAX, "%s%s", rest ? dir : "",
		 rest ? rest : name);
	dots = strstr(body, "...");
	if (dots)
		memset(dots, 'A', (size_t)(body + CTL_NAME_MAX - dots));
}

static void refuse_item(const char *spec, const char *name, int (*make)(void),
			const char *words)
{
	struct offer o = peer_offer(spec, 1000);
	char body[CTL_NAME_MAX] = { 0 };
	struct honest client;
	struct verdict v;
	struct meet meet;
	int sock = hostile_accept(&client, &meet), fd = make();

	make_name(body, name);
	peer_say(sock, SESSION_OFFER, &o, sizeof(o), -1);
	peer_say(sock, CTL_ITEM, body, sizeof(body), fd);
	fd_close(&fd);
	v = honest_end(&client, 2000);
	ok(honest_is_sound(&v, "client") && v.rc < 0 &&
		   honest_dst_is_sound(&v, &precious) &&
		   hostile_said(&v, words),
	   "%s: '%.30s' is refused: %s", spec, name, words);
	fd_close(&sock);
	meet_close(&meet);
}

/*
 * Passes a good region, and then twice an item that has this text and the
 * descriptor that make() returns.
 */
static void refuse_next(const char *spec, const char *text, int (*make)(void),
			const char *words)
{
	struct offer o = peer_offer(spec, 1000);
	struct honest client;
	struct verdict v;
	struct meet meet;
	int sock = hostile_accept(&client, &meet);
	int fd = memfd_of(1 << 20, F_SEAL_SHRINK), next = make();

	peer_say(sock, SESSION_OFFER, &o, sizeof(o), -1);
	peer_item(sock, "", fd);
	peer_item(sock, text, next);
	peer_item(sock, text, next);
	fd_close(&fd);
	fd_close(&next);
	v = honest_end(&client, 2000);
	ok(honest_is_sound(&v, "client") && v.rc < 0 &&
		   honest_dst_is_sound(&v, &precious) &&
		   hostile_said(&v, words),
	   "%s: the second item is refused: %s", spec, words);
	fd_close(&sock);
	meet_close(&meet);
}

/*
 * Offers the memory of our process, at an address that does not hold the word
 * that proves the offer.
 */
static void refuse_memory(void)
{
	static const uint64_t not_it[2] = { 1, 2 };
	char text[CTL_NAME_MAX];
	struct tr_spec spec;
	struct err e = { 0 };

	if (tr_spec_parse("cma", &spec, &e) < 0 || tr_probe(&spec, &e) < 0)
		return;
	prctl(PR_SET_PTRACER, PR_SET_PTRACER_ANY, 0, 0, 0);
	snprintf(text, sizeof(text), "%d %" PRIxPTR " 3", (int)getpid(),
		 (uintptr_t)not_it);
	refuse_next("cma", text, no_fd, "is not the server");
	refuse_next("cma", "0 1 2", no_fd,
		    "does not say where the buffers are");
	refuse_next("cma", "1", no_fd, "does not say where the buffers are");
}

/* --- objects that must not change ----------------------------------------- */

static mqd_t strange_queue, our_queue;
static sem_t *strange_semaphore;

static void in_run_dir(const char *name, char path[PATH_MAX])
{
	snprintf(path, PATH_MAX, "%s/%s", dir, name);
}

static bool prepare(void)
{
	struct mq_attr attr = { .mq_maxmsg = 4, .mq_msgsize = 64 };
	char path[PATH_MAX], full[PATH_MAX];
	struct err e = { 0 };
	int fd;

	if (run_dir(dir, sizeof(dir), &e) < 0 || !realpath(".", full))
		return false;
	sample_write(PRECIOUS, &precious);
	strncat(full, "/" PRECIOUS, sizeof(full) - strlen(full) - 1);
	in_run_dir("ipcopy-link", path);
	if (symlink(full, path) < 0)
		return false;
	in_run_dir("ipcopy-hard", path);
	if (link(full, path) < 0)
		return false;
	in_run_dir("ipcopy-dir", path);
	if (mkdir(path, 0700) < 0)
		return false;
	in_run_dir("ipcopy-pipe", path);
	if (mkfifo(path, 0600) < 0)
		return false;
	in_run_dir("ipcopy-file", path);
	fd = open(path, O_CREAT | O_RDWR | O_CLOEXEC, 0600);
	if (fd < 0)
		return false;
	fd_close(&fd);
	strange_queue =
		mq_open(STRANGE, O_RDWR | O_CREAT | O_EXCL, 0600, &attr);
	our_queue = mq_open(OURS, O_RDWR | O_CREAT | O_EXCL, 0600, &attr);
	strange_semaphore = sem_open(STRANGE, O_CREAT | O_EXCL, 0600, 1);
	return strange_queue >= 0 && our_queue >= 0 &&
	       strange_semaphore != SEM_FAILED &&
	       mq_send(strange_queue, "mine", 4, 0) == 0;
}

static void check_and_remove(void)
{
	static const char *const names[] = { "link", "hard", "pipe", "file" };
	struct mq_attr attr = { .mq_curmsgs = 0 };
	const char *changed = sample_differs(PRECIOUS, &precious);
	char path[PATH_MAX], name[40];
	int value = 0;

	ok(!changed, "the file that was not offered is as it was%s%s",
	   changed ? ": " : "", changed ? changed : "");
	mq_getattr(strange_queue, &attr);
	sem_getvalue(strange_semaphore, &value);
	ok(attr.mq_curmsgs == 1 && value == 1,
	   "the queue and the semaphore are as they were");
	for (int i = 0; i < 4; i++) {
		snprintf(name, sizeof(name), "ipcopy-%s", names[i]);
		in_run_dir(name, path);
		unlink(path);
	}
	in_run_dir("ipcopy-dir", path);
	rmdir(path);
	unlink(PRECIOUS);
	mq_close(strange_queue);
	mq_close(our_queue);
	mq_unlink(OURS);
	mq_unlink(STRANGE);
	sem_close(strange_semaphore);
	sem_unlink(STRANGE);
}

void hostile_offers(void)
{
	char endless[TR_SPEC_MAX];

	if (!prepare()) {
		ok(false, "the names for offers and items: %s",
		   strerror(errno));
		return;
	}
	memset(endless, 'A', sizeof(endless));
	refuse_offer(endless, sizeof(endless), "is not known");
	for (size_t i = 0; i < sizeof(offers) / sizeof(offers[0]); i++)
		refuse_offer(offers[i].spec, strlen(offers[i].spec) + 1,
			     offers[i].words);
	refuse_end();
	for (size_t i = 0; i < sizeof(items) / sizeof(items[0]); i++)
		refuse_item(items[i].spec, items[i].name, items[i].open,
			    items[i].words);
	refuse_next(NAMED, "/../x", no_fd, "not a name that");
	refuse_next(NAMED, STRANGE, no_fd, "not a name that");
	refuse_next(KEYED, "00000001", no_fd, "is not a key that ipcopy");
	refuse_next(KEYED, "69ffffff", no_fd, "No such file");
	refuse_next(BELLS, "", no_fd, "no descriptor for the ring");
	refuse_next(BELLS, "", dev_zero, "something other than an eventfd");
	refuse_next(BELLS, "", regular_file, "something other than an eventfd");
	refuse_memory();
	check_and_remove();
}
