/* Commands that users type: each has a count, or a reason why it has none. */
#include <errno.h>
#include <fcntl.h>
#include <math.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/stop.h"
#include "count/count.h"
#include "once.h"
#include "sample.h"
#include "scratch.h"
#include "tap.h"

#define BYTES       (1 << 20)
#define OTHER_BYTES 700000

static const struct sample sample = { .len = BYTES, .seed = 3, .mode = 0644 };

struct counted {
	int rc;
	struct err err;
	struct count_result r;
};

static struct counted count_between(const char *command, const char *in,
				    const char *out)
{
	char *const argv[] = { (char *)"sh", (char *)"-c", (char *)command,
			       NULL };
	const struct count_job job = { .argv = argv, .in = in, .out = out };
	struct counted c = { .r = { .in = -1 } };

	unlink("out");
	c.rc = count_run(&job, &c.r, &c.err);
	return c;
}

static struct counted count(const char *command)
{
	return count_between(command, NULL, NULL);
}

static const char *name_of(const struct counted *c, int object)
{
	return object < 0 ? "none"
			  : ledger_object_at(c->r.ledger, (size_t)object)->name;
}

static bool ends_with(const char *text, const char *end)
{
	size_t n = strlen(text), m = strlen(end);

	return n >= m && strcmp(text + n - m, end) == 0;
}

static void show(const struct counted *c)
{
	diag("%d %s, status %x, %.4f copies of %llu bytes from %s to %s: %s",
	     c->rc, c->err.text, c->r.status, c->r.sum.copies,
	     (unsigned long long)c->r.delivered_bytes, name_of(c, c->r.in),
	     name_of(c, c->r.out), c->r.sum.why);
}

static bool is_exactly(const struct counted *c, double copies)
{
	return c->rc == 0 && c->r.status == 0 && c->r.sum.resolved &&
	       !c->r.sum.lower_bound && c->r.delivered_bytes == BYTES &&
	       fabs(c->r.sum.copies - copies) < 0.001 &&
	       ends_with(name_of(c, c->r.in), "/in") &&
	       ends_with(name_of(c, c->r.out), "/out");
}

static void copies(const char *command, double expected)
{
	struct counted c = count(command);

	if (!ok(is_exactly(&c, expected), "%s: %.0f copies", command, expected))
		show(&c);
	count_result_free(&c.r);
}

static bool has_call(const struct counted *c, const char *call)
{
	for (size_t i = 0; i < ledger_hops(c->r.ledger); i++)
		if (c->r.on_path[i] &&
		    strcmp(ledger_hop_at(c->r.ledger, i)->call, call) == 0)
			return true;
	return false;
}

/* cp and the file system choose how to copy, and whether blocks are shared. */
static void plain_cp(void)
{
	struct counted c = count("cp in out");
	bool by_kernel = has_call(&c, "copy_file_range") ||
			 has_call(&c, "ioctl(FICLONE)");

	if (!ok(is_exactly(&c, by_kernel ? 1 : 2) ||
			(by_kernel && is_exactly(&c, 0)),
		"cp in out: %s", by_kernel ? "1 or 0 copies" : "2 copies"))
		show(&c);
	count_result_free(&c.r);
}

static void no_number(const char *command, const char *why)
{
	struct counted c = count_between(command, "in", "out");

	if (!ok(c.rc == 0 && !c.r.sum.resolved && strstr(c.r.sum.why, why),
		"%s: no number, because: %s", command, why))
		show(&c);
	count_result_free(&c.r);
}

static void at_least(const char *command, double expected)
{
	struct counted c = count(command);

	if (!ok(c.rc == 0 && c.r.sum.resolved && c.r.sum.lower_bound &&
			fabs(c.r.sum.copies - expected) < 0.001 &&
			c.r.sum.why[0],
		"%s: at least %.0f", command, expected))
		show(&c);
	count_result_free(&c.r);
}

static void programs(void)
{
	copies("cat < in | cat > out", 4);
	copies("cat < in | cat | cat > out", 6);
	copies("dd if=in of=out bs=64k 2>/dev/null", 2);
	copies("cp --reflink=never in out", 2);
	copies("mkfifo fifo && { cat in > fifo & cat fifo > out; wait; rm "
	       "fifo; "
	       "}",
	       4);
	plain_cp();
	at_least("awk '{ print }' text > out", 3);
}

static void two_inputs(void)
{
	struct counted c = count("cat in text | cat > out");

	if (!ok(is_exactly(&c, 4), "the larger of two inputs counts: 4 copies"))
		show(&c);
	count_result_free(&c.r);
}

