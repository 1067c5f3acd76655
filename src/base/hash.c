/*
 * XXH3, a hash of a whole file, or of messages as they pass, to verify a copy.
 */
#include "base/hash.h"

#include <xxhash.h>

/* A struct hash is the library's XXH3_state_t under another name. */
struct hash *hash_new(void)
{
	XXH3_state_t *state = XXH3_createState();

	if (state)
		XXH3_64bits_reset(state);
	return (struct hash *)state;
}

void hash_add(struct hash *h, const void *data, size_t len)
{
	XXH3_64bits_update((XXH3_state_t *)h, data, len);
}

uint64_t hash_value(const struct hash *h)
{
	return XXH3_64bits_digest((const XXH3_state_t *)h);
}

void hash_free(struct hash *h)
{
	XXH3_freeState((XXH3_state_t *)h);
}
