/* The messages between the two sides of a session on the control socket. */
#ifndef COPY_MESSAGES_H
#define COPY_MESSAGES_H

/*
 * The types of messages. base/ctl.h has the types whose numbers are missing
 * here.
 */
enum session_message {
	SESSION_HELLO = 1,  /* client: begins the handshake */
	SESSION_OFFER = 2,  /* server: the mechanism and the file */
	SESSION_JOINED = 4, /* client: it has joined the channel */
	SESSION_START = 5,  /* server: it is ready for the transfer */
	SESSION_READY = 6,  /* client: it waits for the first byte */
	/* server: everything is sent; bytes and hash of the input */
	SESSION_DONE = 8,
	SESSION_RESULT = 9, /* client: the output is in place */
};

#endif
