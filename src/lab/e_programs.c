/* E9 to E12: the documents' own programs, rewritten as experiments. */
#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <semaphore.h>
#include <stdatomic.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "lab/lab.h"

struct record {
	int integer;
	char string[24];
};

enum { RECORDS = 100 };

static void put(FILE *fp, int value)
{
	struct record r = { .integer = value };

	snprintf(r.string, sizeof(r.string), "RECORD-%d", value);
	fwrite(&r, sizeof(r), 1, fp);
}

static FILE *write_records(struct lab *l, int fd)
{
	FILE *fp = fdopen(fd, "w+");

	lab_need(l, fp != NULL, "fdopen");
	for (int i = 0; i < RECORDS; i++)
		put(fp, i);
	lab_need(l, fflush(fp) == 0, "fflush");
	return fp;
}

static void put_43(FILE *fp, int value)
{
	fseek(fp, 43 * (long)sizeof(struct record), SEEK_SET);
	put(fp, value);
}

static struct record get_43(struct lab *l, FILE *fp)
{
	struct record r;

	fseek(fp, 43 * (long)sizeof(r), SEEK_SET);
	lab_need(l, fread(&r, sizeof(r), 1, fp) == 1, "fread");
	return r;
}

/* lab: E9 */
/* put_43 and get_43 seek to record 43 and write or read it by stdio. */
static void edit_records(struct lab *l)
{
	int fd = lab_file(l, 0, NULL), unflushed;
	FILE *fp = write_records(l, fd);
	struct record r, *mapped;

	mapped = lab_mapped(l, mmap(NULL, RECORDS * sizeof(r),
				    PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0));
	put_43(fp, 143);
	unflushed = mapped[43].integer;
	fflush(fp); /* the document's program closes the file here */
	r = mapped[43];
	lab_check(l, r.integer == 143 && !strcmp(r.string, "RECORD-143"),
		  "record 43 becomes 143 by fwrite; the mapping then holds "
		  "%d, \"%.24s\"",
		  r.integer, r.string);
	mapped[43] = (struct record){ 243, "RECORD-243" };
	r = get_43(l, fp);
	lab_check(l, r.integer == 243 && !strcmp(r.string, "RECORD-243"),
		  "record 43 becomes 243 in the mapping; fread finds %d, "
		  "\"%.24s\"",
		  r.integer, r.string);
	mapped[43].integer = 343;
	r = get_43(l, fp);
	lab_limit(l, unflushed != 143 || r.integer != 343,
		  "stdio keeps a buffer of its own: before fflush, record 43 "
		  "of the mapping was %d; after a store of 343 in the mapping, "
		  "fread finds %d",
		  unflushed, r.integer);
}
/* lab: end */

enum { LOOKS = 1000000 };

/* lab: E10 */
static void poll_mapping(struct lab_side *writer, void *path)
{
	volatile char *p = mmap(NULL, lab_page(), PROT_READ, MAP_SHARED,
				open(path, O_RDWR), 0);

	lab_need(lab_of(writer), p != MAP_FAILED, "mmap");
	/* the document's program looks every 2 s */
	for (int seen = 0;; seen = 0) {
		lab_await(writer); /* wait until the writer has stored */
		for (int i = 0; i < LOOKS; i++)
			seen += p[20] == '9';
		lab_tell(writer, &seen, sizeof(seen));
	}
}

/* Stores mapped[20] = '9' as the document does. Returns the file's byte. */
static char store_one(struct lab *l, int fd, int flags)
{
	char *mapped =
		     lab_mapped(l, mmap(NULL, lab_page(),
					PROT_READ | PROT_WRITE, flags, fd, 0)),
	     in_file;

	mapped[20] = '9';
	lab_need(l, msync(mapped, lab_page(), MS_SYNC) == 0, "msync");
	lab_need(l, pread(fd, &in_file, 1, 20) == 1, "pread");
	return in_file; /* do not unmap: the poller has not looked yet */
}
/* lab: end */

static int ask(struct lab_side *poller)
{
	int seen;

	lab_pass(poller);
	lab_hear(poller, &seen, sizeof(seen));
	return seen;
}

static int file_of_letters(struct lab *l, char path[LAB_PATH_MAX])
{
	const char text[] = "abcdefghijklmnopqrstuvwxyz";
	int fd = lab_file(l, lab_page(), path);

	lab_need(l, write(fd, text, sizeof(text)) == sizeof(text), "write");
	return fd;
}

