/* Counts every form of an exercise and compares the count with the truth. */
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "base/stop.h"
#include "scratch.h"
#include "tap.h"
#include "teach/grade.h"
#include "teach/question.h"

#define NONE (-1) /* the output has other bytes than the input */

/*
 * `or` is a second right number. It is right where a file system shares blocks,
 * or where a tool can copy in another way.
 */
static const struct truth {
	const char *name;
	int copies, or, kernel;
	const char *why; /* evidence that needs no counter */
} truths[] = {
	{ "dd", 2, 2, 2, "read into dd, write out of it" },
	{ "dd-append", 2, 2, 2, "the place in a file costs no copy" },
	{ "dd-dd", 4, 4, 4, "two in each dd" },
	{ "cats", 6, 6, 6, "three cats, two in each" },
	{ "cp-never", 2, 2, 2, "strace: read and write" },
	{ "by-a-file", 4, 4, 4, "twice what dd makes" },
	{ "tee-aside", 2, 2, 2,
	  "tee reads and writes OUT; wc is not on the path" },
	{ "tee-cat", 4, 4, 4, "cat: two, tee: two; wc is not on the path" },
	{ "fifo", 4, 4, 4, "a FIFO is a pipe" },
	{ "two-fifos", 6, 6, 6, "three cats" },
	{ "tee-fifo", 4, 4, 4, "tee: two, cat: two" },
	{ "tee-between", 6, 6, 6, "cat, tee and dd; A is not on the path" },
	{ "socat", 4, 4, 4, "socat and cat, two in each" },
	{ "python-copyfile", 1, 2, 1, "sendfile; or copy_file_range" },
	{ "cp-reflink", 1, 0, 1, "copy_file_range, or blocks are shared" },
	{ "cp-cat", 5, 4, 5, "cp as above, and cat: two, twice" },
	{ "pv", 2, 4, 2, "splice refers to pages; cat: two" },
	{ "gzip-both", NONE, NONE, 0, "gzip writes compressed bytes" },
	{ "base64", NONE, NONE, 0, "base64 writes letters" },
	{ "gzip-then", 4, 4, 4, "from Z: cat and dd, two in each" },
	{ "zstd-then", 2, 2, 2, "from Z: dd" },
	{ "cat-dd", 4, 4, 4, "cat and dd, two in each" },
	{ "tr", NONE, NONE, 0, "tr writes other letters" },
	{ "tr-fifo", NONE, NONE, 0, "as tr" },
	{ "python-upper", NONE, NONE, 0, "python3 writes capitals" },
	{ "by-a-pipe", 4, 4, 4, "two in each process" },
	{ "sendfile-and-mapped", 1, 1, 1,
	  "the pipe refers to pages; read into the page cache" },
	{ "through-the-parent", 4, 4, 4,
	  "read, process_vm_readv, process_vm_writev, write" },
	{ "collected", 3, 3, 2, "read, memcpy, write" },
	{ "stores-and-pipe", 5, 5, 5,
	  "read, each page at its store, write, read, write" },
	{ "parent-stores", 2, 2, 2, "the copied pages are the parent's" },
	{ "small-buffer", 2, 2, 2, "read, write" },
	{ "whole-buffer", 2, 2, 2, "read, write" },
	{ "own-copy", 3, 3, 2, "read, memcpy, write" },
	{ "scattered", 2, 2, 2, "readv, writev" },
	{ "by-child", 2, 2, 2, "fork shares pages until somebody stores" },
	{ "mapped-input", 1, 1, 1, "write takes from the page cache" },
	{ "mapped-output", 1, 1, 1, "read brings into the page cache" },
	{ "mapped-both", 1, 1, 0, "memcpy" },
	{ "slot", 2, 2, 2, "read and write have the shared memory itself" },
	{ "slot-and-buffers", 4, 4, 2, "and a memcpy on each side" },
	{ "slot-and-buffer", 3, 3, 2, "and a memcpy on one side" },
	{ "copy-on-write", 3, 3, 3, "read, each page at its store, write" },
	{ "socketpair", 4, 4, 4, "as a pipe" },
	{ "mapped-into-pipe", 3, 3, 3, "write, read, write" },
	{ "pipe-into-mapped", 3, 3, 3, "read, write, read" },
	{ "sendfile", 1, 1, 1, "within the kernel" },
	{ "sendfile-to-socket", 2, 3, 2, "the socket refers to pages" },
	{ "from-its-memory", 3, 3, 3, "read, process_vm_readv, write" },
	{ "tee-tee", 4, 4, 4, "two in each tee; A is not on the path" },
	{ "by-tee-and-file", 6, 6, 6, "cat, tee and dd; A is on the path" },
	{ "perl-sysread", 4, 4, 4, "perl and cat, two in each" },
	{ "python-read", 4, 4, 4, "cat and python, two in each" },
	{ "python-copyfileobj", 2, 2, 2, "strace: read and write" },
	{ "backwards", 2, 2, 2, "pread, pwrite" },
	{ "mapped-and-buffer", 2, 2, 1, "memcpy, write" },
	{ "buffer-and-mapped", 2, 2, 1, "read, memcpy" },
	{ "child-reads", 2, 2, 2, "read and write have the same memory" },
	{ "child-reads-and-copy", 3, 3, 2, "and a memcpy between them" },
	{ "into-its-memory", 3, 3, 3, "read, process_vm_writev, write" },
	{ "socketpair-and-copy", 5, 5, 4, "as a socketpair, and a memcpy" },
	{ "mapped-ends", 2, 2, 2, "write into the pipe, read out of it" },
	{ "swapped-into-pipe", 4, 4, 4, "readv, writev, read, write" },
	{ "sendfile-to-pipe", 2, 2, 2, "the pipe refers to pages" },
	{ "sendfile-twice", 2, 2, 2, "within the kernel, twice" },
	{ "splice-both", 1, 1, 1, "the pipe refers to pages" },
	{ "splice-in", 2, 2, 2, "read, write" },
	{ "tee-call", 1, 1, 1, "tee refers to the same pages" },
	{ "vmsplice-and-read", 3, 3, 3, "read, read, write" },
	{ "vmsplice-and-splice", 2, 2, 2, "read, splice into the file" },
	{ "memfd", 2, 2, 2, "sendfile, write from the mapping" },
	{ "copy-file-range", 1, 0, 1, "within the kernel, or shared blocks" },
	{ NULL, 0, 0, 0, NULL },
};

