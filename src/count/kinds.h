/* The words that people use for the objects of a ledger. */
#ifndef COUNT_KINDS_H
#define COUNT_KINDS_H

#include "count/ledger.h"

/* "pipe", "unix socket", "TCP connection" … */
const char *kind_name(enum ledger_kind kind);

/* Where the kernel keeps the bytes: "page cache", "ring of pages"; or "". */
const char *kind_place(enum ledger_kind kind);

/* The object behind memory that processes share: "POSIX object". */
const char *kind_region(const struct ledger_object *o);

/* The last part of a path. */
const char *kind_file(const char *path);

#endif
