/*
 * A passage: a message goes through a channel like that of this side, and out
 * again, within this process. So it costs the channel's own work and its
 * copies, without another process, another CPU or a wait.
 */
#ifndef COPY_DOSE_PASS_H
#define COPY_DOSE_PASS_H

#include <stddef.h>

struct pass;
struct tr;

/*
 * Makes both ends of such a channel. 0, or -errno with the reason in `like`'s
 * err. pass_end is due in any case.
 */
int pass_begin(struct pass **to, struct tr *like);
void pass_end(struct pass *p);

/* One message of `len` bytes; 0 or -errno. */
int pass_once(struct pass *p, size_t len);

#endif
