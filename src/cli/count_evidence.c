/* count --evidence: the physical frames behind memory that two sides share. */
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "args/say.h"
#include "cli/count_show.h"
#include "copy/session.h"
#include "count/frames.h"

#define PAGES_SHOWN 4 /* of each mapping, to people */

enum { C_WHAT, C_PAGE, C_SERVER, C_CLIENT, C_SAME, C_SHARED, C_MAPPED, C_END };

static const struct table_column columns[C_END] = {
	[C_WHAT] = { .key = "mapping" },
	[C_PAGE] = { .key = "page", .heading = "page", .right = true },
	[C_SERVER] = { .key = "server_frame",
		       .heading = "server's frame",
		       .right = true },
	[C_CLIENT] = { .key = "client_frame",
		       .heading = "client's frame",
		       .right = true },
	[C_SAME] = { .key = "same_frame", .heading = "the same" },
	[C_SHARED] = { .key = "not_exclusive", .heading = "also another's" },
	[C_MAPPED] = { .key = "mappings" },
};

/* What both sides have of one mapping. */
struct pair {
	const struct frames_map *server, *client;
	size_t pages, there, same, known;
};

static struct pair pair_of(const struct frames *side, int i)
{
	const struct frames_map *m = &side[COPY_SERVER].map[i];
	int other = frames_find(&side[COPY_CLIENT], m);
	struct pair p = { .server = m };

	if (other < 0)
		return p;
	p.client = &side[COPY_CLIENT].map[other];
	p.pages = m->pages < p.client->pages ? m->pages : p.client->pages;
	for (size_t page = 0; page < p.pages; page++) {
		uint64_t a = m->entry[page], b = p.client->entry[page];

		p.there += frames_present(a) && frames_present(b);
		p.known += frames_number(a) && frames_number(b);
		p.same += frames_number(a) &&
			  frames_number(a) == frames_number(b);
	}
	return p;
}

static void put_frame(struct table *t, int column, uint64_t entry)
{
	char text[32];

	if (!frames_number(entry))
		return;
	snprintf(text, sizeof(text), "%#llx",
		 (unsigned long long)frames_number(entry));
	table_text(t, column, text);
}

static void put_page(struct table *t, const struct pair *p, size_t page)
{
	uint64_t a = p->server->entry[page], b = p->client->entry[page];
	uint64_t mapped = 0;

	table_row(t);
	table_text(t, C_WHAT, p->server->name);
	table_int(t, C_PAGE, (int64_t)page);
	put_frame(t, C_SERVER, a);
	put_frame(t, C_CLIENT, b);
	if (frames_number(a) && frames_number(b)) {
		table_bool(t, C_SAME, frames_number(a) == frames_number(b));
		mapped = frames_mapped(frames_number(a));
	}
	if (frames_present(a) && frames_present(b))
		table_bool(t, C_SHARED,
			   !frames_exclusive(a) && !frames_exclusive(b));
	if (mapped)
		table_int(t, C_MAPPED, (int64_t)mapped);
}

static enum exit_code put_table(struct table *t, enum table_format format)
{
	char *text = table_render(t, format);

	table_free(t);
	if (!text)
		return say_no_memory();
	say_report(text, false);
	free(text);
	return EXIT_WELL;
}

/* --- for people ----------------------------------------------------------- */

static void put_verdict(const struct pair *p)
{
	if (p->known)
		printf("%zu of %zu pages are one physical frame in both "
		       "processes.\n",
		       p->same, p->there);
	else
		printf("%zu pages are there in both. Which frames they are is "
		       "told to root only;\nthat no process has them for "
		       "itself alone is told to all.\n",
		       p->there);
}

static enum exit_code show_pair(const struct pair *p)
{
	struct table *t = table_new(columns, C_END);
	enum exit_code code;

	printf("%s\nmapped by the server at %#llx, by the client at %#llx\n",
	       *p->server->name ? p->server->name : "anonymous memory",
	       (unsigned long long)p->server->start,
	       (unsigned long long)p->client->start);
	for (size_t page = 0; t && page < p->pages && page < PAGES_SHOWN;
	     page++)
		put_page(t, p, page);
	code = put_table(t, TABLE_HUMAN);
	put_verdict(p);
	return code;
}

static enum exit_code show_words(const struct frames *side)
{
	enum exit_code code = EXIT_WELL;
	int shown = 0;

	for (int i = 0; i < side[COPY_SERVER].maps && code == EXIT_WELL; i++) {
		struct pair p = pair_of(side, i);

		if (!p.client)
			continue;
		if (shown++)
			putchar('\n');
		code = show_pair(&p);
	}
	if (!shown)
		printf("The two sides have no memory of a message's size in "
		       "common.\n");
	return code;
}

static enum exit_code show_data(const struct frames *side,
				enum table_format format)
{
	struct table *t = table_new(columns, C_END);

	for (int i = 0; t && i < side[COPY_SERVER].maps; i++) {
		struct pair p = pair_of(side, i);

		for (size_t page = 0; p.client && page < p.pages; page++)
			put_page(t, &p, page);
	}
	return put_table(t, format);
}

int count_show_evidence(const struct tr_spec *spec, enum table_format format,
			enum exit_code *code, struct err *e)
{
	struct frames *side;
	int rc = frames_of_copy(spec, &side, e);

	if (rc < 0)
		return rc;
	*code = format == TABLE_HUMAN ? show_words(side)
				      : show_data(side, format);
	frames_free(side);
	return 0;
}
