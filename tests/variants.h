/* Finds the settings worth trying, from a mechanism's own description. */
#ifndef TESTS_VARIANTS_H
#define TESTS_VARIANTS_H

#include "transport/transport.h"

#define VARIANTS_MAX 160

enum variant_kind {
	VARIANT_DEFAULT, /* no setting is given */
	VARIANT_CHOICE,  /* one word of a list, other than the default */
	/* one size or count, or a size with a depth */
	VARIANT_NUMBER,
	VARIANT_PAIR, /* two words from two lists, neither the default */
};

struct variant {
	char text[TR_SPEC_MAX];
	enum variant_kind kind;
};

/* Fills `list` and returns the number of variants. */
size_t variants_of(const struct transport *ops,
		   struct variant list[VARIANTS_MAX]);

#endif
