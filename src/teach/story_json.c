/* Writes a story as JSON, for the script of its page. */
#include <math.h>
#include <stdlib.h>

#include "base/json.h"
#include "teach/story.h"

static json_t *maybe(const char *text)
{
	return text ? json_of_text(text) : json_null();
}

static json_t *boxes_of(const struct story *s)
{
	json_t *list = json_array();

	for (int i = 0; i < s->shown; i++) {
		const struct story_box *b = &s->box[i];
		char place[120];

		story_place(s, i, place, sizeof(place));
		json_array_append_new(
			list, json_pack("{so so sb sb si}", "says",
					json_of_text(place), "owner",
					json_of_text(b->owner), "mapped",
					(int)b->mapped, "forgets",
					(int)b->forgets, "slots", b->slots));
	}
	return list;
}

static json_t *hops_of(const struct story *s)
{
	json_t *list = json_array();

	for (int i = 0; i < s->hops; i++) {
		const struct story_hop *h = &s->hop[i];
		char caller[200];
		int copies =
			h->hop->by == LEDGER_BY_DEVICE ? 0 : h->hop->copies;

		json_array_append_new(
			list,
			json_pack("{si si si so si sf si si sb so so}", "from",
				  h->from, "to", h->to, "actor", h->actor,
				  "call", json_of_text(h->hop->call), "copies",
				  copies, "part", h->part, "first", h->first,
				  "bytes", h->bytes, "played", (int)h->played,
				  "caller",
				  json_of_text(story_caller(s, h, caller,
							    sizeof(caller))),
				  "why", json_of_text(story_why(s, h))));
	}
	return list;
}

static json_t *step_of(const struct story *s, const struct story_step *step)
{
	static const char *const kinds[] = { "map", "move", "sleep", "tell" };
	char says[600], why[600];

	story_say(s, step, says, sizeof(says));
	story_step_why(s, step, why, sizeof(why));
	return json_pack("{ss si si si si si si si si si si so so so so}",
			 "kind", kinds[step->kind], "actor", step->actor, "hop",
			 step->hop, "box", step->box, "message", step->message,
			 "slot", step->slot, "empty", step->empty, "full",
			 step->full, "woken", step->woken, "asleep",
			 step->asleep, "calls", step->calls, "wait",
			 maybe(step->wait), "tell", maybe(step->tell), "says",
			 json_of_text(says), "why", json_of_text(why));
}

static json_t *steps_of(const struct story *s)
{
	json_t *list = json_array();

	for (int i = 0; i < s->steps; i++)
		json_array_append_new(list, step_of(s, &s->step[i]));
	return list;
}

static json_t *actors_of(const struct story *s)
{
	json_t *list = json_array();

	for (int i = 0; i < s->acting; i++)
		json_array_append_new(list, json_of_text(s->actor[i]));
	return list;
}

json_t *story_json(const struct story *s)
{
	bool number = s->sum.path && s->sum.resolved;

	return json_pack("{so so so so so si si si si si so sb sb sb si}",
			 "title", json_of_text(s->title), "boxes", boxes_of(s),
			 "hops", hops_of(s), "steps", steps_of(s), "actors",
			 actors_of(s), "in", s->in, "out", s->out, "messages",
			 s->messages, "slots", s->slots, "depth", s->depth,
			 "count", json_of_real(number ? s->sum.copies : NAN),
			 "lower", (int)s->sum.lower_bound, "counted",
			 (int)s->counted, "ring", s->slots > 0, "waits",
			 s->waits);
}
