/* The directory in which the commands and programs of exercises run. */
#include "teach/question.h"

#include <fcntl.h>
#include <linux/magic.h>
#include <stdio.h>
#include <sys/stat.h>
#include <sys/vfs.h>
#include <unistd.h>

#include "base/fd.h"
#include "count/count_file.h"

/* All files that forms use. */
static const char *const files[] = { "IN", "OUT", "A", "F", "G", "Z" };

enum { FILES = sizeof(files) / sizeof(*files) };

static int note_names(struct question_place *p, struct err *e)
{
	char path[sizeof(p->dir) + QUESTION_NAME];
	int rc = 0;

	for (int i = 0; i < FILES && rc == 0; i++) {
		snprintf(path, sizeof(path), "%s/%s", p->dir, files[i]);
		rc = lease_note(&p->lease, LEASE_PATH, path, e);
	}
	return rc < 0 ? rc : lease_note(&p->lease, LEASE_PATH, p->dir, e);
}

static void name_fs(struct question_place *p)
{
	static const struct {
		long magic;
		const char *name;
	} known[] = {
		{ TMPFS_MAGIC, "tmpfs" },
		{ EXT4_SUPER_MAGIC, "ext4" },
		{ XFS_SUPER_MAGIC, "xfs" },
		{ BTRFS_SUPER_MAGIC, "btrfs" },
		{ OVERLAYFS_SUPER_MAGIC, "overlay" },
	};
	struct statfs st = { 0 };

	statfs(p->dir, &st);
	snprintf(p->fs, sizeof(p->fs), "0x%lx", (unsigned long)st.f_type);
	for (size_t i = 0; i < sizeof(known) / sizeof(*known); i++)
		if (st.f_type == known[i].magic)
			snprintf(p->fs, sizeof(p->fs), "%s", known[i].name);
}

int question_place_begin(struct question_place *p, struct err *e)
{
	int rc;

	*p = (struct question_place){ .lease = LEASE_INIT };
	rc = count_file_name(NULL, "exercise", p->dir, sizeof(p->dir), e);
	if (rc == 0)
		rc = note_names(p, e);
	if (rc < 0)
		return rc;
	if (mkdir(p->dir, 0700) < 0)
		return err_sys(e, "%s", p->dir);
	name_fs(p);
	return 0;
}

void question_place_end(struct question_place *p)
{
	lease_end(&p->lease);
}

void question_place_clear(const struct question_place *p)
{
	char path[sizeof(p->dir) + QUESTION_NAME];

	for (int i = 1; i < FILES; i++) {
		snprintf(path, sizeof(path), "%s/%s", p->dir, files[i]);
		unlink(path);
	}
}

/* Letters: a compressor shortens them, and base64 changes them. */
static void fill_block(char *block, size_t len, uint64_t at)
{
	for (size_t i = 0; i < len; i++) {
		uint64_t x = (at + i) * 0x9e3779b97f4a7c15u;

		x ^= x >> 29;
		x *= 0xbf58476d1ce4e5b9u;
		block[i] = (char)('a' + (x >> 59) % 26);
	}
}

int question_place_fill(struct question_place *p, uint64_t len, struct err *e)
{
	char path[sizeof(p->dir) + QUESTION_NAME], block[4096];
	int fd, rc = 0;

	if (p->filled == len)
		return 0;
	snprintf(path, sizeof(path), "%s/IN", p->dir);
	fd = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
	if (fd < 0)
		return err_sys(e, "%s", path);
	for (uint64_t at = 0; at < len && rc == 0; at += sizeof(block)) {
		fill_block(block, sizeof(block), at);
		rc = fd_write_all(fd, block,
				  len - at < sizeof(block) ? (size_t)(len - at)
							   : sizeof(block));
	}
	fd_close(&fd);
	p->filled = rc < 0 ? 0 : len;
	return rc < 0 ? err_code(e, rc, "%s", path) : 0;
}
