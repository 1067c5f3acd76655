/* E3 to E6: when stored bytes reach a disk, and the effect of msync. */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "base/clock.h"
#include "lab/disk.h"

/* Maps the first page of a file with MAP_SHARED, for reading and writing. */
static char *map_shared(struct lab *l, int fd)
{
	return lab_mapped(l, mmap(NULL, lab_page(), PROT_READ | PROT_WRITE,
				  MAP_SHARED, fd, 0));
}

static const char *disk_words(const struct lab_disk *d, int written)
{
	if (d->image < 0)
		return written ? "the page is clean: it has been written back"
			       : "the page is dirty: it has not been written "
				 "back";
	return written ? "the disk has the new bytes"
		       : "the disk does not have the new bytes";
}

static void check_disk(struct lab *l, const struct lab_disk *d, const char *p,
		       const char *text, bool claimed, const char *when)
{
	int written = lab_written(l, d, p, text);

	if (written >= 0)
		lab_check(l, written == claimed, "%s: %s", when,
			  disk_words(d, written));
}

/* lab: E3 */
static void read_then_fsync(struct lab_side *writer, void *fd)
{
	char seen[5] = "";

	lab_await(writer); /* wait until the writer has stored */
	lab_need(lab_of(writer), pread(*(int *)fd, seen, 4, 0) == 4, "pread");
	lab_tell(writer, seen, sizeof(seen));
	lab_await(writer); /* wait until the writer has stored again */
	lab_need(lab_of(writer), fsync(*(int *)fd) == 0, "fsync");
	lab_pass(writer);
}

/* map_shared calls mmap; check_disk reads the disk or, without one, smaps. */
static void when_it_arrives(struct lab *l, struct lab_disk *d, int fd,
			    struct lab_side *other)
{
	char *p = map_shared(l, fd), seen[5];

	memcpy(p, "new1", 4);
	lab_pass(other);
	lab_hear(other, seen, sizeof(seen));
	lab_check(l, strcmp(seen, "new1") != 0,
		  "\"new1\" is stored over \"old0\", without msync or munmap: "
		  "another process's read() finds \"%s\"",
		  seen);
	check_disk(l, d, p, "new1", false, "at that moment");

	lab_need(l, munmap(p, lab_page()) == 0, "munmap");
	p = map_shared(l, fd);
	lab_see(l, "in a new mapping after munmap, the file holds \"%.4s\"", p);
	check_disk(l, d, p, "new1", true, "after munmap");

	memcpy(p, "new2", 4);
	lab_need(l, msync(p, lab_page(), MS_SYNC) == 0, "msync");
	check_disk(l, d, p, "new2", true,
		   "after a store of \"new2\" and msync");

	memcpy(p, "new3", 4);
	lab_pass(other);
	lab_await(other);
	check_disk(l, d, p, "new3", false,
		   "after a store of \"new3\" without msync or "
		   "munmap, and after fsync by another process");
}
/* lab: end */

static void arrival(struct lab *l)
{
	struct lab_disk d;
	int fd;

	lab_disk(l, &d);
	fd = lab_disk_file(l, &d, "old0", lab_page());
	when_it_arrives(l, &d, fd, lab_fork(l, read_then_fsync, &fd));
}

/* Stores once and measures one msync, in microseconds. */
static double msync_us(struct lab *l, char *p, const char *text, int flags)
{
	int64_t t0_ns;

	memcpy(p, text, 4);
	t0_ns = clock_ns();
	lab_need(l, msync(p, lab_page(), flags) == 0, "msync");
	return (double)(clock_ns() - t0_ns) / 1000;
}

#define TRIES 21

struct times {
	double async_us, sync_us; /* medians */
};

static struct times time_both(struct lab *l, char *p)
{
	double sync[TRIES], async[TRIES];

	for (int i = 0; i < TRIES; i++) {
		async[i] = msync_us(l, p, "some", MS_ASYNC);
		sync[i] = msync_us(l, p, "more", MS_SYNC);
	}
	return (struct times){ lab_median(async, TRIES),
			       lab_median(sync, TRIES) };
}

static void see_time_without_disk(struct lab *l)
{
	int fd = lab_tmpfs_file(l, lab_page(), NULL);
	struct times t;

	if (fd < 0)
		return;
	t = time_both(l, map_shared(l, fd));
	lab_see(l,
		"on tmpfs, for contrast, MS_ASYNC takes %.1f us and MS_SYNC "
		"%.1f us: there is no disk to wait for",
		t.async_us, t.sync_us);
}

/* lab: E4 */
struct look {
	/* bytes written to the device; bytes that are dirty */
	long taken, dirty;
	/* 1: the disk has the text; 0: not yet; -1: unknown */
	int written;
};

