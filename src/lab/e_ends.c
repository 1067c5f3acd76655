/* E7 and E8: which effects outlive a process and a munmap. */
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "lab/lab.h"

static int new_memfd(struct lab *l)
{
	int fd = memfd_create("lab", MFD_ALLOW_SEALING | MFD_CLOEXEC);

	lab_need(l, fd >= 0 && ftruncate(fd, (off_t)lab_page()) == 0,
		 "memfd_create");
	return fd;
}

/*
 * A file cannot be sealed against writing while any process has mapped it
 * shared and writable. So sealing shows whether a mapping still exists.
 */
static int seal_errno(int memfd)
{
	return fcntl(memfd, F_ADD_SEALS, F_SEAL_WRITE) < 0 ? errno : 0;
}

/* Tries to seal while the other process has the memory mapped. */
static int seal_errno_during(struct lab *l, int memfd)
{
	int code = seal_errno(memfd);

	if (code != EBUSY)
		lab_cannot(l,
			   "sealing does not show here whether the memory is "
			   "mapped: %s",
			   lab_errno(code));
	return code;
}

static void see_left(struct lab *l, int fd)
{
	char left[5] = "";

	lab_need(l, pread(fd, left, 4, 0) == 4, "pread");
	lab_see(l, "of the bytes that the process stored, read() finds \"%s\"",
		left);
}

/* lab: E7 */
static void map_and_end(struct lab_side *parent, void *memfd)
{
	char *p = lab_mapped(lab_of(parent),
			     mmap(NULL, lab_page(), PROT_READ | PROT_WRITE,
				  MAP_SHARED, *(int *)memfd, 0));

	strcpy(p, "left");
	lab_pass(parent);
	lab_await(parent); /* then this process ends without munmap */
}

/* seal_errno: F_SEAL_WRITE fails while any process maps the file writable. */
static void undone_at_the_end(struct lab *l, bool by_signal)
{
	int fd = new_memfd(l), during, after;
	struct lab_side *child = lab_fork(l, map_and_end, &fd);

	lab_await(child);
	during = seal_errno_during(l, fd);
	if (by_signal)
		kill(lab_pid(child), SIGKILL);
	else
		lab_pass(child);
	lab_join(child);
	after = seal_errno(fd);
	lab_check(l, after == 0,
		  "F_SEAL_WRITE while a process maps the memory: %s; after the "
		  "process %s, without munmap: %s",
		  lab_errno(during),
		  by_signal ? "was killed by SIGKILL" : "has ended by itself",
		  lab_errno(after));
	see_left(l, fd);
}
/* lab: end */

static void both_ends(struct lab *l)
{
	undone_at_the_end(l, false);
	undone_at_the_end(l, true);
}

/* lab: E8 */
/* Maps, stores a byte, unmaps and maps again. Returns the byte found there. */
static char store_and_map_again(struct lab *l, int fd, int flags)
{
	int prot = PROT_READ | PROT_WRITE;
	char *p = lab_mapped(l, mmap(NULL, lab_page(), prot, flags, fd, 0));

	*p = 'N';
	lab_need(l, munmap(p, lab_page()) == 0, "munmap");
	p = lab_mapped(l, mmap(NULL, lab_page(), prot, flags, fd, 0));
	return *p;
}

static void lost_at_munmap(struct lab *l)
{
	int fd = lab_file(l, lab_page(), NULL);
	char again, in_file, shared;

	lab_need(l, pwrite(fd, "o", 1, 0) == 1, "pwrite");
	again = store_and_map_again(l, fd, MAP_PRIVATE);
	lab_need(l, pread(fd, &in_file, 1, 0) == 1, "pread");
	lab_check(l, again == 'o' && in_file == 'o',
		  "'N' was stored over 'o' with MAP_PRIVATE; after munmap the "
		  "file holds '%c', a new private mapping '%c'",
		  in_file, again);
	shared = store_and_map_again(l, fd, MAP_SHARED);
	lab_see(l,
		"for contrast, after the same with MAP_SHARED a new mapping "
		"holds '%c'",
		shared);
}
/* lab: end */

const struct experiment lab_e_ends[] = {
	{ .id = "E7",
	  .document = "004",
	  .claim = "A mapping is undone when its process ends.",
	  .run = both_ends,
	  .reference = "mmap(2): unmapped automatically when the process is "
		       "terminated; fcntl(2), F_SEAL_WRITE and EBUSY; POSIX "
		       "_exit()",
	  .why = "Mappings belong to an address space, and the address space "
		 "ends with its process, however the process ends. Bytes that "
		 "were stored into a shared mapping of a file or of a shared "
		 "memory object remain, since the file or object is removed "
		 "separately." },
	{ .id = "E8",
	  .document = "003",
	  .claim = "Changes in a MAP_PRIVATE mapping are lost at munmap.",
	  .run = lost_at_munmap,
	  .reference = "mmap(2), MAP_PRIVATE; POSIX munmap(): any "
		       "modifications made to a private mapping are discarded",
	  .why = "The changed pages are copies that belong to this mapping and "
		 "to no file. munmap throws them away. A new mapping shows "
		 "what the file holds." },
	{ .id = NULL },
};