/* Three files, one of them `in`, go through the same pipes to three files. */
static void several_files(const char *command, const char *out, double copies)
{
	struct counted c = count_between(command, "d/in", out);
	bool known = c.r.sum.resolved && !c.r.sum.lower_bound &&
		     c.r.delivered_bytes == BYTES &&
		     fabs(c.r.sum.copies - copies) < 0.05;
	bool other = !c.r.sum.resolved && !c.r.sum.transformed &&
		     strstr(c.r.sum.why, "other files") &&
		     c.r.delivered_bytes == OTHER_BYTES &&
		     ledger_notes(c.r.ledger) == 0;

	if (!ok(c.rc == 0 && (copies > 0 ? known : other),
		"%s: %.0f copies to %s (0: no number)", command, copies, out))
		show(&c);
	count_result_free(&c.r);
}

/* The file in /proc is longer than `short`, but `short` is the input. */
static void no_made_up_input(void)
{
	struct counted c = count("cat /proc/self/maps short | cat > out");

	if (!ok(ends_with(name_of(&c, c.r.in), "/short") && c.r.sum.path,
		"a file in /proc is not taken as the input"))
		show(&c);
	count_result_free(&c.r);
}

/* The count is right, and a note tells that the output begins differently. */
static void notes(void)
{
	struct counted c = count("dd if=in of=out bs=4k skip=1 2>/dev/null");

	ok(c.r.sum.resolved && fabs(c.r.sum.copies - 2) < 0.001 &&
		   ledger_notes(c.r.ledger) == 1 &&
		   strstr(ledger_note_at(c.r.ledger, 0), "at the same offsets"),
	   "a note says that the output begins differently");
	count_result_free(&c.r);
}

static void no_numbers(void)
{
	no_number("cat in > /dev/null; echo hello > out", "no calls were seen");
	no_number("cat in > /dev/null", "input or the output is not known");
	no_number("gzip < in > out", "transformed");
	no_number("gzip < in | gzip -d > out", "transformed");
	no_number("tr a-z b-za < in > out", "transformed");
	no_number("md5sum < in > out", "transformed");
	no_number("head -c 400000 in >out; tail -c +400001 d/one >>out",
		  "holds the same bytes");
}

/* --- how it ends ---------------------------------------------------------- */

static void statuses(void)
{
	struct counted c = count("cat < in | cat > out; exit 7");

	ok(c.rc == 0 && WIFEXITED(c.r.status) && WEXITSTATUS(c.r.status) == 7 &&
		   fabs(c.r.sum.copies - 4) < 0.001,
	   "a command that fails has its status and its count");
	count_result_free(&c.r);
	c = count("dd if=in of=out bs=4k 2>/dev/null; kill -9 $$");
	ok(c.rc == 0 && WIFSIGNALED(c.r.status) &&
		   WTERMSIG(c.r.status) == SIGKILL &&
		   fabs(c.r.sum.copies - 2) < 0.001,
	   "a command that is killed has its status and its count");
	count_result_free(&c.r);
	c = count("(dd bs=4k count=10 of=out 2>/dev/null; kill -9 $$) < in");
	ok(c.rc == 0 && c.r.delivered_bytes == 40960 &&
		   fabs(c.r.sum.copies - 2) < 0.001,
	   "a command killed halfway has a count: %llu bytes",
	   (unsigned long long)c.r.delivered_bytes);
	count_result_free(&c.r);
}

static void cannot_begin(void)
{
	char *const none[] = { (char *)"./there-is-no-such-program", NULL };
	char *const no_program[] = { (char *)"./in", NULL };
	struct count_job job = { .argv = none };
	struct count_result r;
	struct err e = { 0 };

	ok(count_run(&job, &r, &e) == -ENOENT && strstr(e.text, none[0]),
	   "a program that does not exist: %s", e.text);
	count_result_free(&r);
	memset(&e, 0, sizeof(e));
	job.argv = no_program;
	ok(count_run(&job, &r, &e) == -EACCES && strstr(e.text, "./in"),
	   "a file that is no program: %s", e.text);
	count_result_free(&r);
}

static void what_a_child_sees(void)
{
	struct counted c = count("trap 'exit 4' TERM; kill $$; "
				 "exit 5");

	ok(WEXITSTATUS(c.r.status) == 4, "a traced program gets its signals");
	count_result_free(&c.r);
	c = count("sh -c 'kill -STOP $$; exit 6' & p=$!; "
		  "while ! grep -q 'State:.[tT]' /proc/$p/status; do :; done; "
		  "kill -CONT $p; wait $p");
	ok(WEXITSTATUS(c.r.status) == 6,
	   "a traced program can be stopped and continued");
	count_result_free(&c.r);
}

/*
 * The stop request is passed on to the command, and the count so far is
 * reported.
 */
static bool stops_in_order(void)
{
	struct counted c;
	bool good;

	stop_install_supervisor();
	c = count("dd if=in of=out bs=4k 2>/dev/null; kill -TERM $PPID; "
		  "exec sleep 1000");
	good = c.rc == -EINTR && WIFSIGNALED(c.r.status) &&
	       WTERMSIG(c.r.status) == SIGTERM &&
	       fabs(c.r.sum.copies - 2) < 0.001;
	if (!good)
		show(&c);
	count_result_free(&c.r);
	return good;
}

