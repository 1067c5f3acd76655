/* B6 to B10: zeros, FIFOs, and which processes can share anonymous memory. */
#include <errno.h>
#include <fcntl.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/uio.h>
#include <unistd.h>

#include "lab/lab.h"

static size_t count_not_zero(const char *p, size_t len)
{
	size_t n = 0;

	for (size_t i = 0; i < len; i++)
		n += p[i] != 0;
	return n;
}

/* lab: B6 */
static void begins_as_zeros(struct lab *l)
{
	size_t len = 64 * lab_page();
	int flags = MAP_SHARED | MAP_ANONYMOUS;
	char *p = lab_mapped(
		l, mmap(NULL, len, PROT_READ | PROT_WRITE, flags, -1, 0));

	lab_check(l, count_not_zero(p, len) == 0,
		  "of %zu bytes in a new mapping, %zu are not 0", len,
		  count_not_zero(p, len));

	/* fill the pages, give them back, and ask for memory again */
	memset(p, 0xff, len);
	lab_need(l, munmap(p, len) == 0, "munmap");
	p = lab_mapped(l,
		       mmap(NULL, len, PROT_READ | PROT_WRITE, flags, -1, 0));
	lab_check(l, count_not_zero(p, len) == 0,
		  "after %zu bytes of 0xff were unmapped, a new mapping has "
		  "%zu bytes that are not 0",
		  len, count_not_zero(p, len));
}
/* lab: end */

/* lab: B7 */
static void zero_and_null(struct lab *l)
{
	static char buf[1 << 16];
	int zero = open("/dev/zero", O_RDWR), null = open("/dev/null", O_RDWR);
	size_t reads = 1000, full = 0, wrong = 0;
	ssize_t to_zero, to_null;

	lab_need(l, zero >= 0 && null >= 0, "open /dev/zero and /dev/null");
	for (size_t i = 0; i < reads; i++) {
		memset(buf, 0xff, sizeof(buf));
		full += read(zero, buf, sizeof(buf)) == sizeof(buf);
		wrong += count_not_zero(buf, sizeof(buf));
	}
	lab_check(l, full == reads && !wrong,
		  "%zu of %zu reads of 64 KiB from /dev/zero were full, %zu "
		  "bytes were not 0",
		  full, reads, wrong);
	memset(buf, 0xff, sizeof(buf));
	to_zero = write(zero, buf, sizeof(buf));
	to_null = write(null, buf, sizeof(buf));
	lab_check(l, to_zero == sizeof(buf) && to_null == sizeof(buf),
		  "writing %zu bytes: /dev/zero took %zd, /dev/null %zd",
		  sizeof(buf), to_zero, to_null);
	lab_check(l,
		  read(zero, buf, 1) == 1 && buf[0] == 0 &&
			  read(null, buf, 1) == 0,
		  "afterwards a read of /dev/zero should still give 0, and a "
		  "read of /dev/null the end of the file");
}
/* lab: end */

/* lab: B8 */
static void read_twice(struct lab *l)
{
	char path[LAB_PATH_MAX], first[5] = "", second[5] = "";
	int fd = lab_file(l, lab_page(), NULL);
	char *p = lab_mapped(l, mmap(NULL, lab_page(), PROT_READ | PROT_WRITE,
				     MAP_SHARED, fd, 0));
	ssize_t again;

	strcpy(p, "data");
	memcpy(first, p, 4);
	memcpy(second, p, 4);
	lab_check(l, !strcmp(first, "data") && !strcmp(second, "data"),
		  "the mapping gives \"%s\", then \"%s\"", first, second);

	lab_name(l, LEASE_PATH, path);
	lab_need(l, mkfifo(path, 0600) == 0, "mkfifo");
	/* Linux lets one descriptor be both ends of a FIFO */
	fd = open(path, O_RDWR | O_NONBLOCK);
	lab_need(l, fd >= 0 && write(fd, "data", 4) == 4, "write to the FIFO");
	lab_need(l, read(fd, first, 4) == 4, "read from the FIFO");
	again = read(fd, second, 4);
	lab_check(l, !strcmp(first, "data") && again < 0 && errno == EAGAIN,
		  "the FIFO gives \"%s\", then %s", first,
		  again < 0 ? lab_errno(errno) : "something again");
}
/* lab: end */

static void limit_read(struct lab *l, ssize_t got, const char *text)
{
	lab_limit(l, got == 7 && !strcmp(text, "secret"),
		  "process_vm_readv of that page: %s",
		  got == 7 ? "reads the page all the same" : lab_errno(errno));
}

static void limit_memfd(struct lab *l, const char *p)
{
	lab_limit(l, p != MAP_FAILED && !strcmp(p, "secret"),
		  "mapping the other process's memfd, which has no name in any "
		  "directory: %s",
		  p != MAP_FAILED ? "shares its memory" : lab_errno(errno));
}

/* lab: B9 */
struct secret {
	char *at; /* an anonymous page */
	int memfd;
};

/* Runs in a second program, which lab_exec starts. */
static void keep_a_secret(struct lab_side *other, const char *unused)
{
	int prot = PROT_READ | PROT_WRITE;
	struct secret s = { .memfd = memfd_create("lab", 0) };

	(void)unused;
	s.at = lab_mapped(lab_of(other),
			  mmap(NULL, lab_page(), prot,
			       MAP_SHARED | MAP_ANONYMOUS, -1, 0));
	strcpy(s.at, "secret");
	lab_need(lab_of(other), write(s.memfd, "secret", 7) == 7, "memfd");
	lab_tell(other, &s, sizeof(s));
	/* keep the memory until the other process has tried */
	lab_await(other);
}

