/* Asks the running kernel how many copies a hop makes. */
#include "count/probe.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdio.h>
#include <string.h>
#include <sys/msg.h>
#include <sys/sendfile.h>
#include <sys/socket.h>
#include <sys/uio.h>
#include <unistd.h>

#include "base/extents.h"
#include "count/probe_ends.h"

#define PATIENCE_MS 1000 /* how long to wait for bytes on their way */

/* --- sending: 0 or -errno ------------------------------------------------- */

static int sent(struct probe *p, ssize_t n, const char *call)
{
	if (n < 0)
		return err_sys(&p->err, "%s", call);
	if ((size_t)n != p->len)
		return err_say(&p->err, EIO, "%s sent only %zd of %zu bytes",
			       call, n, p->len);
	return 0;
}

static int put_nothing(struct probe *p)
{
	(void)p;
	return 0;
}

static int put_write(struct probe *p)
{
	return sent(p, write(p->end[1], p->memory, p->len), "write");
}

static int put_in_file(struct probe *p)
{
	return sent(p, pwrite(p->end[0], p->memory, p->len, 0), "pwrite");
}

static int put_zerocopy(struct probe *p)
{
	int on = 1;

	if (setsockopt(p->end[1], SOL_SOCKET, SO_ZEROCOPY, &on, sizeof(on)) < 0)
		return err_sys(&p->err, "SO_ZEROCOPY");
	return sent(p, send(p->end[1], p->memory, p->len, MSG_ZEROCOPY),
		    "send with MSG_ZEROCOPY");
}

static int put_mq(struct probe *p)
{
	if (mq_send(p->end[0], p->memory, p->len, 0) < 0)
		return err_sys(&p->err, "mq_send");
	return 0;
}

static int put_sysv(struct probe *p)
{
	struct {
		long type;
		char text[4096];
	} m = { .type = 1 };

	memcpy(m.text, p->memory, p->len);
	if (msgsnd(p->end[0], &m, p->len, IPC_NOWAIT) < 0)
		return err_sys(&p->err, "msgsnd");
	/* m.text was sent, so change it as change() changes p->memory */
	memset(m.text, PROBE_CHANGED, p->len);
	return 0;
}

static int put_vm(struct probe *p)
{
	struct iovec from = { p->memory, p->len }, to = { p->window, p->len };

	return sent(p, process_vm_writev(getpid(), &from, 1, &to, 1, 0),
		    "process_vm_writev");
}

static int hand_over(struct probe *p, int fd)
{
	struct iovec from = { p->memory, p->len };

	return sent(p, vmsplice(fd, &from, 1, SPLICE_F_NONBLOCK), "vmsplice");
}

static int put_vmsplice(struct probe *p)
{
	return hand_over(p, p->end[1]);
}

static int open_way(struct probe *p)
{
	if (pipe2(p->pipe, O_CLOEXEC | O_NONBLOCK) < 0)
		return err_sys(&p->err, "pipe2");
	return hand_over(p, p->pipe[1]);
}

/*
 * Puts pages of ours into a pipe by reference, to see whether the next call
 * passes them on by reference, too.
 */
static int put_through(struct probe *p)
{
	int to = p->end[1] >= 0 ? p->end[1] : p->end[0];
	int rc = open_way(p);

	if (rc < 0)
		return rc;
	return sent(p,
		    splice(p->pipe[0], NULL, to, NULL, p->len,
			   SPLICE_F_NONBLOCK | SPLICE_F_MOVE),
		    "splice");
}

static int put_tee(struct probe *p)
{
	int rc = open_way(p);

	if (rc < 0)
		return rc;
	return sent(p, tee(p->pipe[0], p->end[1], p->len, SPLICE_F_NONBLOCK),
		    "tee");
}

static int fill_probe_file(struct probe *p)
{
	int rc = probe_file(p, &p->file);

	if (rc < 0)
		return rc;
	return sent(p, pwrite(p->file, p->memory, p->len, 0), "pwrite");
}

