/* Whether what a program wrote is what it read. */
#ifndef COUNT_CHANGE_H
#define COUNT_CHANGE_H

enum change {
	CHANGE_NONE,  /* alike up to the shorter one's end, or not to be read */
	CHANGE_PLACE, /* most of it is the input's, but from elsewhere in it */
	CHANGE_BYTES, /* the input does not have these bytes */
};

enum change change_seen(const char *in, const char *out);

#endif
