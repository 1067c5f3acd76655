/*
 * Loads and stores through mappings, which no call shows.
 *
 * If bytes left a process without having come to it, it is taken to have loaded
 * them from one of its mappings. If a mapping holds bytes that did not come to
 * it, a process that had it mapped is taken to have stored them. It is only
 * concluded which process stored, and from where it had the bytes. So the
 * number of these copies is a lower bound.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "count/ledger_way.h"
#include "count/trace.h"

#define PAGE_MOST 65536 /* the largest page size of x86-64 and aarch64 */

/* A process's private memory, and an object that it had mapped. */
struct mapped {
	int memory, object;
	bool writable;
	uint64_t len;
	struct mapped *next;
};

/* True for programs and libraries, which every process maps. */
static bool is_code(const struct mm *mm, const struct map *m)
{
	for (size_t i = 0; i < mm->maps; i++)
		if (mm->map[i].executable && mm->map[i].ino == m->ino)
			return true;
	return false;
}

static void note(struct tracer *t, struct mm *mm, struct map *m)
{
	int memory = mm_object(t, mm), object = mm_map_object(t, m);
	struct mapped *at = t->mapped;

	while (at && (at->memory != memory || at->object != object))
		at = at->next;
	if (!at) {
		at = calloc(1, sizeof(*at));
		if (!at)
			abort();
		at->memory = memory;
		at->object = object;
		at->next = t->mapped;
		t->mapped = at;
	}
	at->writable |= m->shared && m->writable;
	if (at->writable)
		ledger_mapped(t->ledger, object);
	if (m->end - m->start > at->len)
		at->len = m->end - m->start;
}

/*
 * Notes that a library is no input, although the loader reads the beginning of
 * each library.
 */
static void note_code(struct tracer *t, const struct map *m)
{
	char key[80];
	int object;

	mm_map_key(t, m, key, sizeof(key));
	object = ledger_find(t->ledger, key);
	if (object >= 0)
		ledger_aside(t->ledger, object);
}

void trace_note_maps(struct tracer *t, struct mm *mm, uint64_t start,
		     uint64_t len)
{
	uint64_t end = start + len < start ? UINT64_MAX : start + len;

	mm_refresh(mm);
	for (size_t i = 0; i < mm->maps; i++) {
		struct map *m = &mm->map[i];

		if (m->start >= end || m->end <= start ||
		    strncmp(m->path, "anon_inode:", 11) == 0)
			continue;
		if (is_code(mm, m))
			note_code(t, m);
		else
			note(t, mm, m);
	}
}

void trace_free_maps(struct tracer *t)
{
	struct mapped *next;

	for (struct mapped *m = t->mapped; m; m = next) {
		next = m->next;
		free(m);
	}
	t->mapped = NULL;
}

/* --- reading the ledger --------------------------------------------------- */

static const struct ledger_hop *hop_at(const struct ledger *l, size_t i)
{
	return ledger_hop_at(l, i);
}

/* Bytes that came to an object from other objects, but not from `except`. */
static uint64_t came(const struct ledger *l, int object, int except)
{
	uint64_t bytes = 0;

	for (size_t i = 0; i < ledger_hops(l); i++)
		if (hop_at(l, i)->to == object &&
		    hop_at(l, i)->from != object &&
		    hop_at(l, i)->from != except)
			bytes += hop_at(l, i)->bytes;
	return bytes;
}

static uint64_t left(const struct ledger *l, int object)
{
	uint64_t bytes = 0;

	for (size_t i = 0; i < ledger_hops(l); i++)
		if (hop_at(l, i)->from == object && hop_at(l, i)->to != object)
			bytes += hop_at(l, i)->bytes;
	return bytes;
}

static int add(struct tracer *t, int from, int to, int memory, const char *call,
	       uint64_t bytes)
{
	const struct ledger_object *who =
		ledger_object_at(t->ledger, (size_t)memory);
	char name[64];
	const struct ledger_hop hop = {
		.from = from,
		.to = to,
		.by = LEDGER_BY_USER,
		.pid = who->pid,
		.process = name,
		.call = call,
		.bytes = bytes,
		.copies = 1,
		.at_least = true,
		.evidence = LEDGER_IMPLIED,
	};
	size_t n = strcspn(who->name, "[");

	memcpy(name, who->name, n < sizeof(name) ? n : sizeof(name) - 1);
	name[n < sizeof(name) ? n : sizeof(name) - 1] = '\0';
	return ledger_add(t->ledger, &hop);
}

/* --- loads ---------------------------------------------------------------- */

static uint64_t unexplained(const struct ledger *l, int memory)
{
	uint64_t bytes = 0;

	for (size_t i = 0; i < ledger_hops(l); i++)
		if (hop_at(l, i)->from == memory)
			bytes += way_unexplained(l, (int)i);
	return bytes;
}

/*
 * True for shared memory, and for a file of which this many bytes, rounded up
 * to a page, are mapped.
 */
static bool may_hold(const struct tracer *t, const struct mapped *m,
		     uint64_t bytes)
{
	if (ledger_object_at(t->ledger, (size_t)m->object)->kind ==
	    LEDGER_SHARED)
		return true;
	return m->len >= bytes && m->len - bytes < PAGE_MOST;
}

