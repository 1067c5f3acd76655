/*
 * For each kind of region: makes the object behind it, and finds the object if
 * it has a name. Only for region.c.
 */
#ifndef BASE_REGION_KINDS_H
#define BASE_REGION_KINDS_H

#include "base/region.h"

/*
 * One row for each kind: how to make its object, how to find it, and how the
 * lease notes its name.
 */
struct region_ops {
	const char *call; /* name of the call, for error messages */
	/*
	 * Makes the object and sets r->fd or r->id. On failure the reason is in
	 * `e`; if `e` is empty, `call` failed with the returned code. NULL:
	 * there is no object, only memory.
	 */
	int (*make)(struct region *r, size_t len, struct lease *lease,
		    struct err *e);
	/*
	 * Finds the object by its name, and sets r->fd or r->id. NULL: the
	 * other side gets a descriptor or inherits the region.
	 */
	int (*find)(struct region *r, const char *name, struct err *e);
	enum lease_kind named;
	int seals;
};

extern const struct region_ops region_table[REGION_KINDS];

/*
 * Fails with a message that says how many huge pages are missing for `len`
 * bytes, and which command provides them.
 */
int region_refuse_huge(size_t len, size_t page, struct err *e);

#endif
