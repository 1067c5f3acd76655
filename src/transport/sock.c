/*
 * Common to mechanisms with sockets: buffers of an exact size, and checks of a
 * socket's type.
 */
#include "transport/sock.h"

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <sys/socket.h>

#include "base/fd.h"
#include "base/size.h"

#define NET_CORE    "/proc/sys/net/core/"
#define DEFAULT_MAX 212992 /* if the limit cannot be read */

static const char *limit_name(int option)
{
	return option == SO_SNDBUF ? "wmem_max" : "rmem_max";
}

static uint64_t limit(int option)
{
	return fd_read_number(option == SO_SNDBUF ? NET_CORE "wmem_max"
						  : NET_CORE "rmem_max",
			      DEFAULT_MAX);
}

/*
 * Explains why the kernel took another size. Without saying so, it uses its
 * limit instead of a larger size, and its smallest size instead of a smaller
 * one.
 */
static int refuse(const struct tr_spec *spec, int option, uint64_t got,
		  struct err *e)
{
	uint64_t asked = tr_spec_value(spec, "buffer", 0);
	char word[32], max[32];

	size_word(asked, word, sizeof(word));
	if (got > 2 * asked)
		return err_say(e, EINVAL,
			       "%s: buffer=%s is less than %" PRIu64
			       " bytes, the least that the kernel gives",
			       spec->ops->name, word, got / 2);
	return err_say(e, EPERM,
		       "%s: buffer=%s is over this machine's limit of %s; "
		       "raise it with: sysctl -w net.core.%s=%" PRIu64,
		       spec->ops->name, word,
		       size_word(limit(option), max, sizeof(max)),
		       limit_name(option), asked);
}

int sock_set_buffer(const struct tr_spec *spec, int fd, int option,
		    struct err *e)
{
	int asked = (int)tr_spec_value(spec, "buffer", 0), got = 0;
	socklen_t len = sizeof(got);

	if (asked == 0)
		return 0;
	if (setsockopt(fd, SOL_SOCKET, option, &asked, sizeof(asked)) < 0 ||
	    getsockopt(fd, SOL_SOCKET, option, &got, &len) < 0)
		return err_sys(e, "cannot set the size of the socket's buffer");
	return got == 2 * asked ? 0 : refuse(spec, option, (uint64_t)got, e);
}

static int option_of(int fd, int option)
{
	int value = -1;
	socklen_t len = sizeof(value);

	return getsockopt(fd, SOL_SOCKET, option, &value, &len) < 0 ? -1
								    : value;
}

int sock_check_unix(struct tr *tr, int fd, int type)
{
	if (option_of(fd, SO_DOMAIN) == AF_UNIX &&
	    option_of(fd, SO_TYPE) == type)
		return 0;
	return err_say(tr->err, EPROTO,
		       "the other side sent something other than a socket of "
		       "the kind that this mechanism uses");
}

void sock_limits(char *text, size_t size)
{
	char max[32];

	snprintf(text, size, "buffer up to %s (net.core.wmem_max)",
		 size_word(limit(SO_SNDBUF), max, sizeof(max)));
}

void sock_limits_both(char *text, size_t size)
{
	uint64_t send = limit(SO_SNDBUF), receive = limit(SO_RCVBUF);
	char max[32];

	snprintf(text, size,
		 "buffer up to %s (net.core.wmem_max and net.core.rmem_max)",
		 size_word(send < receive ? send : receive, max, sizeof(max)));
}
