/* Options that copy, serve, fetch and count share, and jobs made of them. */
#ifndef CLI_TRANSFER_H
#define CLI_TRANSFER_H

#include "args/command.h"
#include "copy/session.h"
#include "text/table.h"

#define VIA_MAX 32

struct transfer {
	const char *operand[OPERANDS_MAX];
	struct {
		const char *text[VIA_MAX];
		int count;
	} via;
	const char *size, *depth, *wait; /* settings for every mechanism */
	struct dose dose;
	int cpu[COPY_ROLES];
	int place; /* enum cpu_place */
	bool no_verify, fsync, preserve, calls, keep, quiet;
	int timeout_ms, wait_for_ms;
	const char *name;
	int format; /* enum table_format */
};

#define TRANSFER_INIT(wait_for)                         \
	{                                               \
		.cpu = { -1, -1 }, .timeout_ms = 10000, \
		.wait_for_ms = (wait_for)               \
	}

/* Rows of option tables. They make an option the same in every command. */
#define TRANSFER_OPT(opt, arg, how, field, ...) \
	OPTION(opt, arg, how, struct transfer, field, __VA_ARGS__)

#define OPT_VIA(about)                                                   \
	TRANSFER_OPT("via", "M[:KEY=VALUE,...]", transfer_take_via, via, \
		     (about))
#define OPT_SIZE                                                       \
	TRANSFER_OPT("size", "BYTES", opt_text, size,                  \
		     "bytes of one message, such as 4096, 64K or 1M: " \
		     "the same as size=BYTES in every --via")
#define OPT_DEPTH                                                 \
	TRANSFER_OPT("depth", "N", opt_text, depth,               \
		     "messages under way at a time: the same as " \
		     "depth=N in every --via")
#define OPT_WAIT                                                 \
	TRANSFER_OPT("wait", "HOW", opt_text, wait,              \
		     "how a side waits for the other, block, "   \
		     "batch, spin or spin-then-block: the same " \
		     "as wait=HOW in every --via",               \
		     .words = tr_wait_names)
#define OPT_NO_VERIFY                                                  \
	TRANSFER_OPT("no-verify", NULL, opt_true, no_verify,           \
		     "do not compare checksums (XXH3) of SRC and the " \
		     "copy")
#define OPT_FSYNC                                                     \
	TRANSFER_OPT("fsync", NULL, opt_true, fsync,                  \
		     "write the copy to the disk before it replaces " \
		     "DST")
#define OPT_PRESERVE                                                \
	TRANSFER_OPT("preserve", NULL, opt_true, preserve,          \
		     "give the copy the permission bits and times " \
		     "of SRC, and its owner if that is allowed")
#define OPT_TIMEOUT                                               \
	TRANSFER_OPT("timeout", "TIME", opt_deadline, timeout_ms, \
		     "give up after this time without progress "  \
		     "(default 10s)")
#define OPT_CPU(role)                                \
	TRANSFER_OPT("cpu", "N", opt_cpu, cpu[role], \
		     "run this side on CPU N only")
#define OPT_NAME                                                       \
	TRANSFER_OPT("name", "NAME", opt_text, name,                   \
		     "the name by which the client finds the server: " \
		     "1 to 64 letters, digits, dots, underscores or "  \
		     "dashes, and no dot in front (required)")
#define OPT_QUIET                                                         \
	TRANSFER_OPT("quiet", NULL, opt_true, quiet, "print errors only", \
		     .letter = 'q')

/* Help of the options for extra work, for one transfer and for a plan. */
#define DOSE_CALLS_HELP \
	"as --extra-copies, but each piece of work is a system call"
#define DOSE_PAGES_HELP                                                        \
	"as --extra-copies, but each piece of work is a page that is touched " \
	"for the first time"
#define DOSE_FAR_COPIES_HELP                                                 \
	"as --extra-copies, but each piece of work is a copy by the kernel " \
	"of bytes that are not in the CPU's own cache"
