/*
 * A mechanism, as the copy loops see it: a one-way channel of messages.
 *
 *   server: lend a buffer, fill it, send it        (send 0 bytes: the end)
 *   client: receive a full buffer, use it, give it back
 *
 * A channel serves any number of transfers. Both sides know the length of each
 * transfer, unless its input is a stream. The channel ends once, after the last
 * transfer.
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

/* A setting of a mechanism: `shm:depth=4` sets the setting `depth` of shm. */
enum tr_param_kind { TR_SIZE, TR_COUNT, TR_CHOICE };

struct tr_param {
	const char *name;
	enum tr_param_kind kind;
	/* for TR_CHOICE: indices of `choices`; min and max are allowed, too */
	uint64_t def, min, max;
	const char *const *choices; /* NULL-terminated, TR_CHOICE only */
	const char *about;          /* one clause for `list` */
};

/* If several mechanisms have a setting, it has the same name in all of them. */
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
		.about = "how often wait=spin-then-block looks before "  \
			 "it sleeps"                                     \
	}

/* Indexed by enum wait_kind. */
extern const char *const tr_wait_names[];

/* A mechanism with its settings, as parsed from `name:key=value,…`. */
struct tr_spec {
	const struct transport *ops;
	uint64_t value[TR_PARAMS_MAX]; /* in the order of ops->params */
	bool given[TR_PARAMS_MAX];     /* true: the user set it */
};

/*
 * One step of a byte's way, as predicted. The count of copies is compared with
 * these predictions.
 */
struct hop {
	const char *from, *to; /* from == NULL ends a path */
	enum { HOP_KERNEL, HOP_USER } by;
	const char *call; /* the call or function that copies */
	int copies;       /* copies of each delivered byte */
};

/* The role of an entry in the table. */
enum tr_kind {
	TR_MECHANISM, /* a way from one process to another */
	TR_CONTROL,   /* one process copies alone, for comparison */
};

extern const char *const tr_kind_names[];

/* The kernel object that the bytes pass through. */
enum tr_channel {
	TR_NO_CHANNEL, /* none of the following */
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
	TR_FAMILY_NONE, /* the colour depends on the name */
	TR_FAMILY_CONTROL,
	TR_FAMILY_PIPE,
	TR_FAMILY_QUEUE,
	TR_FAMILY_UNIX,
	TR_FAMILY_TCP,
	/* a special call: process_vm_readv or io_uring_enter */
	TR_FAMILY_CALL,
	TR_FAMILY_PAGES, /* pages move instead of bytes */
	TR_FAMILY_FILE,  /* the descriptor of a whole file is passed */
	TR_FAMILY_RING,
};

extern const char *const tr_family_names[];

/* The mechanism's part in the textbooks' claim that a ring is the fastest. */
enum tr_claim {
	TR_CLAIM_NONE,
	TR_CLAIM_RING,  /* the claim says that this is the fastest */
	TR_CLAIM_RIVAL, /* the claim says that a ring is faster */
	/* one memcpy: a copy by one CPU can hardly be faster */
	TR_CLAIM_CEILING,
};

extern const char *const tr_claim_names[];

/* The processes that a mechanism can connect. */
enum tr_reach {
	TR_REACH_RELATED,    /* only forks of one process */
	TR_REACH_DESCRIPTOR, /* any processes that can pass a descriptor */
	TR_REACH_NAME,       /* any processes that know a name */
};

extern const char *const tr_reach_names[];

enum { TR_READ_END, TR_WRITE_END };

/* Size of a remark: a clause that a mechanism adds to the report of a copy. */
#define TR_REMARK_MAX 120

/* A file that a side has mapped. The report of a SIGBUS names it. */
struct tr_map {
	const char *what; /* "the input file" */
	char *base;       /* NULL while not mapped */
	size_t len;
};

#define TR_MAPS 2