/* lab: E10 */
static void private_and_polled(struct lab *l)
{
	char path[LAB_PATH_MAX], in_file;
	int fd = file_of_letters(l, path), seen;
	struct lab_side *poller = lab_fork(l, poll_mapping, path);

	in_file = store_one(l, fd, MAP_PRIVATE);
	seen = ask(poller);
	lab_check(l, in_file == 'u' && seen == 0,
		  "'9' stored over 'u' through a private mapping and msync: "
		  "the file holds '%c', the poller sees '9' in %d of %d looks",
		  in_file, seen, LOOKS);
	in_file = store_one(l, fd, MAP_SHARED);
	seen = ask(poller); /* in how many of its looks the poller sees '9' */
	lab_check(l, in_file == '9' && seen == LOOKS,
		  "the same through a shared mapping: the file holds '%c', the "
		  "poller sees '9' in %d of %d looks",
		  in_file, seen, LOOKS);
}
/* lab: end */

static bool store_arrives(struct lab *l, int fd, char *p, size_t offset)
{
	char in_file = 0;

	return !lab_touch(l, p + offset, LAB_STORE).sig &&
	       pread(fd, &in_file, 1, (off_t)offset) == 1 && in_file == '9';
}

/* lab: E11 */
/*
 * store_arrives is true if the store raises no signal and read() finds its
 * byte.
 */
