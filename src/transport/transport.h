/*
 * The promise of a mechanism to the copy loops: a one-way channel of messages.
 *
 *   server: lend a buffer, fill it, send it        (send 0 bytes: the end)
 *   client: receive a full buffer, use it, give it back
 *
 * A channel serves any number of transfers. Each is known to both sides by its
 * length; the end comes once, after the last.
 *
 * Mechanisms differ in where the lent buffer lives: in private memory for a
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
	uint64_t def;               /* for TR_CHOICE an index, here and below */
	uint64_t min, max;          /* both allowed */
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

/* One step of a byte's way, as predicted; count/ must find the same. */
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

/* The object of the kernel that its bytes pass through. */
enum tr_channel {
	TR_NO_CHANNEL, /* memory that both sides have, or one side's own */
	TR_CHANNEL_PIPE,
	TR_CHANNEL_FIFO,
	TR_CHANNEL_MQUEUE,
	TR_CHANNEL_SYSVMQ,
	TR_CHANNEL_UNIX,
	TR_CHANNEL_TCP,
};

extern const char *const tr_channel_names[];

/* Mechanisms of a family have one colour in every figure. */
enum tr_family {
	TR_FAMILY_NONE, /* a colour by its name */
	TR_FAMILY_CONTROL,
	TR_FAMILY_PIPE,
	TR_FAMILY_QUEUE,
	TR_FAMILY_UNIX,
	TR_FAMILY_TCP,
	TR_FAMILY_CALL,  /* the kernel copies between the two processes */
	TR_FAMILY_PAGES, /* pages move instead of bytes */
	TR_FAMILY_FILE,  /* a file of one side is the other's, too */
	TR_FAMILY_RING,
};

extern const char *const tr_family_names[];

/* Its part in the claim that shared memory is the fastest way. */
enum tr_claim {
	TR_CLAIM_NONE,
	TR_CLAIM_RING,    /* it is what is claimed to be fastest */
	TR_CLAIM_RIVAL,   /* the documents hold a ring against it */
	TR_CLAIM_CEILING, /* one memcpy: no copy can be faster */
};

extern const char *const tr_claim_names[];

/* Which processes it can join. */
enum tr_reach {
	TR_REACH_RELATED,    /* forks of one process */
	TR_REACH_DESCRIPTOR, /* any, once a descriptor is passed */
	TR_REACH_NAME,       /* any that knows a name */
};

extern const char *const tr_reach_names[];

enum { TR_READ_END, TR_WRITE_END };

/* A clause a mechanism may have to say of a copy; it goes into the report. */
#define TR_REMARK_MAX 120

/* A file that a side has mapped: SIGBUS in it means this one. */
struct tr_map {
	const char *what; /* "the input file" */
	char *base;       /* NULL while not mapped */
	size_t len;
};

#define TR_MAPS 2

/*
 * Not 0 while the C library works on a lock in shared memory, where it follows
 * pointers: what a SIGSEGV then means. Written by sync=mutex only.
 */
extern volatile sig_atomic_t tr_in_lock;

/* One side's end of a channel. */
struct tr {
	struct tr_spec spec;
	const struct transport *ops;
	struct err *err;     /* where a hook says what failed */
	struct lease *lease; /* where a hook notes a name before making it */
	struct waiter wait;
	size_t msg_bytes; /* largest message; what lend lends */
	int fd[2];        /* for mechanisms with two ends, -1 while closed */
	void *buf;        /* private buffer of tr_lend_private */
	/*
	 * The buffer may lie off a page's start and take turns over an area, so
	 * that it is never found in a cache: set before it is made.
	 */
	size_t buf_offset, buf_area;
	void *area; /* what holds the buffer, NULL while there is none */
	size_t area_len;
	void *priv; /* ops->priv_size zeroed bytes */
	/*
	 * This side's file and its length, for hooks that prepare something
	 * before the start line; a client knows them once it joins.
	 */
	int file_fd;
	uint64_t file_len;
	/* Whole-file hooks add what they have moved; a sign of life. */
	_Atomic uint64_t *moved_bytes;
	char remark[TR_REMARK_MAX];
	_Atomic uint64_t *beats; /* any other sign of life, while they run */
	struct tr_map map[TR_MAPS];
	/* A byte of the region that both map; NULL where there is none. */
	const volatile char *shared;
	bool ended; /* this side has sent or received the end */
};

