/*
 * The ways a byte can go: their names, and how to recognise the way of a call.
 */
#include <string.h>
#include <strings.h>

#include "count/probe.h"

const struct probe_name probe_names[PROBE_WAYS] = {
	[PROBE_WRITE_FILE] = { "memory", "write", "file" },
	[PROBE_WRITE_PIPE] = { "memory", "write", "pipe" },
	[PROBE_VMSPLICE] = { "memory", "vmsplice", "pipe" },
	[PROBE_SEND_UNIX] = { "memory", "send", "unix" },
	[PROBE_SEND_TCP] = { "memory", "send", "tcp" },
	[PROBE_SEND_TCP_ZEROCOPY] = { "memory", "send, MSG_ZEROCOPY", "tcp" },
	[PROBE_SEND_UDP] = { "memory", "send", "udp" },
	[PROBE_MQ_SEND] = { "memory", "mq_send", "POSIX mq" },
	[PROBE_MSGSND] = { "memory", "msgsnd", "SysV mq" },
	[PROBE_VM_WRITEV] = { "memory", "process_vm_writev", "memory" },
	[PROBE_STORE] = { "shared mapping", "store", "file" },
	[PROBE_READ_FILE] = { "file", "read", "memory" },
	[PROBE_READ_PIPE] = { "pipe", "read", "memory" },
	[PROBE_RECV_UNIX] = { "unix", "recv", "memory" },
	[PROBE_RECV_TCP] = { "tcp", "recv", "memory" },
	[PROBE_RECV_UDP] = { "udp", "recv", "memory" },
	[PROBE_MQ_RECEIVE] = { "POSIX mq", "mq_receive", "memory" },
	[PROBE_MSGRCV] = { "SysV mq", "msgrcv", "memory" },
	[PROBE_VM_READV] = { "memory", "process_vm_readv", "memory" },
	[PROBE_SPLICE_FILE_PIPE] = { "file", "splice", "pipe" },
	[PROBE_SPLICE_PIPE_FILE] = { "pipe", "splice", "file" },
	[PROBE_SPLICE_PIPE_PIPE] = { "pipe", "splice", "pipe" },
	[PROBE_TEE] = { "pipe", "tee", "pipe" },
	[PROBE_SPLICE_PIPE_UNIX] = { "pipe", "splice", "unix" },
	[PROBE_SPLICE_PIPE_TCP] = { "pipe", "splice", "tcp" },
	[PROBE_SPLICE_UNIX_PIPE] = { "unix", "splice", "pipe" },
	[PROBE_SPLICE_TCP_PIPE] = { "tcp", "splice", "pipe" },
	[PROBE_SENDFILE_FILE] = { "file", "sendfile", "file" },
	[PROBE_SENDFILE_PIPE] = { "file", "sendfile", "pipe" },
	[PROBE_SENDFILE_UNIX] = { "file", "sendfile", "unix" },
	[PROBE_SENDFILE_TCP] = { "file", "sendfile", "tcp" },
	[PROBE_COPY_RANGE] = { "file", "copy_file_range", "file" },
};

/* --- from a call to its way ----------------------------------------------- */

/* One letter for each kind of object. */
enum {
	MEMORY = 'm',
	FILE_ = 'f',
	PIPE = 'p',
	UNIX = 'u',
	TCP = 't',
	UDP = 'd',
	MQ = 'q',
	SYSV = 's',
	OTHER = '?'
};

static char letter(enum ledger_kind kind)
{
	switch (kind) {
	case LEDGER_FILE:
		return FILE_;
	case LEDGER_PIPE:
	case LEDGER_FIFO:
		return PIPE;
	case LEDGER_UNIX:
		return UNIX;
	case LEDGER_TCP:
		return TCP;
	case LEDGER_UDP:
		return UDP;
	case LEDGER_MQUEUE:
		return MQ;
	case LEDGER_SYSVMQ:
		return SYSV;
	case LEDGER_SHARED:
	case LEDGER_PRIVATE:
		return MEMORY;
	default:
		return OTHER;
	}
}

enum verb { TAKE, PUT, MOVE };

/* The kind of a call, by the start of its name. The first fit is used. */
static const struct verb_name {
	const char *start;
	enum verb verb;
} verbs[] = {
	{ "sendfile", MOVE }, { "read", TAKE }, { "pread", TAKE },
	{ "recv", TAKE },     { "write", PUT }, { "pwrite", PUT },
	{ "send", PUT },      { NULL, MOVE },
};

