/* E9 to E12: the documents' own programs, run as they are meant. */
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

/* lab: E9 */
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

static void edit_records(struct lab *l)
{
	size_t len = RECORDS * sizeof(struct record);
	long at_43 = 43 * (long)sizeof(struct record);
	int fd = lab_file(l, 0, NULL), unflushed;
	FILE *fp = fdopen(fd, "w+");
	struct record *mapped, r = { 0 };

	lab_need(l, fp != NULL, "fdopen");
	for (int i = 0; i < RECORDS; i++)
		put(fp, i);
	lab_need(l, fflush(fp) == 0, "fflush");
	mapped = mmap(NULL, len, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
	lab_need(l, mapped != MAP_FAILED, "mmap");

	fseek(fp, at_43, SEEK_SET);
	put(fp, 143);
	unflushed = mapped[43].integer;
	fflush(fp); /* the document closes the file here */
	r = mapped[43];
	lab_check(l, r.integer == 143 && !strcmp(r.string, "RECORD-143"),
		  "record 43 becomes 143 by fwrite; the mapping then holds "
		  "%d, \"%.24s\"", r.integer, r.string);

	mapped[43].integer = 243;
	strcpy(mapped[43].string, "RECORD-243");
	fseek(fp, at_43, SEEK_SET);
	lab_need(l, fread(&r, sizeof(r), 1, fp) == 1, "fread");
	lab_check(l, r.integer == 243 && !strcmp(r.string, "RECORD-243"),
		  "it becomes 243 in the mapping; fread finds %d, \"%.24s\"",
		  r.integer, r.string);

	mapped[43].integer = 343;
	fseek(fp, at_43, SEEK_SET);
	lab_need(l, fread(&r, sizeof(r), 1, fp) == 1, "fread");
	lab_limit(l, unflushed != 143 || r.integer != 343,
		  "stdio keeps a buffer of its own: before fflush the mapping "
		  "still had %d; once read, and then 343 in the mapping, fread "
		  "finds %d", unflushed, r.integer);
}
/* lab: end */

/* lab: E10 */
enum { LOOKS = 1000000 };

/* The document's poller, which looks without a pause instead of every 2 s. */
static void poll_mapping(struct lab_side *writer, void *path)
{
	int fd = open(path, O_RDWR), seen;
	volatile char *p = mmap(NULL, lab_page(), PROT_READ, MAP_SHARED, fd, 0);

	lab_need(lab_of(writer), p != MAP_FAILED, "mmap");
	for (;;) {
		lab_await(writer); /* until it has stored */
		seen = 0;
		for (int i = 0; i < LOOKS; i++)
			seen += p[20] == '9';
		lab_tell(writer, &seen, sizeof(seen));
	}
}

/* Stores mapped[20] = '9' as the document does. What then is in the file. */
static char store_one(struct lab *l, int fd, int flags)
{
	char *mapped = mmap(NULL, lab_page(), PROT_READ | PROT_WRITE, flags,
			    fd, 0), in_file;

	lab_need(l, mapped != MAP_FAILED, "mmap");
	mapped[20] = '9';
	lab_need(l, msync(mapped, lab_page(), MS_SYNC) == 0, "msync");
	lab_need(l, pread(fd, &in_file, 1, 20) == 1, "pread");
	return in_file; /* still mapped: the poller is yet to look */
}

static void private_and_polled(struct lab *l)
{
	char path[LAB_PATH_MAX], text[] = "abcdefghijklmnopqrstuvwxyz";
	int fd = lab_file(l, lab_page(), path), seen;
	struct lab_side *poller = lab_fork(l, poll_mapping, path);
	char in_file;

	lab_need(l, write(fd, text, sizeof(text)) == sizeof(text), "write");
	in_file = store_one(l, fd, MAP_PRIVATE);
	lab_pass(poller);
	lab_hear(poller, &seen, sizeof(seen));
	lab_check(l, in_file == 'u' && seen == 0,
		  "'9' stored over 'u' through a private mapping and msync: "
		  "the file holds '%c', the poller sees '9' in %d of %d looks",
		  in_file, seen, LOOKS);
	in_file = store_one(l, fd, MAP_SHARED);
	lab_pass(poller);
	lab_hear(poller, &seen, sizeof(seen));
	lab_check(l, in_file == '9' && seen == LOOKS,
		  "the same through a shared mapping: the file holds '%c', the "
		  "poller sees '9' in %d of %d looks", in_file, seen, LOOKS);
}
/* lab: end */

/* lab: E11 */
static bool store_arrives(struct lab *l, int fd, char *p, size_t offset)
{
	char in_file = 0;

	return !lab_touch(l, p + offset, LAB_STORE).sig &&
	       pread(fd, &in_file, 1, (off_t)offset) == 1 && in_file == '9';
}

static void the_safe_way(struct lab *l)
{
	size_t page = lab_page(), sizes[] = { 1, 100, page, page + 1, 3 * page };
	char path[LAB_PATH_MAX], *p = NULL;
	struct lab_fault f;
	int fd = -1, code;
	bool arrive;

	for (size_t i = 0; i < sizeof(sizes) / sizeof(sizes[0]); i++) {
		size_t size = sizes[i];

		close(lab_file(l, size, path));
		fd = open(path, O_RDWR);
		p = mmap(NULL, size, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
		code = p == MAP_FAILED ? errno : 0;
		arrive = !code && store_arrives(l, fd, p, 0) &&
			 store_arrives(l, fd, p, size - 1);
		lab_check(l, arrive, "file size %zu: mmap: %s; stores into its "
			  "first and its last byte %s", size, lab_errno(code),
			  arrive ? "are in the file then" : "are not");
		if (code)
			return;
	}
	lab_need(l, ftruncate(fd, 1) == 0, "ftruncate");
	f = lab_touch(l, p + 2 * page, LAB_LOAD);
	lab_limit(l, f.sig, "safe for as long as nobody cuts the file: then a "
		  "load is %s", lab_fault_words(l, f, p));
	fd = lab_file(l, 0, NULL);
	p = mmap(NULL, 0, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
	lab_limit(l, p == MAP_FAILED, "an empty file: %s",
		  lab_errno(p == MAP_FAILED ? errno : 0));
}
/* lab: end */

/* lab: E12 */
enum { TALKS = 1000 };

struct talk {
	bool synchronised;
	sem_t said, answered;
	char text[100]; /* the document's page */
	char son_got[100];
	_Atomic int met;
	int son_wrong, father_wrong, wrong; /* in so many talks */
};
/* lab: end */

/* Both begin a talk together, and end it together: the start line of a race. */
static void meet(struct talk *t, int times)
{
	atomic_fetch_add(&t->met, 1);
	while (atomic_load(&t->met) < 2 * times)
		sched_yield();
}

static struct talk *new_talk(struct lab *l, bool synchronised)
{
	struct talk *t = mmap(NULL, sizeof(*t), PROT_READ | PROT_WRITE,
			      MAP_SHARED | MAP_ANONYMOUS, -1, 0);

	lab_need(l, t != MAP_FAILED, "mmap");
	t->synchronised = synchronised;
	sem_init(&t->said, 1, 0);
	sem_init(&t->answered, 1, 0);
	return t;
}

static void count_wrong(struct talk *t, const char *father_got)
{
	bool son = strcmp(t->son_got, "hi, this is father") != 0;
	bool father = strcmp(father_got, "hi, dad, this is son") != 0;

	t->son_wrong += son;
	t->father_wrong += father;
	t->wrong += son || father;
}

/* lab: E12 */
static void be_son(struct lab_side *father, void *talk)
{
	struct talk *t = talk;

	(void)father;
	for (int i = 0; i < TALKS; i++) {
		meet(t, 2 * i + 1);
		if (t->synchronised)
			sem_wait(&t->said);
		strcpy(t->son_got, t->text);
		strcpy(t->text, "hi, dad, this is son");
		if (t->synchronised)
			sem_post(&t->answered);
		meet(t, 2 * i + 2);
	}
}

static struct talk *converse(struct lab *l, bool synchronised)
{
	struct talk *t = new_talk(l, synchronised);
	struct lab_side *son = lab_fork(l, be_son, t);
	char got[100];

	for (int i = 0; i < TALKS; i++) {
		t->text[0] = '\0';
		meet(t, 2 * i + 1);
		strcpy(t->text, "hi, this is father");
		if (synchronised) {
			sem_post(&t->said);
			sem_wait(&t->answered);
		}
		strcpy(got, t->text);
		meet(t, 2 * i + 2);
		count_wrong(t, got);
	}
	lab_join(son);
	return t;
}

static void father_and_son(struct lab *l)
{
	struct talk *with = converse(l, true), *without = converse(l, false);

	lab_check(l, with->wrong == 0,
		  "taking turns by semaphores: %d of %d talks went wrong",
		  with->wrong, TALKS);
	lab_limit(l, without->wrong > 0,
		  "without anything in their place: %d of %d went wrong; the "
		  "son missed his father's words in %d, the father his son's "
		  "in %d%s", without->wrong, TALKS, without->son_wrong,
		  without->father_wrong,
		  without->wrong ? "" : ": luck, which proves nothing");
}
/* lab: end */

const struct experiment lab_e_programs[] = {
	{ .id = "E9", .document = "002",
	  .claim = "A file of 100 records written with stdio, record 43 "
		   "changed through stdio to 143 and then through a mapping to "
		   "243: each change is seen by the other way of reading.",
	  .run = edit_records,
	  .reference = "mmap(2), MAP_SHARED; setvbuf(3); fflush(3)",
	  .why = "fwrite ends in write(2), which changes the page cache, and "
		 "the mapping is the page cache. But stdio has a buffer in "
		 "between: what it has not flushed the mapping cannot show, "
		 "and what it has read ahead it gives out again, however old. "
		 "The document's program closes the file in between, and that "
		 "flushes." },
	{ .id = "E10", .document = "004",
	  .claim = "One byte stored through a shared mapping and msync is in "
		   "the file afterwards; stored through a private one it is "
		   "not, and a process polling a shared mapping of the file "
		   "never sees it.",
	  .run = private_and_polled,
	  .reference = "mmap(2), MAP_SHARED and MAP_PRIVATE; msync(2)",
	  .why = "The private store went into a copy that only the storing "
		 "process has, so the poller could look for years. msync does "
		 "not help: the file's page was never changed. The same "
		 "poller sees the shared store at its first look." },
	{ .id = "E11", .document = "001",
	  .claim = "The safe way: open O_RDWR, then mmap(NULL, size, PROT_READ "
		   "or PROT_WRITE, MAP_SHARED, fd, 0).",
	  .run = the_safe_way,
	  .reference = "mmap(2), EACCES, EINVAL and SIGBUS; POSIX mmap()",
	  .why = "It avoids what the other ways run into: O_RDWR allows all "
		 "that is asked for, and with the file's own size no page lies "
		 "past its end. Two things it cannot avoid: an empty file has "
		 "no page to map, and a file that somebody cuts short later "
		 "takes its pages away from under the mapping." },
	{ .id = "E12", .document = "004",
	  .claim = "Parent and child converse through one anonymous page: each "
		   "reads what the other wrote.",
	  .run = father_and_son, .varies = true,
	  .reference = "mmap(2), MAP_ANONYMOUS; sem_init(3), pshared; "
		       "sem_overview(7)",
	  .why = "The page carries the words, but not the news that there are "
		 "any. The document lets each side sleep and hope that the "
		 "other has spoken by then: on a busy machine no number of "
		 "seconds is enough. Two semaphores in the same page say it, "
		 "and cost no waiting beyond what is needed." },
	{ .id = NULL },
};