static struct look store_and_msync(struct lab *l, struct lab_disk *d, char *p,
				   const char *text, int flags)
{
	long before = lab_disk_taken(l, d);
	struct look now;

	memcpy(p, text, 4);
	lab_need(l, msync(p, lab_page(), flags) == 0, "msync");
	now.taken = before < 0 ? -1 : lab_disk_taken(l, d) - before;
	now.written = lab_written(l, d, p, text);
	now.dirty = lab_dirty(p);
	return now;
}
/* lab: end */

static void see_taken(struct lab *l, struct look async, struct look sync)
{
	if (async.taken >= 0)
		lab_see(l,
			"during MS_ASYNC the device was given %ld bytes to "
			"write, during MS_SYNC %ld",
			async.taken, sync.taken);
}

static void limit_async(struct lab *l, const struct lab_disk *d,
			struct look async)
{
	lab_limit(l, async.written == 0, "when MS_ASYNC returns: %s",
		  disk_words(d, async.written));
	if (async.dirty < 0)
		return;
	lab_limit(l, async.dirty > 0,
		  "when MS_ASYNC returns, %ld bytes are dirty according to "
		  "/proc/self/smaps: %s",
		  async.dirty,
		  async.dirty > 0 ? "no write has begun" : "a write has begun");
}

static void need_sight(struct lab *l, struct look sync)
{
	if (sync.written < 0)
		lab_cannot(l, "no file system with a disk can be used here, "
			      "or nothing shows what reaches the disk");
}

/* lab: E4 */
/* p is mapped with MAP_SHARED. time_both takes the medians of TRIES calls. */
static void wait_or_not(struct lab *l, struct lab_disk *d, char *p)
{
	struct look async = store_and_msync(l, d, p, "new1", MS_ASYNC);
	struct look sync = store_and_msync(l, d, p, "new2", MS_SYNC);
	struct times t;

	need_sight(l, sync);
	t = time_both(l, p);
	see_taken(l, async, sync);
	lab_check(l, sync.written == 1, "when MS_SYNC returns: %s",
		  disk_words(d, sync.written));
	lab_check(l, t.async_us < t.sync_us,
		  "of %d tries each, the median of MS_ASYNC is %.1f us, of "
		  "MS_SYNC %.1f us: MS_SYNC takes %.0f times as long",
		  TRIES, t.async_us, t.sync_us, t.sync_us / t.async_us);
	/* a limit, if the page is not written yet or is still dirty */
	limit_async(l, d, async);
}
/* lab: end */

static void async_and_sync(struct lab *l)
{
	struct lab_disk d;
	char *p;

	lab_disk(l, &d);
	p = map_shared(l, lab_disk_file(l, &d, "old0", lab_page()));
	wait_or_not(l, &d, p);
	see_time_without_disk(l);
}

static bool in_cache(struct lab *l, char *p)
{
	unsigned char resident;

	lab_need(l, mincore(p, lab_page(), &resident) == 0, "mincore");
	return resident & 1;
}

static int file_with_disk(struct lab *l, struct lab_disk *d)
{
	int fd;

	lab_disk(l, d);
	fd = lab_disk_file(l, d, "old0", lab_page());
	if (d->blind)
		lab_cannot(l, "the file has no disk, so the page in memory is "
			      "the file itself and not a copy of the file");
	return fd;
}

static void change_disk(struct lab *l, struct lab_disk *d)
{
	if (d->image >= 0)
		lab_need(l,
			 pwrite(d->image, "disk", 4,
				lab_disk_find(l, d, "new1")) == 4,
			 "pwrite to the image");
}

static void see_without_cache(struct lab *l, char *p, int fd)
{
	munmap(p, lab_page());
	posix_fadvise(fd, 0, 0, POSIX_FADV_DONTNEED);
	lab_see(l,
		"after munmap and posix_fadvise with POSIX_FADV_DONTNEED, a "
		"new mapping holds \"%.4s\"",
		map_shared(l, fd));
}

/* lab: E5 */
/* in_cache calls mincore; change_disk writes to the device, not to the file. */
static void invalidate(struct lab *l)
{
	struct lab_disk d;
	int fd = file_with_disk(l, &d);
	char *p = map_shared(l, fd);

	lab_need(l, pwrite(fd, "new1", 4, 0) == 4, "pwrite");
	lab_see(l,
		"write() puts \"new1\" into the file; the mapping, with no "
		"msync yet, holds \"%.4s\"",
		p);
	lab_need(l, fsync(fd) == 0, "fsync");
	/* puts "disk" on a disk of our own behind the kernel's back */
	change_disk(l, &d);
	lab_need(l, msync(p, lab_page(), MS_SYNC | MS_INVALIDATE) == 0,
		 "msync with MS_INVALIDATE");
	lab_check(l, !in_cache(l, p),
		  "after MS_INVALIDATE, mincore finds the "
		  "page %s",
		  in_cache(l, p) ? "in memory still" : "gone from memory");
	if (d.image < 0)
		return;
	lab_check(l, !memcmp(p, "disk", 4),
		  "\"disk\" was written to the device and not through the file "
		  "system; after MS_INVALIDATE the mapping holds \"%.4s\"",
		  p);
	see_without_cache(l, p, fd);
}
/* lab: end */

