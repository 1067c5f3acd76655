/* B1 to B5: ways in which two processes come to share memory. */
#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "lab/lab.h"

/* lab: B1 */
/* Runs in a second program, which lab_exec starts. */
static void write_by_name(struct lab_side *reader, const char *path)
{
	int fd = open(path, O_RDWR);
	char *p = lab_mapped(lab_of(reader),
			     mmap(NULL, lab_page(), PROT_READ | PROT_WRITE,
				  MAP_SHARED, fd, 0));

	lab_await(reader); /* wait until the reader has mapped the file, too */
	strcpy(p, "hello");
	lab_pass(reader);
}

static void share_a_file(struct lab *l)
{
	char path[LAB_PATH_MAX], *p;
	int fd = lab_file(l, lab_page(), path);
	struct lab_side *writer = lab_exec(l, path); /* runs write_by_name */

	/* the two programs have only the name of the file in common */
	p = lab_mapped(l, mmap(NULL, lab_page(), PROT_READ, MAP_SHARED, fd, 0));
	lab_see(l, "at first the first byte of the reader's mapping is %d",
		p[0]);
	lab_pass(writer);
	lab_await(writer);
	lab_check(l, !memcmp(p, "hello", 6),
		  "a second program, run by exec, opened the file by its name "
		  "and stored \"hello\"; the first program, which has mapped "
		  "the same file, reads \"%.5s\"",
		  p);
}
/* lab: end */

static void store_hello(struct lab_side *parent, void *p)
{
	(void)parent;
	strcpy(p, "hello");
}

/* lab: B2 B3 */
/*
 * True if the parent reads the "hello" that store_hello stores at p in a child.
 */
static bool child_reaches(struct lab *l, char *p)
{
	lab_need(l, p != MAP_FAILED, "mmap");
	lab_join(lab_fork(l, store_hello, p));
	return !memcmp(p, "hello", 6);
}
/* lab: end */

