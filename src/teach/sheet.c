/* Makes the exercises that follow from a seed. */
#include "teach/sheet.h"

#include <errno.h>
#include <string.h>

#include "base/append.h"
#include "base/stop.h"

static const uint64_t lengths[] = { 256 << 10, 384 << 10, 512 << 10 };
static const uint64_t blocks[] = {
	1000, 4096, 5000, 7168, 12288, 50000, 65536
};

enum {
	LENGTHS = sizeof(lengths) / sizeof(*lengths),
	BLOCKS = sizeof(blocks) / sizeof(*blocks),
	MOST_CATS = 3,
};

/* The n-th number that follows from a seed (splitmix64). */
static uint64_t draw_nth(uint64_t seed, uint64_t n)
{
	uint64_t x = seed + 0x9e3779b97f4a7c15u * (n + 1);

	x = (x ^ (x >> 30)) * 0xbf58476d1ce4e5b9u;
	x = (x ^ (x >> 27)) * 0x94d049bb133111ebu;
	return x ^ (x >> 31);
}

/* A number for each seed, question and purpose. */
static uint64_t draw(const struct sheet *s, int purpose)
{
	return draw_nth(s->seed, (uint64_t)s->made * 64 + (uint64_t)purpose);
}

enum { OF_LENGTH, OF_A, OF_B, OF_CATS, OF_ASKED };

int sheet_level(const struct sheet *s, int question)
{
	return s->level ? s->level : 1 + FORM_LEVELS * question / s->questions;
}

static void note_lacking(struct sheet *s, const char *tool)
{
	if (!strstr(s->lacking, tool))
		text_append(s->lacking, sizeof(s->lacking), "%s%s",
			    *s->lacking ? ", " : "", tool);
}

int sheet_begin(struct sheet *s, struct err *e)
{
	const struct form *f;
	char tool[40];

	for (size_t i = 0; i < SHEET_FORMS && (f = form_at(i)); i++) {
		if (!form_lacks(f, tool, sizeof(tool)))
			continue;
		s->unfit[i] = true;
		if (!s->level || s->level == f->level)
			note_lacking(s, tool);
	}
	return question_place_begin(&s->place, e);
}

/* True if two forms ask nearly the same. */
static bool is_like(const struct form *a, const struct form *b)
{
	const char *x = a->like ? a->like : a->name;

	return !strcmp(x, b->like ? b->like : b->name);
}

/* How often this form, or one that is like it, was asked. */
static int asked(const struct sheet *s, const struct form *f)
{
	const struct form *o;
	int n = 0;

	for (size_t i = 0; i < SHEET_FORMS && (o = form_at(i)); i++)
		if (is_like(f, o))
			n += s->used[i];
	return n;
}

/*
 * The place of a form in an order that follows from the seed. An even seed and
 * the next seed share one order. The odd seed goes through this order
 * backwards, so that its sheet has other forms.
 */
static uint64_t place_of(const struct sheet *s, const struct form *f)
{
	uint64_t place = s->seed / 2;

	for (const char *at = f->like ? f->like : f->name; *at; at++)
		place = draw_nth(place, (unsigned char)*at);
	return s->seed % 2 ? ~place : place;
}

static bool is_before(const struct sheet *s, int a, int b)
{
	const struct form *f = form_at((size_t)a), *g = form_at((size_t)b);
	int f_asked = asked(s, f), g_asked = asked(s, g);

	if (f_asked != g_asked)
		return f_asked < g_asked;
	if (s->used[a] != s->used[b])
		return s->used[a] < s->used[b];
	return place_of(s, f) < place_of(s, g);
}

/* --- reasons -------------------------------------------------------------- */

/* True if four tenths of the questions, rounded up, had the reason `why`. */
static bool is_worn_out(const struct sheet *s, int why)
{
	return s->why[why] >= (4 * s->questions + 9) / 10;
}

/* True if a form is known to ask only for reasons that are worn out. */
static bool is_spent(const struct sheet *s, int form)
{
	unsigned int left = s->could[form];

	for (int why = 0; why < WHYS; why++)
		if (is_worn_out(s, why))
			left &= ~(1u << why);
	return s->could[form] && !left;
}

