/*
 * The objects of which regions are made, one kind after the other; only for
 * region.c.
 */
#ifndef BASE_REGION_KINDS_H
#define BASE_REGION_KINDS_H

#include "base/region.h"

/*
 * One row for each kind: how to make its object, how to find it again, and its
 * name.
 */
struct region_ops {
	const char *call; /* for messages */
	/*
	 * Sets r->fd or r->id. On failure the reason is in `e`, or its code is
	 * that of `call`.
	 */
	int (*make)(struct region *r, size_t len, struct lease *lease,
		    struct err *e);
	/*
	 * The same for an object that has that name. NULL: its descriptor is
	 * passed instead.
	 */
	int (*find)(struct region *r, const char *name, struct err *e);
	enum lease_kind named;
	int seals;
};

extern const struct region_ops region_table[REGION_KINDS];

/*
 * Says how many huge pages are missing for so many bytes, and which command
 * provides them.
 */
int region_refuse_huge(size_t len, size_t page, struct err *e);

#endif
