/* C7 to C10: lengths, offsets and whole pages. */
#include <errno.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "lab/lab.h"

/* lab: C7 C8 */
/* The errno of mapping this part of a file; 0: it was mapped. */
static int map_part_errno(int fd, size_t len, off_t offset)
{
	int flags = MAP_SHARED | MAP_NORESERVE;
	char *p = mmap(NULL, len, PROT_READ, flags, fd, offset);

	if (p == MAP_FAILED)
		return errno;
	munmap(p, len);
	return 0;
}
/* lab: end */

/* lab: C7 */
static void length_zero(struct lab *l)
{
	int empty = map_part_errno(lab_file(l, 0, NULL), 0, 0);
	int full = map_part_errno(lab_file(l, lab_page(), NULL), 0, 0);

	lab_check(l, empty == EINVAL && full == EINVAL,
		  "length 0: %s for a file of 0 bytes, %s for a file of %zu "
		  "bytes",
		  lab_errno(empty), lab_errno(full), lab_page());
}
/* lab: end */

/* lab: C8 */
static void offsets(struct lab *l)
{
	size_t page = lab_page();
	off_t odd[] = { 1, 100, 2048, 4095, 4097 };
	int file = lab_file(l, 4 * page, NULL), code, huge;

	for (size_t i = 0; i < sizeof(odd) / sizeof(odd[0]); i++) {
		code = map_part_errno(file, page, odd[i]);
		lab_check(l, code == EINVAL, "offset %ld: %s", (long)odd[i],
			  lab_errno(code));
	}
	code = map_part_errno(file, page, (off_t)page);
	lab_check(l, !code, "offset %zu, one page: %s", page, lab_errno(code));
	if (page != 4096) {
		code = map_part_errno(file, page, 4096);
		lab_limit(l, code, "offset 4096 with pages of %zu bytes: %s",
			  page, lab_errno(code));
	}

	huge = memfd_create("lab", MFD_HUGETLB);
	if (huge < 0 || map_part_errno(huge, page, 0))
		return; /* this machine has no huge pages */
	code = map_part_errno(huge, page, 4096);
	lab_limit(l, code, "offset 4096 of a file of huge pages: %s",
		  lab_errno(code));
}
/* lab: end */

/* lab: C9 */
static void longer_than_the_file(struct lab *l)
{
	size_t page = lab_page();
	int fd = lab_file(l, 100, NULL);
	char *p = mmap(NULL, 10 * page, PROT_READ | PROT_WRITE, MAP_SHARED, fd,
		       0);
	struct lab_fault first, second;

	lab_check(l, p == MAP_FAILED,
		  "mapping %zu bytes of a file of 100 bytes: %s", 10 * page,
		  lab_errno(lab_map_errno(p)));
	if (p == MAP_FAILED)
		return;
	first = lab_touch(l, p, LAB_LOAD);
	second = lab_touch(l, p + page, LAB_LOAD);
	lab_see(l, "an access at offset 0: %s; at offset %zu: %s",
		lab_fault_words(l, first, p), page,
		lab_fault_words(l, second, p));
}
/* lab: end */

/* lab: C10 */
static void one_byte_is_a_page(struct lab *l)
{
	size_t page = lab_page();
	char *p = lab_mapped(l, mmap(NULL, 1, PROT_READ | PROT_WRITE,
				     MAP_SHARED, lab_file(l, 1, NULL), 0));
	struct lab_fault f;

	f = lab_touch(l, p + page - 1, LAB_STORE);
	lab_check(l, !f.sig,
		  "file and mapping of one byte: a store at offset "
		  "%zu is %s",
		  page - 1, lab_fault_words(l, f, p));
	lab_need(l, mprotect(p, 1, PROT_READ) == 0, "mprotect");
	f = lab_touch(l, p + page - 1, LAB_STORE);
	lab_check(l, f.sig == SIGSEGV && f.code == SEGV_ACCERR,
		  "after mprotect of one byte to read-only, the same store: %s",
		  lab_fault_words(l, f, p));
	errno = 0;
	mprotect(p + 1, 1, PROT_READ | PROT_WRITE);
	lab_check(l, errno == EINVAL, "mprotect of one byte at offset 1: %s",
		  lab_errno(errno));
	lab_need(l, munmap(p, 1) == 0, "munmap");
	f = lab_touch(l, p + page - 1, LAB_LOAD);
	lab_check(l, f.sig == SIGSEGV,
		  "after munmap of one byte, a load from the end of the page: "
		  "%s",
		  lab_fault_words(l, f, p));
}
/* lab: end */

const struct experiment lab_c_arguments[] = {
	{ .id = "C7",
	  .document = "001",
	  .claim = "A length of 0 is EINVAL.",
	  .run = length_zero,
	  .reference = "mmap(2), EINVAL: length was 0 (since Linux 2.6.12)",
	  .why = "A mapping has at least one page. Before Linux 2.6.12 the "
		 "call succeeded and mapped nothing." },
	{ .id = "C8",
	  .document = "001",
	  .claim = "The offset must be a multiple of 4096.",
	  .run = offsets,
	  .reference = "mmap(2): a multiple of the page size as returned by "
		       "sysconf(_SC_PAGE_SIZE)",
	  .why = "An entry of the page table points to a whole page, so the "
		 "offset must be a multiple of the page size. On x86 the page "
		 "size is 4096. On other machines it can be 16384 or 65536, "
		 "and a file in huge pages needs a multiple of the size of its "
		 "pages. A program should ask sysconf(_SC_PAGE_SIZE)." },
	{ .id = "C9",
	  .document = "001",
	  .claim = "The length must be at most the file's real size.",
	  .run = longer_than_the_file,
	  .reference = "mmap(2), EINVAL and SIGBUS; POSIX mmap()",
	  .why = "mmap does not compare the length with the size of the file. "
		 "Whole pages behind the end of the file are mapped, but an "
		 "access to them raises SIGBUS. They become usable when the "
		 "file grows. Some programs map more than the file has, and do "
		 "so on purpose, because the file will grow." },
	{ .id = "C10",
	  .document = "000 001",
	  .claim = "Protection and mapping work in whole pages, even for a "
		   "file of one byte.",
	  .run = one_byte_is_a_page,
	  .reference = "mprotect(2), EINVAL; mmap(2); munmap(2)",
	  .why = "The page table keeps access rights only for whole pages, so "
		 "the processor cannot protect a part of a page. The kernel "
		 "rounds a length up to whole pages. mprotect and munmap do "
		 "not round an address: they refuse an address that is not the "
		 "start of a page." },
	{ .id = NULL },
};