/*
 * Not 0 while the C library works on a lock in shared memory. Such a lock has
 * pointers in it, so a SIGSEGV then means that the other side has overwritten a
 * pointer. Only sync=mutex sets it.
 */
extern volatile sig_atomic_t tr_in_lock;

/* One side's end of a channel. */
struct tr {
	struct tr_spec spec;
	const struct transport *ops;
	struct err *err;     /* where a hook says what failed */
	struct lease *lease; /* where a hook notes a name before making it */
	struct waiter wait;
	/* size of the largest message and of a lent buffer */
	size_t msg_bytes;
	int fd[2]; /* ends of the channel; -1: closed */
	void *buf; /* private buffer of tr_lend_private */
	/*
	 * `buf` begins `buf_offset` bytes after the start of a page. It moves
	 * through an area of `buf_area` bytes, so that the part lent next has
	 * left all caches if the area is large (0: the buffer does not move).
	 */
	size_t buf_offset, buf_area;
	void *area; /* the memory of the buffer, NULL if there is none */
	size_t area_len;
	void *priv; /* ops->priv_size zeroed bytes */
	/*
	 * This side's file and its length, for hooks that prepare for them
	 * before the start line. A client knows them before .join.
	 */
	int file_fd;
	uint64_t file_len;
	/* A side that moves files counts here the bytes that it has moved. */
	_Atomic uint64_t *moved_bytes;
	char remark[TR_REMARK_MAX];
	_Atomic uint64_t *beats; /* counts other signs of life of this side */
	struct tr_map map[TR_MAPS];
	/* The start of the region that both sides map; NULL: there is none. */
	const volatile char *shared;
	bool ended; /* this side has sent or received the end */
};

/*
 * A longer message is often moved in calls of at most so many bytes. Between
 * them the side adds 1 to `beats`, as a sign of life.
 */
#define TR_LONG_BYTES ((size_t)4 << 20)

struct transport {
	const char *name;    /* command line, CSV column, test name */
	const char *summary; /* one line for `list` and the report */
	/* the first Linux that has it; then settings that need a later one */
	const char *since;
	/* Commands that lift limits: "size: sysctl -w x=BYTES". Optional. */
	const char *lifts;
	enum tr_kind kind;
	enum tr_channel channel;
	enum tr_family family;
	enum tr_claim claim;
	const struct tr_param *params; /* ends with a NULL name */
	size_t priv_size;
	bool carries_nothing; /* only null: the client receives no bytes */

	/* Predicted hops, file to file, with these settings. NULL: use path. */
	const struct hop *(*path_of)(const struct tr_spec *spec);
	const struct hop *path;
	/*
	 * Sentences for people: why bytes are copied between the two sides, or
	 * why not. Optional.
	 */
	const char *middle;
	/*
	 * For a mechanism whose sides wait for numbers in shared memory to
	 * change, and that has no setting `sync`: how its sides wake each
	 * other, as a value of `sync`. Optional.
	 */
	const char *sync;
	/* The processes that these settings can connect; NULL: use .reach. */
	enum tr_reach (*reach_of)(const struct tr_spec *spec);
	enum tr_reach reach;
	/* The limits on this machine, as a clause for `list`. Optional. */
	void (*limits)(char *text, size_t size);
	/* The longest message that an unprivileged user can send. Optional. */
	uint64_t (*message_max)(void);
	/*
	 * The largest value of the setting `depth` or `capacity` with messages
	 * of `size` bytes, for users without privileges. Optional.
	 */
	uint64_t (*deepest)(uint64_t size);

