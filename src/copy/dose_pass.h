/*
 * A passage: a message goes through a channel like that of this side, and out
 * again, within this process. So a passage costs the channel's own work and its
 * copies, and needs no other process, no other CPU and no wait.
 */
#ifndef COPY_DOSE_PASS_H
#define COPY_DOSE_PASS_H

#include <stddef.h>

struct pass;
struct tr;

/*
 * Makes both ends of a channel with the settings of `like`. 0, or -errno with
 * the reason in like->err. pass_end must be called in any case.
 */
int pass_begin(struct pass **to, struct tr *like);
void pass_end(struct pass *p);

/*
 * Puts one message of `len` bytes into the channel, in pieces. As soon as the
 * channel holds as much as it may, takes out all that it holds. 0 or -errno.
 */
int pass_once(struct pass *p, size_t len);

#endif
