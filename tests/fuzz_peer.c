/* The hostile peer of fuzz_handshake. fuzz_words.c makes its messages. */
#include "fuzz_peer.h"
#include "copy/messages.h"

#include <dirent.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/fd.h"
#include "base/hash.h"
#include "base/run_dir.h"
#include "peer.h"
#include "sample.h"
#include "scratch.h"
#include "transport/ring.h"

#define SENT_MAX      4000
#define MESSAGES_MAX  12
#define PRECIOUS_SEED 7
#define PRECIOUS_LEN  (256 << 10)

/* The bytes that the peer may send. fuzz_peer_prepare fills them. */
static unsigned char sent[SENT_MAX];

/* --- things with names --------------------------------------------------- */

char *fuzz_peer_path(const char *name, char path[PATH_MAX])
{
	snprintf(path, PATH_MAX, "%s%s%s",
		 *name && *name != '/' ? scratch_dir() : "",
		 *name && *name != '/' ? "/" : "", name);
	return path;
}

void fuzz_peer_prepare(void)
{
	const struct sample precious = { .len = PRECIOUS_LEN,
					 .seed = PRECIOUS_SEED,
					 .mode = 0600 };
	char path[PATH_MAX], other[PATH_MAX];
	struct err e = { 0 };
	int fd;

	if (run_dir(path, sizeof(path), &e) < 0)
		fuzz_broken("%s", e.text);
	sample_fill(sent, sizeof(sent), PRECIOUS_SEED + 1, 0);
	sample_write(fuzz_peer_path("precious", path), &precious);
	if (symlink(path, fuzz_peer_path("run/ipcopy/ipcopy-link", other)) <
		    0 ||
	    link(path, fuzz_peer_path("run/ipcopy/ipcopy-hard", other)) < 0 ||
	    mkfifo(fuzz_peer_path("run/ipcopy/ipcopy-pipe", other), 0600) < 0 ||
	    mkdir(fuzz_peer_path("run/ipcopy/ipcopy-dir", other), 0700) < 0)
		fuzz_broken("cannot prepare %s: %m", other);
	fd = open(fuzz_peer_path("run/ipcopy/ipcopy-short", other),
		  O_CREAT | O_RDWR, 0600);
	if (fd < 0 || ftruncate(fd, 100) < 0)
		fuzz_broken("cannot prepare %s: %m", other);
	fd_close(&fd);
	fd = open(fuzz_peer_path("sent", other), O_CREAT | O_RDWR, 0600);
	if (fd < 0 || write(fd, sent, SENT_MAX) != SENT_MAX)
		fuzz_broken("cannot prepare %s: %m", other);
	fd_close(&fd);
}

void fuzz_peer_check_precious(void)
{
	static int fd = -1;
	static char is[8192], should[8192];
	char path[PATH_MAX];

	if (fd < 0) {
		fd = open(fuzz_peer_path("precious", path),
			  O_RDONLY | O_CLOEXEC);
		sample_fill(should, sizeof(should), PRECIOUS_SEED, 0);
	}
	if (pread(fd, is, sizeof(is), 0) != sizeof(is) ||
	    memcmp(is, should, sizeof(is)))
		fuzz_broken("a file that nobody offered was written to");
}

/* --- mechanisms ---------------------------------------------------------- */

static const char *const specs[] = {
	"pipe:size=100,capacity=4K",
	"pipe:wait=spin-then-block,spin=3",
	"fifo:size=64,capacity=4K",
	"fifo:wait=spin",
	"mq:size=512,depth=4",
	"mq:size=8K,depth=10,wait=spin",
	"shm:size=64,depth=4,region=posix,sync=sem",
	"shm:size=100,depth=2,region=memfd,sync=futex",
	"shm:size=4K,depth=3,region=file,sync=named-sem,buffers=private",
	"shm:size=65,depth=16,region=memfd,sync=spin",
	"shm:size=1,depth=1,region=posix,sync=futex,wait=spin-then-block",
	"shm:size=512,depth=8,region=memfd,sync=sem,buffers=private",
	"shm:size=64,depth=2,region=file,sync=sem",
	"shm:region=anon",
	"null",
	"cma:size=64,depth=4",
	"sysvmq:size=512",
	"vmsplice:size=100,capacity=4K",
	"fdpass",
	"memfd-seal",
	"mapout",
	"mapboth",
	"unix:size=100",
	"unix-seqpacket:size=100",
	"unix-dgram:size=100",
	"tcp:size=100",
	"tcp-zerocopy",
	"sendfile-tcp",
	"splice:size=4K,capacity=4K",
	"vmsplice-splice:size=100,capacity=16K",
	"uring:size=100,depth=8",
	"shm:size=64,depth=4,region=sysv,sync=sysv-sem",
	"shm:size=100,depth=3,region=memfd,sync=eventfd",
	"shm:size=64,depth=2,region=posix,sync=mutex",
};
#define SPECS (sizeof(specs) / sizeof(specs[0]))

