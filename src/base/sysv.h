/*
 * System V objects. They have keys instead of names. The lease and the other
 * side see a key of ours as eight hexadecimal digits.
 */
#ifndef BASE_SYSV_H
#define BASE_SYSV_H

#include <stddef.h>

#include "base/err.h"

enum sysv_kind { SYSV_MSG = 'Q', SYSV_SHM = 'S', SYSV_SEM = 'N' };

/* A key that is not in use, as text. 0 or -errno. */
int sysv_free_key(enum sysv_kind kind, char *name, size_t size, struct err *e);

/*
 * Makes an object: `len` bytes of memory, or `len` semaphores; a queue has no
 * length. Returns its identifier or -errno.
 */
int sysv_make(enum sysv_kind kind, const char *name, size_t len);

/*
 * Returns the identifier for a key that the other side gave, or -errno. -EPROTO
 * unless sysv_make may have made the object and this user owns it.
 */
int sysv_find(enum sysv_kind kind, const char *name, struct err *e);

/* Removes it, whether or not it still exists. */
void sysv_remove(enum sysv_kind kind, const char *name);

#endif
