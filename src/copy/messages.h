/* The messages between the two sides of a session on the control socket. */
#ifndef COPY_MESSAGES_H
#define COPY_MESSAGES_H

/* base/ctl.h uses the missing numbers. */
enum session_message {
	SESSION_HELLO = 1,  /* client: I am here, and this is my version */
	SESSION_OFFER = 2,  /* server: the mechanism and the file */
	SESSION_JOINED = 4, /* client: attached to all items */
	SESSION_START = 5,  /* server: attached, too; get ready */
	SESSION_READY = 6,  /* client: waiting for the first message */
	/* server: everything is sent; bytes and hash of the input */
	SESSION_DONE = 8,
	SESSION_RESULT = 9, /* client: output verified and in place */
};

#endif
