/*
 * The files of a trial: makes them from their seeds, and looks at them
 * afterwards.
 */
#include "chaos.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/fd.h"

#define HOLE          (16u << 10)
#define GROWTH        1000
#define APPEARED      "what somebody else made meanwhile\n"
#define APPEARED_MODE 0640

/* Room for the largest content and one byte more. */
static unsigned char wanted[CHAOS_FILE_MAX + GROWTH + 1];
static unsigned char found[CHAOS_FILE_MAX + GROWTH + 1];

static bool is_hole(const struct content *c, uint32_t at)
{
	return c->holes && at / HOLE % 2 == 1;
}

/* Fills `wanted` with the content. */
static void fill(const struct content *c)
{
	uint64_t state = c->seed, word;

	for (uint32_t at = 0; at < c->len; at += sizeof(word)) {
		word = is_hole(c, at) ? 0 : chaos_random(&state);
		memcpy(wanted + at, &word, sizeof(word));
	}
}

static bool write_holes(int fd, uint32_t len)
{
	for (uint32_t at = 0; at < len; at += 2 * HOLE) {
		uint32_t step = len - at < HOLE ? len - at : HOLE;

		if (pwrite(fd, wanted + at, step, at) != (ssize_t)step)
			return false;
	}
	return ftruncate(fd, len) == 0;
}

static bool make(const char *path, const struct content *c)
{
	int fd = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
	bool good;

	if (fd < 0)
		return false;
	fill(c);
	good = c->holes ? write_holes(fd, c->len)
			: fd_write_all(fd, wanted, c->len) == 0;
	good = good && fchmod(fd, c->mode) == 0;
	fd_close(&fd);
	return good;
}

const char *files_dst(int actor, char *buf, size_t size)
{
	if (actor <= COPY_CLIENT)
		snprintf(buf, size, CHAOS_DST);
	else
		snprintf(buf, size, CHAOS_DST "%d", actor);
	return buf;
}

bool files_make(const struct plan *p)
{
	char dst[20];
	bool good;

	if ((mkdir("in", 0755) < 0 || mkdir("out", 0755) < 0) &&
	    errno != EEXIST)
		return false;
	unlink(CHAOS_SRC);
	good = make(CHAOS_SRC, &p->src);
	for (int a = COPY_CLIENT; a < CHAOS_ACTORS; a++) {
		unlink(files_dst(a, dst, sizeof(dst)));
		if (p->replaces && a < plan_actors(p))
			good &= make(files_dst(a, dst, sizeof(dst)), &p->old);
	}
	return good;
}

/* Makes the destination in one step, by a link to a file that is complete. */
bool files_appear(const struct plan *p)
{
	int fd = open("in/new", O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
	bool good = fd >= 0 &&
		    fd_write_all(fd, APPEARED, strlen(APPEARED)) == 0 &&
		    fchmod(fd, APPEARED_MODE) == 0;

	(void)p;
	fd_close(&fd);
	good = good && link("in/new", CHAOS_DST) == 0;
	unlink("in/new");
	return good;
}

static bool is_cut(const struct plan *p)
{
	return p->src.len > 0 && p->pick % 3 == 1;
}

bool files_change(const struct plan *p)
{
	static const unsigned char more[GROWTH] = { 1, 2, 3 };
	int fd;
	bool good;

	if (p->pick % 3 == 2)
		return unlink(CHAOS_SRC) == 0;
	if (is_cut(p))
		return truncate(CHAOS_SRC, p->src.len / 2) == 0;
	fd = open(CHAOS_SRC, O_WRONLY | O_APPEND | O_CLOEXEC);
	good = fd >= 0 && fd_write_all(fd, more, sizeof(more)) == 0;
	fd_close(&fd);
	return good;
}

/* --- afterwards --------------------------------------------------------- */

/* Reads a file into `found`. Returns its length; -1: it does not exist. */
static ssize_t load(const char *path, mode_t *mode)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC);
	struct stat st;
	ssize_t n;

	if (fd < 0)
		return -1;
	n = fstat(fd, &st) < 0 ? -1 : fd_read_full(fd, found, sizeof(found));
	*mode = st.st_mode & 07777;
	fd_close(&fd);
	return n;
}

/* NULL: the file in `found` has this content; else the difference. */
static const char *differs(const struct content *c, ssize_t len, mode_t mode)
{
	if (len < 0)
		return "is not there";
	if (len != (ssize_t)c->len)
		return "has another length";
	fill(c);
	if (memcmp(found, wanted, c->len) != 0)
		return "has another content";
	return mode == c->mode ? NULL : "has other permissions";
}

/*
 * A new file gets the source's mode, less the umask. A copy that replaces a
 * file keeps that file's mode, even if that file appeared only during the copy.
 */
static struct content copied(const struct run *r, mode_t mode)
{
	const struct plan *p = r->plan;
	mode_t mask = umask(0);
	struct content c = p->src;

	umask(mask);
	c.mode = p->replaces ? p->old.mode : c.mode & ~mask;
	if (r->injury == APPEAR && !p->replaces && mode == APPEARED_MODE)
		c.mode = APPEARED_MODE;
	return c;
}

/*
 * True if the destination has the content of the source after the change. This
 * is right for a copy that began after the change.
 */
static bool is_changed_source(const struct run *r, ssize_t len, mode_t mode)
{
	mode_t unused;
	ssize_t n;

	if (r->injury != CHANGE || len < 0 || mode != copied(r, mode).mode)
		return false;
	memcpy(wanted, found, (size_t)len);
	n = load(CHAOS_SRC, &unused);
	return n == len && memcmp(found, wanted, (size_t)len) == 0;
}

static bool is_appeared(const struct run *r, ssize_t len, mode_t mode)
{
	return r->injury == APPEAR && len == (ssize_t)strlen(APPEARED) &&
	       memcmp(found, APPEARED, (size_t)len) == 0 &&
	       mode == APPEARED_MODE;
}

static bool is_before(const struct run *r, ssize_t len, mode_t mode)
{
	if (r->plan->replaces)
		return !differs(&r->plan->old, len, mode);
	return len < 0 || is_appeared(r, len, mode);
}

enum dst_state files_look(const struct run *r, int actor, char *why,
			  size_t size)
{
	char dst[20];
	mode_t mode = 0;
	ssize_t len = load(files_dst(actor, dst, sizeof(dst)), &mode);
	const struct content copy = copied(r, mode);
	const char *how = differs(&copy, len, mode);

	snprintf(why, size, "it %s: %zd bytes, mode %03o",
		 how ? how : "is complete", len, (unsigned)mode);
	if (!how)
		return DST_COMPLETE;
	if (is_before(r, len, mode))
		return DST_BEFORE;
	return is_changed_source(r, len, mode) ? DST_COMPLETE : DST_DAMAGED;
}
