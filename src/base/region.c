/* Memory that two processes share, made in one of several ways. */
#include "base/region.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/magic.h>
#include <stdint.h>
#include <sys/mman.h>
#include <sys/shm.h>
#include <sys/stat.h>
#include <sys/vfs.h>
#include <unistd.h>

#include "base/fd.h"
#include "base/page.h"
#include "base/region_kinds.h"

/* The size of a huge page, from fstat; 1 if the region has no huge pages. */
static size_t page_of(const struct region *r)
{
	struct stat st;

	if (r->kind != REGION_HUGETLB || fstat(r->fd, &st) < 0)
		return 1;
	return (size_t)st.st_blksize;
}

/*
 * Checks only the length. No more is needed: a System V segment cannot shrink,
 * and it lasts as long as a process has it mapped.
 */
static int check_segment(const struct region *r, size_t len, struct err *e)
{
	struct shmid_ds ds;

	if (shmctl(r->id, IPC_STAT, &ds) < 0)
		return err_sys(e, "shmctl(IPC_STAT)");
	if (ds.shm_segsz < len)
		return err_say(e, EPROTO,
			       "the shared region has %zu bytes instead of %zu",
			       ds.shm_segsz, len);
	return 0;
}

bool region_is_inherited(enum region_kind kind)
{
	return kind == REGION_ANON || kind == REGION_DEVZERO;
}

static void *map(const struct region *r, size_t len)
{
	int flags = r->fd < 0 ? MAP_SHARED | MAP_ANONYMOUS : MAP_SHARED;

	if (r->id >= 0)
		return shmat(r->id, NULL, 0);
	return mmap(NULL, len, PROT_READ | PROT_WRITE, flags, r->fd, 0);
}

static int region_map(struct region *r, size_t len, struct err *e)
{
	void *base;

	len = round_up(len, page_of(r)); /* munmap needs whole huge pages */
	base = map(r, len);
	if (base == MAP_FAILED)
		return err_sys(e, "%s of %zu bytes",
			       r->id >= 0 ? "shmat" : "mmap", len);
	r->base = base;
	r->len = len;
	if (r->kind == REGION_DEVZERO)
		fd_close(&r->fd); /* mapping it again would give other memory */
	return 0;
}

/*
 * Reserves the memory now, and seals a memfd. On a full file system
 * posix_fallocate fails here. Without it, a later store into the mapping would
 * raise SIGBUS.
 */
static int region_reserve(struct region *r, size_t len, struct err *e)
{
	const struct region_ops *ops = &region_table[r->kind];
	size_t page = page_of(r);
	int rc;

	len = round_up(len, page);
	do {
		rc = posix_fallocate(r->fd, 0, (off_t)len);
	} while (rc == EINTR);
	if (r->kind == REGION_HUGETLB && (rc == ENOSPC || rc == ENOMEM))
		return region_refuse_huge(len, page, e);
	if (rc)
		return err_code(e, rc,
				"cannot reserve %zu bytes of shared memory",
				len);
	if (ops->seals && fcntl(r->fd, F_ADD_SEALS, ops->seals) < 0)
		return err_sys(e, "cannot seal the memfd");
	return 0;
}

int region_create(struct region *r, enum region_kind kind, size_t len,
		  struct lease *lease, struct err *e)
{
	const struct region_ops *ops = &region_table[kind];
	int rc = 0;

	r->kind = kind;
	if (ops->make) {
		rc = ops->make(r, len, lease, e);
		if (rc < 0)
			return err_code(e, rc, "%s%s%s", ops->call,
					*r->name ? " " : "", r->name);
	}
	if (r->fd >= 0 && kind != REGION_DEVZERO)
		rc = region_reserve(r, len, e);
	return rc < 0 ? rc : region_map(r, len, e);
}

int region_probe(enum region_kind kind, size_t len, struct err *e)
{
	struct region r = REGION_INIT;
	struct lease lease = LEASE_INIT;
	int rc = region_create(&r, kind, len, &lease, e);

	region_close(&r);
	lease_end(&lease);
	return rc;
}