bool fuzz_peer_is_cheap(const struct tr_spec *spec)
{
	uint64_t size = tr_spec_value(spec, "size", 0);

	return size <= FUZZ_CHANNEL_MAX &&
	       size * tr_spec_value(spec, "depth", 1) <= FUZZ_CHANNEL_MAX &&
	       tr_spec_value(spec, "capacity", 0) <= FUZZ_CHANNEL_MAX;
}

const char *fuzz_peer_pick_spec(struct script *s)
{
	uint8_t which = script_u8(s);
	const struct transport *t;
	size_t n = 0;

	if (which % 4)
		return specs[which / 4 % SPECS];
	for_each_transport(t)
		n++;
	return tr_at(which / 4 % n)->name;
}

bool fuzz_peer_spec(struct script *s, struct tr_spec *spec)
{
	struct err e = { 0 };

	return tr_spec_parse(fuzz_peer_pick_spec(s), spec, &e) == 0 &&
	       fuzz_peer_is_cheap(spec) && tr_probe(spec, &e) == 0;
}

/* --- an honest channel ---------------------------------------------------- */

static void plan_bytes(struct fuzz_peer *p, uint64_t wanted)
{
	struct hash *h = hash_new();
	uint64_t messages = tr_spec_value(&p->tr.spec, "depth", MESSAGES_MAX);

	if (messages > MESSAGES_MAX)
		messages = MESSAGES_MAX;
	p->bytes = (messages - 1) * p->tr.msg_bytes;
	if (p->bytes > wanted % SENT_MAX)
		p->bytes = wanted % SENT_MAX;
	hash_add(h, sent, p->bytes);
	p->hash = hash_value(h);
	hash_free(h);
}

void fuzz_peer_offer(struct fuzz_peer *p, struct script *s)
{
	struct ctl ctl = { .fd = p->sock,
			   .err = &p->err,
			   .patience_ms = 1,
			   .peer = "the client" };
	char text[TR_SPEC_MAX];
	struct tr_spec spec;
	struct offer o;
	uint64_t bytes;

	if (p->tr.priv || !fuzz_peer_spec(s, &spec))
		return;
	bytes = script_u(s, 2);
	if (tr_init(&p->tr, &spec, &p->lease, &p->err) < 0)
		return;
	if (spec.ops->create && spec.ops->create(&p->tr) < 0)
		return;
	plan_bytes(p, bytes);
	o = peer_offer(tr_spec_text(&spec, true, text, sizeof(text)), p->bytes);
	o.verify = !spec.ops->carries_nothing;
	peer_say(p->sock, SESSION_OFFER, &o, sizeof(o), -1);
	spec.ops->offer(&p->tr, &ctl);
}

/* --- actions -------------------------------------------------------------- */

static bool find_fifo(char path[PATH_MAX])
{
	char run[PATH_MAX];
	DIR *dir = opendir(fuzz_peer_path("run/ipcopy", run));
	struct dirent *entry;
	bool found = false;

	while (dir && !found && (entry = readdir(dir))) {
		size_t len = strlen(entry->d_name);

		found = len > 5 && !strcmp(entry->d_name + len - 5, "-fifo");
		if (found)
			snprintf(path, PATH_MAX, "%.2000s/%s", run,
				 entry->d_name);
	}
	if (dir)
		closedir(dir);
	return found;
}

