/* Fills the template follow.html: the page that follows a byte. */
#include "teach/follow.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/utsname.h>

#include "base/markup.h"
#include "teach/teach.h"

struct follow {
	FILE *to;
	const struct story *story[2];
	int n;
	bool failed;
};

static const struct {
	const char *name, *text;
} pieces[] = {
#include "teach/follow_list.h"
};

static const char *piece(const char *name)
{
	for (size_t i = 0; i < sizeof(pieces) / sizeof(*pieces); i++)
		if (!strcmp(pieces[i].name, name))
			return pieces[i].text;
	return "";
}

static void put_style(struct follow *f)
{
	fputs(piece("follow.css"), f->to);
}

static void put_script(struct follow *f)
{
	fputs(piece("follow_next.js"), f->to);
	fputs(piece("follow.js"), f->to);
}

static void put_title(struct follow *f)
{
	html_put(f->to, f->story[0]->title);
	if (f->n > 1)
		fputs(" and ", f->to);
	if (f->n > 1)
		html_put(f->to, f->story[1]->title);
}

static void put_messages(struct follow *f)
{
	int n = f->story[0]->messages;

	if (n == 1)
		fputs("A message of 16 bytes goes", f->to);
	else
		fprintf(f->to, "%d messages of 16 bytes each go", n);
}

/* Explains the kinds of cells that the drawing has. */
static void put_key(struct follow *f)
{
	bool refers = false, zeroes = false;

	for (int i = 0; i < f->n; i++) {
		const struct story *s = f->story[i];

		for (int k = 0; k < s->hops; k++)
			refers |=
				s->hop[k].played && s->hop[k].hop->copies == 0;
		for (int k = 0; k < s->steps; k++)
			zeroes |= s->step[k].kind == STORY_MAP &&
				  s->step[k].box != s->in;
	}
	fputs("<span class=\"k copy\">0</span> bytes that lie here", f->to);
	if (refers)
		fputs(" <span class=\"k ref\">0</span> a reference to bytes "
		      "that lie in another box",
		      f->to);
	if (zeroes)
		fputs(" <span class=\"k zero\">0</span> zeroed by the kernel",
		      f->to);
}

/* --- the stories ---------------------------------------------------------- */

static void put_story(struct follow *f, int i)
{
	const struct story *s = f->story[i];

	fprintf(f->to, "<section class=\"story\" data-story=\"%d\"><h2>", i);
	html_put(f->to, f->n > 1 ? s->title : s->summary);
	fputs("</h2>", f->to);
	if (f->n > 1) {
		html_put_in(f->to, "<p class=\"summary\">", s->summary, "</p>");
	}
	fprintf(f->to, "<div class=\"state\"></div><figure class=\"stage%s\">",
		teach_too_wide(s) ? " tall" : "");
	teach_svg(f->to, s, false);
	teach_svg(f->to, s, true);
	fputs("</figure></section>\n", f->to);
}

static void put_stories(struct follow *f)
{
	for (int i = 0; i < f->n; i++)
		put_story(f, i);
}

static void put_tables(struct follow *f)
{
	teach_tables(f->to, f->story, f->n);
}

static void put_words(struct follow *f)
{
	f->failed |= teach_words(f->to, f->story, f->n) < 0;
}

static void put_how(struct follow *f)
{
	struct utsname u;

	html_put(f->to, PACKAGE_STRING);
	if (!f->story[0]->counted) {
		fputs(" from predictions about the mechanism; nothing was run",
		      f->to);
		return;
	}
	if (uname(&u) == 0) {
		html_put_in(f->to, ", ", u.sysname, " ");
		html_put(f->to, u.release);
	}
	fputs(", from the calls of a real run", f->to);
}

/* Escapes each "<", which could end the script that contains the data. */
static void put_data(struct follow *f)
{
	json_t *list = json_array();
	char *text;

	for (int i = 0; i < f->n; i++)
		json_array_append_new(list, story_json(f->story[i]));
	text = json_dumps(list, JSON_COMPACT | JSON_PRESERVE_ORDER);
	json_decref(list);
	f->failed |= !text;
	for (const char *at = text; at && *at; at++)
		if (*at == '<')
			fputs("\\u003c", f->to);
		else
			fputc(*at, f->to);
	free(text);
}

/* --- the whole ------------------------------------------------------------ */

static const struct {
	const char *name;
	void (*fill)(struct follow *f);
} slots[] = {
	{ "title", put_title },   { "style", put_style },
	{ "script", put_script }, { "stories", put_stories },
	{ "tables", put_tables }, { "how", put_how },
	{ "data", put_data },     { "messages", put_messages },
	{ "words", put_words },   { "key", put_key },
};

static void fill_slot(void *arg, const char *name, size_t n)
{
	struct follow *f = arg;

	for (size_t i = 0; i < sizeof(slots) / sizeof(*slots); i++)
		if (strlen(slots[i].name) == n &&
		    !strncmp(slots[i].name, name, n))
			slots[i].fill(f);
}

/* Plays the same number of messages in both stories. */
static void in_step(struct story *a, struct story *b)
{
	int most = a->messages > b->messages ? a->messages : b->messages;

	story_play(a, most);
	story_play(b, most);
}

int follow_page(struct story *first, struct story *second, char **page,
		size_t *size, struct err *e)
{
	struct follow f = { .story = { first, second }, .n = second ? 2 : 1 };

	*page = NULL;
	if (second)
		in_step(first, second);
	f.to = open_memstream(page, size);
	if (!f.to)
		return err_sys(e, "open_memstream");
	html_fill(f.to, piece("follow.html"), fill_slot, &f);
	if (fclose(f.to) == 0 && !f.failed)
		return 0;
	free(*page);
	*page = NULL;
	return err_code(e, ENOMEM, "the page");
}