static const struct rule {
	enum verb verb;
	const char *call; /* MOVE: the start of the name of the call */
	char from, to;
	enum probe_way way;
} rules[] = {
	{ PUT, NULL, MEMORY, FILE_, PROBE_WRITE_FILE },
	{ PUT, NULL, MEMORY, PIPE, PROBE_WRITE_PIPE },
	{ PUT, NULL, MEMORY, UNIX, PROBE_SEND_UNIX },
	{ PUT, NULL, MEMORY, TCP, PROBE_SEND_TCP },
	{ PUT, NULL, MEMORY, UDP, PROBE_SEND_UDP },
	/*
	 * a memfd counts as memory here, but a call writes to it as to a file
	 */
	{ PUT, NULL, MEMORY, MEMORY, PROBE_WRITE_FILE },
	{ TAKE, NULL, FILE_, MEMORY, PROBE_READ_FILE },
	{ TAKE, NULL, PIPE, MEMORY, PROBE_READ_PIPE },
	{ TAKE, NULL, UNIX, MEMORY, PROBE_RECV_UNIX },
	{ TAKE, NULL, TCP, MEMORY, PROBE_RECV_TCP },
	{ TAKE, NULL, UDP, MEMORY, PROBE_RECV_UDP },
	{ TAKE, NULL, MEMORY, MEMORY, PROBE_READ_FILE },
	/*
	 * the program writes from a mapped input, or reads into a mapped output
	 */
	{ PUT, NULL, FILE_, FILE_, PROBE_WRITE_FILE },
	{ PUT, NULL, FILE_, PIPE, PROBE_WRITE_PIPE },
	{ PUT, NULL, FILE_, UNIX, PROBE_SEND_UNIX },
	{ PUT, NULL, FILE_, TCP, PROBE_SEND_TCP },
	{ PUT, NULL, FILE_, UDP, PROBE_SEND_UDP },
	{ TAKE, NULL, FILE_, FILE_, PROBE_READ_FILE },
	{ TAKE, NULL, PIPE, FILE_, PROBE_READ_PIPE },
	{ TAKE, NULL, UNIX, FILE_, PROBE_RECV_UNIX },
	{ TAKE, NULL, TCP, FILE_, PROBE_RECV_TCP },
	{ TAKE, NULL, UDP, FILE_, PROBE_RECV_UDP },
	{ MOVE, "mq_", MEMORY, MQ, PROBE_MQ_SEND },
	{ MOVE, "mq_", MQ, MEMORY, PROBE_MQ_RECEIVE },
	{ MOVE, "msg", MEMORY, SYSV, PROBE_MSGSND },
	{ MOVE, "msg", SYSV, MEMORY, PROBE_MSGRCV },
	{ MOVE, "process_vm_writev", MEMORY, MEMORY, PROBE_VM_WRITEV },
	{ MOVE, "process_vm_readv", MEMORY, MEMORY, PROBE_VM_READV },
	{ MOVE, "mmap", MEMORY, FILE_, PROBE_STORE },
	{ MOVE, "vmsplice", MEMORY, PIPE, PROBE_VMSPLICE },
	/* the way back: vmsplice from a pipe to memory copies as read does */
	{ MOVE, "vmsplice", PIPE, MEMORY, PROBE_READ_PIPE },
	{ MOVE, "splice", FILE_, PIPE, PROBE_SPLICE_FILE_PIPE },
	{ MOVE, "splice", PIPE, FILE_, PROBE_SPLICE_PIPE_FILE },
	{ MOVE, "splice", PIPE, PIPE, PROBE_SPLICE_PIPE_PIPE },
	{ MOVE, "tee", PIPE, PIPE, PROBE_TEE },
	{ MOVE, "splice", PIPE, UNIX, PROBE_SPLICE_PIPE_UNIX },
	{ MOVE, "splice", PIPE, TCP, PROBE_SPLICE_PIPE_TCP },
	{ MOVE, "splice", UNIX, PIPE, PROBE_SPLICE_UNIX_PIPE },
	{ MOVE, "splice", TCP, PIPE, PROBE_SPLICE_TCP_PIPE },
	{ MOVE, "sendfile", FILE_, FILE_, PROBE_SENDFILE_FILE },
	{ MOVE, "sendfile", FILE_, PIPE, PROBE_SENDFILE_PIPE },
	{ MOVE, "sendfile", FILE_, UNIX, PROBE_SENDFILE_UNIX },
	{ MOVE, "sendfile", FILE_, TCP, PROBE_SENDFILE_TCP },
	{ MOVE, "copy_file_range", FILE_, FILE_, PROBE_COPY_RANGE },
	{ MOVE, "ioctl", FILE_, FILE_, PROBE_COPY_RANGE },
};

static bool begins(const char *text, const char *start)
{
	return !strncasecmp(text, start, strlen(start));
}

/* Removes words before the name: "io_uring read" becomes "read". */
static const char *bare_name(const char *call)
{
	static const char *const before[] = { "io_uring", "IORING_OP_" };

	for (int i = 0; i < 2; i++)
		if (begins(call, before[i]))
			call += strlen(before[i]);
	return call + strspn(call, " :_/");
}

static const struct rule *find(enum verb verb, const char *call, char from,
			       char to)
{
	for (size_t i = 0; i < sizeof(rules) / sizeof(rules[0]); i++) {
		const struct rule *r = &rules[i];

		if (r->verb == verb && r->from == from && r->to == to &&
		    (!r->call || begins(call, r->call)))
			return r;
	}
	return NULL;
}

enum probe_way probe_way_of(enum ledger_kind from, enum ledger_kind to,
			    const char *call)
{
	const struct verb_name *v = verbs;
	const struct rule *r;
	char f = letter(from), t = letter(to);

	call = bare_name(call);
	while (v->start && !begins(call, v->start))
		v++;
	r = find(v->verb, call, f, t);
	/* for calls that work only with files, a memfd is a file */
	if (!r && v->verb == MOVE)
		r = find(v->verb, call, from == LEDGER_SHARED ? FILE_ : f,
			 to == LEDGER_SHARED ? FILE_ : t);
	if (r && r->way == PROBE_SEND_TCP && strstr(call, "ZEROCOPY"))
		return PROBE_SEND_TCP_ZEROCOPY;
	return r ? r->way : PROBE_NO_WAY;
}