int region_offer(struct region *r, struct ctl *ctl)
{
	const struct region_ops *ops = &region_table[r->kind];

	return ctl_give(ctl, r->name, ops->find ? -1 : r->fd);
}

/*
 * Checks a memfd from the other side: it must be sealed against shrinking and,
 * if the kind is REGION_HUGETLB, have huge pages. The other kinds have no seals
 * and pass.
 */
static int check_memfd(const struct region *r, struct err *e)
{
	struct statfs fs;
	int seals;

	if (!region_table[r->kind].seals)
		return 0;
	seals = fcntl(r->fd, F_GET_SEALS);
	if (seals < 0 || !(seals & F_SEAL_SHRINK))
		return err_say(e, EPROTO,
			       "the shared region is not sealed against "
			       "shrinking");
	if (r->kind == REGION_HUGETLB &&
	    (fstatfs(r->fd, &fs) < 0 || fs.f_type != HUGETLBFS_MAGIC))
		return err_say(e, EPROTO,
			       "the shared region is not made of huge pages");
	return 0;
}

/*
 * Checks the object that the other side offers: a hostile side can offer
 * another file of the user, or a file that is too short, and a load beyond the
 * end of a file raises SIGBUS.
 */
static int check_object(struct region *r, size_t len, struct err *e)
{
	struct stat st;

	if (fstat(r->fd, &st) < 0)
		return err_sys(e, "cannot examine the shared region");
	if (!S_ISREG(st.st_mode) || st.st_uid != geteuid() || st.st_nlink > 1)
		return err_say(e, EPROTO,
			       "the other side sent a descriptor that is not "
			       "shared memory");
	if (st.st_size < 0 || (size_t)st.st_size < len)
		return err_say(
			e, EPROTO,
			"the shared region has %lld bytes instead of %zu",
			(long long)st.st_size, len);
	return check_memfd(r, e);
}

static int check_region(struct region *r, size_t len, struct err *e)
{
	if (r->id >= 0)
		return check_segment(r, len, e);
	return check_object(r, len, e);
}

int region_join(struct region *r, enum region_kind kind, size_t len,
		struct ctl *ctl, struct err *e)
{
	const struct region_ops *ops = &region_table[kind];
	char name[CTL_NAME_MAX];
	int fd, rc;

	rc = ctl_take(ctl, name, &fd);
	if (rc < 0)
		return rc;
	if (region_is_inherited(kind)) {
		fd_close(&fd);
		return r->base ? 0
			       : err_say(e, ENOTSUP,
					 "memory without a name can be shared "
					 "only by processes that inherit it "
					 "from one parent process");
	}
	region_close(r); /* drop any inherited region: map the offered one */
	r->kind = kind;
	if (ops->find) {
		fd_close(&fd);
		rc = ops->find(r, name, e);
	} else {
		r->fd = fd;
		if (fd < 0)
			rc = err_say(e, EPROTO,
				     "the other side sent no descriptor for "
				     "the shared region");
	}
	if (rc == 0)
		rc = check_region(r, len, e);
	return rc < 0 ? rc : region_map(r, len, e);
}

void region_prefault(const struct region *r)
{
	size_t page = page_bytes();

#ifdef MADV_POPULATE_WRITE
	/* since Linux 5.14: one call instead of a fault for each page */
	if (madvise(r->base, r->len, MADV_POPULATE_WRITE) == 0)
		return;
#endif
	/* adding 0 is a store that changes nothing the other side wrote */
	for (size_t at = 0; at < r->len; at += page)
		__atomic_fetch_add((char *)r->base + at, 0, __ATOMIC_RELAXED);
}

void region_unname(struct region *r)
{
	const struct region_ops *ops = &region_table[r->kind];

	if (r->name[0])
		lease_unname(ops->named, r->name);
	r->name[0] = '\0';
}

void region_close(struct region *r)
{
	if (r->base && r->id >= 0)
		shmdt(r->base);
	else if (r->base)
		munmap(r->base, r->len);
	r->base = NULL;
	r->id = -1;
	fd_close(&r->fd);
}
