/*
 * D5 to D9: private mappings, protection, fixed addresses, and the two flags.
 */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "lab/lab.h"

/* lab: D5 */
static void look_at_file(struct lab_side *owner, void *path)
{
	int fd = open(path, O_RDONLY);
	char *p = lab_mapped(lab_of(owner), mmap(NULL, lab_page(), PROT_READ,
						 MAP_SHARED, fd, 0));
	char seen[2];

	lab_await(owner); /* wait until the owner has stored */
	lab_need(lab_of(owner), pread(fd, &seen[0], 1, 0) == 1, "pread");
	seen[1] = p[0];
	lab_tell(owner, seen, sizeof(seen));
}

static void private_stays_private(struct lab *l)
{
	char path[LAB_PATH_MAX], seen[2], in_file;
	int fd = lab_file(l, lab_page(), path);
	struct lab_side *other = lab_fork(l, look_at_file, path);
	char *p;

	lab_need(l, pwrite(fd, "o", 1, 0) == 1, "pwrite");
	p = lab_mapped(l, mmap(NULL, lab_page(), PROT_READ | PROT_WRITE,
			       MAP_PRIVATE, fd, 0));
	*p = 'N';
	lab_pass(other);
	lab_hear(other, seen, sizeof(seen));
	lab_check(l, *p == 'N' && seen[0] == 'o' && seen[1] == 'o',
		  "after a private store of 'N' over 'o' the process itself "
		  "reads '%c'; another process reads '%c' by read() and '%c' "
		  "in a shared mapping",
		  *p, seen[0], seen[1]);
	lab_need(l, msync(p, lab_page(), MS_SYNC) == 0, "msync");
	lab_need(l, munmap(p, lab_page()) == 0, "munmap");
	lab_need(l, pread(fd, &in_file, 1, 0) == 1, "pread");
	lab_check(l, in_file == 'o',
		  "after msync with MS_SYNC and munmap the file holds '%c'",
		  in_file);
}
/* lab: end */

/*
 * The machine code of a function that only returns; empty if the lab has none
 * for this processor.
 */
static const unsigned char function[] = {
#if defined(__x86_64__) || defined(__i386__)
	0xc3, /* ret */
#elif defined(__aarch64__) && defined(__AARCH64EL__)
	0xc0, 0x03, 0x5f, 0xd6, /* ret */
#elif defined(__arm__) && defined(__ARMEL__)
	/* bx lr; the even address means that it is no Thumb code */
	0x1e,
	0xff,
	0x2f,
	0xe1,
#elif defined(__riscv)
	0x67, 0x80, 0x00, 0x00, /* ret */
#elif defined(__powerpc64__) && _CALL_ELF == 2 && defined(__LITTLE_ENDIAN__)
	0x20, 0x00, 0x80, 0x4e, /* blr */
#elif defined(__s390x__)
	0x07, 0xfe, /* br %r14 */
#elif defined(__loongarch__)
	0x20, 0x00, 0x00, 0x4c, /* ret */
#endif
};

/* A page with a function that only returns, protected by mprotect. */
static char *page_with(struct lab *l, int prot)
{
	char *p = lab_mapped(l, mmap(NULL, lab_page(), PROT_READ | PROT_WRITE,
				     MAP_PRIVATE | MAP_ANONYMOUS, -1, 0));

	memcpy(p, function, sizeof(function));
	__builtin___clear_cache(p, p + sizeof(function));
	if (mprotect(p, lab_page(), prot) < 0)
		lab_cannot(l, "mprotect with protection %d is refused: %s",
			   prot, strerror(errno));
	return p;
}

/* lab: D6 */
/* page_with makes a page that has a function in it and this protection. */
static bool refused(struct lab_fault f, const char *p)
{
	return f.sig == SIGSEGV && f.code == SEGV_ACCERR && f.addr == p;
}

static void check_two(struct lab *l, const char *what, const char *p,
		      bool readable)
{
	struct lab_fault load = lab_touch(l, p, LAB_LOAD);
	struct lab_fault store = lab_touch(l, p, LAB_STORE);

	lab_check(l,
		  (readable ? !load.sig : refused(load, p)) &&
			  refused(store, p),
		  "%s: a load is %s, a store is %s", what,
		  lab_fault_words(l, load, p), lab_fault_words(l, store, p));
}

