/*
 * Pages that follow a byte: makes the counts for a page, and writes its file.
 */
#include "cli/follow_show.h"

#include <ctype.h>
#include <errno.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "args/say.h"
#include "base/append.h"
#include "cli/put_file.h"
#include "count/chain.h"
#include "count/count_spec.h"
#include "teach/follow.h"

static int put_stories(const char *path, struct story *first,
		       struct story *second, struct err *e)
{
	char *page;
	size_t size;
	int rc = follow_page(first, second, &page, &size, e);

	if (rc < 0)
		return rc;
	rc = put_file(path, page, size, e);
	free(page);
	return rc;
}

static enum exit_code write_follow(const char *path, struct story *first,
				   struct story *second)
{
	struct err e = { 0 };
	int rc = put_stories(path, first, second, &e);

	return rc < 0 ? say_error(&e, EXIT_FAILED) : EXIT_WELL;
}

/* --- mechanisms ----------------------------------------------------------- */

struct told {
	struct tr_spec spec;
	struct count_spec counted;
	struct ledger *predicted;
	struct story *story;
};

/* Takes the ledger of a count, or the predicted one if nothing was counted. */
static int find_ledger(struct told *t, bool predicted, struct story_wish *w,
		       struct err *e)
{
	struct err why = { 0 };
	int rc = predicted ? -EAGAIN
			   : count_spec(&t->spec, NULL, 0, &t->counted, &why);

	if (rc == -EINTR)
		return err_say(e, EINTR, "interrupted");
	if (rc == 0 && t->counted.in >= 0 && t->counted.out >= 0) {
		w->ledger = t->counted.ledger;
		w->in = t->counted.in;
		w->out = t->counted.out;
		w->delivered_bytes = t->counted.delivered_bytes;
		w->counted = true;
		w->calls_per_message = t->counted.calls_per_message;
		w->steady_per_message = t->counted.steady_calls_per_message;
		w->blocked_per_message = t->counted.blocked_per_message;
		return 0;
	}
	w->delivered_bytes = COUNT_SPEC_BYTES;
	w->ledger = t->predicted =
		chain_predict(&t->spec, COUNT_SPEC_BYTES, &w->in, &w->out);
	return t->predicted ? 0 : err_code(e, ENOMEM, "cannot make the page");
}

static int tell(struct told *t, const char *text, bool predicted, struct err *e)
{
	struct story_wish w = { .title = text,
				.spec = &t->spec,
				.calls_per_message = NAN,
				.steady_per_message = NAN,
				.blocked_per_message = NAN };
	int rc;

	*t = (struct told){ .counted = { .in = -1, .out = -1 } };
	rc = tr_spec_parse(text, &t->spec, e);
	if (rc < 0)
		return rc;
	w.summary = t->spec.ops->summary;
	rc = find_ledger(t, predicted, &w, e);
	return rc < 0 ? rc : story_make(&w, &t->story, e);
}

static void end(struct told *t)
{
	free(t->story);
	count_spec_free(&t->counted);
	ledger_free(t->predicted);
}

enum exit_code follow_mechanisms(const char *path, const char *first,
				 const char *second, bool predicted)
{
	struct told one = { .story = NULL }, two = { .story = NULL };
	enum exit_code code;
	struct err e = { 0 };
	int rc = tell(&one, first, predicted, &e);

	if (rc == 0 && second)
		rc = tell(&two, second, predicted, &e);
	code = rc < 0 ? say_error(&e, EXIT_FAILED)
		      : write_follow(path, one.story, two.story);
	end(&one);
	end(&two);
	if (code == EXIT_WELL && strcmp(path, "-") != 0)
		printf("%s\n", path);
	return code;
}

/* --- beside a report ------------------------------------------------------ */

#define BESIDE "follow" /* the folder */

/*
 * The name of a page. A dash takes the place of each character of `spec` that
 * is not a letter, digit or dot.
 */
static char *beside_name(const char *dir, const char *spec)
{
	char *name;

	if (asprintf(&name, "%s" BESIDE "/%s.html", dir, spec) < 0)
		return NULL;
	for (char *at = name + strlen(dir) + strlen(BESIDE "/"); *at; at++)
		if (!isalnum((unsigned char)*at) && *at != '.')
			*at = '-';
	return name;
}

char *follow_beside(const char *spec)
{
	struct err ignored = { 0 };
	struct told t;
	char *name = tell(&t, spec, true, &ignored) < 0 ? NULL
							: beside_name("", spec);

	end(&t);
	return name;
}

/* The folder of a file, with its slash; "" for the current directory. */
static char *folder_of(const char *path)
{
	const char *slash = strrchr(path, '/');

	return strndup(path, slash ? (size_t)(slash + 1 - path) : 0);
}

static int make_beside(const char *dir, struct err *e)
{
	char *path;
	int rc = 0;

	if (asprintf(&path, "%s" BESIDE, dir) < 0)
		return err_code(e, ENOMEM, "cannot make the page");
	if (mkdir(path, 0777) < 0 && errno != EEXIST)
		rc = err_file(e, errno, "%s", path);
	free(path);
	return rc;
}

int follow_write_beside(const char *report, const char *spec, struct err *e)
{
	char *dir = folder_of(report);
	char *path = dir ? beside_name(dir, spec) : NULL;
	struct told t = { .story = NULL };
	int rc = path ? make_beside(dir, e)
		      : err_code(e, ENOMEM, "cannot make the page");

	if (rc == 0)
		rc = tell(&t, spec, true, e);
	if (rc == 0)
		rc = put_stories(path, t.story, NULL, e);
	end(&t);
	free(path);
	free(dir);
	return rc;
}

/* --- what was counted ----------------------------------------------------- */

enum exit_code follow_counted(const char *path, const char *title,
			      const char *summary, const struct tr_spec *spec,
			      const struct count_shown *c)
{
	const struct story_wish w = {
		.title = title,
		.summary = summary,
		.ledger = c->ledger,
		.in = c->in,
		.out = c->out,
		.delivered_bytes = c->sum.delivered_bytes,
		.spec = spec,
		.counted = true,
		.calls_per_message = spec ? c->calls_per_message : NAN,
		.steady_per_message = spec ? c->steady_per_message : NAN,
		.blocked_per_message = spec ? c->blocked_per_message : NAN,
	};
	struct story *story;
	enum exit_code code;
	struct err e = { 0 };

	if (!c->sum.path) {
		say("cannot make the page: %s", c->sum.why);
		return EXIT_FAILED;
	}
	if (story_make(&w, &story, &e) < 0) {
		say("cannot make the page: %s", e.text);
		return EXIT_FAILED;
	}
	code = write_follow(path, story, NULL);
	free(story);
	return code;
}

void follow_title(const char *const *words, char *buf, size_t size)
{
	buf[0] = '\0';
	if (!strcmp(words[0], "sh") && words[1] && !strcmp(words[1], "-c"))
		words += 2;
	for (; *words; words++)
		text_append(buf, size, "%s%s", *buf ? " " : "", *words);
}