static int put_splice_file(struct probe *p)
{
	loff_t at = 0;
	int rc = fill_probe_file(p);

	if (rc < 0)
		return rc;
	return sent(p,
		    splice(p->file, &at, p->end[1], NULL, p->len,
			   SPLICE_F_NONBLOCK),
		    "splice");
}

static int put_sendfile(struct probe *p)
{
	int to = p->end[1] >= 0 ? p->end[1] : p->end[0];
	off_t at = 0;
	int rc = fill_probe_file(p);

	if (rc < 0)
		return rc;
	return sent(p, sendfile(to, p->file, &at, p->len), "sendfile");
}

static int put_range(struct probe *p)
{
	loff_t from = 0, to = 0;
	int rc = fill_probe_file(p);

	if (rc < 0)
		return rc;
	return sent(p,
		    copy_file_range(p->file, &from, p->end[0], &to, p->len, 0),
		    "copy_file_range");
}

/* --- receiving, into `to`: 0 or -errno ------------------------------------ */

static int received(struct probe *p, ssize_t n, const char *call)
{
	if (n < 0)
		return err_sys(&p->err, "%s", call);
	if ((size_t)n != p->len)
		return err_say(&p->err, EIO,
			       "%s received only %zd of %zu bytes", call, n,
			       p->len);
	return 0;
}

static int take_read(struct probe *p, char *to)
{
	return received(p, read(p->end[0], to, p->len), "read");
}

static int take_from_file(struct probe *p, char *to)
{
	return received(p, pread(p->end[0], to, p->len, 0), "pread");
}

static int take_mq(struct probe *p, char *to)
{
	return received(p, mq_receive(p->end[0], to, p->len, NULL),
			"mq_receive");
}

/* The message begins with its type, a long. The bytes follow in the page. */
static int take_sysv(struct probe *p, char *to)
{
	struct msgbuf *m = (struct msgbuf *)to;
	ssize_t n = msgrcv(p->end[0], m, p->len - sizeof(long), 0,
			   IPC_NOWAIT | MSG_NOERROR);

	if (n > 0) {
		/* judge_mirror looks at the whole page, the type included */
		m->mtype = 0;
		memset(m, m->mtext[0], sizeof(long));
		n += (ssize_t)sizeof(long);
	}
	return received(p, n, "msgrcv");
}

static int take_vm(struct probe *p, char *to)
{
	struct iovec from = { p->memory, p->len }, into = { to, p->len };

	return received(p, process_vm_readv(getpid(), &into, 1, &from, 1, 0),
			"process_vm_readv");
}

/* process_vm_writev has put the bytes into the window already. */
static int take_what_is_there(struct probe *p, char *to)
{
	if (to != p->window)
		memcpy(to, p->window, p->len);
	return 0;
}

static int take_through(struct probe *p, char *to)
{
	int rc = received(p,
			  splice(p->end[0], NULL, p->pipe[1], NULL, p->len,
				 SPLICE_F_NONBLOCK),
			  "splice");

	return rc < 0 ? rc : received(p, read(p->pipe[0], to, p->len), "read");
}

/* --- the ways ------------------------------------------------------------- */

enum question {
	CHANGE_MEMORY, /* change the memory that was sent, then receive */
	CHANGE_FILE,
	LOOK_TWICE, /* receive into a page that is mapped twice */
	ASK_EXTENTS,
};

