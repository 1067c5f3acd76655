/*
 * For each kind of region: makes the object behind it, and finds the object if
 * it has a name.
 */
#include "base/region_kinds.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "base/fd.h"
#include "base/place.h"
#include "base/size.h"
#include "base/sysv.h"

/* --- kinds that have a file descriptor ------------------------------------ */

static int devzero_make(struct region *r, size_t len, struct lease *lease,
			struct err *e)
{
	(void)len;
	(void)lease;
	(void)e;
	r->fd = open("/dev/zero", O_RDWR | O_CLOEXEC);
	return r->fd < 0 ? -errno : 0;
}

static int posix_make(struct region *r, size_t len, struct lease *lease,
		      struct err *e)
{
	int rc;

	(void)len;
	r->name[0] = '/';
	lease_unique(r->name + 1, sizeof(r->name) - 1, "ring");
	rc = lease_note(lease, LEASE_SHM, r->name, e);
	if (rc < 0)
		return rc;
	r->fd = shm_open(r->name, O_RDWR | O_CREAT | O_EXCL, 0600);
	return r->fd < 0 ? -errno : 0;
}

/*
 * The name, or the last part of a path, must begin as lease_unique's names do.
 */
static int check_name(const char *name, struct err *e)
{
	return lease_check(name[0] == '/' ? strrchr(name, '/') : name, e);
}

static int posix_find(struct region *r, const char *name, struct err *e)
{
	int rc = check_name(name, e);

	if (rc < 0)
		return rc;
	r->fd = shm_open(name, O_RDWR, 0);
	return r->fd < 0 ? err_sys(e, "shm_open %s", name) : 0;
}

static int file_make(struct region *r, size_t len, struct lease *lease,
		     struct err *e)
{
	char unique[64];
	int rc;

	(void)len;
	lease_unique(unique, sizeof(unique), "ring");
	if (snprintf(r->name, sizeof(r->name), "%s/%s", place_temp(), unique) >=
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

static int file_find(struct region *r, const char *name, struct err *e)
{
	int rc = check_name(name, e);

	if (rc < 0)
		return rc;
	r->fd = open(name, O_RDWR | O_CLOEXEC | O_NOFOLLOW);
	return r->fd < 0 ? err_sys(e, "open %s", name) : 0;
}

static int memfd_make(struct region *r, size_t len, struct lease *lease,
		      struct err *e)
{
	(void)len;
	(void)lease;
	(void)e;
	r->fd = memfd_create("ipcopy-ring", MFD_CLOEXEC | MFD_ALLOW_SEALING);
	return r->fd < 0 ? -errno : 0;
}

/* --- huge pages ----------------------------------------------------------- */

static int hugetlb_make(struct region *r, size_t len, struct lease *lease,
			struct err *e)
{
	(void)len;
	(void)lease;
	r->fd = memfd_create("ipcopy-ring",
			     MFD_CLOEXEC | MFD_ALLOW_SEALING | MFD_HUGETLB);
	if (r->fd < 0)
		return err_say(
			e, ENOTSUP,
			"this kernel cannot make memory with huge pages (%s)",
			strerrordesc_np(errno));
	return 0;
}

static uint64_t meminfo(const char *key)
{
	char text[8192];
	const char *at = NULL;

	if (fd_read_text("/proc/meminfo", text, sizeof(text)))
		at = strstr(text, key);
	return at ? strtoull(at + strlen(key), NULL, 10) : 0;
}

int region_refuse_huge(size_t len, size_t page, struct err *e)
{
	uint64_t all = meminfo("HugePages_Total:");
	uint64_t idle = meminfo("HugePages_Free:");
	uint64_t promised = meminfo("HugePages_Rsvd:"), need = len / page;
	char size[32];

	idle = idle > promised ? idle - promised : 0;
	return err_say(e, EPERM,
		       "%" PRIu64
		       " huge pages of %s are needed, but only %" PRIu64
		       " are free; reserve them with: sysctl -w "
		       "vm.nr_hugepages=%" PRIu64,
		       need, size_word(page, size, sizeof(size)), idle,
		       all + (need > idle ? need - idle : 0));
}

/* --- System V ------------------------------------------------------------- */

static int refuse_sysv(int code, size_t len, struct err *e)
{
	uint64_t most = fd_read_number("/proc/sys/kernel/shmmax", UINT64_MAX);
	uint64_t mni = fd_read_number("/proc/sys/kernel/shmmni", 4096);
	uint64_t all = fd_read_number("/proc/sys/kernel/shmall", UINT64_MAX);

	if (code == EINVAL && len > most)
		return err_say(e, EPERM,
			       "a System V segment of %zu bytes is larger than "
			       "this machine's limit of %" PRIu64
			       " bytes; raise the limit with: sysctl -w "
			       "kernel.shmmax=%zu",
			       len, most, len);
	if (code == ENOSPC)
		return err_say(e, EPERM,
			       "this machine has reached its limit of %" PRIu64
			       " System V segments, or of %" PRIu64
			       " pages in all of them together; raise both "
			       "limits with: sysctl -w kernel.shmmni=%" PRIu64
			       " kernel.shmall=%" PRIu64,
			       mni, all, 2 * mni,
			       all > UINT64_MAX / 2 ? all : 2 * all);
	return err_code(e, code, "shmget of %zu bytes", len);
}

static int sysv_make_region(struct region *r, size_t len, struct lease *lease,
			    struct err *e)
{
	r->id = lease_sysv(lease, SYSV_SHM, len, r->name, sizeof(r->name), e);
	return r->id < 0 ? refuse_sysv(-r->id, len, e) : 0;
}

static int sysv_find_region(struct region *r, const char *name, struct err *e)
{
	r->id = sysv_find(SYSV_SHM, name, e);
	return r->id < 0 ? r->id : 0;
}

/* --- all of them ---------------------------------------------------------- */

#define SEALS (F_SEAL_SHRINK | F_SEAL_GROW)

const struct region_ops region_table[REGION_KINDS] = {
	[REGION_ANON] = { .call = "mmap" },
	[REGION_DEVZERO] = { .call = "open /dev/zero", .make = devzero_make },
	[REGION_POSIX] = { "shm_open", posix_make, posix_find, LEASE_SHM, 0 },
	[REGION_FILE] = { "open", file_make, file_find, LEASE_PATH, 0 },
	[REGION_MEMFD] = { .call = "memfd_create",
			   .make = memfd_make,
			   .seals = SEALS },
	[REGION_SYSV] = { "shmget", sysv_make_region, sysv_find_region,
			  LEASE_SYSV_SHM, 0 },
	[REGION_HUGETLB] = { .call = "memfd_create",
			     .make = hugetlb_make,
			     .seals = SEALS },
};
