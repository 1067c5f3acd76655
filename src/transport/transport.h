/*
 * The promise of a mechanism to the copy loops: a one-way channel of messages.
 *
 *   server: lend a buffer, fill it, send it        (send 0 bytes: the end)
 *   client: receive a full buffer, use it, give it back
 *
 * A channel serves any number of transfers. Both sides know the length of each.
 * The end comes once, after the last transfer.
 *
 * Mechanisms differ in where the lent buffer lies: in private memory for a
 * pipe, in the shared region itself for a ring.
 */
#ifndef TRANSPORT_TRANSPORT_H
#define TRANSPORT_TRANSPORT_H

#include <signal.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

#include "base/ctl.h"
#include "base/err.h"
#include "base/lease.h"
#include "base/wait.h"

#define TR_PARAMS_MAX 12
#define TR_SPEC_MAX   256

/* A setting of a mechanism: `shm:depth=4` sets the one named depth. */
enum tr_param_kind { TR_SIZE, TR_COUNT, TR_CHOICE };

struct tr_param {
	const char *name;
	enum tr_param_kind kind;
	/* for TR_CHOICE these are indices; min and max are allowed values */
	uint64_t def, min, max;
	const char *const *choices; /* NULL-terminated, TR_CHOICE only */
	const char *about;          /* one clause for `list` and messages */
};

/* Settings that mean the same everywhere have the same names everywhere. */
#define TR_PARAM_SIZE(default_bytes)                                      \
	{                                                                 \
		.name = "size", .kind = TR_SIZE, .def = (default_bytes),  \
		.min = 1, .max = 1 << 30, .about = "bytes of one message" \
	}
#define TR_PARAM_WAIT                                                 \
	{                                                             \
		.name = "wait", .kind = TR_CHOICE, .def = WAIT_BLOCK, \
		.max = WAIT_BATCH, .choices = tr_wait_names,          \
		.about = "how a side waits for the other"             \
	}
#define TR_PARAM_SPIN                                                    \
	{                                                                \
		.name = "spin", .kind = TR_COUNT, .def = 2000, .min = 1, \
		.max = UINT32_MAX,                                       \
		.about = "looks before wait=spin-then-block sleeps"      \
	}

/* Indexed by enum wait_kind. */
extern const char *const tr_wait_names[];

/* A mechanism with its settings, as parsed from `name:key=value,…`. */
struct tr_spec {
	const struct transport *ops;
	uint64_t value[TR_PARAMS_MAX]; /* in the order of ops->params */
	bool given[TR_PARAMS_MAX];     /* named by the user */
};

/* One step of a byte's way, as predicted. count/ must find the same steps. */
struct hop {
	const char *from, *to; /* from == NULL ends a path */
	enum { HOP_KERNEL, HOP_USER } by;
	const char *call; /* what makes the copy */
	int copies;       /* of each delivered byte */
};

/* The role of an entry in the table. */
enum tr_kind {
	TR_MECHANISM, /* a way from one process to another */
	TR_CONTROL,   /* for comparison: one process does it all */
};

extern const char *const tr_kind_names[];

/* The kernel object that the bytes pass through. */
enum tr_channel {
	TR_NO_CHANNEL, /* memory that both sides share, or memory of one side */
	TR_CHANNEL_PIPE,
	TR_CHANNEL_FIFO,
	TR_CHANNEL_MQUEUE,
	TR_CHANNEL_SYSVMQ,
	TR_CHANNEL_UNIX,
	TR_CHANNEL_TCP,
};

extern const char *const tr_channel_names[];

/* All mechanisms of a family have the same colour in figures. */
enum tr_family {
	TR_FAMILY_NONE, /* its colour depends on its name */
	TR_FAMILY_CONTROL,
	TR_FAMILY_PIPE,
	TR_FAMILY_QUEUE,
	TR_FAMILY_UNIX,
	TR_FAMILY_TCP,
	TR_FAMILY_CALL,  /* the kernel copies between the two processes */
	TR_FAMILY_PAGES, /* pages move instead of bytes */
	TR_FAMILY_FILE,  /* a file of one side is also used by the other */
	TR_FAMILY_RING,
};

extern const char *const tr_family_names[];

