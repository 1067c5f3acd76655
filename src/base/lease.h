/*
 * A lease: the list of names this run has made, kept in a locked file.
 *
 * The lock lives as long as any process of the run, however it ends. Whoever
 * can take the lock knows that all of them are gone and removes what is listed.
 */
#ifndef BASE_LEASE_H
#define BASE_LEASE_H

#include <stddef.h>

#include "base/err.h"
#include "base/sysv.h"

enum lease_kind {
	LEASE_PATH = 'p', /* a file, FIFO or socket: an absolute path */
	LEASE_SHM = 's',
	LEASE_MQ = 'm',
	LEASE_SEM = 'n',
	LEASE_SYSV_MSG = SYSV_MSG, /* a key, as base/sysv.h writes it */
	LEASE_SYSV_SHM = SYSV_SHM,
	LEASE_SYSV_SEM = SYSV_SEM,
	/*
	 * A lock file, an absolute path; one in a lease. It and the names noted
	 * after it may be another run's by now: they are removed only if no
	 * process holds its lock.
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
 * Makes a System V object with a new key, noted first; its identifier or
 * -errno. What the making itself failed with is the caller's to explain: `e` is
 * empty then.
 */
int lease_sysv(struct lease *l, enum sysv_kind kind, size_t len, char *name,
	       size_t size, struct err *e);

/* Removes what is noted and the lease itself. Twice is harmless. */
void lease_end(struct lease *l);

/* Leaves everything to the process that will end the lease. */
void lease_leave(struct lease *l);

/* Removes what runs that are gone have left behind. Returns how many runs. */
int lease_sweep(void);

/* A name no other run has: "ipcopy-<pid>-<random>-<what>". */
void lease_unique(char *buf, size_t size, const char *what);

/*
 * For a name that the other side gave, or the tail of one from its last '/'
 * on: -EPROTO unless lease_unique may have made it.
 */
int lease_check(const char *name, struct err *e);

/* Removes one name of that kind, whether or not it is still there. */
void lease_unname(enum lease_kind kind, const char *name);

#endif