static void what_protection_allows(struct lab *l)
{
	char *r = page_with(l, PROT_READ);
	char *rx = page_with(l, PROT_READ | PROT_EXEC);
	struct lab_fault f;

	check_two(l, "PROT_NONE", page_with(l, PROT_NONE), false);
	check_two(l, "PROT_READ", r, true);
	if (!sizeof(function))
		lab_cannot(l, "ipcopy has no machine code for this processor");
	f = lab_touch(l, rx, LAB_RUN);
	lab_check(l, !f.sig, "PROT_READ | PROT_EXEC: a call is %s",
		  lab_fault_words(l, f, rx));
	f = lab_touch(l, r, LAB_RUN);
	lab_see(l, "PROT_READ alone: a call is %s", lab_fault_words(l, f, r));
}
/* lab: end */

static void see_one_implies(struct lab *l, const char *name, int prot)
{
	char *p = mmap(NULL, lab_page(), prot, MAP_PRIVATE | MAP_ANONYMOUS, -1,
		       0);
	struct lab_fault f;

	if (p == MAP_FAILED)
		return;
	f = lab_touch(l, p, LAB_LOAD);
	lab_see(l, "%s alone: a load is %s", name, lab_fault_words(l, f, p));
}

static void protection(struct lab *l)
{
	what_protection_allows(l);
	see_one_implies(l, "PROT_WRITE", PROT_WRITE);
	see_one_implies(l, "PROT_EXEC", PROT_EXEC);
}

/* lab: D7 */
static void exactly_there(struct lab *l)
{
	int prot = PROT_READ | PROT_WRITE, flags = MAP_PRIVATE | MAP_ANONYMOUS;
	size_t page = lab_page();
	char *p = lab_mapped(l, mmap(NULL, 3 * page, prot, flags, -1, 0));
	char *middle = p + page, *got, left;
	int code;

	*middle = 'o';
	got = mmap(middle, page, prot, flags | MAP_FIXED_NOREPLACE, -1, 0);
	lab_see(l,
		"MAP_FIXED_NOREPLACE onto the middle page of three: %s, the "
		"page "
		"holds '%c'",
		lab_errno(lab_map_errno(got)), *middle);
	got = mmap(middle, page, prot, flags, -1, 0);
	lab_see(l,
		"the same address given only as a hint: the mapping is "
		"placed %s",
		got == middle ? "there" : "elsewhere");
	got = mmap(middle, page, prot, flags | MAP_FIXED, -1, 0);
	code = lab_map_errno(got);
	left = *middle;
	lab_check(l, got == middle, "with MAP_FIXED: %s%s", lab_errno(code),
		  got == middle ? ", placed exactly there"
		  : code        ? ""
				: ", placed elsewhere");
	lab_limit(l, got == middle && left != 'o',
		  "the old mapping %s: its first byte was an 'o', and now the "
		  "first byte there is %d",
		  left == 'o' ? "stays" : "is replaced without an error", left);
	got = mmap(middle + 1, page, prot, flags | MAP_FIXED, -1, 0);
	lab_see(l, "with MAP_FIXED one byte further: %s",
		lab_errno(lab_map_errno(got)));
}
/* lab: end */

/* lab: D8 */
/*
 * The errno of mapping with these flags, or 0. *in_file: the byte in the file
 * after a store.
 */
static int flags_errno(struct lab *l, int flags, char *in_file)
{
	int fd = lab_file(l, lab_page(), NULL);
	char *p = mmap(NULL, lab_page(), PROT_READ | PROT_WRITE, flags, fd, 0);

	*in_file = 0;
	if (p == MAP_FAILED)
		return errno;
	*p = 'N';
	lab_need(l, pread(fd, in_file, 1, 0) == 1, "pread");
	return 0;
}

static void one_of_two(struct lab *l)
{
	char file[4];
	int neither = flags_errno(l, 0, &file[0]);
	int shared = flags_errno(l, MAP_SHARED, &file[1]);
	int private = flags_errno(l, MAP_PRIVATE, &file[2]);
	int both = flags_errno(l, MAP_SHARED | MAP_PRIVATE, &file[3]);

	lab_check(l, neither == EINVAL && !shared && !private,
		  "neither flag: %s; MAP_SHARED: %s; MAP_PRIVATE: %s",
		  lab_errno(neither), lab_errno(shared), lab_errno(private));
	lab_limit(l, !both, "both flags: %s%s", lab_errno(both),
		  both             ? ""
		  : file[3] == 'N' ? ", and a store reaches the file: "
				     "it is a shared mapping"
				   : ", and a store does not reach the "
				     "file");
}
/* lab: end */

/* lab: D9 */
static void store_shared(struct lab_side *reader, void *path)
{
	int fd = open(path, O_RDWR);
	char *p = lab_mapped(lab_of(reader),
			     mmap(NULL, 2 * lab_page(), PROT_READ | PROT_WRITE,
				  MAP_SHARED, fd, 0));

	for (int value = '1'; value <= '2'; value++) {
		lab_await(reader);
		p[0] = p[lab_page()] = (char)value;
		lab_pass(reader);
	}
}