#define DOSE_CROSSINGS_HELP                                                 \
	"as --extra-copies, but through memory that both sides share: the " \
	"server copies into this memory, and the client copies out of it"
#define DOSE_KERNEL_COPIES_HELP                                               \
	"as --extra-copies, but each piece of work is a copy by the kernel, " \
	"to or from a file in memory"
#define DOSE_WAKES_HELP                                                      \
	"as --extra-copies, but each piece of work is a wake-up: the side "  \
	"wakes another process and sleeps until that process has answered; " \
	"that process runs on the CPU of the other side, if one command "    \
	"starts both sides and binds them to CPUs"

#define OPTS_DOSES_OF(arg, how, whose, the_struct, field)                      \
	OPTION("extra-copies", arg, how, the_struct, field.times[DOSE_COPIES], \
	       "extra work for each message, to learn what such work costs: "  \
	       "N more copies by memcpy " whose),                              \
		OPTION("extra-kernel-copies", arg, how, the_struct,            \
		       field.times[DOSE_KERNEL_COPIES],                        \
		       DOSE_KERNEL_COPIES_HELP),                               \
		OPTION("extra-calls", arg, how, the_struct,                    \
		       field.times[DOSE_CALLS], DOSE_CALLS_HELP),              \
		OPTION("extra-wakes", arg, how, the_struct,                    \
		       field.times[DOSE_WAKES], DOSE_WAKES_HELP),              \
		OPTION("extra-pages", arg, how, the_struct,                    \
		       field.times[DOSE_PAGES], DOSE_PAGES_HELP),              \
		OPTION("extra-far-copies", arg, how, the_struct,               \
		       field.times[DOSE_FAR_COPIES], DOSE_FAR_COPIES_HELP),    \
		OPTION("extra-contents", arg, how, the_struct,                 \
		       field.times[DOSE_CONTENTS],                             \
		       "as --extra-copies, but the server makes the "          \
		       "contents, or the client checks them, N more times, "   \
		       "as in the workload stream")
/*
 * All options for extra work. The last two need a command that starts both the
 * server and the client.
 */
#define OPTS_DOSES(the_struct, field)                                         \
	OPTS_DOSES_OF("N|S,C", transfer_take_dose,                            \
		      "on each side, or S on the server and C on the client", \
		      the_struct, field),                                     \
		OPTION("extra-passes", "N", transfer_take_dose, the_struct,   \
		       field.times[DOSE_PASSES],                              \
		       "as --extra-copies, but the server sends each "        \
		       "message N more times to the client, through a "       \
		       "second channel of the mechanism"),                    \
		OPTION("extra-crossings", "N|S,C", transfer_take_dose,        \
		       the_struct, field.times[DOSE_CROSSINGS],               \
		       DOSE_CROSSINGS_HELP)

opt_take transfer_take_via, transfer_take_dose;
/*
 * For commands that run only one side: serve takes "N" or "N,0", and fetch
 * takes "N" or "0,N".
 */
opt_take transfer_take_server_dose, transfer_take_client_dose;

/* Mechanism number i with all its settings. 0 or -EINVAL. */
int transfer_spec(const struct transfer *t, int i, struct tr_spec *spec,
		  struct err *e);

/*
 * Finds the CPUs that the options ask for. -EINVAL: the options contradict each
 * other. Another code: this process may use no such CPUs, or they cannot be
 * looked for, as in an ipcopy that was built without hwloc.
 */
int transfer_place(struct transfer *t, struct err *e);

/* -EINVAL: --preserve is given, but an operand is "-", not a file. Else 0. */
int transfer_check_preserve(const struct transfer *t, struct err *e);

/* A job with everything except the mechanism and the files. */
struct copy_job transfer_job(const struct transfer *t);

/*
 * Says why a copy failed or stopped, and returns the exit code. `who` names the
 * copy if there are several, and `after` says what DST is now. Each may be "".
 */
enum exit_code transfer_fail(int rc, const char *who, const struct err *e,
			     const char *after);

#endif
