/* The objects into which probe.c sends and from which it receives. */
#include "count/probe_ends.h"

#include <errno.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/msg.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/fd.h"
#include "base/page.h"
#include "base/sysv.h"

/* fits into a queue with default limits, even if pages are larger */
#define MESSAGE_MOST 4096

/* Written by probe_use_directory only. */
char probe_directory[4096];

/* --- memory and files ----------------------------------------------------- */

static char *map(struct probe *p, int flags, int fd)
{
	void *base = mmap(NULL, p->page, PROT_READ | PROT_WRITE, flags, fd, 0);

	if (base == MAP_FAILED) {
		err_sys(&p->err, "mmap");
		return NULL;
	}
	return base;
}

static int map_window(struct probe *p)
{
	p->behind = memfd_create("ipcopy-probe", MFD_CLOEXEC);
	if (p->behind < 0 || ftruncate(p->behind, (off_t)p->page) < 0)
		return err_sys(&p->err, "memfd_create");
	p->window = map(p, MAP_SHARED, p->behind);
	p->mirror = map(p, MAP_SHARED, p->behind);
	return p->window && p->mirror ? 0 : -p->err.code;
}

int probe_begin(struct probe *p)
{
	*p = (struct probe){
		.page = page_bytes(),
		.behind = -1,
		.file = -1,
		.end = { -1, -1 },
		.pipe = { -1, -1 },
		.lease = LEASE_INIT,
	};
	p->len = p->page;
	p->memory = map(p, MAP_PRIVATE | MAP_ANONYMOUS, -1);
	if (!p->memory)
		return -p->err.code;
	memset(p->memory, PROBE_SENT, p->page);
	return map_window(p);
}

int probe_file(struct probe *p, int *fd)
{
	*fd = -1;
	if (probe_directory[0])
		*fd = open(probe_directory, O_TMPFILE | O_RDWR | O_CLOEXEC,
			   0600);
	/* some file systems cannot make a file without a name */
	if (*fd < 0)
		*fd = memfd_create("ipcopy-probe", MFD_CLOEXEC);
	return *fd < 0 ? err_sys(&p->err, "memfd_create") : 0;
}

static void unmap(struct probe *p, char **base)
{
	if (*base)
		munmap(*base, p->page);
	*base = NULL;
}

void probe_end(struct probe *p)
{
	unmap(p, &p->memory);
	unmap(p, &p->window);
	unmap(p, &p->mirror);
	fd_close(&p->behind);
	fd_close(&p->file);
	for (int i = 0; i < 2; i++) {
		/*
		 * end[0] of a System V queue is no descriptor, so do not close
		 * it
		 */
		if (!p->name[0] || p->name[0] == '/')
			fd_close(&p->end[i]);
		fd_close(&p->pipe[i]);
	}
	lease_end(&p->lease);
}

int probe_open_nothing(struct probe *p)
{
	(void)p;
	return 0;
}

int probe_open_file(struct probe *p)
{
	return probe_file(p, &p->end[0]);
}

int probe_open_mapping(struct probe *p)
{
	int rc = probe_file(p, &p->end[0]);

	if (rc == 0 && ftruncate(p->end[0], (off_t)p->page) < 0)
		rc = err_sys(&p->err, "ftruncate");
	if (rc < 0)
		return rc;
	unmap(p, &p->memory);
	p->memory = map(p, MAP_SHARED, p->end[0]);
	if (!p->memory)
		return -p->err.code;
	memset(p->memory, PROBE_SENT, p->page);
	return 0;
}

static void fit_message(struct probe *p)
{
	if (p->len > MESSAGE_MOST)
		p->len = MESSAGE_MOST;
}

/* --- channels ------------------------------------------------------------- */

int probe_open_pipe(struct probe *p)
{
	if (pipe2(p->end, O_CLOEXEC | O_NONBLOCK) < 0)
		return err_sys(&p->err, "pipe2");
	return 0;
}