static void read_private(struct lab *l)
{
	size_t page = lab_page();
	char path[LAB_PATH_MAX], *p;
	int fd = lab_file(l, 2 * page, path);
	struct lab_side *writer = lab_fork(l, store_shared, path);

	p = lab_mapped(l, mmap(NULL, 2 * page, PROT_READ | PROT_WRITE,
			       MAP_PRIVATE, fd, 0));
	lab_see(l,
		"at first the first byte of the private reader's mapping is %d",
		p[0]);
	lab_pass(writer);
	lab_await(writer);
	lab_check(l, p[0] == '1',
		  "before the reader's first store, the writer stores '1': the "
		  "reader %s it",
		  p[0] == '1' ? "sees" : "does not see");

	/* the reader's first store, to another byte of that page */
	p[100] = 'x';
	lab_pass(writer);
	lab_await(writer);
	lab_check(l, p[0] != '2',
		  "after the reader's first store, the writer stores '2': the "
		  "reader %s it",
		  p[0] == '2' ? "sees" : "does not see");
	lab_see(l,
		"in the next page, where the reader has stored nothing, it "
		"reads "
		"'%c'",
		p[page]);
}
/* lab: end */

const struct experiment lab_d_mapping[] = {
	{ .id = "D5",
	  .document = "001 002 003 004",
	  .claim = "Changes in a MAP_PRIVATE mapping stay in that process and "
		   "never reach the file.",
	  .run = private_stays_private,
	  .reference = "mmap(2), MAP_PRIVATE; POSIX mmap(); msync(2)",
	  .why = "The first store into a page of a private mapping makes a "
		 "copy of the page that only this process has. This is called "
		 "copy on write. msync finds no change that belongs to the "
		 "file, and munmap discards the copy. A child that is forked "
		 "later inherits the changed pages." },
	{ .id = "D6",
	  .document = "000 002 003",
	  .claim = "Memory with PROT_NONE cannot be touched; memory with "
		   "PROT_READ cannot be stored to; PROT_EXEC allows execution.",
	  .run = protection,
	  .reference = "mmap(2), prot; mprotect(2), SIGSEGV; sigaction(2), "
		       "SEGV_ACCERR",
	  .why = "The address is mapped but the access is not allowed, so the "
		 "code of the SIGSEGV is SEGV_ACCERR and not SEGV_MAPERR. The "
		 "processor decides which rights imply others. On x86 a page "
		 "that may be written may also be read. A page that may only "
		 "be executed and not read exists on x86 only with protection "
		 "keys. On x86 processors without a no-execute bit, everything "
		 "that can be read can also be executed." },
	{ .id = "D7",
	  .document = "002 003",
	  .claim = "MAP_FIXED places the mapping exactly at the address given.",
	  .run = exactly_there,
	  .reference = "mmap(2), MAP_FIXED and MAP_FIXED_NOREPLACE (since "
		       "Linux 4.17)",
	  .why = "It does. But a mapping that was there before is gone, and "
		 "mmap reports no error. For example, a library may have been "
		 "mapped there after the program had looked for a free "
		 "address. MAP_FIXED_NOREPLACE fails with EEXIST instead. "
		 "MAP_FIXED is safe only for a range that the program has "
		 "reserved before, by a mapping of its own." },
	{ .id = "D8",
	  .document = "000 003",
	  .claim = "Exactly one of MAP_SHARED and MAP_PRIVATE must be given.",
	  .run = one_of_two,
	  .reference = "mmap(2), EINVAL and MAP_SHARED_VALIDATE (since Linux "
		       "4.15)",
	  .why = "A call with neither of the two flags fails with EINVAL. "
		 "MAP_SHARED and MAP_PRIVATE are not separate bits but the "
		 "values 1 and 2 of a small number. The value 3 looks like "
		 "both. Since Linux 4.15 it means MAP_SHARED_VALIDATE, a "
		 "shared mapping that refuses unknown flags. POSIX also says "
		 "that a call with neither fails with EINVAL, and that a "
		 "program must not give both." },
	{ .id = "D9",
	  .document = "003",
	  .claim = "A MAP_PRIVATE reader may or may not see later stores by a "
		   "MAP_SHARED writer.",
	  .run = read_private,
	  .reference = "mmap(2), MAP_PRIVATE: it is unspecified; POSIX mmap()",
	  .why = "Until the reader stores into a page, it reads the page of "
		 "the page cache, which the writer changes. The first store of "
		 "the reader, anywhere in the page, gives the reader a copy of "
		 "the page, and from then on the reader sees no more changes "
		 "there. So it sees the changes in some pages and not in "
		 "others, and a program must rely on neither." },
	{ .id = NULL },
};