/* A call that may block takes no more of a message; a sign of life follows. */
#define TR_LONG_BYTES ((size_t)4 << 20)

struct transport {
	const char *name;    /* command line, CSV column, test name */
	const char *summary; /* one line for `list` and the report */
	const char *since;   /* the Linux that has what it uses: "2.6.17" */
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
	/* Why bytes are copied between the two sides, or why not. Optional. */
	const char *middle;
	/* Which processes it joins with these settings; NULL: .reach holds. */
	enum tr_reach (*reach_of)(const struct tr_spec *spec);
	enum tr_reach reach;
	/* Limits found on this machine, a clause for `list`. Optional. */
	void (*limits)(char *text, size_t size);
	/* The longest message that this machine lets anybody send. Optional. */
	uint64_t (*message_max)(void);
	/*
	 * With such messages the most that its setting `depth` or `capacity`
	 * can be, for anybody and not for root alone. Optional.
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
	 * Where .probe makes something that has a name: its -EINVAL alone, from
	 * the settings alone. A client gets the settings from its server and
	 * may be killed at any moment; nothing would then remove a name that it
	 * made.
	 */
	int (*check)(const struct tr_spec *spec, struct err *e);
	/* Brings priv to "nothing yet": -1 for descriptors. Optional. */
	void (*init)(struct tr *tr);
	/*
	 * Makes the objects, in the process that forks the server (and in
	 * `copy` the client too). May fail half-way: close runs. Optional.
	 */
	int (*create)(struct tr *tr);
	/* Server: hand over names or descriptors. Client: take them. */
	int (*offer)(struct tr *tr, struct ctl *ctl);
	int (*join)(struct tr *tr, struct ctl *ctl);
	/*
	 * Server, once the client has joined: open what needs the other end,
	 * remove names, touch the memory that will be used. Optional.
	 */
	int (*attach)(struct tr *tr);

	/* Sender: a buffer of msg_bytes to fill; the same until it is sent. */
	int (*lend)(struct tr *tr, void **buf);
	/* Away with its first `len` bytes. 0 bytes: no more will come. */
	int (*send)(struct tr *tr, size_t len);
	/* Receiver: the next message, valid until given back; 0 is the end. */
	ssize_t (*receive)(struct tr *tr, const void **buf);
	int (*give_back)(struct tr *tr);
	/*
	 * Receiver, for what has .lend and .recv_file: some of what has come,
	 * taken and thrown away; how many bytes, 0 is the end. Optional.
	 */
	ssize_t (*discard)(struct tr *tr);

	/*
	 * Instead of a sender's or a receiver's two above, for mechanisms that
	 * move whole files; these have no .receive or no .lend. They move
	 * len_bytes, or all there is if fewer are left: the session sees by the
	 * count that the file has changed. The channel stays open for the next
	 * file. Both are at offset 0; out_fd may hold something already.
	 */
	int (*send_file)(struct tr *tr, int in_fd, uint64_t len_bytes);
	int (*recv_file)(struct tr *tr, int out_fd, uint64_t len_bytes);

	/*
	 * For those without .send or .receive: the sender ends the channel; the
	 * receiver waits for that end, 0, or for a byte too many. Optional.
	 */
	int (*end)(struct tr *tr);
	ssize_t (*more)(struct tr *tr);
	/*
	 * Both sides at about the same time, before each transfer of a pair
	 * that makes several: what the last has left undone, what a new file_fd
	 * or file_len asks for. Not timed. Optional.
	 */
	int (*again)(struct tr *tr);

	/* Either side, any state, twice if asked. Cannot fail. */
	void (*close)(struct tr *tr);
};

/* --- the table ---------------------------------------------------------- */

const struct transport *tr_at(size_t i); /* NULL past the end */

/* Their names, for words_refuse. */
const char *tr_name_at(size_t i, const void *unused);
const struct transport *tr_find(const char *name);

/* The first with this part in the claim. */
const struct transport *tr_with_claim(enum tr_claim claim);