/* The mechanism's part in the claim that shared memory is the fastest. */
enum tr_claim {
	TR_CLAIM_NONE,
	TR_CLAIM_RING,  /* the claim says that it is the fastest */
	TR_CLAIM_RIVAL, /* the documents compare a ring with it */
	/* one memcpy; no mechanism that copies can be faster */
	TR_CLAIM_CEILING,
};

extern const char *const tr_claim_names[];

/* The processes that it can connect. */
enum tr_reach {
	TR_REACH_RELATED,    /* only forks of one process */
	TR_REACH_DESCRIPTOR, /* any processes that can pass a descriptor */
	TR_REACH_NAME,       /* any processes that know a name */
};

extern const char *const tr_reach_names[];

enum { TR_READ_END, TR_WRITE_END };

/* A clause that a mechanism may add to the report of a copy. */
#define TR_REMARK_MAX 120

/* A file that a side has mapped. A SIGBUS in it is about this file. */
struct tr_map {
	const char *what; /* "the input file" */
	char *base;       /* NULL while not mapped */
	size_t len;
};

#define TR_MAPS 2

/*
 * Not 0 while the C library works on a lock in shared memory, where it follows
 * pointers. A SIGSEGV then means that a pointer was overwritten. Only
 * sync=mutex writes it.
 */
extern volatile sig_atomic_t tr_in_lock;

/* One side's end of a channel. */
struct tr {
	struct tr_spec spec;
	const struct transport *ops;
	struct err *err;     /* where a hook says what failed */
	struct lease *lease; /* where a hook notes a name before making it */
	struct waiter wait;
	/* largest message; size of the buffer that lend lends */
	size_t msg_bytes;
	int fd[2]; /* for mechanisms with two ends, -1 while closed */
	void *buf; /* private buffer of tr_lend_private */
	/*
	 * Set before the buffer is made. The buffer may begin off the start of
	 * a page, and it may move through an area, so that it is never found in
	 * a cache.
	 */
	size_t buf_offset, buf_area;
	void *area; /* the memory of the buffer, NULL if there is none */
	size_t area_len;
	void *priv; /* ops->priv_size zeroed bytes */
	/*
	 * This side's file and its length, for hooks that prepare something
	 * before the start line. A client knows them once it has joined.
	 */
	int file_fd;
	uint64_t file_len;
	/* Bytes that whole-file hooks have moved: a sign of life. */
	_Atomic uint64_t *moved_bytes;
	char remark[TR_REMARK_MAX];
	_Atomic uint64_t *beats; /* any other sign of life, while they run */
	struct tr_map map[TR_MAPS];
	/*
	 * A byte of the region that both sides map; NULL if there is no region.
	 */
	const volatile char *shared;
	bool ended; /* this side has sent or received the end */
};

/*
 * The most of a message that goes into one call that may block. A sign of life
 * follows each such call.
 */
#define TR_LONG_BYTES ((size_t)4 << 20)

struct transport {
	const char *name;    /* command line, CSV column, test name */
	const char *summary; /* one line for `list` and the report */
	/* the Linux that first has all it uses: "2.6.17" */
	const char *since;
	/* Commands that lift limits: "size: sysctl -w x=BYTES". Optional. */
	const char *lifts;
	enum tr_kind kind;
	enum tr_channel channel;
	enum tr_family family;
	enum tr_claim claim;
	const struct tr_param *params; /* ends with a NULL name */
	size_t priv_size;
	bool carries_nothing; /* null: the client receives no bytes */

	/* Predicted hops, file to file. */
	const struct hop *(*path)(const struct tr_spec *spec);
	/*
	 * Why bytes are copied between the two sides, or why not. A sentence
	 * for people. Optional.
	 */
	const char *middle;
	/*
	 * The processes that it can connect with these settings. NULL: as
	 * .reach says.
	 */
	enum tr_reach (*reach_of)(const struct tr_spec *spec);
	enum tr_reach reach;
	/*
	 * The limits found on this machine, as a clause for `list`. Optional.
	 */
	void (*limits)(char *text, size_t size);
	/*
	 * The longest message that users without privileges may send here.
	 * Optional.
	 */
	uint64_t (*message_max)(void);
	/*
	 * The largest value of its setting `depth` or `capacity` with messages
	 * of that size, for users without privileges. Optional.
	 */
	uint64_t (*deepest)(uint64_t size);

