/* Names for the objects of a ledger, for people to read. */
#ifndef COUNT_KINDS_H
#define COUNT_KINDS_H

#include "count/ledger.h"

/* "pipe", "unix socket", "TCP connection" … */
const char *kind_name(enum ledger_kind kind);

/*
 * The place in the kernel where the bytes lie: "page cache", "ring of pages".
 * "" for all other objects.
 */
const char *kind_place(enum ledger_kind kind);

/* The kind of shared memory that an object is: "POSIX object", "memfd". */
const char *kind_region(const struct ledger_object *o);

/* The last part of a path. */
const char *kind_file(const char *path);

#endif
