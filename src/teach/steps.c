/* The steps of a story, with a sentence for each. */
#include <stdio.h>
#include <string.h>

#include "base/append.h"
#include "count/routines.h"
#include "teach/story.h"

/*
 * A story is played as if on one CPU: one side continues until it has to wait,
 * then the other side does. If the memory that tells the turn does not carry
 * the bytes (play_handed), the client takes each message as soon as it is sent.
 */
struct play {
	struct story *s;
	/*
	 * the client's first hop; -1: there is no pair of a server and a client
	 */
	int split;
	int channel; /* the box between the two sides */
	int sent, received;
	int empty, full;
	bool server_asleep, client_asleep;
};

static struct story_step *add(struct story *s, struct story_step step)
{
	if (s->steps == STORY_STEPS)
		s->steps--; /* cannot happen: there are few messages */
	s->step[s->steps] = step;
	return &s->step[s->steps++];
}

/* --- before the first byte ------------------------------------------------ */

static void map_all(struct story *s)
{
	for (int i = 0; i < s->shown; i++)
		if (s->box[i].mapped)
			add(s, (struct story_step){ .kind = STORY_MAP,
						    .actor = -1,
						    .hop = -1,
						    .box = i,
						    .empty = s->slots,
						    .woken = -1,
						    .asleep = -1 });
}

/* --- a message ------------------------------------------------------------ */

static struct story_step *move(struct play *p, int hop, int message)
{
	struct story *s = p->s;
	const struct story_hop *h = &s->hop[hop];

	return add(s, (struct story_step){
			      .kind = STORY_MOVE,
			      .actor = h->actor,
			      .hop = hop,
			      .message = message,
			      .slot = s->slots ? message % s->slots : 0,
			      .empty = p->empty,
			      .full = p->full,
			      .woken = -1,
			      .asleep = p->server_asleep ? s->hop[0].actor
					: p->client_asleep && p->split > 0
						? s->hop[p->split].actor
						: -1,
			      .calls = h->hop->by == LEDGER_BY_KERNEL,
		      });
}

/*
 * Plays the hops of one side. Before and after them come the calls by which the
 * side waits for its turn and passes the turn on, if there are such calls.
 */
static void move_side(struct play *p, int first, int end, int message)
{
	struct story_step *begin = NULL, *last = NULL;
	bool server = first == 0;
	const struct turn *turn = p->s->turn;

	(server ? (p->empty -= 1) : (p->full -= 1));
	for (int i = first; i < end; i++) {
		struct story_step *step;

		if (!p->s->hop[i].played)
			continue;
		step = move(p, i, message);
		begin = begin ? begin : step;
		last = step;
	}
	(server ? (p->full += 1) : (p->empty += 1));
	if (!last)
		return;
	last->empty = p->empty;
	last->full = p->full;
	if (server ? p->client_asleep : p->server_asleep)
		last->woken = p->s->hop[server ? p->split : 0].actor;
	last->asleep = -1;
	if (!turn)
		return;
	begin->wait = turn->wait;
	last->tell = turn->tell;
	begin->calls += turn->always;
	last->calls += turn->always || (last->woken >= 0 && !turn->spins);
}

static void sleeps(struct play *p, bool server)
{
	struct story *s = p->s;
	int actor = s->hop[server ? 0 : p->split].actor;

	(server ? (p->server_asleep = true) : (p->client_asleep = true));
	add(s, (struct story_step){
		       .kind = STORY_SLEEP,
		       .actor = actor,
		       .hop = -1,
		       .box = p->channel,
		       .empty = p->empty,
		       .full = p->full,
		       .message = server ? p->sent : p->received,
		       .woken = -1,
		       .asleep = actor,
		       .calls = s->turn && !s->turn->spins,
		       .wait = s->turn ? s->turn->wait : NULL,
	       });
}

static bool server_goes(struct play *p, int messages)
{
	if (p->sent == messages)
		return false;
	if (p->empty == 0) {
		sleeps(p, true);
		return false;
	}
	move_side(p, 0, p->split, p->sent++);
	p->client_asleep = false;
	return true;
}

static bool client_goes(struct play *p, int messages)
{
	if (p->received == messages)
		return false;
	if (p->full == 0) {
		sleeps(p, false);
		return false;
	}
	move_side(p, p->split, p->s->hops, p->received++);
	p->server_asleep = false;
	return true;
}

