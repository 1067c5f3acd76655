/* Draws all choices of a trial from its seed. */
#include "chaos.h"

#include <inttypes.h>
#include <sched.h>
#include <stdio.h>
#include <string.h>

#include "base/size.h"
#include "stats/stats.h"

/* Larger values would take too long. */
#define REGION_MAX   (8u << 20)
#define MESSAGES_MAX 3000
#define SLICES_MAX   16 /* parts in which a socket's buffer takes a message */
/*
 * messages of a spinning ring: sides that share a CPU need a time slice for
 * each
 */
#define SPINS_MAX 150

/*
 * How many bytes of queues one copy may use. All processes of a user together
 * may use RLIMIT_MSGQUEUE bytes.
 */
#define QUEUE_MAX (100u << 10)

const char *const injury_names[INJURIES] = {
	[UNHURT] = "none",
	[NUDGE] = "interrupted calls",
	[SWEEP] = "sweep of dead leases",
	[APPEAR] = "destination appears",
	[PAUSE] = "short pause",
	[LONG_PAUSE] = "long pause",
	[STOP] = "SIGSTOP for good",
	[TERM] = "SIGTERM",
	[INT] = "SIGINT",
	[KILL] = "SIGKILL",
	[CLOSE] = "closed descriptor",
	[CHANGE] = "source changes",
	[GROUP] = "signal to the group",
	[PARENT] = "parent dies",
	[JUMP] = "clock jumps",
	[STRANGER] = "another user",
};

const char *const victim_names[VICTIMS] = {
	[SERVER_WORKER] = "server worker",
	[CLIENT_WORKER] = "client worker",
	[SERVER_SUPERVISOR] = "server supervisor",
	[CLIENT_SUPERVISOR] = "client supervisor",
	[EVERYBODY] = "everybody",
};

/* splitmix64. Seeds give unrelated numbers even if they differ only by one. */
uint64_t chaos_random(uint64_t *state)
{
	*state += 0x9e3779b97f4a7c15;
	return stats_mix(*state);
}

uint64_t chaos_below(uint64_t *state, uint64_t n)
{
	return chaos_random(state) % n;
}

bool chaos_chance(uint64_t *state, unsigned percent)
{
	return chaos_below(state, 100) < percent;
}

static uint64_t clamp(uint64_t value, uint64_t min, uint64_t max)
{
	return value < min ? min : value > max ? max : value;
}

/*
 * Draws a number from 1 to a limit. The limit is drawn first: each power of two
 * from 1 to 2^bits is equally likely.
 */
static uint64_t log_uniform(uint64_t *state, unsigned bits)
{
	return chaos_below(state, 1ULL << chaos_below(state, bits + 1)) + 1;
}

/* --- the mechanism ------------------------------------------------------ */

static uint64_t draw_size(uint64_t *s)
{
	static const uint32_t edges[] = { 1,     2,     64,     4095,
					  4096,  4097,  8192,   65535,
					  65536, 65537, 1 << 20 };

	return chaos_chance(s, 60)
		       ? edges[chaos_below(s, sizeof(edges) / sizeof(*edges))]
		       : log_uniform(s, 20);
}

static uint64_t draw_count(uint64_t *s)
{
	static const uint32_t some[] = { 1, 2, 3, 4, 10, 16, 100, 2000 };

	return some[chaos_below(s, sizeof(some) / sizeof(*some))];
}

static void draw_setting(uint64_t *s, const struct tr_param *p, char *word,
			 size_t size)
{
	uint64_t value;

	if (p->kind == TR_CHOICE) {
		value = p->min + chaos_below(s, p->max - p->min + 1);
		snprintf(word, size, "%s", p->choices[value]);
		return;
	}
	value = p->kind == TR_COUNT ? draw_count(s) : draw_size(s);
	/* a pipe's capacity is a power of two; every user may ask for these */
	if (!strcmp(p->name, "capacity"))
		value = 4096ULL << chaos_below(s, 9);
	snprintf(word, size, "%" PRIu64, clamp(value, p->min, p->max));
}

/* Writes the settings as text and parses the text, to fill in the defaults. */
static bool draw_settings(uint64_t *s, const struct tr_spec *base,
			  struct tr_spec *spec)
{
	const struct tr_param *p = base->ops->params;
	struct err unused = { 0 };
	char text[TR_SPEC_MAX + 64], word[48];
	size_t used;

	tr_spec_text(base, false, text, TR_SPEC_MAX);
	for (int i = 0; p[i].name; i++) {
		if (base->given[i] || chaos_chance(s, 25))
			continue;
		draw_setting(s, &p[i], word, sizeof(word));
		used = strlen(text);
		snprintf(text + used, sizeof(text) - used, "%c%s=%s",
			 strchr(text, ':') ? ',' : ':', p[i].name, word);
	}
	return tr_spec_parse(text, spec, &unused) == 0 &&
	       tr_probe(spec, &unused) == 0;
}