static const struct truth *truth_of(const char *name)
{
	const struct truth *t = truths;

	while (t->name && strcmp(t->name, name) != 0)
		t++;
	return t->name ? t : NULL;
}

static void all_have_one(void)
{
	const struct form *f;
	size_t forms = 0, known = 0;

	for (; (f = form_at(forms)); forms++)
		if (!truth_of(f->name))
			diag("no truth for %s", f->name);
	while (truths[known].name)
		known++;
	ok(forms == known, "each of the %zu forms has a truth", forms);
}

/* --- one exercise --------------------------------------------------------- */

static bool is_true(const struct question *q, const struct truth *t)
{
	if (t->copies == NONE)
		return q->none;
	return !q->none && (q->copies == t->copies || q->copies == t->or) &&
	       q->kernel == q->copies - (t->copies - t->kernel);
}

/* The right answer to a question, but without the hop number `without`. */
static struct answer answer_to(const struct question *q, int without)
{
	struct answer a = { .copies = q->none ? ANSWER_NONE : q->copies,
			    .kernel = q->none ? ANSWER_NONE : q->kernel,
			    .why = (int)q->why };

	for (int i = 0; i < q->hops; i++)
		if (q->hop[i].copies && i != without)
			a.call[a.calls++] = q->hop[i].call;
	return a;
}

static int missed_by(const struct question *q, int without)
{
	const struct answer a = answer_to(q, without);
	struct graded g;
	int missed = -1, n = 0;

	grade(q, &a, &g);
	for (int i = 0; i < q->hops; i++)
		if (g.missed[i]) {
			missed = i;
			n++;
		}
	return g.right || n != 1 ? -1 : missed;
}

/*
 * True if the grading finds each hop that an answer leaves out. Of two equal
 * calls in a row, the grading may find either.
 */
static bool finds_what_is_left_out(const struct question *q)
{
	for (int i = 0; i < q->hops; i++) {
		int missed = q->hop[i].copies ? missed_by(q, i) : i;

		if (missed != i &&
		    (missed < 0 || strcmp(q->hop[missed].call, q->hop[i].call)))
			return false;
	}
	return true;
}

static void show(const struct question *q, const struct truth *t)
{
	diag("counted %d, by the kernel %d; true is %d, %d: %s", q->copies,
	     q->kernel, t->copies, t->kernel, t->why);
	for (int i = 0; i < q->hops; i++)
		diag("%d %s", q->hop[i].copies, q->hop[i].says);
}

static void judge(const struct question *q, const struct truth *t)
{
	const struct answer a = answer_to(q, -1);
	struct graded g;

	grade(q, &a, &g);
	if (!ok(is_true(q, t) && g.right && finds_what_is_left_out(q), "%s: %s",
		q->form->name, t->why))
		show(q, t);
}

static void try_form(struct question_place *p, const struct form *f)
{
	const struct question_sizes sizes = { 384 << 10, 5000, 7168, 1 };
	const struct question_taste taste = { .draw = 0 };
	const struct truth *t = truth_of(f->name);
	struct question *q;
	struct err e = { 0 };
	char tool[40];

	if (form_lacks(f, tool, sizeof(tool))) {
		skip("%s: no %s", f->name, tool);
		return;
	}
	if (question_make(p, f, &sizes, &taste, &q, &e) == -EPERM)
		skip("%s", e.text);
	else if (!q || !t)
		ok(false, "%s: %s", f->name, e.text);
	else
		judge(q, t);
	question_free(q);
}

int main(void)
{
	struct question_place p;
	const struct form *f;
	struct err e = { 0 };

	scratch_begin();
	stop_install_supervisor();
	all_have_one();
	if (!ok(question_place_begin(&p, &e) == 0,
		"a place to try the exercises is made"))
		diag("%s", e.text);
	for (size_t i = 0; (f = form_at(i)); i++)
		try_form(&p, f);
	question_place_end(&p);
	return done_testing();
}
