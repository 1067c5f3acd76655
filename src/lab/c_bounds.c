/* C: how far a mapping of a file reaches. */
#include <sys/mman.h>

#include "lab/lab.h"

/* lab: C3 */
static void one_page_past_the_file(struct lab *l)
{
	size_t page = lab_page();
	int fd = lab_file(l, 100, NULL);
	char *p = mmap(NULL, 2 * page, PROT_READ | PROT_WRITE, MAP_SHARED,
		       fd, 0);
	struct lab_fault past_end, last, next;

	lab_need(l, p != MAP_FAILED, "mmap");
	past_end = lab_touch(l, p + 100, LAB_STORE);
	last = lab_touch(l, p + page - 1, LAB_STORE);
	next = lab_touch(l, p + page, LAB_STORE);
	lab_check(l, !past_end.sig && !last.sig,
		  "file of 100 bytes: a store at offset 100 is %s, at %zu %s",
		  lab_fault_words(l, past_end, p), page - 1,
		  lab_fault_words(l, last, p));
	lab_check(l, next.sig == SIGBUS && next.addr == p + page,
		  "a store at offset %zu: %s", page,
		  lab_fault_words(l, next, p));
}
/* lab: end */

const struct experiment lab_c_bounds[] = {
	{ .id = "C3", .document = "000 004",
	  .claim = "What may be touched is the file size rounded up to whole "
		   "pages; one page past it is a bus error (SIGBUS).",
	  .run = one_page_past_the_file,
	  .reference = "mmap(2), SIGBUS; POSIX mmap()",
	  .why = "The last page of a file is in memory as a whole page, its "
		 "rest filled with zeros. A page of the mapping that begins at "
		 "or past the end of the file has nothing behind it, and "
		 "touching it is SIGBUS." },
	{ .id = NULL },
};