static bool is_moderate(const struct tr_spec *spec)
{
	uint64_t size = tr_spec_value(spec, "size", 1 << 16);
	uint64_t bytes = size * tr_spec_value(spec, "depth", 1);

	/* one message must not take as long as the timeout */
	if (size / SLICES_MAX > tr_spec_value(spec, "buffer", size))
		return false;
	return bytes <=
	       (strcmp(spec->ops->name, "mq") ? REGION_MAX : QUEUE_MAX);
}

static void draw_mechanism(uint64_t *s, const struct tr_spec *only,
			   struct tr_spec *base)
{
	size_t n = 0;

	*base = *only;
	if (base->ops)
		return;
	while (tr_at(n))
		n++;
	base->ops = tr_at(chaos_below(s, n));
}

static bool draw_spec(uint64_t *s, struct plan *p, const struct tr_spec *only)
{
	struct tr_spec base;

	/*
	 * if the settings contradict each other or cannot run here, draw again
	 */
	for (int tries = 0; tries < 1000; tries++) {
		draw_mechanism(s, only, &base);
		if (draw_settings(s, &base, &p->spec) && is_moderate(&p->spec))
			return true;
	}
	return false;
}

/* --- the files ---------------------------------------------------------- */

static uint64_t draw_length(uint64_t *s, const struct tr_spec *spec)
{
	uint64_t size = tr_spec_value(spec, "size", 1 << 16);
	uint64_t depth = tr_spec_value(spec, "depth", 1);

	switch (chaos_below(s, 8)) {
	case 0:
		return chaos_below(s, 2);
	case 1: /* a few messages, and one byte more or less */
		return size * (1 + chaos_below(s, 4)) + chaos_below(s, 3) - 1;
	case 2: /* a full ring or queue, and one byte more or less */
		return size * depth + chaos_below(s, 3) - 1;
	case 3:
		return (1 << 16) + chaos_below(s, 3) - 1;
	case 4:
		return CHAOS_FILE_MAX;
	default:
		return log_uniform(s, 22);
	}
}

static void draw_content(uint64_t *s, struct content *c)
{
	static const mode_t modes[] = { 0644, 0600, 0755, 0640, 0666, 0700 };

	c->seed = chaos_random(s);
	c->mode = modes[chaos_below(s, sizeof(modes) / sizeof(*modes))];
}

static void draw_files(uint64_t *s, struct plan *p)
{
	uint64_t size = tr_spec_value(&p->spec, "size", 1 << 16);
	bool spins = tr_spec_value(&p->spec, "wait", WAIT_BLOCK) == WAIT_SPIN;
	uint64_t most = size * (spins ? SPINS_MAX : MESSAGES_MAX);

	draw_content(s, &p->src);
	p->src.len = (uint32_t)clamp(
		clamp(draw_length(s, &p->spec), 0, CHAOS_FILE_MAX), 0, most);
	p->src.holes = chaos_chance(s, 15);
	p->replaces = chaos_chance(s, 50);
	draw_content(s, &p->old);
	p->old.len = (uint32_t)log_uniform(s, 16);
	p->named_temp = chaos_chance(s, 25);
}

/* --- the processes ------------------------------------------------------ */

static int draw_cpu(uint64_t *s)
{
	cpu_set_t set;
	int cpu;

	if (sched_getaffinity(0, sizeof(set), &set) < 0)
		return -1;
	for (;;) {
		cpu = (int)chaos_below(s, CPU_SETSIZE);
		if (CPU_ISSET(cpu, &set))
			return cpu;
	}
}

static void draw_processes(uint64_t *s, struct plan *p)
{
	p->two = chaos_chance(s, 45);
	if (tr_reach(&p->spec) == TR_REACH_RELATED)
		p->two = false;
	p->first = (enum copy_role)chaos_below(s, COPY_ROLES);
	p->lag_us = (int)(chaos_chance(s, 50) ? chaos_below(s, 1000)
					      : chaos_below(s, 30000));
	p->verify = chaos_chance(s, 80);
	p->count_calls = chaos_chance(s, 8);
	p->cpu[COPY_SERVER] = p->cpu[COPY_CLIENT] = -1;
	if (chaos_chance(s, 30)) {
		p->cpu[COPY_SERVER] = p->cpu[COPY_CLIENT] = draw_cpu(s);
		if (chaos_chance(s, 50))
			p->cpu[COPY_CLIENT] = draw_cpu(s);
	}
}

/* --- the weather ---------------------------------------------------------- */

/* Combines mild conditions, and may add one harsh condition. */
static void draw_weather(uint64_t *s, struct plan *p)
{
	static const unsigned harsh[] = { FEW_FDS, SMALL_FILES, FULL_DISK,
					  FEW_FORKS };

	for (int i = 0; 1u << i < FEW_FDS; i++)
		if (chaos_chance(s, 12))
			p->weather |= 1u << i;
	if (chaos_chance(s, 12))
		p->weather |= harsh[chaos_below(s, 4)];
	/* this user cannot be traced, and root does not sweep its leases */
	if (p->weather & FEW_FORKS) {
		p->weather &= ~(unsigned)READ_ONLY;
		p->count_calls = false;
	}
}

