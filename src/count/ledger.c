/* The ledger: storing what is recorded. ledger_*.c draw the conclusions. */
#include "count/ledger.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "count/ledger_inside.h"

/*
 * If more copies within one memory than this follow one on another, the hop
 * before the next one counts as not known. So the number of hops has a limit.
 */
#define DEPTH_MOST 64

const char *const ledger_kind_names[] = {
	[LEDGER_FILE] = "file",     [LEDGER_PIPE] = "pipe",
	[LEDGER_FIFO] = "fifo",     [LEDGER_UNIX] = "unix",
	[LEDGER_TCP] = "tcp",       [LEDGER_UDP] = "udp",
	[LEDGER_MQUEUE] = "mqueue", [LEDGER_SYSVMQ] = "sysvmq",
	[LEDGER_SHARED] = "shared", [LEDGER_PRIVATE] = "private",
	[LEDGER_DEVICE] = "device", [LEDGER_OTHER] = "other",
};

const char *const ledger_evidence_names[] = {
	[LEDGER_CALIBRATED] = "calibrated", [LEDGER_COUNTED] = "counted",
	[LEDGER_PRELOADED] = "preloaded",   [LEDGER_IMPLIED] = "implied",
	[LEDGER_FRAMES] = "frames",         [LEDGER_EXTENTS] = "extents",
	[LEDGER_UNKNOWN] = "unknown",
};

/* Makes room for one more entry: doubles an array that is full. */
static void *grow(void *array, size_t n, size_t each)
{
	void *new;

	if (n & (n - 1) || (n < 8 && n > 0))
		return array;
	new = realloc(array, (n ? 2 * n : 8) * each);
	if (!new)
		abort(); /* a count without this entry would be wrong */
	return new;
}

static char *copy_text(const char *text)
{
	char *new = strdup(text ? text : "");

	if (!new)
		abort();
	return new;
}

struct ledger *ledger_new(void)
{
	struct ledger *l = calloc(1, sizeof(*l));

	if (l)
		memset(l->hop_bucket, -1, sizeof(l->hop_bucket));
	if (l)
		memset(l->pass_bucket, -1, sizeof(l->pass_bucket));
	if (l)
		memset(l->object_bucket, -1, sizeof(l->object_bucket));
	return l;
}

void ledger_free(struct ledger *l)
{
	if (!l)
		return;
	for (size_t i = 0; i < l->objects; i++) {
		free(l->object[i].key);
		free(l->object[i].name);
		free(l->object[i].detail);
	}
	for (size_t i = 0; i < l->hops; i++) {
		free((char *)l->hop[i].hop.process);
		free((char *)l->hop[i].hop.call);
	}
	for (size_t i = 0; i < l->doubts; i++)
		free(l->doubt[i].text);
	for (size_t i = 0; i < l->notes; i++)
		free(l->note[i]);
	free(l->object);
	free(l->object_next);
	free(l->hop);
	free(l->pass);
	free(l->doubt);
	free(l->note);
	free(l);
}

/* --- objects -------------------------------------------------------------- */

static unsigned int hash_text(const char *text)
{
	unsigned int h = 2166136261U;

	while (*text)
		h = (h ^ (unsigned char)*text++) * 16777619U;
	return h % LEDGER_BUCKETS;
}

int ledger_find(const struct ledger *l, const char *key)
{
	int i = l->object_bucket[hash_text(key)];

	while (i >= 0 && strcmp(l->object[i].key, key) != 0)
		i = l->object_next[i];
	return i;
}

int ledger_object(struct ledger *l, enum ledger_kind kind, const char *key,
		  const char *name, const char *detail, int64_t pid)
{
	unsigned int h = hash_text(key);
	int i = ledger_find(l, key);

	if (i >= 0)
		return i;
	l->object = grow(l->object, l->objects, sizeof(*l->object));
	l->object_next =
		grow(l->object_next, l->objects, sizeof(*l->object_next));
	i = (int)l->objects++;
	l->object[i] = (struct ledger_object){
		.kind = kind,
		.key = copy_text(key),
		.name = copy_text(name),
		.detail = copy_text(detail),
		.pid = pid,
	};
	l->object_next[i] = l->object_bucket[h];
	l->object_bucket[h] = i;
	return i;
}

void ledger_rename(struct ledger *l, int object, const char *name)
{
	free(l->object[object].name);
	l->object[object].name = copy_text(name);
}

void ledger_aside(struct ledger *l, int object)
{
	l->object[object].aside = true;
}

void ledger_mapped(struct ledger *l, int object)
{
	l->object[object].mapped = true;
}

void ledger_track(struct ledger *l, int object)
{
	l->object[object].tracked = true;
}

/* --- hops ----------------------------------------------------------------- */

static bool same_hop(const struct ledger_row *row, const struct ledger_hop *b,
		     int before)
{
	const struct ledger_hop *a = &row->hop;

	return row->before == before && a->from == b->from && a->to == b->to &&
	       a->pid == b->pid && a->by == b->by && a->copies == b->copies &&
	       a->at_least == b->at_least && a->evidence == b->evidence &&
	       strcmp(a->call, b->call) == 0 &&
	       strcmp(a->process, b->process) == 0;
}

