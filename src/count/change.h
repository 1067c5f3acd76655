/* Whether what a program wrote is what it read. */
#ifndef COUNT_CHANGE_H
#define COUNT_CHANGE_H

#include <stdbool.h>

/*
 * Do two files differ before the shorter one's end, as far as a look here and
 * there can tell? False also where one of them cannot be read again.
 */
bool change_seen(const char *in, const char *out);

#endif