/* How many of its family come before it in the table. */
int tr_nth_of_family(const struct transport *ops);

#define for_each_transport(t) \
	for (size_t t##_i = 0; ((t) = tr_at(t##_i)); t##_i++)

/* --- settings ----------------------------------------------------------- */

/* Parses "shm:sync=futex,depth=4". -EINVAL, and what is allowed in `e`. */
int tr_spec_parse(const char *text, struct tr_spec *spec, struct err *e);

/* Writes every setting (`all`) or those named by the user. */
const char *tr_spec_text(const struct tr_spec *spec, bool all, char *buf,
			 size_t size);

/* Its place among the mechanism's settings; -1: it has none of that name. */
int tr_param_find(const struct transport *ops, const char *key);

/* A setting by name; `fallback` where the mechanism has none of that name. */
uint64_t tr_spec_value(const struct tr_spec *spec, const char *name,
		       uint64_t fallback);

/* Whether it runs here with these settings: as .probe. */
int tr_probe(const struct tr_spec *spec, struct err *e);

/* -EINVAL where they contradict each other, else 0; makes nothing. */
int tr_check(const struct tr_spec *spec, struct err *e);
enum tr_reach tr_reach(const struct tr_spec *spec);
bool tr_has_message_form(const struct transport *ops);

/* --- an end ------------------------------------------------------------- */

/* Makes an end with nothing in it yet. 0 or -errno. */
int tr_init(struct tr *tr, const struct tr_spec *spec, struct lease *lease,
	    struct err *e);

/* Closes and frees, whatever there is. Twice is harmless. */
void tr_close(struct tr *tr);

/* For hooks: `return tr_errno(tr, "mq_open");` */
#define tr_errno(tr, ...) err_sys((tr)->err, __VA_ARGS__)

/*
 * For whole-file hooks, after each step: counts it. -ECANCELED when asked to
 * stop, -EPROTO when it is more than there was to move.
 */
int tr_moved(struct tr *tr, uint64_t step_bytes, uint64_t len_bytes);

/* Any other sign of life. */
void tr_beat(struct tr *tr);

/*
 * Sender: no more will come. Receiver: waits for the end; 0, or more than 0 for
 * something else. Both do nothing where the end has been.
 */
int tr_end(struct tr *tr);
ssize_t tr_more(struct tr *tr);

/*
 * A send_file that goes step by step into fd[TR_WRITE_END]. A step moves up to
 * `max` bytes of the file: how many, 0 at the file's end, or -errno.
 */
typedef ssize_t tr_step(struct tr *tr, int in_fd, uint64_t max);
int tr_send_steps(struct tr *tr, int in_fd, uint64_t len_bytes, tr_step *step);

/*
 * For whole-file hooks: a file mapped and noted in tr->map[i], and both undone.
 */
int tr_map_file(struct tr *tr, int i, const char *what, int fd, uint64_t len,
		int prot);
void tr_unmap_file(struct tr *tr, int i);

/* --- shared by mechanisms that copy through the kernel ------------------ */

/* IN → server → kernel → client → OUT: the textbook's four copies. */
const struct hop *tr_path_through_kernel(const struct tr_spec *spec);

/* A private buffer of msg_bytes, page-aligned and touched, made once. */
int tr_make_buffer(struct tr *tr);
/* Between messages: the next one of its area, where it has any. */
void tr_turn_buffer(struct tr *tr);
int tr_lend_private(struct tr *tr, void **buf);
int tr_give_back_private(struct tr *tr);

/*
 * fd[TR_WRITE_END] and fd[TR_READ_END] as a stream; the end is end-of-file.
 * .create makes both, the read end goes to the client by descriptor.
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

/* The end that this process has, once both sides have joined. */
int tr_own_end(const struct tr *tr);

/*
 * For a call on the channel that failed for good. A socket that a dying peer
 * has reset is as broken as one that it closed: -EPIPE, and the peer knows the
 * reason better. -ECANCELED passes without a word.
 */
int tr_broken(struct tr *tr, int rc, const char *call);

/* O_NONBLOCK as the wait strategy needs it. */
int tr_prepare_end(struct tr *tr, int fd);

#endif