	/* Sets defaults that depend on other settings. Optional. */
	void (*settle)(struct tr_spec *spec);
	/*
	 * 0: the mechanism can run here with these settings. -EINVAL: the
	 * settings contradict each other. Any other code: this machine cannot
	 * run it, and `e` says why. Leaves nothing behind. Optional.
	 */
	int (*probe)(const struct tr_spec *spec, struct err *e);
	/*
	 * Checks the settings as .probe does, with the same -EINVAL, but makes
	 * nothing that has a name. A client calls it for the settings of the
	 * server: if the client were killed meanwhile, nothing would remove a
	 * name. Needed if .probe makes a name.
	 */
	int (*check)(const struct tr_spec *spec, struct err *e);
	/* Sets members of priv that must not be 0 at first. Optional. */
	void (*init)(struct tr *tr);
	/*
	 * Makes the objects, in the process that forks the server, or both
	 * sides. It may fail half-way, since .close runs afterwards. Optional.
	 */
	int (*create)(struct tr *tr);
	/* Sender: sends names or descriptors. Receiver: takes them. */
	int (*offer)(struct tr *tr, struct ctl *ctl);
	int (*join)(struct tr *tr, struct ctl *ctl);
	/*
	 * Sender, once the receiver has joined: opens its end, removes names,
	 * touches the memory that will be used. Optional.
	 */
	int (*attach)(struct tr *tr);

	/* Sender: lends msg_bytes, the same buffer until it is sent. */
	int (*lend)(struct tr *tr, void **buf);
	/* Sends `len` bytes of the lent buffer. 0 bytes: no more will come. */
	int (*send)(struct tr *tr, size_t len);
	/* Receiver: a message or a part, valid until given back. 0: the end. */
	ssize_t (*receive)(struct tr *tr, const void **buf);
	int (*give_back)(struct tr *tr);
	/*
	 * Receiver, for a mechanism that has .lend and .recv_file: takes some
	 * bytes and throws them away. Returns their number; 0: the end.
	 * Optional.
	 */
	ssize_t (*discard)(struct tr *tr);

	/*
	 * .send_file moves a whole file in place of .lend and .send, which may
	 * then be missing, or serve only workloads without files. .recv_file
	 * moves a whole file in place of .receive and .give_back, which are
	 * then missing. Both move len_bytes, or fewer if the file became
	 * shorter, which their caller sees by the number of bytes moved. The
	 * channel stays open. in_fd and out_fd are at offset 0, and the output
	 * file may already have contents.
	 */
	int (*send_file)(struct tr *tr, int in_fd, uint64_t len_bytes);
	int (*recv_file)(struct tr *tr, int out_fd, uint64_t len_bytes);

	/*
	 * For mechanisms without .send or .receive: the sender ends the
	 * channel; the receiver waits for that end (0) or for a byte too many.
	 * (With uring both only let go of the file.) Optional.
	 */
	int (*end)(struct tr *tr);
	ssize_t (*more)(struct tr *tr);
	/*
	 * Called on both sides at about the same time, before each transfer of
	 * a pair, but not if the pair makes only one: finishes the work of the
	 * last transfer, and prepares for a new file_fd or file_len. Not timed.
	 * Optional.
	 */
	int (*again)(struct tr *tr);

	/* Called on either side, in any state, even twice. Cannot fail. */
	void (*close)(struct tr *tr);
};

/* --- the table ---------------------------------------------------------- */

const struct transport *tr_at(size_t i); /* NULL past the end */

/* The name of mechanism number `i`, for words_refuse. */
const char *tr_name_at(size_t i, const void *unused);
const struct transport *tr_find(const char *name);

/* The first mechanism that has this part in the claim. */
const struct transport *tr_with_claim(enum tr_claim claim);

/* How many mechanisms of the same family come before `ops` in the table. */
int tr_nth_of_family(const struct transport *ops);

