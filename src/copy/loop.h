/*
 * The loops that move a file through a channel, the same for every mechanism.
 */
#ifndef COPY_LOOP_H
#define COPY_LOOP_H

#include "base/hash.h"
#include "copy/input.h"
#include "copy/output.h"
#include "copy/side.h"

/*
 * Both move the whole file, or up to its end if that comes earlier, and count
 * the bytes in side->moved_bytes. If the file cannot be read again to compute
 * its checksum, every message is added to `h`; otherwise `h` is NULL.
 */
int loop_send(struct tr *tr, struct input *in, struct copy_side *side,
	      struct hash *h);
int loop_receive(struct tr *tr, struct output *out, struct copy_side *side,
		 struct hash *h);

/* Client: checks that no more comes than was offered. */
int loop_ended(struct tr *tr, struct copy_side *side);

#endif