	/* Sets defaults that depend on other settings. Optional. */
	void (*settle)(struct tr_spec *spec);
	/*
	 * 0 if usable here with these settings. -EINVAL: the settings
	 * contradict each other. Any other code: this machine cannot, and why
	 * in `e`. Leaves nothing behind. Optional.
	 */
	int (*probe)(const struct tr_spec *spec, struct err *e);
	/*
	 * If .probe makes something that has a name, this checks the settings
	 * without making it: it returns the same -EINVAL. A client gets its
	 * settings from the server and may be killed at any moment; nothing
	 * would then remove a name that it made.
	 */
	int (*check)(const struct tr_spec *spec, struct err *e);
	/*
	 * Sets what priv has not acquired yet to "nothing": -1 for descriptors.
	 * Optional.
	 */
	void (*init)(struct tr *tr);
	/*
	 * Makes the objects, in the process that forks the server (and in
	 * `copy` the client too). It may fail half-way, since close runs then.
	 * Optional.
	 */
	int (*create)(struct tr *tr);
	/* Server: hands over names or descriptors. Client: takes them. */
	int (*offer)(struct tr *tr, struct ctl *ctl);
	int (*join)(struct tr *tr, struct ctl *ctl);
	/*
	 * Server, once the client has joined: opens what needs the other end,
	 * removes names, touches the memory that will be used. Optional.
	 */
	int (*attach)(struct tr *tr);

	/* Sender: a buffer of msg_bytes to fill; the same until it is sent. */
	int (*lend)(struct tr *tr, void **buf);
	/* Sends its first `len` bytes. 0 bytes: no more will come. */
	int (*send)(struct tr *tr, size_t len);
	/* Receiver: the next message, valid until given back; 0 is the end. */
	ssize_t (*receive)(struct tr *tr, const void **buf);
	int (*give_back)(struct tr *tr);
	/*
	 * Receiver, for a mechanism that has .lend and .recv_file: takes some
	 * of what has come and throws it away. Returns the number of bytes; 0
	 * is the end. Optional.
	 */
	ssize_t (*discard)(struct tr *tr);

	/*
	 * For mechanisms that move whole files. They have these instead of the
	 * sender's or the receiver's two hooks above, and have no .receive or
	 * no .lend. They move len_bytes, or all there is if the file has become
	 * shorter; the session sees by the count that the file has changed. The
	 * channel stays open for the next file. Both files are at offset 0, and
	 * out_fd may already have contents.
	 */
	int (*send_file)(struct tr *tr, int in_fd, uint64_t len_bytes);
	int (*recv_file)(struct tr *tr, int out_fd, uint64_t len_bytes);

	/*
	 * For mechanisms without .send or .receive: the sender ends the
	 * channel, and the receiver waits for that end (0) or for a byte too
	 * many. Optional.
	 */
	int (*end)(struct tr *tr);
	ssize_t (*more)(struct tr *tr);
	/*
	 * Called at both sides at about the same time, before each transfer but
	 * the first of a pair: finishes what the last transfer has left, and
	 * prepares for a new file_fd or file_len. Not timed. Optional.
	 */
	int (*again)(struct tr *tr);

	/*
	 * Called at either side, in any state, and twice if asked. It cannot
	 * fail.
	 */
	void (*close)(struct tr *tr);
};

/* --- the table ---------------------------------------------------------- */

const struct transport *tr_at(size_t i); /* NULL past the end */

/* The name at `i`, for words_refuse. */
const char *tr_name_at(size_t i, const void *unused);
const struct transport *tr_find(const char *name);

/* The first mechanism that has this part in the claim. */
const struct transport *tr_with_claim(enum tr_claim claim);

/* The number of mechanisms of its family that come before it in the table. */
int tr_nth_of_family(const struct transport *ops);

