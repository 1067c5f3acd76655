/*
 * The judge of a server that has several clients: an injury to one client must
 * not harm the others, and the server must count only copies that were made.
 */
#include "chaos.h"

/* True if the injury is done to one client, or to the worker for one client. */
static bool hurts_one(const struct run *r)
{
	const struct plan *p = r->plan;

	switch (r->injury) {
	case LONG_PAUSE:
	case STOP:
	case TERM:
	case INT:
	case KILL:
	case CLOSE:
		return p->victim != SERVER_SUPERVISOR && p->victim != EVERYBODY;
	case GROUP:
		return p->victim == CLIENT_SUPERVISOR;
	default:
		return false;
	}
}

static bool has_copy(struct run *r, int actor)
{
	char why[80];

	return files_look(r, actor, why, sizeof(why)) == DST_COMPLETE ||
	       r->plan->spec.ops->carries_nothing;
}

/*
 * How many clients may have been served well: a client that failed does not
 * count, unless it could not report its success.
 */
static int most_served(struct run *r)
{
	int n = 0;

	for (int a = COPY_CLIENT; a < plan_actors(r->plan); a++) {
		bool failed = reported(r, a) && r->stage->told[a].rc < 0;

		n += has_copy(r, a) && (!failed || r->injury == CLOSE);
	}
	return n;
}

static void judge_served(struct run *r)
{
	struct served *s = &r->stage->served;
	int most = most_served(r);

	if (s->wrong && r->injury != CHANGE)
		fault(r, FALSE_SUCCESS,
		      "serve --keep reports a success that was none");
	if (s->well > most)
		fault(r, FALSE_SUCCESS,
		      "serve --keep reports %d copies, but %d were made",
		      s->well, most);
}

static void judge_spared(struct run *r)
{
	int from = r->plan->victim == SERVER_WORKER ? COPY_CLIENT
						    : COPY_CLIENT + 1;
	int failed = 0;

	for (int a = from; a < plan_actors(r->plan); a++)
		failed += reported(r, a) && r->stage->told[a].rc < 0;
	if (failed > (from == COPY_CLIENT) && !judge_excuses(r))
		fault(r, MISJUDGED,
		      "%d clients failed, although the injury was not theirs",
		      failed);
}

void judge_crowd(struct run *r)
{
	if (!plan_keeps(r->plan))
		return;
	judge_served(r);
	if (!(r->plan->weather & HARSH) && hurts_one(r))
		judge_spared(r);
}