#define for_each_transport(t) \
	for (size_t t##_i = 0; ((t) = tr_at(t##_i)); t##_i++)

/* --- settings ----------------------------------------------------------- */

/* Parses "shm:sync=futex,depth=4". -EINVAL: `e` says what is allowed. */
int tr_spec_parse(const char *text, struct tr_spec *spec, struct err *e);

/* Writes all settings, or without `all` only those that the user named. */
const char *tr_spec_text(const struct tr_spec *spec, bool all, char *buf,
			 size_t size);

/* The index of a setting of the mechanism; -1: there is no such setting. */
int tr_param_find(const struct transport *ops, const char *key);

/* The value of a setting; `fallback` if the mechanism does not have it. */
uint64_t tr_spec_value(const struct tr_spec *spec, const char *name,
		       uint64_t fallback);

/* Checks whether the mechanism can run here; returns the same as .probe. */
int tr_probe(const struct tr_spec *spec, struct err *e);

/* -EINVAL if the settings contradict each other, else 0. Makes no name. */
int tr_check(const struct tr_spec *spec, struct err *e);
enum tr_reach tr_reach(const struct tr_spec *spec);
const struct hop *tr_path(const struct tr_spec *spec);
bool tr_has_message_form(const struct transport *ops);

/* --- an end ------------------------------------------------------------- */

/* Initialises an end of a channel, which has no object yet. 0 or -errno. */
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

/* Counts a sign of life, for a side that works but has moved no byte. */
void tr_beat(struct tr *tr);

/*
 * tr_end, for the sender: ends the channel. tr_more, for the receiver: waits
 * for the end, and returns 0, or more than 0 if something else came. Both
 * return 0 at once if this side has sent or received the end already.
 */
int tr_end(struct tr *tr);
ssize_t tr_more(struct tr *tr);

/*
 * A .send_file that calls `step` again and again. A step moves up to `max`
 * bytes of the file into fd[TR_WRITE_END]. It returns their number, 0 at the
 * end of the file, or -errno.
 */
typedef ssize_t tr_step(struct tr *tr, int in_fd, uint64_t max);
int tr_send_steps(struct tr *tr, int in_fd, uint64_t len_bytes, tr_step *step);

/* For whole-file hooks: map a file and note it in tr->map[i]; undo both. */
int tr_map_file(struct tr *tr, int i, const char *what, int fd, uint64_t len,
		int prot);
void tr_unmap_file(struct tr *tr, int i);

/* --- common to mechanisms that copy through the kernel ------------------ */

/* IN → server → kernel → client → OUT: the textbook's four copies. */
extern const struct hop tr_path_through_kernel[];

/*
 * Makes a private buffer of msg_bytes or buf_area bytes, whichever is more.
 * Call it once.
 */
int tr_make_buffer(struct tr *tr);
/* Between messages: moves the buffer through its area, if it has one. */
void tr_turn_buffer(struct tr *tr);
int tr_lend_private(struct tr *tr, void **buf);
int tr_give_back_private(struct tr *tr);

/*
 * For mechanisms whose fd[] is a stream that ends with end-of-file. .create
 * makes both ends; the read end goes to the client as a descriptor.
 */
int tr_offer_read_end(struct tr *tr, struct ctl *ctl);
int tr_join_read_end(struct tr *tr, struct ctl *ctl);
int tr_take_read_end(struct tr *tr, struct ctl *ctl); /* makes no buffer */
int tr_attach_write_end(struct tr *tr);
int tr_send_stream(struct tr *tr, size_t len);
int tr_end_stream(struct tr *tr);
ssize_t tr_more_in_stream(struct tr *tr);
ssize_t tr_receive_stream(struct tr *tr, const void **buf);
void tr_close_ends(struct tr *tr);

/* Once both sides have joined: this side's end; the other side's name. */
int tr_own_end(const struct tr *tr);
const char *tr_other_side(const struct tr *tr);

/*
 * For a call on the channel that failed for good. If the peer has reset or
 * closed its socket, the code becomes -EPIPE: the reason then comes from the
 * peer, which knows it better. -ECANCELED is returned without a message.
 */
int tr_broken(struct tr *tr, int rc, const char *call);

/* Sets or clears O_NONBLOCK, as the way of waiting (tr->wait) needs it. */
int tr_prepare_end(struct tr *tr, int fd);

#endif
