/* Memory that two processes share, whatever stands behind it. */
#include "base/region.h"

#include <errno.h>
#include <fcntl.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/fd.h"

/* A kind is one row: how its descriptor is made, found again and named. */
struct region_ops {
	const char *call; /* for messages */
	int (*open_new)(struct region *r, struct lease *lease, struct err *e);
	int (*open_name)(const char *name); /* NULL: the descriptor is passed */
	enum lease_kind named;
};

static int posix_new(struct region *r, struct lease *lease, struct err *e)
{
	int rc;

	r->name[0] = '/';
	lease_unique(r->name + 1, sizeof(r->name) - 1, "ring");
	rc = lease_note(lease, LEASE_SHM, r->name, e);
	if (rc < 0)
		return rc;
	r->fd = shm_open(r->name, O_RDWR | O_CREAT | O_EXCL, 0600);
	return r->fd < 0 ? -errno : 0;
}

static int posix_open(const char *name)
{
	return shm_open(name, O_RDWR, 0);
}

static int file_new(struct region *r, struct lease *lease, struct err *e)
{
	const char *tmp = getenv("TMPDIR");
	char unique[64];
	int rc;

	lease_unique(unique, sizeof(unique), "ring");
	if (!tmp || *tmp != '/')
		tmp = "/tmp";
	if (snprintf(r->name, sizeof(r->name), "%s/%s", tmp, unique) >=
	    (int)sizeof(r->name)) {
		r->name[0] = '\0';
		return -ENAMETOOLONG;
	}
	rc = lease_note(lease, LEASE_PATH, r->name, e);
	if (rc < 0)
		return rc;
	r->fd = open(r->name, O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
	return r->fd < 0 ? -errno : 0;
}

static int file_open(const char *name)
{
	return open(name, O_RDWR | O_CLOEXEC | O_NOFOLLOW);
}

static int memfd_new(struct region *r, struct lease *lease, struct err *e)
{
	(void)lease;
	(void)e;
	r->fd = memfd_create("ipcopy-ring", MFD_CLOEXEC | MFD_ALLOW_SEALING);
	return r->fd < 0 ? -errno : 0;
}

static const struct region_ops region_table[REGION_KINDS] = {
	[REGION_ANON] = { .call = "mmap" },
	[REGION_POSIX] = { "shm_open", posix_new, posix_open, LEASE_SHM },
	[REGION_FILE] = { "open", file_new, file_open, LEASE_PATH },
	[REGION_MEMFD] = { .call = "memfd_create", .open_new = memfd_new },
};

static int region_map(struct region *r, size_t len, struct err *e)
{
	int flags = r->fd < 0 ? MAP_SHARED | MAP_ANONYMOUS : MAP_SHARED;
	void *base =
		mmap(NULL, len, PROT_READ | PROT_WRITE, flags, r->fd, 0);

	if (base == MAP_FAILED)
		return err_sys(e, "mmap of %zu bytes", len);
	r->base = base;
	r->len = len;
	return 0;
}

/* A full file system is an error here and a SIGBUS later: so reserve now. */
static int region_reserve(struct region *r, size_t len, struct err *e)
{
	int rc;

	do {
		rc = posix_fallocate(r->fd, 0, (off_t)len);
	} while (rc == EINTR);
	if (rc)
		return err_code(e, rc, "cannot reserve %zu bytes of shared memory",
				len);
	if (r->kind == REGION_MEMFD &&
	    fcntl(r->fd, F_ADD_SEALS, F_SEAL_SHRINK | F_SEAL_GROW) < 0)
		return err_sys(e, "sealing the memfd");
	return 0;
}

int region_create(struct region *r, enum region_kind kind, size_t len,
		  struct lease *lease, struct err *e)
{
	const struct region_ops *ops = &region_table[kind];
	int rc = 0;

	r->kind = kind;
	if (ops->open_new) {
		rc = ops->open_new(r, lease, e);
		if (rc < 0)
			return err_code(e, rc, "%s %s", ops->call, r->name);
		rc = region_reserve(r, len, e);
	}
	return rc < 0 ? rc : region_map(r, len, e);
}

int region_offer(struct region *r, struct ctl *ctl)
{
	const struct region_ops *ops = &region_table[r->kind];

	return ctl_give(ctl, r->name, ops->open_name ? -1 : r->fd);
}

/*
 * The name may lead to a file of the user's that is none of ours, by a second
 * link; and one that shrinks under us would turn a load into SIGBUS.
 */
static int check_object(struct region *r, size_t len, struct err *e)
{
	struct stat st;

	if (fstat(r->fd, &st) < 0)
		return err_sys(e, "fstat of the shared region");
	if (!S_ISREG(st.st_mode) || st.st_uid != geteuid() || st.st_nlink > 1)
		return err_say(e, EPROTO,
			       "what is offered is not memory to share");
	if (st.st_size < 0 || (size_t)st.st_size < len)
		return err_say(e, EPROTO,
			       "the shared region has %lld bytes instead of %zu",
			       (long long)st.st_size, len);
	if (r->kind == REGION_MEMFD) {
		int seals = fcntl(r->fd, F_GET_SEALS);

		if (seals < 0 || !(seals & F_SEAL_SHRINK))
			return err_say(e, EPROTO,
				       "the shared region is not sealed against "
				       "shrinking");
	}
	return 0;
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
	if (!ops->open_new) {
		fd_close(&fd);
		return r->base ? 0
			       : err_say(e, ENOTSUP,
					 "an anonymous region reaches related "
					 "processes only");
	}
	region_close(r); /* inherited: map it anew, as it was offered */
	r->kind = kind;
	if (ops->open_name) {
		fd_close(&fd);
		rc = lease_check(name[0] == '/' ? strrchr(name, '/') : name, e);
		if (rc < 0)
			return rc;
		fd = ops->open_name(name);
		if (fd < 0)
			return err_sys(e, "%s %s", ops->call, name);
	}
	r->fd = fd;
	if (fd < 0)
		return err_say(e, EPROTO, "no descriptor came for the region");
	rc = check_object(r, len, e);
	return rc < 0 ? rc : region_map(r, len, e);
}

void region_prefault(const struct region *r)
{
	size_t page = (size_t)sysconf(_SC_PAGESIZE);

	/* adding nothing is a store that the other side cannot be hurt by */
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
	if (r->base)
		munmap(r->base, r->len);
	r->base = NULL;
	fd_close(&r->fd);
}