static void play_sides(struct play *p, int messages)
{
	p->client_asleep = p->s->box[p->channel].forgets;
	if (p->client_asleep)
		p->s->waits = p->s->hop[p->split].actor;
	while (p->received < messages) {
		while (server_goes(p, messages))
			;
		while (client_goes(p, messages))
			;
	}
}

static void move_played(struct play *p, int first, int end, int message)
{
	for (int i = first; i < end; i++)
		if (p->s->hop[i].played)
			move(p, i, message);
}

/*
 * Plays messages whose bytes do not pass through the memory that tells the
 * turn: the server tells the client that a message is there.
 */
static void play_handed(struct play *p, int messages)
{
	struct story *s = p->s;
	int client = s->hop[p->split].actor;

	s->waits = client;
	for (int m = 0; m < messages; m++) {
		if (m > 0)
			sleeps(p, false);
		p->client_asleep = true;
		move_played(p, 0, p->split, m);
		add(s, (struct story_step){
			       .kind = STORY_TELL,
			       .actor = s->hop[0].actor,
			       .hop = -1,
			       .box = p->channel,
			       .message = m,
			       .empty = p->empty,
			       .full = p->full,
			       .woken = client,
			       .asleep = -1,
			       .calls = s->turn->always || !s->turn->spins,
			       .tell = s->turn->tell,
		       });
		p->client_asleep = false;
		move_played(p, p->split, s->hops, m);
	}
}

/*
 * True if the hops are first a server's and then a client's; notes where they
 * change.
 */
static bool find_split(struct play *p)
{
	const struct story *s = p->s;

	for (int i = 1; i < s->hops && s->hop[i].played; i++) {
		if (s->hop[i].actor == s->hop[i - 1].actor)
			continue;
		if (p->split > 0)
			return false;
		p->split = i;
		p->channel = s->hop[i].from;
	}
	return p->split > 0;
}

int story_messages(const struct story *s)
{
	return s->slots ? STORY_SLOTS + 2 : 1;
}

void story_play(struct story *s, int messages)
{
	struct play p = { .s = s, .split = -1 };
	int room = STORY_STEPS / (2 * s->hops + 4);
	bool sides = find_split(&p);

	s->steps = 0;
	s->waits = -1;
	s->messages = messages < room ? messages : room ? room : 1;
	map_all(s);
	p.empty = s->slots ? s->slots : 1;
	if (sides && (s->slots || s->box[p.channel].forgets)) {
		play_sides(&p, s->messages);
		return;
	}
	if (sides && s->turn) {
		play_handed(&p, s->messages);
		return;
	}
	for (int m = 0; m < s->messages; m++)
		move_played(&p, 0, s->hops, m);
}

/* --- words ---------------------------------------------------------------- */

const char *story_article(const char *name)
{
	static const char *const ours[] = { "server", "client", "program" };

	for (size_t i = 0; i < sizeof(ours) / sizeof(*ours); i++)
		if (!strcmp(name, ours[i]))
			return "the ";
	return "";
}

const char *story_place(const struct story *s, int box, char *buf, size_t size)
{
	const struct story_box *b = &s->box[box];

	if (b->user && !b->mapped)
		snprintf(buf, size, "the %s of %s%s", b->name,
			 story_article(b->owner), b->owner);
	else if (b->mapped && (box == s->in || box == s->out))
		snprintf(buf, size, "the mapped pages of %s", b->name);
	else if (b->mapped)
		snprintf(buf, size, "the shared memory");
	else if (box == s->in || box == s->out ||
		 ledger_object_at(s->ledger, (size_t)b->object)->kind ==
			 LEDGER_FILE)
		snprintf(buf, size, "the page cache of %s", b->name);
	else
		snprintf(buf, size, "the %s", b->name);
	return buf;
}

/*
 * Names the place that the bytes are taken from. If it only refers to the
 * bytes, also names the place that holds them.
 */
static void place_taken(const struct story *s, const struct story_hop *h,
			char *buf, size_t size)
{
	int origin = story_origin(s, h);
	char place[120], held[120];

	story_place(s, h->from, place, sizeof(place));
	if (origin == h->from || h->hop->copies == 0)
		snprintf(buf, size, "%s", place);
	else
		snprintf(buf, size, "%s, to which %s refers,",
			 story_place(s, origin, held, sizeof(held)), place);
}

