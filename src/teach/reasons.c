/* Why a hop copies, or does not, and why this process makes the call. */
#include <stdio.h>
#include <string.h>

#include "count/routines.h"
#include "teach/story.h"

static enum ledger_kind kind_at(const struct story *s, int box)
{
	return ledger_object_at(s->ledger, (size_t)s->box[box].object)->kind;
}

const char *story_caller(const struct story *s, const struct story_hop *h,
			 char *buf, size_t size)
{
	const char *name = s->actor[h->actor];

	if (h->hop->by == LEDGER_BY_USER)
		snprintf(buf, size,
			 "%s has both places as memory, and moves the bytes "
			 "itself.",
			 name);
	else if (probe_fills_memory(h->way))
		snprintf(buf, size,
			 "The call fills memory of its caller, here %s.", name);
	else if (probe_takes_memory(h->way))
		snprintf(buf, size,
			 "The call takes bytes from memory of its caller, here "
			 "%s.",
			 name);
	else
		snprintf(buf, size,
			 "Neither place is memory of a process. The caller, "
			 "here %s, has both open.",
			 name);
	return buf;
}

static const char *why_copied(const struct story *s, const struct story_hop *h)
{
	enum ledger_kind from = kind_at(s, h->from), to = kind_at(s, h->to);

	if (h->hop->by == LEDGER_BY_USER)
		return "The program copies, with loads and stores of its own.";
	if (h->hop->evidence == LEDGER_FRAMES)
		return "Two processes have the page, and one stores into it.";
	if (h->to == s->out || (to == LEDGER_FILE && !s->box[h->to].mapped))
		return "A page belongs to one file only, so the output file "
		       "must have pages of its own.";
	if (ledger_is_channel(from) && probe_fills_memory(h->way))
		return "The process wants the bytes in memory of its own, and "
		       "the kernel has them.";
	if (ledger_is_channel(to))
		return "The kernel keeps the bytes until they are taken, so "
		       "that the sender can fill its buffer anew.";
	if (from == LEDGER_FILE)
		return "The page cache belongs to the kernel, and the process "
		       "wants the bytes in memory that it can touch.";
	return "The kernel copies from the memory of one process into that of "
	       "the other.";
}

const char *story_why(const struct story *s, const struct story_hop *h)
{
	if (h->hop->by == LEDGER_BY_DEVICE)
		return "A device moves the bytes: no CPU copies them.";
	if (h->hop->copies < 0)
		return "Whether this call copies is not known.";
	if (h->hop->copies == 0 && h->hop->evidence == LEDGER_EXTENTS)
		return "Both files have the same blocks of the disk.";
	if (h->hop->copies == 0)
		return "The bytes stay in their pages, and one more place "
		       "refers to them.";
	return why_copied(s, h);
}

static const char *why_asleep(const struct story *s,
			      const struct story_step *step)
{
	bool server = step->actor == s->hop[0].actor;

	if (s->turn && s->turn->spins)
		return server ? "There is no room until the other side has "
				"taken a message."
			      : "There is nothing to take until the other side "
				"has brought a message.";
	return server ? "There is no room until the other side has taken a "
			"message. The CPU is free for that side."
		      : "There is nothing to take until the other side has "
			"brought a message. The CPU is free for that side.";
}

void story_step_why(const struct story *s, const struct story_step *step,
		    char *buf, size_t size)
{
	bool end = step->box == s->in || step->box == s->out;

	buf[0] = '\0';
	if (step->kind == STORY_SLEEP)
		snprintf(buf, size, "%s", why_asleep(s, step));
	else if (step->kind == STORY_TELL)
		snprintf(
			buf, size,
			"The bytes stay where they are. The other side sleeps, "
			"and cannot know that they are there. %s",
			s->turn->kernel);
	else if (step->kind == STORY_MAP)
		snprintf(buf, size,
			 "%s drawn in user space, since a process that "
			 "has mapped them touches them without a call. The "
			 "steps count system calls from the first message on, "
			 "so this call is not among them.",
			 end ? "The pages stay in the page cache. They are"
			     : "Mapped pages are");
}

const char *story_beside(const struct story *s, const struct story_hop *h)
{
	return routine_beside(h->way, kind_at(s, h->to));
}

/*
 * The box whose pages the hop reads: where channels only refer to pages, the
 * box that the pages came from.
 */
int story_origin(const struct story *s, const struct story_hop *h)
{
	int box = h->from;

	for (int i = (int)(h - s->hop) - 1; i >= 0; i--) {
		const struct story_hop *o = &s->hop[i];

		if (o->to == box && o->played && o->hop->copies == 0 &&
		    o->hop->by != LEDGER_BY_DEVICE &&
		    o->hop->evidence != LEDGER_EXTENTS && s->box[box].forgets)
			box = o->from;
	}
	return box;
}