static unsigned int hash_numbers(int64_t a, int64_t b, int64_t c)
{
	uint64_t h = (uint64_t)a * 0x9e3779b97f4a7c15U;

	h = (h ^ (uint64_t)b) * 0x9e3779b97f4a7c15U;
	h = (h ^ (uint64_t)c) * 0x9e3779b97f4a7c15U;
	return (unsigned int)(h >> 32) % LEDGER_BUCKETS;
}

static int start_hop(struct ledger *l, const struct ledger_hop *hop, int before,
		     int *head)
{
	int i = (int)l->hops++;

	l->hop = grow(l->hop, (size_t)i, sizeof(*l->hop));
	l->hop[i] = (struct ledger_row){
		.hop = *hop,
		.next = *head,
		.before = before,
		.depth = before < 0 ? 0 : l->hop[before].depth + 1,
		.root = before < 0 ? i : l->hop[before].root,
	};
	l->hop[i].hop.process = copy_text(hop->process);
	l->hop[i].hop.call = copy_text(hop->call);
	*head = i;
	return i;
}

static int add_row(struct ledger *l, const struct ledger_hop *hop, int before)
{
	/* all copies within one memory differ only in the hop before them */
	int64_t last = before < 0 ? hop->pid : -before;
	int *head = &l->hop_bucket[hash_numbers(hop->from, hop->to, last)];
	int i = *head;

	while (i >= 0 && !same_hop(&l->hop[i], hop, before))
		i = l->hop[i].next;
	if (i < 0)
		return start_hop(l, hop, before, head);
	l->hop[i].hop.calls += hop->calls;
	l->hop[i].hop.bytes += hop->bytes;
	return i;
}

int ledger_add(struct ledger *l, const struct ledger_hop *hop)
{
	return add_row(l, hop, -1);
}

int ledger_add_copy(struct ledger *l, const struct ledger_hop *hop, int before)
{
	int i;

	if (before >= 0 && l->hop[before].depth == DEPTH_MOST)
		before = -1;
	i = add_row(l, hop, before);
	if (before >= 0)
		ledger_pass(l, before, i, hop->bytes);
	return i;
}

void ledger_called(struct ledger *l, int hop)
{
	l->hop[hop].hop.calls++;
}

int ledger_pass_index(const struct ledger *l, int in, int out)
{
	int i = l->pass_bucket[hash_numbers(in, out, 0)];

	while (i >= 0 && (l->pass[i].in != in || l->pass[i].out != out))
		i = l->pass[i].next;
	return i;
}

void ledger_pass(struct ledger *l, int in, int out, uint64_t bytes)
{
	int *head = &l->pass_bucket[hash_numbers(in, out, 0)];
	int i = ledger_pass_index(l, in, out);

	if (i < 0) {
		l->pass = grow(l->pass, l->passes, sizeof(*l->pass));
		i = (int)l->passes++;
		l->pass[i] = (struct ledger_passed){ in, out, *head, 0, 0 };
		*head = i;
	}
	l->pass[i].bytes += bytes;
	l->hop[out].explained += bytes;
}

void ledger_content(struct ledger *l, int hop, enum ledger_content content)
{
	l->hop[hop].content = content;
}

void ledger_kept(struct ledger *l, int in, int out, uint64_t bytes)
{
	int i = bytes ? ledger_pass_index(l, in, out) : -1;

	if (i >= 0)
		l->pass[i].kept += bytes;
}

/* --- words ---------------------------------------------------------------- */

void ledger_doubt(struct ledger *l, int object, const char *text)
{
	for (size_t i = 0; i < l->doubts; i++)
		if (l->doubt[i].object == object &&
		    strcmp(l->doubt[i].text, text) == 0)
			return;
	l->doubt = grow(l->doubt, l->doubts, sizeof(*l->doubt));
	l->doubt[l->doubts++] =
		(struct ledger_doubt){ object, copy_text(text) };
}

void ledger_note(struct ledger *l, const char *text)
{
	for (size_t i = 0; i < l->notes; i++)
		if (strcmp(l->note[i], text) == 0)
			return;
	l->note = grow(l->note, l->notes, sizeof(*l->note));
	l->note[l->notes++] = copy_text(text);
}

/* --- reading -------------------------------------------------------------- */

size_t ledger_objects(const struct ledger *l)
{
	return l->objects;
}

const struct ledger_object *ledger_object_at(const struct ledger *l, size_t i)
{
	return i < l->objects ? &l->object[i] : NULL;
}

size_t ledger_hops(const struct ledger *l)
{
	return l->hops;
}

const struct ledger_hop *ledger_hop_at(const struct ledger *l, size_t i)
{
	return i < l->hops ? &l->hop[i].hop : NULL;
}

size_t ledger_doubts(const struct ledger *l)
{
	return l->doubts;
}

const struct ledger_doubt *ledger_doubt_at(const struct ledger *l, size_t i)
{
	return i < l->doubts ? &l->doubt[i] : NULL;
}

size_t ledger_notes(const struct ledger *l)
{
	return l->notes;
}

const char *ledger_note_at(const struct ledger *l, size_t i)
{
	return i < l->notes ? l->note[i] : NULL;
}
