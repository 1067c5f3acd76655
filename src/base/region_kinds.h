/* The objects behind regions, kind by kind; for region.c alone. */
#ifndef BASE_REGION_KINDS_H
#define BASE_REGION_KINDS_H

#include "base/region.h"

/* A kind is one row: how its object is made, found again and named. */
struct region_ops {
	const char *call; /* for messages */
	/* Sets r->fd or r->id; the reason in `e`, or its code for `call`. */
	int (*make)(struct region *r, size_t len, struct lease *lease,
		    struct err *e);
	/* The same for what has that name; NULL: the descriptor is passed. */
	int (*find)(struct region *r, const char *name, struct err *e);
	enum lease_kind named;
	int seals;
};

extern const struct region_ops region_table[REGION_KINDS];

/*
 * Says how many huge pages are missing for so many bytes, and what makes them.
 */
int region_refuse_huge(size_t len, size_t page, struct err *e);

#endif
