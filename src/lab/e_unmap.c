/* E1 and E2: addresses after munmap, and the addresses that munmap accepts. */
#include <errno.h>
#include <string.h>
#include <sys/mman.h>

#include "lab/lab.h"

/* lab: E1 */
static void touch_after_munmap(struct lab *l)
{
	char *p = lab_mapped(l, mmap(NULL, lab_page(), PROT_READ | PROT_WRITE,
				     MAP_SHARED | MAP_ANONYMOUS, -1, 0));
	char *later;
	struct lab_fault load, store;

	strcpy(p, "still there?");
	lab_need(l, munmap(p, lab_page()) == 0, "munmap");
	load = lab_touch(l, p, LAB_LOAD);
	store = lab_touch(l, p, LAB_STORE);
	lab_check(l,
		  load.sig == SIGSEGV && load.code == SEGV_MAPERR &&
			  store.sig == SIGSEGV && store.code == SEGV_MAPERR,
		  "after munmap a load is %s, a store is %s",
		  lab_fault_words(l, load, p), lab_fault_words(l, store, p));

	/* the same store, if another mapping could be placed there */
	later = mmap(p, lab_page(), PROT_READ | PROT_WRITE,
		     MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	if (later != p)
		return;
	store = lab_touch(l, p, LAB_STORE);
	lab_limit(l, !store.sig && *later == '9',
		  "with a later mapping at that place, the same store is %s "
		  "and puts '%c' into that mapping",
		  lab_fault_words(l, store, p), *later);
}
/* lab: end */

/* lab: E2 */
static void unmap_the_middle(struct lab *l)
{
	size_t page = lab_page();
	char *p = lab_mapped(l, mmap(NULL, 3 * page, PROT_READ | PROT_WRITE,
				     MAP_SHARED | MAP_ANONYMOUS, -1, 0));
	int code = munmap(p + page, page) < 0 ? errno : 0;

	/* no call of mmap has returned p + page */
	lab_check(l, code, "munmap of the middle page of three: %s",
		  lab_errno(code));
	for (size_t i = 0; i < 3; i++) {
		struct lab_fault f = lab_touch(l, p + i * page, LAB_STORE);

		lab_see(l, "a store into page %zu: %s", i,
			lab_fault_words(l, f, p));
	}
	code = munmap(p + page, page) < 0 ? errno : 0;
	lab_see(l, "munmap of the middle again, where nothing is mapped: %s",
		lab_errno(code));
	code = munmap(p + 1, page) < 0 ? errno : 0;
	lab_see(l, "munmap of an address inside a page: %s", lab_errno(code));
	code = munmap(p, 3 * page) < 0 ? errno : 0;
	lab_see(l, "munmap of all three pages with the hole: %s",
		lab_errno(code));
}
/* lab: end */

const struct experiment lab_e_unmap[] = {
	{ .id = "E1",
	  .document = "000 003",
	  .claim = "Touching an address after munmap raises SIGSEGV.",
	  .run = touch_after_munmap,
	  .reference = "munmap(2); sigaction(2), SEGV_MAPERR; POSIX munmap()",
	  .why = "After munmap the address belongs to no mapping, as if there "
		 "had never been one. But the kernel may place another mapping "
		 "there. Then a pointer that was kept too long reads and "
		 "writes memory that belongs to something else, and no signal "
		 "is raised. Only one of the two notes mentions this." },
	{ .id = "E2",
	  .document = "001",
	  .claim = "munmap must be given an address that mmap returned.",
	  .run = unmap_the_middle,
	  .reference = "munmap(2): a multiple of the page size, it is no error "
		       "if nothing is mapped; POSIX munmap()",
	  .why = "munmap works on a range of pages. The kernel keeps no list "
		 "of what mmap has returned. munmap accepts a part of a "
		 "mapping, such as its middle, several mappings in one call, "
		 "or a range without any mapping. But the address must be the "
		 "start of a page. POSIX says the same: munmap removes all "
		 "pages in the range, and a system may require that the "
		 "address is aligned. POSIX promises nothing for memory that "
		 "did not come from mmap." },
	{ .id = NULL },
};