/* lab: B2 */
static void share_across_fork(struct lab *l)
{
	int prot = PROT_READ | PROT_WRITE;
	char *shared =
		mmap(NULL, lab_page(), prot, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	char *private = mmap(NULL, lab_page(), prot,
			     MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

	lab_check(l, child_reaches(l, shared),
		  "the child stored \"hello\" in the shared page; the parent "
		  "reads \"%.5s\"",
		  shared);
	lab_see(l, "for contrast, with MAP_PRIVATE the parent %s \"hello\"",
		child_reaches(l, private) ? "reads" : "does not read");
}
/* lab: end */

/* lab: B3 */
static void share_dev_zero(struct lab *l)
{
	int fd = open("/dev/zero", O_RDWR), prot = PROT_READ | PROT_WRITE;
	char *p = mmap(NULL, lab_page(), prot, MAP_SHARED, fd, 0);
	char *again = mmap(NULL, lab_page(), prot, MAP_SHARED, fd, 0);

	if (fd < 0)
		lab_cannot(l, "/dev/zero: %s", strerror(errno));
	lab_need(l, p != MAP_FAILED && again != MAP_FAILED, "mmap");
	lab_check(l, p[0] == 0,
		  "the first byte of the mapping of /dev/zero is %d", p[0]);
	lab_check(l, child_reaches(l, p),
		  "the child stored \"hello\"; the parent reads \"%.5s\"", p);
	lab_check(l, again[0] == 0,
		  "the first byte of a second mapping of the same descriptor "
		  "is %d; it is 0 if each mapping has memory of its own, as "
		  "with MAP_ANONYMOUS",
		  again[0]);
}
/* lab: end */

/* lab: B4 */
/* Runs in a second program, which lab_exec starts. */
static void write_by_shm_name(struct lab_side *reader, const char *name)
{
	int fd = shm_open(name, O_RDWR, 0);
	char *p = lab_mapped(lab_of(reader),
			     mmap(NULL, lab_page(), PROT_READ | PROT_WRITE,
				  MAP_SHARED, fd, 0));

	strcpy(p, "hello");
	lab_pass(reader);
}

static void share_by_shm_open(struct lab *l)
{
	char name[LAB_PATH_MAX], *p;
	int fd;

	lab_name(l, LEASE_SHM, name);
	fd = shm_open(name, O_RDWR | O_CREAT | O_EXCL, 0600);
	lab_need(l, fd >= 0, "shm_open");
	lab_need(l, ftruncate(fd, (off_t)lab_page()) == 0, "ftruncate");
	lab_await(lab_exec(l, name)); /* runs write_by_shm_name */
	/* the two programs have only this name in common */
	p = lab_mapped(l, mmap(NULL, lab_page(), PROT_READ, MAP_SHARED, fd, 0));
	lab_check(l, !memcmp(p, "hello", 6),
		  "a second program, run by exec, stored \"hello\" in the "
		  "object of that name; the first program reads \"%.5s\"",
		  p);
}
/* lab: end */

/* lab: B5 */
static void close_and_go_on(struct lab *l)
{
	char path[LAB_PATH_MAX], in_file[6] = "";
	int fd = lab_file(l, lab_page(), path);
	char *p = lab_mapped(l, mmap(NULL, lab_page(), PROT_READ | PROT_WRITE,
				     MAP_SHARED, fd, 0));
	struct lab_fault f;

	lab_need(l, close(fd) == 0, "close");
	lab_see(l, "fcntl of the closed descriptor: %s",
		lab_errno(fcntl(fd, F_GETFD) < 0 ? errno : 0));
	f = lab_touch(l, p, LAB_STORE);
	if (!lab_check(l, !f.sig, "a store after close is %s",
		       lab_fault_words(l, f, p)))
		return;
	strcpy(p, "hello");
	fd = open(path, O_RDONLY);
	lab_need(l, read(fd, in_file, 5) == 5, "read");
	lab_check(l, !strcmp(in_file, "hello"),
		  "after a store of \"hello\", read() finds \"%s\" in the file",
		  in_file);
}
/* lab: end */

const struct experiment lab_b_share[] = {
	{ .id = "B1",
	  .document = "000 001 002 004",
	  .claim = "Two unrelated processes that map the same ordinary file "
		   "share memory.",
	  .run = share_a_file,
	  .second = write_by_name,
	  .reference = "mmap(2), MAP_SHARED; POSIX mmap()",
	  .why = "Both mappings show the same pages of the page cache. A store "
		 "by one process changes such a page. The other process reads "
		 "the same page, since there is no other copy of the page." },
	{ .id = "B2",
	  .document = "000 001 003 004",
	  .claim = "A mapping made with MAP_SHARED and MAP_ANONYMOUS before "
		   "fork is shared by parent and child.",
	  .run = share_across_fork,
	  .reference = "mmap(2), MAP_ANONYMOUS; fork(2)",
	  .why = "fork gives the child all mappings of the parent. A page of a "
		 "shared mapping stays one page for both. A page of a private "
		 "mapping is copied as soon as the parent or the child stores "
		 "into it." },
	{ .id = "B3",
	  .document = "001 003",
	  .claim = "A shared mapping of /dev/zero does the same as "
		   "MAP_ANONYMOUS, on systems that lack this flag.",
	  .run = share_dev_zero,
	  .reference = "zero(4); mmap(2), MAP_ANONYMOUS",
	  .why = "On Linux a shared mapping of /dev/zero is fresh memory, made "
		 "by the same code as MAP_ANONYMOUS. In one way it is unlike a "
		 "mapping of an ordinary file: if the same descriptor is "
		 "mapped twice, the two mappings do not share their memory. So "
		 "other processes get this memory only by fork, in the same "
		 "way as anonymous memory." },
	{ .id = "B4",
	  .document = "003",
	  .claim = "shm_open gives unrelated processes a shared region.",
	  .run = share_by_shm_open,
	  .second = write_by_shm_name,
	  .reference = "shm_open(3), shm_overview(7)",
	  .why = "On Linux shm_open makes a file in the tmpfs at /dev/shm. "
		 "This file has a name and pages in the page cache, but no "
		 "place on a disk. A new object has size 0, so a program must "
		 "give it a size, usually by ftruncate, before it can use the "
		 "memory." },
	{ .id = "B5",
	  .document = "000 001 004",
	  .claim = "The descriptor may be closed after the file is mapped; the "
		   "mapping stays.",
	  .run = close_and_go_on,
	  .reference = "mmap(2): closing the descriptor does not unmap",
	  .why = "The mapping holds its own reference to the open file. So the "
		 "file exists as long as the mapping, even if its name is "
		 "removed as well." },
	{ .id = NULL },
};
