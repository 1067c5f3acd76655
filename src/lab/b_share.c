/* B: ways to share memory, and what is not shared. */
#include <fcntl.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "lab/lab.h"

/* lab: B1 */
static void write_by_name(struct lab_side *other, void *path)
{
	int fd = open(path, O_RDWR);
	char *p = mmap(NULL, lab_page(), PROT_READ | PROT_WRITE, MAP_SHARED,
		       fd, 0);

	lab_need(lab_of(other), p != MAP_FAILED, "mmap");
	lab_await(other); /* until the reader has mapped the file too */
	strcpy(p, "hello");
	lab_pass(other);
}

static void share_a_file(struct lab *l)
{
	char path[LAB_PATH_MAX], *p;
	int fd = lab_file(l, lab_page(), path);
	struct lab_side *writer = lab_fork(l, write_by_name, path);

	/* mapped after the fork: the file's name is all they have in common */
	p = mmap(NULL, lab_page(), PROT_READ, MAP_SHARED, fd, 0);
	lab_need(l, p != MAP_FAILED, "mmap");
	lab_see(l, "before: the reader's byte 0 is %d", p[0]);
	lab_pass(writer);
	lab_await(writer);
	lab_check(l, !memcmp(p, "hello", 6),
		  "one process stored \"hello\", the other reads \"%.5s\" at "
		  "its own address", p);
}
/* lab: end */

const struct experiment lab_b_share[] = {
	{ .id = "B1", .document = "000 001 002 004",
	  .claim = "Two unrelated processes that map the same ordinary file "
		   "share memory.",
	  .run = share_a_file,
	  .reference = "mmap(2), MAP_SHARED; POSIX mmap()",
	  .why = "Both mappings lead to the same pages of the page cache. A "
		 "store by one process is a store into that page, and there is "
		 "no second copy that the other could read instead." },
	{ .id = NULL },
};
