/*
 * System V objects: message queues, shared memory, semaphores. They have keys
 * instead of names. The `name` in these functions is a key, written as eight
 * hexadecimal digits.
 */
#ifndef BASE_SYSV_H
#define BASE_SYSV_H

#include <stddef.h>

#include "base/err.h"

enum sysv_kind { SYSV_MSG = 'Q', SYSV_SHM = 'S', SYSV_SEM = 'N' };

/* Writes a key that is not in use to `name`. 0 or -errno. */
int sysv_free_key(enum sysv_kind kind, char *name, size_t size, struct err *e);

/*
 * Makes the object with this key: `len` bytes of memory, or `len` semaphores;
 * for a queue `len` is unused. Returns its identifier or -errno.
 */
int sysv_make(enum sysv_kind kind, const char *name, size_t len);

/*
 * Returns the identifier for a key that the other side gave, or -errno.
 * -EPROTO: the key is none of ipcopy's, or another user owns the object.
 */
int sysv_find(enum sysv_kind kind, const char *name, struct err *e);

/* Removes the object with this key, if it exists and this user owns it. */
void sysv_remove(enum sysv_kind kind, const char *name);

#endif