static const struct way {
	int (*open)(struct probe *p);
	int (*put)(struct probe *p);
	int (*take)(struct probe *p, char *to);
	enum question question;
	/* another way that the test uses and that must not copy */
	enum probe_way needs;
} ways[PROBE_WAYS] = {
#define WAY(way, open, put, take, question)                            \
	[way] = { probe_open_##open, put_##put, take_##take, question, \
		  PROBE_NO_WAY }
#define WAY_BY(way, open, put, take, needs)                                 \
	[way] = { probe_open_##open, put_##put, take_##take, CHANGE_MEMORY, \
		  needs }
	WAY(PROBE_WRITE_FILE, file, in_file, from_file, CHANGE_MEMORY),
	WAY(PROBE_WRITE_PIPE, pipe, write, read, CHANGE_MEMORY),
	WAY(PROBE_VMSPLICE, pipe, vmsplice, read, CHANGE_MEMORY),
	WAY(PROBE_SEND_UNIX, unix, write, read, CHANGE_MEMORY),
	WAY(PROBE_SEND_TCP, tcp, write, read, CHANGE_MEMORY),
	WAY(PROBE_SEND_TCP_ZEROCOPY, tcp, zerocopy, read, CHANGE_MEMORY),
	WAY(PROBE_SEND_UDP, udp, write, read, CHANGE_MEMORY),
	WAY(PROBE_MQ_SEND, mq, mq, mq, CHANGE_MEMORY),
	WAY(PROBE_MSGSND, sysv, sysv, sysv, CHANGE_MEMORY),
	WAY(PROBE_VM_WRITEV, nothing, vm, what_is_there, CHANGE_MEMORY),
	WAY(PROBE_STORE, mapping, nothing, from_file, CHANGE_MEMORY),
	WAY(PROBE_READ_FILE, file, in_file, from_file, LOOK_TWICE),
	WAY(PROBE_READ_PIPE, pipe, write, read, LOOK_TWICE),
	WAY(PROBE_RECV_UNIX, unix, write, read, LOOK_TWICE),
	WAY(PROBE_RECV_TCP, tcp, write, read, LOOK_TWICE),
	WAY(PROBE_RECV_UDP, udp, write, read, LOOK_TWICE),
	WAY(PROBE_MQ_RECEIVE, mq, mq, mq, LOOK_TWICE),
	WAY(PROBE_MSGRCV, sysv, sysv, sysv, LOOK_TWICE),
	WAY(PROBE_VM_READV, nothing, nothing, vm, LOOK_TWICE),
	WAY(PROBE_SPLICE_FILE_PIPE, pipe, splice_file, read, CHANGE_FILE),
	WAY_BY(PROBE_SPLICE_PIPE_FILE, file, through, from_file,
	       PROBE_VMSPLICE),
	WAY_BY(PROBE_SPLICE_PIPE_PIPE, pipe, through, read, PROBE_VMSPLICE),
	WAY_BY(PROBE_TEE, pipe, tee, read, PROBE_VMSPLICE),
	WAY_BY(PROBE_SPLICE_PIPE_UNIX, unix, through, read, PROBE_VMSPLICE),
	WAY_BY(PROBE_SPLICE_PIPE_TCP, tcp, through, read, PROBE_VMSPLICE),
	WAY_BY(PROBE_SPLICE_UNIX_PIPE, unix, through, through,
	       PROBE_SPLICE_PIPE_UNIX),
	WAY_BY(PROBE_SPLICE_TCP_PIPE, tcp, through, through,
	       PROBE_SPLICE_PIPE_TCP),
	WAY(PROBE_SENDFILE_FILE, file, sendfile, from_file, CHANGE_FILE),
	WAY(PROBE_SENDFILE_PIPE, pipe, sendfile, read, CHANGE_FILE),
	WAY(PROBE_SENDFILE_UNIX, unix, sendfile, read, CHANGE_FILE),
	WAY(PROBE_SENDFILE_TCP, tcp, sendfile, read, CHANGE_FILE),
	WAY(PROBE_COPY_RANGE, file, range, from_file, ASK_EXTENTS),
#undef WAY
#undef WAY_BY
};

/* --- the question, and what was answered ---------------------------------- */

static bool is_all(const char *bytes, size_t len, char c)
{
	return bytes[0] == c && !memcmp(bytes, bytes + 1, len - 1);
}

