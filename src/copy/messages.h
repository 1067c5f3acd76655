/* The messages between the two sides of a session on the control socket. */
#ifndef COPY_MESSAGES_H
#define COPY_MESSAGES_H

/*
 * The types of messages. base/ctl.h has the types whose numbers are missing
 * here.
 */
enum session_message {
	SESSION_HELLO = 1, /* client: begins the handshake */
	/* server: the next transfer, or that there is none */
	SESSION_OFFER = 2,
	SESSION_JOINED = 4, /* receiver: it has joined the channel */
	SESSION_START = 5,  /* sender: the channel or the transfer may begin */
	SESSION_READY = 6,  /* client: it waits for the first byte */
	/* server: everything is sent; bytes and hash of the input */
	SESSION_DONE = 8,
	/* client: everything has come, any output is in place */
	SESSION_RESULT = 9,
};

#endif
