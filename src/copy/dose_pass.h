/*
 * A passage: one more message goes from the server to the client, through a
 * second channel of the same mechanism with the same settings. So a passage
 * costs what the channel itself costs between these two processes: its copies,
 * calls and pages, its waits, and the way from one CPU to the other.
 */
#ifndef COPY_DOSE_PASS_H
#define COPY_DOSE_PASS_H

#include <stddef.h>

struct tr;

/*
 * The server's half and the client's half of a passage of `len` bytes. 0, or
 * -errno with the reason in second->err; -EPIPE: the other side has ended. A
 * stream may bring a message in several parts, or together with a part of the
 * next one: *ahead is the number of bytes of later messages that were taken
 * already, and is 0 at first.
 */
int pass_send(struct tr *second, size_t len);
int pass_take(struct tr *second, size_t len, size_t *ahead);

#endif
