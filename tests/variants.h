/* The settings worth trying, made from what a mechanism says of itself. */
#ifndef TESTS_VARIANTS_H
#define TESTS_VARIANTS_H

#include "transport/transport.h"

#define VARIANTS_MAX 160

enum variant_kind {
	VARIANT_DEFAULT, /* nothing given */
	VARIANT_CHOICE,  /* one word out of a list, other than the default */
	VARIANT_NUMBER,  /* one size or count, or all at their smallest */
	VARIANT_PAIR,    /* two such words */
};

struct variant {
	char text[TR_SPEC_MAX];
	enum variant_kind kind;
};

/* How many of them there are now in `list`. */
size_t variants_of(const struct transport *ops,
		   struct variant list[VARIANTS_MAX]);

#endif
