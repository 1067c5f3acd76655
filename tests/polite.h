/* A side that keeps to the protocol as long as a test wants. */
#ifndef TESTS_POLITE_H
#define TESTS_POLITE_H

#include "copy/offer.h"

enum polite_step {
	POLITE_NOTHING, /* connected, and nothing was said */
	POLITE_HELLO,   /* the client said HELLO; the server heard it */
	/* the server said OFFER and all ITEMs; the client heard them */
	POLITE_OFFER,
	POLITE_JOINED, /* attached, and JOINED was said or heard */
	POLITE_READY,  /* both are at the start line */
	POLITE_FIRST,  /* one message has passed */
	/* all messages have passed; only DONE and RESULT are missing */
	POLITE_LAST,
	POLITE_DONE, /* the server said DONE; the client heard it */
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
	/* for a server: the bytes to send */
	const unsigned char *data;
	uint64_t len;
	/* 0, or the length that a server offers in place of len (sparse) */
	uint64_t claim;
	uint64_t at;
};

/* Begins on a connected socket, which the caller closes. */
void polite_begin(struct polite *p, int sock);

/* Continues until `step` is done. 0 or -errno. */
int polite_client(struct polite *p, enum polite_step step);

/* As polite_client. Needs data and len. `spec` is the mechanism. */
int polite_server(struct polite *p, const char *spec, enum polite_step step);

/*
 * Receives one message of any length. Returns 0 at the end of the messages. It
 * may be called again after the end.
 */
ssize_t polite_receive(struct polite *p);
int polite_send(struct polite *p);

void polite_end(struct polite *p);

#endif