#define for_each_transport(t) \
	for (size_t t##_i = 0; ((t) = tr_at(t##_i)); t##_i++)

/* --- settings ----------------------------------------------------------- */

/* Parses "shm:sync=futex,depth=4". -EINVAL, and what is allowed in `e`. */
int tr_spec_parse(const char *text, struct tr_spec *spec, struct err *e);

/* Writes every setting (`all`) or those named by the user. */
const char *tr_spec_text(const struct tr_spec *spec, bool all, char *buf,
			 size_t size);

/* Its index among the mechanism's settings; -1: there is no such setting. */
int tr_param_find(const struct transport *ops, const char *key);

/*
 * The value of a setting, or `fallback` if the mechanism has no such setting.
 */
uint64_t tr_spec_value(const struct tr_spec *spec, const char *name,
		       uint64_t fallback);

/* Whether it runs here with these settings, as .probe says. */
int tr_probe(const struct tr_spec *spec, struct err *e);

/* -EINVAL if the settings contradict each other, else 0. It makes nothing. */
int tr_check(const struct tr_spec *spec, struct err *e);
enum tr_reach tr_reach(const struct tr_spec *spec);
bool tr_has_message_form(const struct transport *ops);

/* --- an end ------------------------------------------------------------- */

/* Begins an end of a channel, with nothing acquired yet. 0 or -errno. */
int tr_init(struct tr *tr, const struct tr_spec *spec, struct lease *lease,
	    struct err *e);

/* Closes and frees everything. Calling it twice is harmless. */
void tr_close(struct tr *tr);

/* For hooks: `return tr_errno(tr, "mq_open");` */
#define tr_errno(tr, ...) err_sys((tr)->err, __VA_ARGS__)

/*
 * For whole-file hooks, after each step: counts the bytes. -ECANCELED: this
 * process was asked to stop. -EPROTO: more bytes came than there were to move.
 */
int tr_moved(struct tr *tr, uint64_t step_bytes, uint64_t len_bytes);

/* Any other sign of life. */
void tr_beat(struct tr *tr);

/*
 * Sender: no more will come. Receiver: waits for the end. Returns 0, or more
 * than 0 if something else came. It does nothing if the end has come before.
 */
int tr_end(struct tr *tr);
ssize_t tr_more(struct tr *tr);

/*
 * A send_file that goes step by step into fd[TR_WRITE_END]. A step moves up to
 * `max` bytes of the file. It returns their number, 0 at the end of the file,
 * or -errno.
 */
typedef ssize_t tr_step(struct tr *tr, int in_fd, uint64_t max);
int tr_send_steps(struct tr *tr, int in_fd, uint64_t len_bytes, tr_step *step);

/* For whole-file hooks: maps a file and notes it in tr->map[i]; undoes both. */
int tr_map_file(struct tr *tr, int i, const char *what, int fd, uint64_t len,
		int prot);
void tr_unmap_file(struct tr *tr, int i);

/* --- shared by mechanisms that copy through the kernel ------------------ */

/* IN → server → kernel → client → OUT: the textbook's four copies. */
const struct hop *tr_path_through_kernel(const struct tr_spec *spec);

/* Makes a private buffer of msg_bytes, page-aligned and touched; only once. */
int tr_make_buffer(struct tr *tr);
/* Between messages: moves the buffer on within its area, if it has one. */
void tr_turn_buffer(struct tr *tr);
int tr_lend_private(struct tr *tr, void **buf);
int tr_give_back_private(struct tr *tr);

/*
 * fd[TR_WRITE_END] and fd[TR_READ_END] are a stream that ends with end-of-file.
 * .create makes both; the read end goes to the client as a descriptor.
 */
int tr_offer_read_end(struct tr *tr, struct ctl *ctl);
int tr_join_read_end(struct tr *tr, struct ctl *ctl);
int tr_take_read_end(struct tr *tr, struct ctl *ctl); /* without a buffer */
int tr_attach_write_end(struct tr *tr);
int tr_send_stream(struct tr *tr, size_t len);
int tr_end_stream(struct tr *tr);
ssize_t tr_more_in_stream(struct tr *tr);
ssize_t tr_receive_stream(struct tr *tr, const void **buf);
void tr_close_ends(struct tr *tr);

/* Once both sides have joined: the end of this one, the name of the other. */
int tr_own_end(const struct tr *tr);
const char *tr_other_side(const struct tr *tr);

/*
 * For a call on the channel that failed for good. A socket that a dying peer
 * has reset is as broken as one that it closed: both give -EPIPE, since the
 * peer can explain the reason better. -ECANCELED is returned without a message.
 */
int tr_broken(struct tr *tr, int rc, const char *call);

/* Sets or clears O_NONBLOCK as the wait strategy needs it. */
int tr_prepare_end(struct tr *tr, int fd);

#endif