/*
 * SIGINT does not reach the command's background processes. The counter must
 * end them.
 */
static bool ends_what_is_left(void)
{
	struct counted c;
	bool good;

	stop_install_supervisor();
	c = count("dd if=in of=out bs=4k 2>/dev/null; t=$PPID; p=$$; "
		  "(while kill -0 $p 2>/dev/null; do :; done; kill -INT $t; "
		  "exec sleep 1000) & exit 0");
	good = c.rc == -EINTR && WIFEXITED(c.r.status) &&
	       fabs(c.r.sum.copies - 2) < 0.001;
	if (!good)
		show(&c);
	count_result_free(&c.r);
	return good;
}

/* --- the same count each time --------------------------------------------- */

static void ten_times(void)
{
	int same = 0;

	for (int i = 0; i < 10; i++) {
		struct counted c = count("cat < in | cat > out");

		same += is_exactly(&c, 4);
		count_result_free(&c.r);
	}
	ok(same == 10, "ten runs have the same count: %d", same);
}

/* --- calls ---------------------------------------------------------------- */

/* Reads a byte, makes a hundred calls, sleeps in a wait, and writes a byte. */
static int some_calls(void *arg)
{
	char byte;
	int in = open("in", O_RDONLY);
	int out = open("out", O_WRONLY | O_CREAT, 0600);

	(void)arg;
	if (read(in, &byte, 1) != 1)
		return 2;
	for (int i = 0; i < 100; i++)
		getppid();
	usleep(1000);
	return write(out, &byte, 1) != 1;
}

static void all_calls(void)
{
	const struct count_job job = {
		.run = some_calls, .in = "in", .out = "out", .all_calls = true
	};
	struct count_result r;
	struct err e = { 0 };

	unlink("out");
	if (!ok(count_run(&job, &r, &e) == 0 && r.calls == 103 &&
			r.blocked >= 1 && r.blocked < 50 &&
			fabs(r.sum.copies - 2) < 0.001,
		"calls and waits count from the first byte to the last"))
		diag("%llu calls, %llu waits, %s %s",
		     (unsigned long long)r.calls, (unsigned long long)r.blocked,
		     e.text, r.sum.why);
	count_result_free(&r);
}

/* --- other users ---------------------------------------------------------- */

static bool counts_too(void)
{
	struct counted c;
	bool good;

	prctl(PR_SET_DUMPABLE, 1); /* as after an exec; setuid has cleared it */
	sample_write("in", &sample);
	c = count("cat < in | cat > out");
	good = is_exactly(&c, 4);
	if (!good)
		show(&c);
	count_result_free(&c.r);
	return good;
}

/* A traced program gets privileges only if its tracer has them. */
static bool says_powerless(void)
{
	struct counted c;
	bool said = false;

	prctl(PR_SET_DUMPABLE, 1);
	c = count("/usr/bin/passwd --status >/dev/null 2>&1 || :");
	for (size_t i = 0; i < ledger_notes(c.r.ledger); i++)
		said |= strstr(ledger_note_at(c.r.ledger, i), "set-user-ID") !=
			NULL;
	count_result_free(&c.r);
	return said;
}

static void anybody(void)
{
	struct stat st;

	ok(once_as_nobody(counts_too), "an ordinary user can count");
	if (stat("/usr/bin/passwd", &st) < 0 || !(st.st_mode & S_ISUID))
		skip("no set-user-ID program to try");
	else
		ok(once_as_nobody(says_powerless),
		   "the count says that a program ran without its owner's "
		   "rights");
}

static void write_text(void)
{
	FILE *f = fopen("text", "w");

	for (int i = 0; f && i < 50000; i++)
		fprintf(f, "line %d\n", i);
	if (f)
		fclose(f);
	f = fopen("short", "w");
	if (f) {
		fprintf(f, "a few bytes\n");
		fclose(f);
	}
}

int main(void)
{
	/* a shell ignores SIGINT for background jobs */
	signal(SIGINT, SIG_DFL);
	scratch_begin();
	sample_write("in", &sample);
	write_text();
	if (system("mkdir d x; cp in d/in; cp in d/one; "
		   "head -c 700000 /dev/urandom >d/two") != 0)
		return 1;
	programs();
	two_inputs();
	several_files("tar cf - d | tar xf - -C x", "x/d/in", 4);
	several_files("tar cf - d | cat | tar xf - -C x", "x/d/in", 6);
	several_files("tar cf - d | tar xf - -C x", "x/d/two", 0);
	no_made_up_input();
	notes();
	no_numbers();
	statuses();
	cannot_begin();
	what_a_child_sees();
	ok(once_in_child(stops_in_order),
	   "a stop request goes to the command and keeps the count");
	ok(once_in_child(ends_what_is_left),
	   "a stop request ends a background process, too");
	ten_times();
	all_calls();
	anybody();
	return done_testing();
}