/* May make the plan one for a standing pair, with an injury in one transfer. */
static void draw_standing(uint64_t *s, struct plan *p)
{
	static const int nth[] = { 2, 10, CHAOS_TRANSFERS };
	uint64_t size = tr_spec_value(&p->spec, "size", 1 << 16);
	uint64_t most = clamp(size * MESSAGES_MAX / CHAOS_TRANSFERS, 1,
			      CHAOS_FILE_MAX / 16);

	p->stands = !p->two && !p->count_calls && chaos_chance(s, 25);
	p->nth = nth[chaos_below(s, 3)];
	/* together, the transfers move no more than one large copy */
	if (p->stands && p->src.len > most)
		p->src.len = (uint32_t)most;
}

/* --- the injury --------------------------------------------------------- */

/*
 * In per cent; together they are 100. Long pauses and stops are rare, since
 * they take long.
 */
static const unsigned weights[INJURIES] = {
	[NUDGE] = 6,  [SWEEP] = 3,  [APPEAR] = 3,   [PAUSE] = 7,
	[STOP] = 5,   [TERM] = 6,   [INT] = 6,      [LONG_PAUSE] = 4,
	[KILL] = 22,  [CLOSE] = 15, [CHANGE] = 6,   [GROUP] = 8,
	[PARENT] = 3, [JUMP] = 3,   [STRANGER] = 3,
};

static enum injury draw_injury(uint64_t *s)
{
	uint64_t at = chaos_below(s, 100);
	int i = 0;

	while (at >= weights[i])
		at -= weights[i++];
	return (enum injury)i;
}

static enum victim draw_victim(uint64_t *s, const struct plan *p)
{
	enum victim v = (enum victim)chaos_below(s, VICTIMS);

	if (p->injury == CLOSE || (p->injury == STOP && v == EVERYBODY))
		v = (enum victim)chaos_below(s, 2);
	if ((p->injury == INT || p->injury == GROUP || p->injury == PARENT) &&
	    v < SERVER_SUPERVISOR)
		/* these injuries are for supervisors, not for workers */
		v = CLIENT_SUPERVISOR;
	if (!p->two && v == SERVER_SUPERVISOR)
		v = CLIENT_SUPERVISOR;
	return v;
}

static void draw_hurt(uint64_t *s, struct plan *p)
{
	p->injury = draw_injury(s);
	p->victim = draw_victim(s, p);
	p->at_point = chaos_chance(s, 35);
	p->point_role = (enum copy_role)chaos_below(s, COPY_ROLES);
	p->point = (enum copy_point)chaos_below(s, COPY_AT_END + 1);
	/* go a little beyond the end, so that the end is injured, too */
	p->instant = (double)chaos_below(s, 1000) / 1000 * 1.15;
	p->pause_ms = (int)(p->injury == PAUSE ? 5 + chaos_below(s, 170)
					       : 1300 + chaos_below(s, 900));
	p->pick = (uint32_t)chaos_random(s);
}

bool plan_draw(struct plan *p, uint64_t seed, const struct tr_spec *only)
{
	uint64_t state = seed;

	*p = (struct plan){ .seed = seed };
	if (!draw_spec(&state, p, only))
		return false;
	draw_files(&state, p);
	draw_processes(&state, p);
	draw_weather(&state, p);
	draw_standing(&state, p);
	extra_draw_crowd(&state, p);
	extra_draw_dose(&state, p);
	draw_hurt(&state, p);
	return true;
}

/* --- in words ----------------------------------------------------------- */

static void moment_words(const struct plan *p, char *buf, size_t size)
{
	static const char *const points[] = {
		[COPY_AT_JOIN] = "joining",
		[COPY_AT_START] = "at the start",
		[COPY_AT_END] = "at the end",
	};

	if (p->at_point)
		snprintf(buf, size, "while the %s is %s",
			 copy_role_names[p->point_role], points[p->point]);
	else
		snprintf(buf, size, "at %.0f %%", p->instant * 100);
}

const char *plan_words(const struct plan *p, char *buf, size_t size)
{
	char spec[TR_SPEC_MAX], moment[64], weather[200], nth[40] = "";
	char extra[DOSE_TEXT_MAX + 60];

	if (p->stands)
		snprintf(nth, sizeof(nth), " of transfer %d", p->nth);
	moment_words(p, moment, sizeof(moment));
	snprintf(
		buf, size,
		"%s %s, %u bytes%s over %s%s%s%s%s%s, cpus %d %d; %s, %s, %s%s",
		p->stands                 ? "pair"
		: !p->two                 ? "copy"
		: p->first == COPY_SERVER ? "serve, fetch"
					  : "fetch, serve",
		tr_spec_text(&p->spec, true, spec, sizeof(spec)), p->src.len,
		p->src.holes ? " with holes" : "",
		p->replaces ? "another file" : "nothing",
		p->named_temp ? ", named temp" : "",
		p->verify ? "" : ", unverified",
		p->count_calls ? ", calls counted" : "",
		extra_words(p, extra, sizeof(extra)),
		weather_words(p->weather, weather, sizeof(weather)), p->cpu[0],
		p->cpu[1], injury_names[p->injury], victim_names[p->victim],
		moment, nth);
	return buf;
}
