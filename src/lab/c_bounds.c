/* C3 to C6: how far a mapping of a file reaches, and what lies behind it. */
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>

#include "lab/lab.h"

/* lab: C3 C4 C5 C6 */
/*
 * Maps `pages` pages of a file of `size` bytes. Nothing is mapped behind them.
 */
static char *map_alone(struct lab *l, size_t size, size_t pages)
{
	size_t len = pages * lab_page(), room = len + 2 * lab_page();
	char *free =
		mmap(NULL, room, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	char *p = lab_mapped(l, mmap(free, len, PROT_READ | PROT_WRITE,
				     MAP_SHARED | MAP_FIXED,
				     lab_file(l, size, NULL), 0));

	lab_need(l, munmap(p + len, room - len) == 0, "munmap");
	return p;
}
/* lab: end */

/* lab: C3 */
static void whole_pages_only(struct lab *l)
{
	size_t page = lab_page();
	size_t sizes[] = { 1, 100, page - 1, page, page + 1 };

	for (size_t i = 0; i < sizeof(sizes) / sizeof(sizes[0]); i++) {
		size_t end = (sizes[i] + page - 1) / page * page;
		char *p = map_alone(l, sizes[i], 3);
		struct lab_fault last = lab_touch(l, p + end - 1, LAB_STORE);
		struct lab_fault next = lab_touch(l, p + end, LAB_STORE);

		lab_check(l,
			  !last.sig && next.sig == SIGBUS &&
				  next.addr == p + end,
			  "file of %zu bytes: a store at offset %zu is %s, at "
			  "offset %zu it is %s",
			  sizes[i], end - 1, lab_fault_words(l, last, p), end,
			  lab_fault_words(l, next, p));
	}
}
/* lab: end */

/* lab: C4 */
static void past_the_mapping(struct lab *l)
{
	size_t page = lab_page();
	char *p = map_alone(l, 2 * page, 2), *neighbour;
	struct lab_fault f = lab_touch(l, p + 2 * page, LAB_STORE);

	lab_check(l, f.sig == SIGSEGV && f.addr == p + 2 * page,
		  "a file of two pages, mapped whole: a store right behind the "
		  "mapping is %s",
		  lab_fault_words(l, f, p));

	/* the same store, if another mapping could be placed there */
	neighbour = mmap(p + 2 * page, page, PROT_READ | PROT_WRITE,
			 MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	if (neighbour != p + 2 * page)
		return;
	f = lab_touch(l, p + 2 * page, LAB_STORE);
	lab_limit(l, !f.sig && *neighbour == '9',
		  "with another mapping right behind, the same store is %s and "
		  "puts '%c' into that mapping",
		  lab_fault_words(l, f, p), *neighbour);
}
/* lab: end */

/* lab: C5 */
/*
 * The document's program maps two pages and stores at st_size and at pagesize.
 */
static void two_comments(struct lab *l)
{
	size_t page = lab_page();
	size_t sizes[] = { 0, 100, page, page + 1, 2 * page };
	int fits = 0;

	for (size_t i = 0; i < sizeof(sizes) / sizeof(sizes[0]); i++) {
		char *p = map_alone(l, sizes[i], 2);
		struct lab_fault at_size =
			lab_touch(l, p + sizes[i], LAB_STORE);
		struct lab_fault at_page = lab_touch(l, p + page, LAB_STORE);

		lab_see(l,
			"file of %zu bytes: a store at st_size is %s, at "
			"pagesize it is %s",
			sizes[i], lab_fault_words(l, at_size, p),
			lab_fault_words(l, at_page, p));
		fits += at_size.sig == SIGBUS && at_page.sig == SIGSEGV;
	}
	lab_check(l, fits > 0,
		  "file sizes for which both statements are true: %d of %zu",
		  fits, sizeof(sizes) / sizeof(sizes[0]));
}
/* lab: end */

/* --- the map of C5 -------------------------------------------------------- */

#define CELLS 8 /* parts of a page; each is tried at its first byte */

static char cell(struct lab *l, const char *p, size_t offset, size_t size)
{
	struct lab_fault f = lab_touch(l, p + offset, LAB_STORE);

	switch (f.sig) {
	case 0:
		return offset < size ? '#' : 'o';
	case SIGBUS:
		return 'B';
	case SIGSEGV:
		return 'S';
	default:
		return '?';
	}
}

static void draw_row(struct lab *l, size_t size, size_t pages)
{
	char *p = map_alone(l, size, pages), row[60];
	size_t n = 0;

	for (size_t page = 0; page <= pages; page++) {
		row[n++] = page == pages ? '|' : ' ';
		for (size_t i = 0; i < CELLS; i++)
			row[n++] = cell(l, p,
					page * lab_page() +
						i * (lab_page() / CELLS),
					size);
	}
	row[n] = '\0';
	lab_draw(l, "  %7zu %s", size, row);
	lab_need(l, munmap(p, pages * lab_page()) == 0, "munmap");
}

static void draw_map(struct lab *l)
{
	size_t page = lab_page();
	size_t sizes[] = { 0, 1, 100, page - 1, page, page + 1, 2 * page };

	lab_draw(l, "Stores at every eighth of a page; | ends the mapping:");
	lab_draw(l, "# in the file   o behind its end, fine   B SIGBUS   "
		    "S SIGSEGV");
	for (size_t pages = 1; pages <= 3; pages++) {
		lab_draw(l, "mapping of %zu page%s of %zu bytes", pages,
			 pages > 1 ? "s" : "", page);
		for (size_t i = 0; i < sizeof(sizes) / sizeof(sizes[0]); i++)
			draw_row(l, sizes[i], pages);
	}
}

static void bounds(struct lab *l)
{
	two_comments(l);
	draw_map(l);
}

/* lab: C6 */
static void empty_file(struct lab *l)
{
	char *p = map_alone(l, 0, 1);
	struct lab_fault load = lab_touch(l, p, LAB_LOAD);
	struct lab_fault store = lab_touch(l, p, LAB_STORE);

	lab_check(l, load.sig == SIGBUS && store.sig == SIGBUS,
		  "a file of 0 bytes was mapped with a length of %zu; a load: "
		  "%s; a store: %s",
		  lab_page(), lab_fault_words(l, load, p),
		  lab_fault_words(l, store, p));
}
/* lab: end */

const struct experiment lab_c_bounds[] = {
	{ .id = "C3",
	  .document = "000 004",
	  .claim = "An access is fine up to the file size rounded up to whole "
		   "pages; any access to the page behind that raises a bus "
		   "error (SIGBUS).",
	  .run = whole_pages_only,
	  .reference = "mmap(2), SIGBUS; POSIX mmap()",
	  .why = "The last page of a file is a whole page in memory, filled up "
		 "with zeros. A page of the mapping that begins at or behind "
		 "the end of the file has no bytes to show. Touching such a "
		 "page raises SIGBUS." },
	{ .id = "C4",
	  .document = "000 004",
	  .claim = "An access past the end of the mapping itself is a "
		   "segmentation fault (SIGSEGV).",
	  .run = past_the_mapping,
	  .reference = "mmap(2), SIGSEGV; sigaction(2), SEGV_MAPERR",
	  .why = "An access to an address that belongs to no mapping raises "
		 "SIGSEGV with the code SEGV_MAPERR. But the kernel often "
		 "places mappings side by side. If another writable mapping "
		 "begins right behind this one, a store past the end changes "
		 "the other mapping, and no signal is raised. So the absence "
		 "of a signal does not prove that an access was correct." },
	{ .id = "C5",
	  .document = "004",
	  .claim = "In the document's example, a store at offset st_size is a "
		   "bus error and a store at offset pagesize is a segmentation "
		   "fault, with a mapping two pages long.",
	  .run = bounds,
	  .reference = "mmap(2), SIGBUS; POSIX mmap()",
	  .why = "In a mapping of two pages the offset pagesize always lies "
		 "inside the mapping. So a store there never raises SIGSEGV: "
		 "it raises SIGBUS, or it is fine. A store at offset st_size "
		 "raises SIGBUS only if the size is a whole number of pages "
		 "and smaller than the mapping. If the file is two pages long, "
		 "that offset is the first byte behind the mapping." },
	{ .id = "C6",
	  .document = "001",
	  .claim = "If a file of size 0 is mapped with a length that is not 0, "
		   "an access raises SIGBUS.",
	  .run = empty_file,
	  .reference = "mmap(2), SIGBUS",
	  .why = "mmap itself succeeds, since it only records which file "
		 "belongs to which addresses. The first access looks for page "
		 "0 of the file, and the file has no page." },
	{ .id = NULL },
};
