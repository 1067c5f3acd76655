/* Names for the objects of a ledger, for people to read. */
#include "count/kinds.h"

#include <string.h>

const char *kind_file(const char *path)
{
	const char *slash = strrchr(path, '/');

	return slash && slash[1] ? slash + 1 : path;
}

const char *kind_place(enum ledger_kind kind)
{
	switch (kind) {
	case LEDGER_FILE:
		return "page cache";
	case LEDGER_PIPE:
	case LEDGER_FIFO:
		return "ring of pages";
	case LEDGER_UNIX:
	case LEDGER_TCP:
	case LEDGER_UDP:
		return "socket buffers";
	case LEDGER_MQUEUE:
	case LEDGER_SYSVMQ:
		return "queued messages";
	case LEDGER_SHARED:
		return "pages in memory";
	default:
		return "";
	}
}

const char *kind_name(enum ledger_kind kind)
{
	switch (kind) {
	case LEDGER_FIFO:
		return "FIFO";
	case LEDGER_UNIX:
		return "unix socket";
	case LEDGER_TCP:
		return "TCP connection";
	case LEDGER_UDP:
		return "UDP socket";
	case LEDGER_MQUEUE:
		return "POSIX queue";
	case LEDGER_SYSVMQ:
		return "SysV queue";
	default:
		return ledger_kind_names[kind];
	}
}

const char *kind_region(const struct ledger_object *o)
{
	if (o->kind == LEDGER_FILE)
		return strncmp(o->name, "/dev/shm/", 9) ? "an ordinary file"
							: "POSIX object";
	return *o->detail ? o->detail : "one for both";
}
