/* The loops that move a file through a channel, the same for every one. */
#ifndef COPY_LOOP_H
#define COPY_LOOP_H

#include "base/hash.h"
#include "copy/input.h"
#include "copy/output.h"
#include "copy/side.h"

/*
 * Both move the file's length, or up to an end that comes before it, and count
 * what passed in side->moved_bytes. `h`, for files that cannot be
 * read a second time, is fed with every message; NULL otherwise.
 */
int loop_send(struct tr *tr, struct input *in, struct copy_side *side,
	      struct hash *h);
int loop_receive(struct tr *tr, struct output *out, struct copy_side *side,
		 struct hash *h);

/* Client: that nothing more comes than was offered. */
int loop_ended(struct tr *tr, struct copy_side *side);

#endif
