/*
 * The loops that move a file as messages, for mechanisms without loops of their
 * own.
 */
#ifndef COPY_LOOP_H
#define COPY_LOOP_H

#include "base/hash.h"
#include "copy/input.h"
#include "copy/output.h"
#include "copy/side.h"

/*
 * loop_send and loop_receive move the whole file, or less if it has become
 * shorter, and count the bytes in side->moved_bytes. If `h` is not NULL, they
 * add every message to it: the hash of a file that cannot be read again.
 */
int loop_send(struct tr *tr, struct input *in, struct copy_side *side,
	      struct hash *h);
int loop_receive(struct tr *tr, struct output *out, struct copy_side *side,
		 struct hash *h);

/* Client: checks that nothing comes after the bytes that were offered. */
int loop_ended(struct tr *tr, struct copy_side *side);

#endif