void fuzz_peer_meddle(struct fuzz_peer *p, struct script *s)
{
	char path[PATH_MAX], other[PATH_MAX];
	uint8_t how = script_u8(s) % 8;

	if (how == 0 || !find_fifo(path))
		return;
	if (how < 5) {
		p->fifo_fd = open(path, O_RDONLY | O_NONBLOCK | O_CLOEXEC);
		return;
	}
	unlink(path);
	if (how == 6 && symlink(fuzz_peer_path("precious", other), path) < 0)
		return;
	if (how == 7 && link(fuzz_peer_path("precious", other), path) < 0)
		return;
}

void fuzz_peer_scribble(const struct tr *tr, struct script *s)
{
	const struct ring *r = tr->priv;

	if (strcmp(tr->ops->name, "shm") || !r->shared)
		return;
	for (int n = script_u8(s) % 4; n > 0; n--) {
		uint8_t where = script_u8(s);
		uint32_t value = (uint32_t)script_odd(s, r->depth);
		sem_t *sem = where & 8 ? r->full : r->empty;

		if (where % 4 == 0)
			r->shared->sent = value;
		else if (where % 4 == 1)
			r->shared->freed = value;
		else if (where % 4 == 2)
			r->slots[(where >> 4) % r->depth].len = value;
		else if (sem)
			memcpy(sem, &value, 4);
	}
}

static bool is_courier(int fd)
{
	socklen_t len = sizeof(int);
	int type = 0;

	return getsockopt(fd, SOL_SOCKET, SO_TYPE, &type, &len) == 0 &&
	       type == SOCK_SEQPACKET;
}

/*
 * Sends the file by the mechanism's own hook. The channel has room for these
 * few bytes, so the hook does not block.
 */
static void send_file(struct fuzz_peer *p)
{
	char path[PATH_MAX];
	_Atomic uint64_t moved = 0;
	int fd = open(fuzz_peer_path("sent", path), O_RDONLY | O_CLOEXEC);

	p->tr.moved_bytes = &moved;
	p->tr.ops->send_file(&p->tr, fd, p->bytes);
	p->tr.moved_bytes = NULL;
	fd_close(&fd);
}

static void send_messages(struct fuzz_peer *p)
{
	const struct transport *ops = p->tr.ops;
	uint64_t at = 0;
	size_t len;
	void *buf;

	do {
		if (ops->lend(&p->tr, &buf) < 0)
			return;
		len = p->bytes - at < p->tr.msg_bytes ? (size_t)(p->bytes - at)
						      : p->tr.msg_bytes;
		memcpy(buf, sent + at, len);
		if (ops->send(&p->tr, len) < 0)
			return;
		at += len;
	} while (len > 0);
}

void fuzz_peer_send(struct fuzz_peer *p, struct script *s)
{
	const struct transport *ops = p->tr.ops;

	if (!p->tr.priv || (ops->attach && ops->attach(&p->tr) < 0))
		return;
	if (ops->lend)
		send_messages(p);
	else if (is_courier(p->tr.fd[TR_WRITE_END]))
		fuzz_peer_courier(p->tr.fd[TR_WRITE_END], p->bytes, s);
	else
		send_file(p);
	fuzz_peer_scribble(&p->tr, s);
}

/* Takes the last descriptor out of the server's messages so far. */
void fuzz_peer_take(struct fuzz_peer *p, struct script *s)
{
	union {
		char space[CMSG_SPACE(sizeof(int))];
		struct cmsghdr align;
	} control;
	char body[PEER_BODY_MAX];
	struct iovec iov = { .iov_base = body, .iov_len = sizeof(body) };

	for (;;) {
		struct msghdr h = { .msg_iov = &iov,
				    .msg_iovlen = 1,
				    .msg_control = control.space,
				    .msg_controllen = sizeof(control.space) };

		if (recvmsg(p->sock, &h, MSG_CMSG_CLOEXEC | MSG_DONTWAIT) <= 0)
			break;
		if (!CMSG_FIRSTHDR(&h))
			continue;
		fd_close(&p->item_fd);
		memcpy(&p->item_fd, CMSG_DATA(CMSG_FIRSTHDR(&h)), sizeof(int));
	}
	if (is_courier(p->item_fd))
		fuzz_peer_courier(p->item_fd, FUZZ_SOURCE_LEN, s);
}

void fuzz_peer_end(struct fuzz_peer *p)
{
	fd_close(&p->sock);
	fd_close(&p->fifo_fd);
	fd_close(&p->item_fd);
	tr_close(&p->tr);
	lease_end(&p->lease);
}
