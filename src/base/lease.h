/*
 * A lease: the list of names this run has made, kept in a locked file.
 *
 * The lock lives as long as any process of the run, however the run ends. A
 * process that can take the lock knows that they are all gone, and removes what
 * is listed.
 */
#ifndef BASE_LEASE_H
#define BASE_LEASE_H

#include <stddef.h>

#include "base/err.h"
#include "base/sysv.h"

enum lease_kind {
	/*
	 * Absolute path of a file, FIFO or socket, or of a directory, which
	 * must be empty by then: names are removed in the order of lease_note.
	 */
	LEASE_PATH = 'p',
	LEASE_SHM = 's',
	LEASE_MQ = 'm',
	LEASE_SEM = 'n',
	LEASE_SYSV_MSG = SYSV_MSG, /* a key, as base/sysv.h writes it */
	LEASE_SYSV_SHM = SYSV_SHM,
	LEASE_SYSV_SEM = SYSV_SEM,
	/*
	 * The absolute path of a lock file; a lease has at most one. The file
	 * and the names noted after it may belong to another run by now. They
	 * are removed only if no process holds its lock.
	 */
	LEASE_LOCK = 'l',
};

struct lease {
	int fd; /* -1 until the first name is noted */
	char path[200];
};

#define LEASE_INIT       \
	{                \
		.fd = -1 \
	}

/* Notes a name; call it before the name is made. 0 or -errno. */
int lease_note(struct lease *l, enum lease_kind kind, const char *name,
	       struct err *e);

/*
 * Makes a System V object with a new key, which is noted first. Returns its
 * identifier or -errno. If making the object fails, `e` stays empty and the
 * caller explains the failure.
 */
int lease_sysv(struct lease *l, enum sysv_kind kind, size_t len, char *name,
	       size_t size, struct err *e);

/* Removes what is noted and the lease itself. Twice is harmless. */
void lease_end(struct lease *l);

/* Leaves everything to another process, which will end the lease. */
void lease_leave(struct lease *l);

/* Removes what dead runs have left behind. Returns the number of these runs. */
int lease_sweep(void);

/* A name that no other run has: "ipcopy-<pid>-<random>-<what>". */
void lease_unique(char *buf, size_t size, const char *what);

/*
 * Checks a name that the other side gave, or the part of a path after its last
 * '/'. -EPROTO unless lease_unique may have made it.
 */
int lease_check(const char *name, struct err *e);

/* Removes one name of that kind, whether or not it is still there. */
void lease_unname(enum lease_kind kind, const char *name);

#endif