static int judge_change(struct probe *p)
{
	if (is_all(p->window, p->len, PROBE_CHANGED))
		return 0;
	if (is_all(p->window, p->len, PROBE_SENT))
		return 1;
	return err_say(&p->err, EIO,
		       "only a part of the bytes showed the change");
}

static int judge_mirror(struct probe *p)
{
	if (!is_all(p->window, p->len, PROBE_SENT))
		return err_say(&p->err, EIO,
			       "the bytes received are not the bytes sent");
	return is_all(p->mirror, p->len, PROBE_SENT);
}

static int judge_extents(struct probe *p)
{
	struct extents x;
	int rc = extents_read(p->end[0], &x);

	if (rc < 0)
		return err_say(&p->err, ENOTSUP,
			       "this file system does not tell whether extents "
			       "are shared");
	return x.shared_bytes == 0;
}

static int change(struct probe *p, enum question question)
{
	if (question != CHANGE_MEMORY && question != CHANGE_FILE)
		return 0;
	memset(p->memory, PROBE_CHANGED, p->page);
	if (question == CHANGE_MEMORY)
		return 0;
	return sent(p, pwrite(p->file, p->memory, p->len, 0), "pwrite");
}

/*
 * Waits for bytes that come through a channel. On a busy machine the kernel may
 * copy them only when they arrive, so they must arrive before the source
 * changes.
 */
static int let_arrive(struct probe *p, const struct way *w)
{
	struct pollfd at = { .fd = p->end[0], .events = POLLIN };

	if (w->take != take_read && w->take != take_through)
		return 0;
	if (poll(&at, 1, PATIENCE_MS) == 1)
		return 0;
	return err_say(&p->err, ETIMEDOUT,
		       "the probe sent bytes that did not arrive");
}

static int try_way(struct probe *p, const struct way *w)
{
	int rc = probe_begin(p);

	if (rc == 0)
		rc = w->open(p);
	if (rc == 0)
		rc = w->put(p);
	if (rc == 0)
		rc = let_arrive(p, w);
	if (rc == 0)
		rc = change(p, w->question);
	if (rc == 0)
		rc = w->take(p, p->window);
	if (rc < 0)
		return rc;
	if (w->question == ASK_EXTENTS)
		return judge_extents(p);
	return w->question == LOOK_TWICE ? judge_mirror(p) : judge_change(p);
}

/* The kernel's answers. Only ask_about and probe_use_directory write here. */
static struct answer {
	bool asked;
	int copies;
	char why[sizeof(((struct err *)0)->text)];
} answers[PROBE_WAYS];

static void ask_about(enum probe_way way, struct answer *a)
{
	const struct way *w = &ways[way];
	struct probe p;
	int rc;

	a->asked = true;
	a->copies = LEDGER_COPIES_UNKNOWN;
	if (w->needs != PROBE_NO_WAY && probe_copies(w->needs, NULL) != 0) {
		snprintf(a->why, sizeof(a->why),
			 "%s from %s to %s makes a copy here or cannot be "
			 "tried, so what the next call does cannot be seen",
			 probe_names[w->needs].call, probe_names[w->needs].from,
			 probe_names[w->needs].to);
		return;
	}
	rc = try_way(&p, w);
	if (rc >= 0)
		a->copies = rc;
	else
		snprintf(a->why, sizeof(a->why), "%s", p.err.text);
	probe_end(&p);
}

int probe_copies(enum probe_way way, const char **why)
{
	struct answer *a;

	if (way < 0 || way >= PROBE_WAYS) {
		if (why)
			*why = "ipcopy has no probe for this kind of hop";
		return LEDGER_COPIES_UNKNOWN;
	}
	a = &answers[way];
	if (!a->asked)
		ask_about(way, a);
	if (why)
		*why = a->why;
	return a->copies;
}

void probe_use_directory(const char *dir)
{
	/* the answers for another folder may be wrong for this folder */
	memset(answers, 0, sizeof(answers));
	snprintf(probe_directory, sizeof(probe_directory), "%s", dir);
}