/*
 * Returns a form of this level that was asked least often. If several were, it
 * is the first of these in the order of the seed. `any`: the form may be spent.
 * -1: there is none.
 */
static int choose_form(const struct sheet *s, int level, bool any)
{
	const struct form *f;
	int best = -1;

	for (int i = 0; i < SHEET_FORMS && (f = form_at((size_t)i)); i++)
		if (f->level == level && !s->unfit[i] &&
		    (any || !is_spent(s, i)) &&
		    (best < 0 || is_before(s, i, best)))
			best = i;
	return best;
}

/* --- a question ----------------------------------------------------------- */

static struct question_sizes sizes_of(const struct sheet *s)
{
	uint64_t a = draw(s, OF_A) % BLOCKS;
	/* an index that differs from a */
	uint64_t b = (a + 1 + draw(s, OF_B) % (BLOCKS - 1)) % BLOCKS;

	return (struct question_sizes){
		.len = lengths[draw(s, OF_LENGTH) % LENGTHS],
		.a = blocks[a],
		.b = blocks[b],
		.cats = (int)(draw(s, OF_CATS) % MOST_CATS),
	};
}

/*
 * Makes a question of a form. If its count is not fit, tries once more, since
 * a busy machine may have disturbed the count.
 */
static int try_form(struct sheet *s, int form, struct err *e)
{
	const struct question_sizes sizes = sizes_of(s);
	struct question_taste taste = { .draw = (unsigned int)draw(s,
								   OF_ASKED) };
	int rc = -EAGAIN;

	memcpy(taste.asked, s->why, sizeof(taste.asked));
	for (int i = 0; i < 2 && rc == -EAGAIN && !stop_requested(); i++) {
		*e = (struct err){ 0 };
		rc = question_make(&s->place, form_at((size_t)form), &sizes,
				   &taste, &s->question[s->made], e);
	}
	if (rc == 0)
		s->could[form] = question_could(s->question[s->made]);
	return rc == -EAGAIN && stop_requested() ? -EINTR : rc;
}

static int refuse_level(const struct sheet *s, int level, struct err *e)
{
	struct err why = *e;

	*e = (struct err){ 0 };
	return err_say(e, ENOTSUP,
		       "no exercise of level %d can be counted here: %s", level,
		       *why.text ? why.text : s->lacking);
}

/*
 * Chooses a form and counts it. 1: the question was dropped, since it would ask
 * for a reason that is worn out.
 */
static int try_next(struct sheet *s, struct err *e)
{
	int level = sheet_level(s, s->made), rc;
	int form = choose_form(s, level, false);
	bool any = form < 0;

	if (any)
		form = choose_form(s, level, true);
	if (form < 0)
		return refuse_level(s, level, e);
	rc = try_form(s, form, e);
	s->unfit[form] |= rc == -EAGAIN;
	if (rc < 0)
		return rc;
	if (!any && is_spent(s, form)) {
		question_free(s->question[s->made]);
		return 1;
	}
	s->used[form]++;
	s->why[s->question[s->made]->why]++;
	s->made++;
	return 0;
}

int sheet_next(struct sheet *s, struct err *e)
{
	int rc;

	do
		rc = try_next(s, e);
	while (rc == -EAGAIN || rc > 0);
	return rc;
}

int sheet_fill(struct sheet *s, struct err *e)
{
	int rc = 0;

	while (s->made < s->questions && rc == 0)
		rc = sheet_next(s, e);
	return rc;
}

void sheet_end(struct sheet *s)
{
	for (int i = 0; i < s->made; i++)
		question_free(s->question[i]);
	s->made = 0;
	question_place_end(&s->place);
}

static uint64_t add_text(uint64_t mark, const char *text)
{
	for (; *text; text++)
		mark = (mark ^ (unsigned char)*text) * 0x100000001b3u;
	return mark;
}

uint64_t sheet_mark(const struct sheet *s)
{
	uint64_t mark = 0xcbf29ce484222325u;

	for (int i = 0; i < s->made; i++) {
		mark = add_text(mark, s->question[i]->form->name);
		mark = add_text(mark, s->question[i]->text);
		mark = add_text(mark, s->question[i]->asked);
	}
	return mark >> 32;
}
