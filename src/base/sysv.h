/*
 * System V objects, which have keys where others have names. Ours are written
 * as eight hexadecimal digits, for the lease and for the other side.
 */
#ifndef BASE_SYSV_H
#define BASE_SYSV_H

#include <stddef.h>

#include "base/err.h"
#include "base/lease.h"

/*
 * Makes an object with a new key, noted first; its identifier or -errno. `len`
 * is bytes of memory or how many semaphores; a queue has none. What the making
 * itself failed with is the caller's to explain: `e` is empty then.
 */
int sysv_new(enum lease_kind kind, size_t len, struct lease *lease, char *name,
	     size_t size, struct err *e);

/*
 * The identifier for a key that the other side gave, or -errno. -EPROTO unless
 * sysv_new may have made the object and this user owns it.
 */
int sysv_find(enum lease_kind kind, const char *name, struct err *e);

/* Removes it, whether or not it is still there. */
void sysv_remove(enum lease_kind kind, const char *name);

#endif
