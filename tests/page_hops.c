/*
 * Finds out which hops hand over pages and which hops copy them: the source is
 * changed between sending and receiving.
 */
#include <errno.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/sendfile.h>
#include <sys/socket.h>
#include <sys/uio.h>
#include <unistd.h>

#include "base/fd.h"
#include "tap.h"

struct hop_ends {
	int fd[2];     /* the channel: read from [0], write to [1] */
	int file;      /* one page of 'a' in memory */
	char *mapped;  /* the same page, mapped, so that it can be changed */
	char *private; /* a page of 'a' in private memory */
};

static bool send_write(struct hop_ends *h)
{
	return write(h->fd[1], h->private, 4096) == 4096;
}

static bool send_vmsplice(struct hop_ends *h)
{
	struct iovec iov = { .iov_base = h->private, .iov_len = 4096 };

	return vmsplice(h->fd[1], &iov, 1, 0) == 4096;
}

static bool send_splice(struct hop_ends *h)
{
	off_t at = 0;

	return splice(h->file, &at, h->fd[1], NULL, 4096, 0) == 4096;
}

static bool send_sendfile(struct hop_ends *h)
{
	off_t at = 0;

	return sendfile(h->fd[1], h->file, &at, 4096) == 4096;
}

static int tcp_pair(int fd[2])
{
	struct sockaddr_in a = { .sin_family = AF_INET,
				 .sin_addr.s_addr = htonl(INADDR_LOOPBACK) };
	socklen_t len = sizeof(a);
	int l = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
	int rc = -1;

	fd[1] = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
	if (bind(l, (struct sockaddr *)&a, len) == 0 && listen(l, 1) == 0 &&
	    getsockname(l, (struct sockaddr *)&a, &len) == 0)
		rc = connect(fd[1], (struct sockaddr *)&a, len);
	fd[0] = rc < 0 ? -1 : accept(l, NULL, NULL);
	fd_close(&l);
	return fd[0] < 0 ? -1 : 0;
}

static int stream_pair(int fd[2])
{
	return socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, fd);
}

static int pipe_pair(int fd[2])
{
	return pipe2(fd, O_CLOEXEC);
}

static const struct hop_probe {
	const char *name;
	int (*open)(int fd[2]);
	bool (*send)(struct hop_ends *h);
	bool alias;
} hops[] = {
	{ "write to a pipe", pipe_pair, send_write, false },
	{ "vmsplice to a pipe", pipe_pair, send_vmsplice, true },
	{ "splice from a file to a pipe", pipe_pair, send_splice, true },
	{ "write to a unix socket", stream_pair, send_write, false },
	{ "write to a TCP socket", tcp_pair, send_write, false },
	{ "sendfile to a TCP socket", tcp_pair, send_sendfile, true },
};

static bool open_ends(const struct hop_probe *p, struct hop_ends *h)
{
	h->file = memfd_create("torn", MFD_CLOEXEC);
	h->private = mmap(NULL, 4096, PROT_READ | PROT_WRITE,
			  MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	if (h->file < 0 || ftruncate(h->file, 4096) < 0)
		return false;
	h->mapped = mmap(NULL, 4096, PROT_READ | PROT_WRITE, MAP_SHARED,
			 h->file, 0);
	if (h->private == MAP_FAILED || h->mapped == MAP_FAILED)
		return false;
	memset(h->private, 'a', 4096);
	memset(h->mapped, 'a', 4096);
	return p->open(h->fd) == 0;
}

/*
 * Changes the source between sending and receiving. The receiver sees the
 * change if the hop handed over the page.
 */
static void probe_hop(const struct hop_probe *p)
{
	struct hop_ends h = { .fd = { -1, -1 } };
	char got[4096] = "";
	bool sent = open_ends(p, &h) && p->send(&h);
	bool alias;

	if (!sent) {
		skip("%s: %s", p->name, strerror(errno));
		return;
	}
	memset(h.private, 'b', 4096);
	memset(h.mapped, 'b', 4096);
	sent = fd_read_full(h.fd[0], got, sizeof(got)) == sizeof(got);
	alias = got[0] == 'b' && got[4095] == 'b';
	ok(sent && alias == p->alias, "%s %s", p->name,
	   alias ? "hands over the page itself" : "copies");
	fd_close(&h.fd[0]);
	fd_close(&h.fd[1]);
	fd_close(&h.file);
	munmap(h.private, 4096);
	munmap(h.mapped, 4096);
}

int main(void)
{
	for (size_t i = 0; i < sizeof(hops) / sizeof(hops[0]); i++)
		probe_hop(&hops[i]);
	return done_testing();
}