static void say_no_copy(const struct ledger_hop *h, const char *actor,
			const char *from, const char *to, char *buf,
			size_t size)
{
	if (h->evidence == LEDGER_EXTENTS)
		snprintf(buf, size,
			 "%s: %s copies nothing: both files share blocks of "
			 "the disk.",
			 actor, h->call);
	else
		snprintf(buf, size,
			 "%s: %s copies nothing: %s refers to the pages that "
			 "%s has.",
			 actor, h->call, to, from);
}

static void say_move(const struct story *s, const struct story_hop *h,
		     char *buf, size_t size)
{
	const char *actor = s->actor[h->actor];
	const char *call = h->hop->call;
	bool itself = h->hop->by == LEDGER_BY_USER;
	char from[300], to[120];

	place_taken(s, h, from, sizeof(from));
	story_place(s, h->to, to, sizeof(to));
	if (h->hop->by == LEDGER_BY_DEVICE)
		snprintf(buf, size,
			 "%s: by %s a device moves the bytes from %s to %s; no "
			 "CPU copies them.",
			 actor, call, from, to);
	else if (h->hop->copies == 0)
		say_no_copy(h->hop, actor, from, to, buf, size);
	else if (h->hop->copies < 0)
		snprintf(buf, size,
			 "%s: %s takes the bytes from %s to %s; whether it "
			 "copies them is not known.",
			 actor, call, from, to);
	else if (h->hop->from == h->hop->to && itself)
		snprintf(buf, size,
			 "%s: %s copies the bytes to another place in its own "
			 "memory.",
			 actor, strcmp(call, "memcpy") ? "it" : "a memcpy");
	else
		snprintf(buf, size, "%s: %s copies the bytes%s from %s to %s.",
			 actor,
			 itself && !strcmp(call, "memcpy")
				 ? "a memcpy of its own"
				 : call,
			 h->hop->copies > 1 ? " twice" : "", from, to);
}

static void say_sleep(const struct story *s, const struct story_step *step,
		      char *buf, size_t size)
{
	const char *actor = s->actor[step->actor];
	const char *what = step->actor == s->hop[0].actor ? "empty" : "full";
	char place[120];

	if (s->turn && !s->slots)
		snprintf(buf, size, "%s: %s: no message is there, so it %s.",
			 actor, step->wait,
			 s->turn->spins ? "gives way and looks again later"
					: "sleeps");
	else if (s->turn)
		snprintf(buf, size, "%s: %s: no slot is %s, so it %s.", actor,
			 step->wait, what,
			 s->turn->spins ? "gives way and looks again later"
					: "sleeps");
	else
		snprintf(buf, size, "%s: %s is %s, so its call sleeps.", actor,
			 story_place(s, step->box, place, sizeof(place)),
			 strcmp(what, "full") ? "full" : "empty");
}

static void say_tell(const struct story *s, const struct story_step *step,
		     char *buf, size_t size)
{
	char place[120];

	snprintf(
		buf, size,
		"%s: %s copies nothing: it tells %s%s that a message is there, "
		"in %s.",
		s->actor[step->actor], step->tell,
		story_article(s->actor[step->woken]), s->actor[step->woken],
		story_place(s, step->box, place, sizeof(place)));
}

static void say_map(const struct story *s, const struct story_step *step,
		    char *buf, size_t size)
{
	const struct story_box *b = &s->box[step->box];
	bool region = step->box != s->in && step->box != s->out;
	const char *pages = step->box == s->in
				    ? "Its pages are those of the page cache."
				    : "The kernel zeroes a new page at its "
				      "first touch: a fill, not a copy.";
	char place[120];

	story_place(s, step->box, place, sizeof(place));
	if (region)
		snprintf(
			buf, size,
			"%s: mmap copies nothing: all who map %s have the same "
			"pages. %s",
			b->owner, place, pages);
	else
		snprintf(buf, size,
			 "%s: mmap copies nothing: the pages of %s are now "
			 "its memory, too. %s",
			 b->owner, b->name, pages);
}

void story_say(const struct story *s, const struct story_step *step, char *buf,
	       size_t size)
{
	if (step->kind == STORY_MAP)
		say_map(s, step, buf, size);
	else if (step->kind == STORY_SLEEP)
		say_sleep(s, step, buf, size);
	else if (step->kind == STORY_TELL)
		say_tell(s, step, buf, size);
	else
		say_move(s, &s->hop[step->hop], buf, size);
	if (step->kind != STORY_MAP && step->woken >= 0)
		text_append(buf, size, " That wakes %s%s.",
			    story_article(s->actor[step->woken]),
			    s->actor[step->woken]);
}
