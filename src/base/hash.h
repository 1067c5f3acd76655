/*
 * XXH3, a hash of a whole file, or of messages as they pass, to verify a copy.
 */
#ifndef BASE_HASH_H
#define BASE_HASH_H

#include <stddef.h>
#include <stdint.h>

struct hash; /* the state of XXH3 while it runs */

struct hash *hash_new(void); /* NULL: no memory */
void hash_add(struct hash *h, const void *data, size_t len);
uint64_t hash_value(const struct hash *h);
void hash_free(struct hash *h);

#endif
