/* Names the actors and boxes of a story, and says who owns each box. */
#include <stdio.h>
#include <string.h>

#include "base/append.h"
#include "count/kinds.h"
#include "teach/teach.h"

static const struct ledger_object *object_at(const struct story *s, int box)
{
	return ledger_object_at(s->ledger, (size_t)s->box[box].object);
}

const char *teach_short_name(const char *process)
{
	return strncmp(process, "ipcopy-", 7) ? process : process + 7;
}

/* Processes of the same name get numbers. */
static void number_actors(struct story *s)
{
	for (int i = 0; i < s->actors; i++) {
		size_t len = strlen(s->actor[i]);
		int n = 1;

		for (int j = i + 1; j < s->actors; j++) {
			char *at = s->actor[j];

			if (strcmp(at, s->actor[i]) != 0)
				continue;
			n++;
			snprintf(at + len, sizeof(s->actor[0]) - len, " %d", n);
		}
		if (n > 1)
			snprintf(s->actor[i] + len, sizeof(s->actor[0]) - len,
				 " 1");
	}
}

static void add_owner(struct story_box *b, const char *name)
{
	if (!strstr(b->owner, name))
		text_append(b->owner, sizeof(b->owner), "%s%s",
			    *b->owner ? " and " : "", name);
}

/*
 * The owner of private memory is its process. The owners of any other box are
 * the processes that fill or empty it as memory.
 */
static void own(struct story *s, int box)
{
	struct story_box *b = &s->box[box];
	const struct ledger_object *o = object_at(s, box);

	b->user = o->kind == LEDGER_PRIVATE;
	for (int i = 0; i < s->actors && b->user; i++)
		if (s->pid[i] == o->pid && !*b->owner)
			add_owner(b, s->actor[i]);
	for (int i = 0; i < s->hops && o->kind != LEDGER_PRIVATE; i++) {
		const struct story_hop *h = &s->hop[i];
		bool by_user = h->hop->by == LEDGER_BY_USER;

		if ((h->to == box && (by_user || probe_fills_memory(h->way))) ||
		    (h->from == box && (by_user || probe_takes_memory(h->way))))
			add_owner(b, s->actor[h->actor]);
	}
	b->mapped = o->kind != LEDGER_PRIVATE && *b->owner;
	b->user |= b->mapped;
	if (b->user && !*b->owner)
		add_owner(b, teach_short_name(o->name));
}

/*
 * True if the box is a FIFO and there is another FIFO, so that only the names
 * tell them apart.
 */
static bool has_twin(const struct story *s, int box)
{
	const struct ledger_object *o = object_at(s, box);

	for (int i = 0; i < s->boxes && o->kind == LEDGER_FIFO; i++)
		if (s->box[i].object != s->box[box].object &&
		    object_at(s, i)->kind == LEDGER_FIFO)
			return true;
	return false;
}

static void name_box(struct story *s, int box)
{
	struct story_box *b = &s->box[box];
	const struct ledger_object *o = object_at(s, box);
	bool end = box == s->in || box == s->out;

	snprintf(b->place, sizeof(b->place), "%s%s", kind_place(o->kind),
		 b->mapped ? ", mapped as memory" : "");
	if (b->mapped && !end) {
		snprintf(b->name, sizeof(b->name), "shared memory");
		snprintf(b->place, sizeof(b->place), "%s", kind_region(o));
	} else if (o->kind == LEDGER_PRIVATE) {
		snprintf(b->name, sizeof(b->name), "buffer");
		snprintf(b->place, sizeof(b->place), "own memory");
	} else if (end || o->kind == LEDGER_FILE || o->kind == LEDGER_DEVICE ||
		   o->kind == LEDGER_OTHER) {
		snprintf(b->name, sizeof(b->name), "%s", kind_file(o->name));
	} else if (has_twin(s, box)) {
		snprintf(b->name, sizeof(b->name), "%s %.40s",
			 kind_name(o->kind), kind_file(o->name));
	} else {
		snprintf(b->name, sizeof(b->name), "%s", kind_name(o->kind));
	}
}

void teach_name(struct story *s)
{
	number_actors(s);
	for (int i = 0; i < s->boxes; i++)
		own(s, i);
	for (int i = 0; i < s->boxes; i++)
		name_box(s, i);
}
