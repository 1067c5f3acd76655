/*
 * The way of a byte as a picture: boxes that hold it, those of user space above
 * the line and the kernel's beneath it, and an arrow for each call that moves
 * it on. Never wider than a terminal.
 */
#ifndef TEXT_WAY_H
#define TEXT_WAY_H

#include <stdbool.h>
#include <stddef.h>

struct way_box {
	const char *name, *detail; /* two lines in it; either may be "" */
	const char *owner;         /* whose it is, written over it; or "" */
	bool user;                 /* touched without the kernel's help */
};

/* From a box to the next one. */
struct way_arrow {
	const char *call;
	int copies;   /* of each byte; < 0: not known, drawn as "?" */
	bool by_user; /* by a process itself, above the line */
	bool unsaid;  /* for who is to find out: drawn as "?" too */
};

/*
 * `arrows` has one element less than `boxes`. Copies are numbered from 1 on.
 * A way that is too long for one picture becomes several pictures; the last box
 * of each is the first of the next. To be freed; NULL: no memory.
 */
char *way_picture(const struct way_box *boxes, size_t n,
		  const struct way_arrow *arrows, bool ascii);

/* The mark of copy number n in the picture: a digit in a circle. */
const char *way_mark(int n, bool ascii, char *buf, size_t size);

#endif