/* Shows the only effect of MS_INVALIDATE on Linux: locked pages give EBUSY. */
static void see_locked(struct lab *l)
{
	char *p = map_shared(l, lab_file(l, lab_page(), NULL));

	if (mlock(p, lab_page()) < 0)
		return;
	errno = 0;
	msync(p, lab_page(), MS_INVALIDATE);
	lab_see(l, "MS_INVALIDATE of a page that mlock keeps in memory: %s",
		lab_errno(errno));
}

static void invalidation(struct lab *l)
{
	invalidate(l);
	see_locked(l);
}

/* lab: E6 */
/* map_shared maps a page with MAP_SHARED. */
static int msync_errno(char *p, int flags)
{
	return msync(p, lab_page(), flags) < 0 ? errno : 0;
}

static void one_of_the_two(struct lab *l)
{
	char *p = map_shared(l, lab_file(l, lab_page(), NULL));
	int async = msync_errno(p, MS_ASYNC), sync = msync_errno(p, MS_SYNC);
	int both = msync_errno(p, MS_ASYNC | MS_SYNC);
	int neither = msync_errno(p, 0);

	lab_check(l, both == EINVAL && !async && !sync,
		  "msync with both flags: %s; with MS_ASYNC: %s; with MS_SYNC: "
		  "%s",
		  lab_errno(both), lab_errno(async), lab_errno(sync));
	lab_limit(l, !neither, "msync with neither flag: %s",
		  lab_errno(neither));
	lab_see(l, "msync with MS_INVALIDATE alone: %s",
		lab_errno(msync_errno(p, MS_INVALIDATE)));
}
/* lab: end */

const struct experiment lab_e_disk[] = {
	{ .id = "E3",
	  .document = "000",
	  .claim = "Changes reach the disk file only at munmap or msync.",
	  .run = arrival,
	  .reference = "mmap(2), MAP_SHARED; msync(2); POSIX mmap(): write "
		       "references to a shared mapping change the object",
	  .why = "The word \"file\" can mean two things here: the page cache, "
		 "or the disk. read() returns the contents of the page cache, "
		 "and a shared mapping shows the same pages. So read() sees a "
		 "store at once. The disk gets the change when the kernel "
		 "writes the page back: after some seconds, when memory is "
		 "short, or when a program calls fsync or sync. munmap neither "
		 "waits for this nor starts it. To be sure, call msync with "
		 "MS_SYNC." },
	{ .id = "E4",
	  .document = "002 003",
	  .claim = "MS_ASYNC returns immediately, MS_SYNC waits for the write.",
	  .run = async_and_sync,
	  .reference = "msync(2), NOTES: since Linux 2.6.19, MS_ASYNC is in "
		       "fact a no-op",
	  .why = "MS_SYNC writes and waits. MS_ASYNC returns at once because "
		 "it does nothing. The kernel knows which pages are dirty, and "
		 "it writes them back after some time, whether or not a "
		 "program asks. One of the notes says that MS_ASYNC queues a "
		 "write; on Linux it does not. sync_file_range(2) starts a "
		 "write without waiting for it." },
	{ .id = "E5",
	  .document = "002 003",
	  .claim = "MS_INVALIDATE makes cached copies stale, so that later "
		   "reads come from the file.",
	  .run = invalidation,
	  .reference = "msync(2), MS_INVALIDATE and EBUSY; POSIX msync()",
	  .why = "The flag is made for systems on which a mapping and its file "
		 "are two copies that can differ. Linux has one page cache for "
		 "both, so no copy is ever stale, and the call changes "
		 "nothing. Its only effect on Linux is to fail with EBUSY if "
		 "the memory is locked. posix_fadvise(2) can drop pages from "
		 "the cache." },
	{ .id = "E6",
	  .document = "003",
	  .claim = "One of MS_ASYNC and MS_SYNC must be given, and not both.",
	  .run = one_of_the_two,
	  .reference = "msync(2), EINVAL and NOTES; POSIX msync()",
	  .why = "POSIX requires one of the two flags. Linux and POSIX refuse "
		 "a call with both. If neither is given, Linux treats the call "
		 "as MS_ASYNC, so the call does nothing; other systems may "
		 "refuse it. A portable program gives exactly one." },
	{ .id = NULL },
};
