/*
 * Copies on write. After a fork two processes have the same pages. If one of
 * them stores into a page, the kernel copies the page. A page of a filled
 * buffer was copied if it lies in another frame than at the fork. If the
 * counter has no privileges, it cannot see frames. Then the number of page
 * faults decides, together with the kernel's flag for pages that are not
 * shared.
 */
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/fd.h"
#include "base/page.h"
#include "count/trace_watch.h"

#define SMALL_FILL 256 /* smaller buffers do not matter to a count of copies */

#define PRESENT   (1UL << 63)
#define SWAPPED   (1UL << 62)
#define OF_FILE   (1UL << 61)
#define EXCLUSIVE (1UL << 56)
#define FRAME     ((1UL << 55) - 1)

static int open_pagemap(pid_t pid)
{
	char path[40];

	snprintf(path, sizeof(path), "/proc/%d/pagemap", (int)pid);
	return open(path, O_RDONLY | O_CLOEXEC);
}

static uint64_t entry_at(int pagemap, uint64_t addr)
{
	uint64_t entry = 0, at = addr / page_bytes() * sizeof(entry);

	if (pread(pagemap, &entry, sizeof(entry), (off_t)at) !=
	    (ssize_t)sizeof(entry))
		return 0;
	return entry;
}

/* The page faults of a process, except those that had to read from a disk. */
static uint64_t faults_of(pid_t pid)
{
	char path[40], text[1024], *at;
	uint64_t faults = 0;

	snprintf(path, sizeof(path), "/proc/%d/stat", (int)pid);
	if (!fd_read_text(path, text, sizeof(text)))
		return UINT64_MAX;
	at = strrchr(text, ')');
	if (!at || sscanf(at, ") %*c %*d %*d %*d %*d %*d %*u %lu", &faults) < 1)
		return UINT64_MAX;
	return faults;
}

/*
 * True if a private mapping of a file still has the file's own pages, which
 * means that the program has not stored there. Looks at some pages of the
 * piece, up to the end of the mapping.
 */
bool cow_untouched(const struct mm *mm, const struct piece *piece, uint64_t end)
{
	uint64_t last = end - piece->addr < piece->len
				? end - 1
				: piece->addr + piece->len - 1;
	uint64_t step = (last - piece->addr) / COW_PAGES + page_bytes();
	int pagemap = open_pagemap(mm->pid);
	bool untouched = pagemap >= 0;

	for (uint64_t at = piece->addr; untouched && at <= last; at += step) {
		uint64_t entry = entry_at(pagemap, at);

		untouched = !(entry & (PRESENT | SWAPPED)) || entry & OF_FILE;
	}
	fd_close(&pagemap);
	return untouched;
}

/* --- at a fork ------------------------------------------------------------ */

static uint64_t filled_bytes(const struct mm *mm)
{
	uint64_t bytes = 0;

	for (size_t i = 0; i < mm->fills; i++)
		if (mm->fill[i].end - mm->fill[i].start >= SMALL_FILL)
			bytes += mm->fill[i].end - mm->fill[i].start;
	return bytes;
}

/* Notes pages at equal distances all over the filled buffers. */
static void note_pages(struct cow *c, const struct mm *mm, int pagemap)
{
	uint64_t step = filled_bytes(mm) / COW_PAGES + 1;

	for (size_t i = 0; i < mm->fills; i++) {
		const struct fill *f = &mm->fill[i];

		if (f->end - f->start < SMALL_FILL)
			continue;
		for (uint64_t at = f->start; at < f->end && c->n < COW_PAGES;
		     at += step)
			c->page[c->n++] = (struct cow_page){
				at,
				entry_at(pagemap, at),
			};
	}
}

void cow_forked(const struct mm *parent, struct mm *child)
{
	int pagemap = filled_bytes(child) ? open_pagemap(parent->pid) : -1;
	struct mm *both[2] = { (struct mm *)parent, child };

	for (int i = 0; pagemap >= 0 && i < 2; i++) {
		if (!both[i]->cow)
			both[i]->cow = malloc(sizeof(struct cow));
		if (!both[i]->cow)
			abort();
		both[i]->cow->n = 0;
		note_pages(both[i]->cow, both[i], pagemap);
		both[i]->cow->faults = faults_of(both[i]->pid);
	}
	fd_close(&pagemap);
}

void cow_clear(struct mm *mm, uint64_t start, uint64_t len)
{
	struct cow *c = mm->cow;

	for (size_t i = 0; c && i < c->n; i++)
		while (i < c->n && c->page[i].addr - start < len)
			c->page[i] = c->page[--c->n];
}

/* --- later ---------------------------------------------------------------- */

/*
 * True if the kernel has copied a page since its entry was `before`. Also false
 * if the page is not present: it was never touched, or it is swapped out. If
 * frames cannot be seen, sets *seen to false and takes every page that is not
 * shared for a copied page.
 */
static bool was_copied(uint64_t before, uint64_t now, bool *seen)
{
	if (!(now & PRESENT) || !(before & PRESENT) || !(now & EXCLUSIVE))
		return false;
	*seen &= (now & FRAME) != 0;
	return !(now & FRAME) || (now & FRAME) != (before & FRAME);
}

struct cow_seen cow_taken(const struct mm *mm, uint64_t start, uint64_t len)
{
	struct cow_seen seen = { .sure = true };
	size_t pages = 0, copied = 0;
	int pagemap = -1;

	for (size_t i = 0; mm->cow && i < mm->cow->n; i++) {
		const struct cow_page *p = &mm->cow->page[i];

		if (p->addr - start >= len)
			continue;
		if (pagemap < 0)
			pagemap = open_pagemap(mm->pid);
		pages++;
		copied += was_copied(p->entry, entry_at(pagemap, p->addr),
				     &seen.sure);
	}
	fd_close(&pagemap);
	if (copied)
		seen.bytes = len * copied / pages;
	/*
	 * a frame can also change for other reasons, such as migration, but
	 * usually only copies on write cause a fault for each page
	 */
	if (copied && faults_of(mm->pid) - mm->cow->faults <
			      seen.bytes / page_bytes() / 2 + 1)
		seen.bytes = 0;
	return seen;
}