/*
 * The most likely source of the loads: the named input, else the largest of the
 * mappings that can hold the bytes.
 */
static const struct mapped *loaded_from(const struct tracer *t, int memory,
					int in, int except, uint64_t bytes)
{
	const struct mapped *best = NULL;

	for (const struct mapped *m = t->mapped; m; m = m->next) {
		if (m->memory != memory || m->object == except)
			continue;
		if (m->object == in)
			return m;
		if (may_hold(t, m, bytes) && (!best || m->len > best->len))
			best = m;
	}
	return best;
}

static void settle_loads(struct tracer *t, int memory, int in)
{
	uint64_t bytes = unexplained(t->ledger, memory);
	const struct mapped *from;
	size_t hops = ledger_hops(t->ledger);
	int load;

	if (!bytes || came(t->ledger, memory, -1) > bytes / 2)
		return;
	from = loaded_from(t, memory, in, -1, bytes);
	if (!from)
		return;
	load = add(t, from->object, memory, memory, "load", bytes);
	for (size_t i = 0; i < hops; i++)
		if (hop_at(t->ledger, i)->from == memory)
			ledger_pass(t->ledger, load, (int)i,
				    way_unexplained(t->ledger, (int)i));
}

/* --- stores --------------------------------------------------------------- */

/*
 * How many bytes must have come to a mapped object: the size of the file, or as
 * many as left the object.
 */
static uint64_t needed(const struct tracer *t, int object, int out)
{
	const struct ledger_object *o =
		ledger_object_at(t->ledger, (size_t)object);
	struct stat st;
	char key[80];

	if (o->kind != LEDGER_FILE || stat(o->name, &st) < 0)
		return left(t->ledger, object);
	trace_file_key(key, sizeof(key), st.st_dev, st.st_ino);
	/* a mapped file that is not the output may be unchanged */
	if (strcmp(key, o->key) != 0 ||
	    (object != out && st.st_ctime < t->began))
		return left(t->ledger, object);
	return (uint64_t)st.st_size;
}

/*
 * Assumes that the process stored the bytes that had come to this memory: lets
 * the hop `store` take them away again.
 */
static void pass_on(struct tracer *t, int memory, int store, uint64_t bytes)
{
	for (size_t i = 0; i < ledger_hops(t->ledger) && bytes; i++) {
		const struct ledger_hop *h = hop_at(t->ledger, i);
		uint64_t n = h->bytes < bytes ? h->bytes : bytes;

		if (h->to != memory || h->from == memory ||
		    h->from == hop_at(t->ledger, (size_t)store)->to)
			continue;
		/*
		 * this hop moved too few bytes, such as a short message on a
		 * socket
		 */
		if (h->bytes < bytes / 2)
			continue;
		ledger_pass(t->ledger, (int)i, store, n);
		bytes -= n;
	}
}

/*
 * The process that is taken to have stored into an object, because it had the
 * object mapped and had bytes that it could store.
 */
struct storer {
	const struct mapped *m;
	int from; /* the mapping that it loaded from; -1: its private memory */
	int others;
};

static void consider(const struct tracer *t, const struct mapped *m, int in,
		     uint64_t bytes, struct storer *s)
{
	const struct mapped *from;

	if (came(t->ledger, m->memory, m->object) >= bytes / 2) {
		s->others += s->m != NULL;
		*s = (struct storer){ m, -1, s->others };
		return;
	}
	from = loaded_from(t, m->memory, in, m->object, bytes);
	if (!from)
		return;
	s->others += s->m != NULL;
	*s = (struct storer){ m, from->object, s->others };
}

static void doubt_storer(struct tracer *t, int object)
{
	char text[300];

	snprintf(text, sizeof(text),
		 "perhaps more than one process stored "
		 "into %.200s",
		 ledger_object_at(t->ledger, (size_t)object)->name);
	ledger_doubt(t->ledger, object, text);
}

static void settle_store(struct tracer *t, int object, int in, int out)
{
	uint64_t need = needed(t, object, out);
	uint64_t have = came(t->ledger, object, -1);
	struct storer s = { .m = NULL };
	int store;

	if (object == in || need == 0 || have > need / 2)
		return;
	for (const struct mapped *m = t->mapped; m; m = m->next)
		if (m->object == object && m->writable)
			consider(t, m, in, need - have, &s);
	if (!s.m)
		return;
	if (s.others) {
		doubt_storer(t, object);
		return;
	}
	store = add(t, s.from >= 0 ? s.from : s.m->memory, object, s.m->memory,
		    "store", need - have);
	if (s.from < 0)
		pass_on(t, s.m->memory, store, need - have);
}

void trace_settle_maps(struct tracer *t, int in, int out)
{
	size_t objects = ledger_objects(t->ledger);

	for (size_t i = 0; i < objects; i++)
		if (ledger_object_at(t->ledger, i)->kind == LEDGER_PRIVATE)
			settle_loads(t, (int)i, in);
	for (size_t i = 0; i < objects; i++)
		for (const struct mapped *m = t->mapped; m; m = m->next)
			if (m->object == (int)i && m->writable) {
				settle_store(t, (int)i, in, out);
				break;
			}
}
