/* Memory that two processes share, whatever stands behind it. */
#ifndef BASE_REGION_H
#define BASE_REGION_H

#include <stdbool.h>
#include <stddef.h>

#include "base/ctl.h"
#include "base/err.h"
#include "base/lease.h"

enum region_kind {
	REGION_ANON,    /* MAP_ANONYMOUS: related processes only */
	REGION_DEVZERO, /* the same in the older way, /dev/zero mapped */
	REGION_POSIX,   /* shm_open */
	REGION_FILE,    /* an ordinary file in TMPDIR */
	REGION_MEMFD,   /* memfd_create, sealed against shrinking */
	REGION_SYSV,    /* shmget */
	REGION_HUGETLB, /* a memfd of huge pages */
	REGION_KINDS
};

struct region {
	enum region_kind kind;
	void *base; /* NULL while not mapped */
	size_t len;
	int fd; /* -1 while none is open */
	int id; /* of a System V segment, else -1 */
	char name[CTL_NAME_MAX];
};

#define REGION_INIT                \
	{                          \
		.fd = -1, .id = -1 \
	}

/* Related processes only: it must be inherited. */
bool region_is_inherited(enum region_kind kind);

/*
 * Whether this machine has such memory: made and removed again. 0, or -errno
 * and what would help in `e`.
 */
int region_probe(enum region_kind kind, size_t len, struct err *e);

/* Makes and maps `len` zero bytes, all of them reserved: no late SIGBUS. */
int region_create(struct region *r, enum region_kind kind, size_t len,
		  struct lease *lease, struct err *e);

/* Hands the other side what it needs to join. */
int region_offer(struct region *r, struct ctl *ctl);

/* Maps what is offered, unless it must have been inherited. */
int region_join(struct region *r, enum region_kind kind, size_t len,
		struct ctl *ctl, struct err *e);

/* Touches every page, so that no fault falls into what is timed. */
void region_prefault(const struct region *r);

/* Removes the name once both sides are attached. */
void region_unname(struct region *r);

/* Unmaps and closes; the name is the lease's business. Twice is harmless. */
void region_close(struct region *r);

#endif
