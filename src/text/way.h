/*
 * The way of a byte as a picture. The byte is in each of the boxes in turn:
 * boxes of user space are above a line, boxes of the kernel below it. An arrow
 * is a call that moves the byte to the next box. The picture has 79 columns at
 * most.
 */
#ifndef TEXT_WAY_H
#define TEXT_WAY_H

#include <stdbool.h>
#include <stddef.h>

struct way_box {
	const char *name, *detail; /* two lines in the box; either may be "" */
	const char *owner;         /* written above or below the box; or "" */
	bool user;                 /* processes access the box directly */
};

/* An arrow from a box to the next one. */
struct way_arrow {
	const char *call;
	int copies;   /* copies of each byte; < 0: unknown, drawn as "?" */
	bool by_user; /* a process itself copies; drawn above the line */
	bool unsaid;  /* the reader has to find `copies`: drawn as "?", too */
};

/*
 * `arrows` has one element less than `boxes`. Copies are numbered from 1. A way
 * that is too long for one picture becomes several pictures, and the last box
 * of each is the first of the next. The caller frees the text; NULL: no memory.
 */
char *way_picture(const struct way_box *boxes, size_t n,
		  const struct way_arrow *arrows, bool ascii);

/*
 * The mark of copy number n in the picture: the number in a circle, or the bare
 * number in ASCII and above 20.
 */
const char *way_mark(int n, bool ascii, char *buf, size_t size);

#endif
