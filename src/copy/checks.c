/* Hashes files, to verify that a copy has the bytes of its input. */
#include "copy/checks.h"

#include <errno.h>
#include <stdlib.h>
#include <unistd.h>

#include "base/stop.h"

#define CHECK_BYTES (256 << 10)
#define ALIVE_BYTES (32 << 20)

static ssize_t read_at(int fd, void *buf, size_t len, uint64_t at)
{
	ssize_t n = -EINTR;

	/*
	 * look for a stop request before each read: a side that never blocks
	 * would otherwise miss it
	 */
	while (n == -EINTR && !stop_requested()) {
		n = pread(fd, buf, len, (off_t)at);
		n = n < 0 ? -errno : n;
	}
	return n == -EINTR ? -ECANCELED : n;
}

int check_hash_file(struct work *w, int fd, const char *path, uint64_t len)
{
	struct copy_side *side = w->side;
	struct hash *h = hash_new();
	char *buf = malloc(CHECK_BYTES);
	ssize_t n = h && buf ? 1 : -ENOMEM;

	for (uint64_t at = 0; n > 0 && at < len; at += (uint64_t)n) {
		n = read_at(fd, buf, CHECK_BYTES, at);
		/* if n is 0, the file has shrunk: the hashes will differ */
		if (n <= 0)
			break;
		hash_add(h, buf, (size_t)n);
		atomic_store(&side->checked_bytes, at);
		if (at % ALIVE_BYTES < CHECK_BYTES)
			ctl_say_alive(&w->ctl, at);
	}
	if (n >= 0)
		side->hash = hash_value(h);
	hash_free(h);
	free(buf);
	if (n < 0 && n != -ECANCELED)
		return err_code(&side->err, (int)n, "cannot read back %s",
				path);
	return n < 0 ? (int)n : 0;
}

int check_hash_in_passing(struct work *w, bool wanted)
{
	w->hash = wanted ? hash_new() : NULL;
	return wanted && !w->hash
		       ? err_code(&w->side->err, ENOMEM, "cannot make a hash")
		       : 0;
}