int probe_open_unix(struct probe *p)
{
	if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0,
		       p->end) < 0)
		return err_sys(&p->err, "socketpair");
	return 0;
}

static int loopback(struct probe *p, int type, int *fd, struct sockaddr_in *at)
{
	socklen_t len = sizeof(*at);

	*at = (struct sockaddr_in){
		.sin_family = AF_INET,
		.sin_addr.s_addr = htonl(INADDR_LOOPBACK),
	};
	*fd = socket(AF_INET, type | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
	if (*fd < 0)
		return err_sys(&p->err, "socket");
	if (bind(*fd, (struct sockaddr *)at, sizeof(*at)) < 0 ||
	    getsockname(*fd, (struct sockaddr *)at, &len) < 0)
		return err_sys(&p->err, "bind to 127.0.0.1");
	return 0;
}

int probe_open_udp(struct probe *p)
{
	struct sockaddr_in from, to;
	int rc;

	fit_message(p);
	rc = loopback(p, SOCK_DGRAM, &p->end[0], &to);

	if (rc == 0)
		rc = loopback(p, SOCK_DGRAM, &p->end[1], &from);
	if (rc < 0)
		return rc;
	/* a connected socket accepts datagrams only from its peer */
	if (connect(p->end[1], (struct sockaddr *)&to, sizeof(to)) < 0 ||
	    connect(p->end[0], (struct sockaddr *)&from, sizeof(from)) < 0)
		return err_sys(&p->err, "connect to 127.0.0.1");
	return 0;
}

/*
 * Any process may connect to the port. So accept only the connection that we
 * just made.
 */
static int accept_own(struct probe *p, int listening,
		      const struct sockaddr_in *own)
{
	struct sockaddr_in who;
	socklen_t len = sizeof(who);

	p->end[0] = accept4(listening, (struct sockaddr *)&who, &len,
			    SOCK_CLOEXEC | SOCK_NONBLOCK);
	if (p->end[0] < 0)
		return err_sys(&p->err, "accept");
	if (who.sin_port != own->sin_port)
		return err_say(&p->err, EPROTO,
			       "another process connected to the probe's port");
	return 0;
}

int probe_open_tcp(struct probe *p)
{
	struct sockaddr_in at, own;
	int listening = -1, rc = loopback(p, SOCK_STREAM, &listening, &at);

	if (rc == 0 && listen(listening, 1) < 0)
		rc = err_sys(&p->err, "listen");
	if (rc == 0)
		rc = loopback(p, SOCK_STREAM, &p->end[1], &own);
	/*
	 * over loopback the connection is complete when connect returns, even
	 * on a socket that does not block
	 */
	if (rc == 0 &&
	    connect(p->end[1], (struct sockaddr *)&at, sizeof(at)) < 0 &&
	    errno != EINPROGRESS)
		rc = err_sys(&p->err, "connect to 127.0.0.1");
	if (rc == 0)
		rc = accept_own(p, listening, &own);
	fd_close(&listening);
	return rc;
}

/* --- queues --------------------------------------------------------------- */

int probe_open_mq(struct probe *p)
{
	struct mq_attr attr = { .mq_maxmsg = 1 };
	int rc;

	fit_message(p);
	attr.mq_msgsize = (long)p->len;
	p->name[0] = '/';
	lease_unique(p->name + 1, sizeof(p->name) - 1, "probe");
	rc = lease_note(&p->lease, LEASE_MQ, p->name, &p->err);
	if (rc < 0)
		return rc;
	p->end[0] = mq_open(p->name, O_CREAT | O_EXCL | O_RDWR | O_NONBLOCK,
			    0600, &attr);
	return p->end[0] < 0 ? err_sys(&p->err, "mq_open") : 0;
}

int probe_open_sysv(struct probe *p)
{
	fit_message(p);
	p->end[0] = lease_sysv(&p->lease, SYSV_MSG, 0, p->name, sizeof(p->name),
			       &p->err);
	return p->end[0] < 0 ? err_code(&p->err, p->end[0], "msgget") : 0;
}
