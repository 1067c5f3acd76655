/* A side that keeps to the protocol, as far as a test wants it to. */
#ifndef TESTS_POLITE_H
#define TESTS_POLITE_H

#include "copy/offer.h"

enum polite_step {
	POLITE_NOTHING, /* connected, not a word */
	POLITE_HELLO,   /* client: said; server: heard */
	POLITE_OFFER,   /* client: heard; server: said, with all items */
	POLITE_JOINED,  /* attached, and said or heard so */
	POLITE_READY,   /* both at the start line */
	POLITE_FIRST,   /* one message has passed */
	POLITE_LAST,    /* all have, only the final words are missing */
	POLITE_DONE,    /* client: heard DONE; server: said it */
	POLITE_STEPS
};

extern const char *const polite_step_names[POLITE_STEPS];

struct polite {
	struct ctl ctl;
	struct tr tr;
	struct lease lease;
	struct err err;
	struct offer offer;
	struct offer_done done;
	enum polite_step step; /* the last step that it has begun */
	/* server: what it sends, and has sent */
	const unsigned char *data;
	uint64_t len;
	uint64_t claim; /* what it offers to send, if not 0; in a sparse file */
	uint64_t at;
};

/* On a connected socket, which stays the caller's. */
void polite_begin(struct polite *p, int sock);

/* Goes on until `step` has been done. 0 or -errno. */
int polite_client(struct polite *p, enum polite_step step);

/* Needs data and len; the mechanism is `spec`. */
int polite_server(struct polite *p, const char *spec, enum polite_step step);

/* One message, whatever it is; 0 is the end, after which more may be asked. */
ssize_t polite_receive(struct polite *p);
int polite_send(struct polite *p);

void polite_end(struct polite *p);

#endif
