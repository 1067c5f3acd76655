/*
 * A lease: a locked file that lists the names of objects that a session makes:
 * files, queues, semaphores and so on.
 *
 * The lock lasts as long as any process of the session lives, however the
 * session ends. A process that can take the lock knows that all processes of
 * the session have ended, and removes the listed objects.
 */
#ifndef BASE_LEASE_H
#define BASE_LEASE_H

#include <stddef.h>

#include "base/err.h"
#include "base/sysv.h"

enum lease_kind {
	/*
	 * The absolute path of a file, FIFO, socket or directory. Names are
	 * removed in the order in which they were noted, so the files in a
	 * directory must be noted before the directory.
	 */
	LEASE_PATH = 'p',
	LEASE_SHM = 's',
	LEASE_MQ = 'm',
	LEASE_SEM = 'n',
	LEASE_SYSV_MSG = SYSV_MSG, /* a key, as base/sysv.h writes it */
	LEASE_SYSV_SHM = SYSV_SHM,
	LEASE_SYSV_SEM = SYSV_SEM,
	/*
	 * The absolute path of a lock file; a lease has at most one. Another
	 * session may have taken over this file and the names that are noted
	 * after it. So the file and these names are removed only if no process
	 * holds the lock of the file.
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

/* Notes a name. Call it before the object is made. 0 or -errno. */
int lease_note(struct lease *l, enum lease_kind kind, const char *name,
	       struct err *e);

/*
 * Notes a new key, and makes a System V object with it. Returns the identifier
 * of the object or -errno. If making the object fails, `e` stays empty and the
 * caller explains the failure.
 */
int lease_sysv(struct lease *l, enum sysv_kind kind, size_t len, char *name,
	       size_t size, struct err *e);

/* Removes the noted objects and the lease. Calling it twice is harmless. */
void lease_end(struct lease *l);

/* Closes the lease in this process only; another process will end it. */
void lease_leave(struct lease *l);

/*
 * Removes the objects of sessions that have ended without removing them.
 * Returns the number of these sessions.
 */
int lease_sweep(void);

/* A name that no other session has: "ipcopy-<pid>-<random>-<what>". */
void lease_unique(char *buf, size_t size, const char *what);

/*
 * Checks a name that the other side sent, or the end of a path from its last
 * '/' on. It must begin with "/ipcopy-", as a name of lease_unique after a '/'
 * does, and have no other '/'. 0 or -EPROTO.
 */
int lease_check(const char *name, struct err *e);

/* Removes one object of that kind, if it is still there. */
void lease_unname(enum lease_kind kind, const char *name);

#endif