static void reach_the_unrelated(struct lab *l)
{
	struct lab_side *keeper = lab_exec(l, ""); /* runs keep_a_secret */
	char text[7] = "", path[64], *p = MAP_FAILED;
	struct iovec mine = { text, 7 }, its = { NULL, 7 };
	struct lab_fault f;
	struct secret s;
	int fd;

	lab_hear(keeper, &s, sizeof(s));
	f = lab_touch(l, s.at, LAB_LOAD);
	lab_check(l, f.sig || f.value != 's',
		  "a load from the address of the other process's anonymous "
		  "page: %s",
		  f.sig ? lab_fault_words(l, f, s.at) : "finds other memory");
	its.iov_base = s.at;
	limit_read(l, process_vm_readv(lab_pid(keeper), &mine, 1, &its, 1, 0),
		   text);
	snprintf(path, 64, "/proc/%d/fd/%d", (int)lab_pid(keeper), s.memfd);
	fd = open(path, O_RDWR);
	if (fd >= 0)
		p = mmap(NULL, 7, PROT_READ, MAP_SHARED, fd, 0);
	limit_memfd(l, p);
	lab_pass(keeper);
}
/* lab: end */

static void store_in_child(struct lab_side *parent, void *p)
{
	(void)parent;
	strcpy(p, "hello");
}

/* lab: B10 */
/* store_in_child copies "hello" to p. */
static void try_backing(struct lab *l, const char *what, int flags, int fd)
{
	char *p = lab_mapped(l, mmap(NULL, lab_page(), PROT_READ | PROT_WRITE,
				     MAP_SHARED | flags, fd, 0));

	lab_join(lab_fork(l, store_in_child, p));
	lab_check(l, !memcmp(p, "hello", 6),
		  "%s: the child stored \"hello\", the parent reads \"%.5s\"",
		  what, p);
}

static void three_backings(struct lab *l)
{
	char name[LAB_PATH_MAX], text[6] = "";
	int file = lab_file(l, lab_page(), NULL), shm;

	lab_name(l, LEASE_SHM, name);
	shm = shm_open(name, O_RDWR | O_CREAT | O_EXCL, 0600);
	lab_need(l, shm >= 0, "shm_open");
	lab_need(l, ftruncate(shm, (off_t)lab_page()) == 0, "ftruncate");
	try_backing(l, "an ordinary file", 0, file);
	lab_check(l, pread(file, text, 5, 0) == 5 && !strcmp(text, "hello"),
		  "read() of that file finds \"%s\", although nobody called "
		  "write()",
		  text);
	try_backing(l, "MAP_ANONYMOUS", MAP_ANONYMOUS, -1);
	try_backing(l, "shm_open", 0, shm);
}
/* lab: end */

const struct experiment lab_b_zero[] = {
	{ .id = "B6",
	  .document = "003",
	  .claim = "Anonymous shared memory begins as zeros.",
	  .run = begins_as_zeros,
	  .reference = "mmap(2), MAP_ANONYMOUS: contents are initialized to "
		       "zero",
	  .why = "A page of memory can still contain data of another process. "
		 "So the kernel clears a page before it gives the page to a "
		 "process: usually when the process touches it for the first "
		 "time. This costs one pass over the memory." },
	{ .id = "B7",
	  .document = "003 001",
	  .claim = "Reading /dev/zero gives zeros without end; bytes written "
		   "to it, or to /dev/null, are thrown away.",
	  .run = zero_and_null,
	  .reference = "zero(4), null(4)",
	  .why = "Both devices accept any write and keep nothing. They differ "
		 "in reading: /dev/zero fills the buffer with zeros, and "
		 "/dev/null reports the end of the file." },
	{ .id = "B8",
	  .document = "001",
	  .claim = "Data in a mapping can be read again and again; data in a "
		   "FIFO only once.",
	  .run = read_twice,
	  .reference = "pipe(7), fifo(7); mmap(2)",
	  .why = "Reading memory does not change it. A FIFO is a queue: read "
		 "removes the bytes that it returns. The next read gets later "
		 "bytes or, if there are none, waits for them. With O_NONBLOCK "
		 "it fails with EAGAIN instead. If no writer is left, it "
		 "reports the end of the file." },
	{ .id = "B9",
	  .document = "000 001",
	  .claim = "Anonymous mappings serve related processes only.",
	  .run = reach_the_unrelated,
	  .second = keep_a_secret,
	  .reference = "mmap(2); memfd_create(2); process_vm_readv(2)",
	  .why = "An anonymous mapping has no name that another process could "
		 "open, so only fork can hand it on. The claim leaves out two "
		 "ways around this. A process with the rights of a debugger "
		 "can read another process's memory. And memfd_create makes "
		 "anonymous memory that has a descriptor, and this descriptor "
		 "can be passed to any process." },
	{ .id = "B10",
	  .document = "000 001 003",
	  .claim = "mmap serves three purposes: I/O on ordinary files, "
		   "anonymous sharing, and POSIX shared memory objects.",
	  .run = three_backings,
	  .reference = "mmap(2); shm_overview(7)",
	  .why = "mmap is one call for three kinds of memory. They differ only "
		 "in where the pages come from, and in whether the pages "
		 "belong to a file with a name, on a disk or not. The loads "
		 "and stores of the program are the same." },
	{ .id = NULL },
};
