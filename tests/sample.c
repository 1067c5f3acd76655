/* Files of pseudo-random contents, and a check that a copy is the same. */
#include "sample.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "stats/stats.h"

#define BLOCK_BYTES (64 << 10)

/*
 * splitmix64: each word depends only on its place, so any part can be made
 * alone
 */
static uint64_t word_at(uint64_t seed, uint64_t at)
{
	return stats_mix((seed + 1) * 0x9e3779b97f4a7c15 + at);
}

void sample_fill(void *buf, size_t len, uint64_t seed, uint64_t at)
{
	char *p = buf;

	for (size_t i = 0; i < len; i += 8) {
		uint64_t word = word_at(seed, (at + i) / 8);

		memcpy(p + i, &word, len - i < 8 ? len - i : 8);
	}
}

static void fail(const char *path)
{
	printf("Bail out! %s: %s\n", path, strerror(errno));
	exit(1);
}

static size_t block_at(const struct sample *s, uint64_t at)
{
	return s->len - at < BLOCK_BYTES ? (size_t)(s->len - at) : BLOCK_BYTES;
}

void sample_write(const char *path, const struct sample *s)
{
	static char block[BLOCK_BYTES];
	int fd;

	unlink(path);
	fd = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
	if (fd < 0)
		fail(path);
	for (uint64_t at = 0; at < s->len; at += BLOCK_BYTES) {
		size_t len = block_at(s, at);

		sample_fill(block, len, s->seed, at);
		if (write(fd, block, len) != (ssize_t)len)
			fail(path);
	}
	if (fchmod(fd, s->mode) < 0)
		fail(path);
	close(fd);
}

struct sample sample_over(const struct sample *in, const struct sample *old)
{
	return (struct sample){ in->len, in->seed, old->mode };
}

static const char *compare(int fd, const struct sample *s)
{
	static char is[BLOCK_BYTES], should[BLOCK_BYTES];
	static char words[80];

	for (uint64_t at = 0; at < s->len; at += BLOCK_BYTES) {
		size_t len = block_at(s, at), i = 0;

		if (pread(fd, is, len, (off_t)at) != (ssize_t)len)
			return "it cannot be read";
		sample_fill(should, len, s->seed, at);
		if (!memcmp(is, should, len))
			continue;
		while (is[i] == should[i])
			i++;
		snprintf(words, sizeof(words),
			 "byte %" PRIu64 " of %" PRIu64 " is different", at + i,
			 s->len);
		return words;
	}
	return NULL;
}

const char *sample_differs(const char *path, const struct sample *s)
{
	static char words[80];
	const char *found;
	struct stat st;
	int fd;

	if (lstat(path, &st) < 0)
		return "it is not there";
	if (!S_ISREG(st.st_mode))
		return "it is not a regular file";
	if ((uint64_t)st.st_size != s->len) {
		snprintf(words, sizeof(words),
			 "it has %lld bytes instead of %" PRIu64,
			 (long long)st.st_size, s->len);
		return words;
	}
	if ((st.st_mode & 07777) != s->mode) {
		snprintf(words, sizeof(words), "its mode is %04o, not %04o",
			 st.st_mode & 07777, s->mode);
		return words;
	}
	/* make it readable, whatever its mode is */
	chmod(path, 0600);
	fd = open(path, O_RDONLY | O_CLOEXEC);
	found = fd < 0 ? "it cannot be opened" : compare(fd, s);
	if (fd >= 0)
		close(fd);
	chmod(path, s->mode);
	return found;
}