static void the_safe_way(struct lab *l)
{
	size_t page = lab_page(),
	       sizes[] = { 1, 100, page, page + 1, 3 * page };
	char path[LAB_PATH_MAX], *p = NULL;
	struct lab_fault f;
	int fd = -1, code;
	bool arrive;

	for (size_t i = 0; i < sizeof(sizes) / sizeof(sizes[0]); i++) {
		size_t size = sizes[i];

		close(lab_file(l, size, path));
		fd = open(path, O_RDWR);
		p = mmap(NULL, size, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
		code = lab_map_errno(p);
		arrive = !code && store_arrives(l, fd, p, 0) &&
			 store_arrives(l, fd, p, size - 1);
		lab_check(l, arrive,
			  "file size %zu: mmap: %s; stores into its "
			  "first and its last byte %s",
			  size, lab_errno(code),
			  arrive ? "reach the file" : "do not reach the file");
		if (code)
			return;
	}
	lab_need(l, ftruncate(fd, 1) == 0, "ftruncate");
	f = lab_touch(l, p + 2 * page, LAB_LOAD);
	lab_limit(l, f.sig,
		  "if somebody shortens the file later, a load from the part "
		  "that was cut off is %s",
		  lab_fault_words(l, f, p));
	fd = lab_file(l, 0, NULL);
	p = mmap(NULL, 0, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
	lab_limit(l, p == MAP_FAILED, "an empty file: %s",
		  lab_errno(lab_map_errno(p)));
}
/* lab: end */

enum { TALKS = 1000 };

struct talk {
	bool synchronised;
	sem_t said, answered;
	char text[100]; /* the document's page */
	char son_got[100], father_got[100];
	_Atomic int met;
	/* numbers of talks that went wrong */
	int son_wrong, father_wrong, wrong;
};

/* Waits until both sides are here. They begin and end each talk together. */
static void meet(struct talk *t, int times)
{
	atomic_fetch_add(&t->met, 1);
	while (atomic_load(&t->met) < 2 * times)
		sched_yield();
}

static struct talk *new_talk(struct lab *l, bool synchronised)
{
	struct talk *t = lab_shared(l, sizeof(*t));

	t->synchronised = synchronised;
	sem_init(&t->said, 1, 0);
	sem_init(&t->answered, 1, 0);
	return t;
}

static void count_wrong(struct talk *t)
{
	bool son = strcmp(t->son_got, "hi, this is father") != 0;
	bool father = strcmp(t->father_got, "hi, dad, this is son") != 0;

	t->son_wrong += son;
	t->father_wrong += father;
	t->wrong += son || father;
}

/* lab: E12 */
/*
 * t->text is the anonymous page. meet: both begin and end each talk together.
 * lab_wait_if and lab_post_if call sem_wait and sem_post only if the sides
 * synchronise.
 */
static void be_son(struct lab_side *father, void *talk)
{
	struct talk *t = talk;

	(void)father;
	for (int i = 0; i < TALKS; i++) {
		meet(t, 2 * i + 1);
		lab_wait_if(t->synchronised, &t->said);
		strcpy(t->son_got, t->text);
		strcpy(t->text, "hi, dad, this is son");
		lab_post_if(t->synchronised, &t->answered);
		meet(t, 2 * i + 2);
	}
}

static void be_father(struct talk *t)
{
	for (int i = 0; i < TALKS; i++) {
		t->text[0] = '\0';
		meet(t, 2 * i + 1);
		strcpy(t->text, "hi, this is father");
		lab_post_if(t->synchronised, &t->said);
		lab_wait_if(t->synchronised, &t->answered);
		strcpy(t->father_got, t->text);
		meet(t, 2 * i + 2);
		count_wrong(t);
	}
}
/* lab: end */

static struct talk *converse(struct lab *l, bool synchronised)
{
	struct talk *t = new_talk(l, synchronised);
	struct lab_side *son = lab_fork(l, be_son, t);

	be_father(t);
	lab_join(son);
	return t;
}

static void limit_without(struct lab *l, const struct talk *t)
{
	lab_limit(l, t->wrong > 0,
		  "without semaphores: %d of %d talks went wrong; the son "
		  "missed his father's words in %d talks, the father missed "
		  "his son's words in %d%s",
		  t->wrong, TALKS, t->son_wrong, t->father_wrong,
		  t->wrong ? "" : "; that was luck and proves nothing");
}

/* lab: E12 */
/* converse makes the shared page and forks the son. */
static void father_and_son(struct lab *l)
{
	struct talk *with = converse(l, true), *without = converse(l, false);

	lab_check(l, with->wrong == 0,
		  "taking turns by semaphores: %d of %d talks went wrong",
		  with->wrong, TALKS);
	limit_without(l, without);
}
/* lab: end */

const struct experiment lab_e_programs[] = {
	{ .id = "E9",
	  .document = "002",
	  .claim = "In a file of 100 records that stdio has written, record 43 "
		   "is changed to 143 through stdio and then to 243 through a "
		   "mapping: each change is seen by the other way of reading, "
		   "too.",
	  .run = edit_records,
	  .reference = "mmap(2), MAP_SHARED; setvbuf(3); fflush(3)",
	  .why = "In the end fwrite calls write(2), which changes the page "
		 "cache, and the mapping shows the page cache. But stdio has a "
		 "buffer of its own. The mapping cannot show bytes that stdio "
		 "has not flushed yet. And stdio returns bytes that it has "
		 "read ahead, even if they have changed since. The program in "
		 "the note closes the file before it uses the mapping, which "
		 "flushes the buffer." },
	{ .id = "E10",
	  .document = "004",
	  .claim = "A byte stored through a shared mapping and msync is in the "
		   "file afterwards; a byte stored through a private mapping "
		   "is not, and a process that polls a shared mapping of the "
		   "file never sees it.",
	  .run = private_and_polled,
	  .reference = "mmap(2), MAP_SHARED and MAP_PRIVATE; msync(2)",
	  .why = "The private store changed a copy that only the storing "
		 "process has. The polling process never sees that store, "
		 "however long it looks. msync changes nothing here, because "
		 "the page of the file was never changed. The polling process "
		 "sees the shared store when it looks for the first time." },
	{ .id = "E11",
	  .document = "001",
	  .claim = "The safe way: open with O_RDWR, then mmap(NULL, size, "
		   "PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0).",
	  .run = the_safe_way,
	  .reference = "mmap(2), EACCES, EINVAL and SIGBUS; POSIX mmap()",
	  .why = "This way avoids the errors of the other ways: O_RDWR allows "
		 "everything that the mapping asks for. A mapping as long as "
		 "the file has no page behind the file's end. Two cases "
		 "remain. An empty file has no page to map, and mmap fails. "
		 "And if somebody shortens the file later, an access to the "
		 "pages that were cut off raises SIGBUS." },
	{ .id = "E12",
	  .document = "004",
	  .claim = "Parent and child converse through one anonymous page: each "
		   "reads what the other wrote.",
	  .run = father_and_son,
	  .varies = true,
	  .reference = "mmap(2), MAP_ANONYMOUS; sem_init(3), pshared; "
		       "sem_overview(7)",
	  .why = "The page carries the words, but it does not tell the reader "
		 "that there are new ones. In the note each side sleeps, and "
		 "hopes that the other side has written by then. On a busy "
		 "machine no number of seconds is enough. Two semaphores in "
		 "the same page solve this: each side waits until the other "
		 "has written, and no longer." },
	{ .id = NULL },
};
