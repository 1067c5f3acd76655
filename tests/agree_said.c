/* Checks that sentences, terminal, CSV and page agree with verdict.json. */
#include <ctype.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "tests/agree.h"

/* --- reading -------------------------------------------------------------- */

static char *file_text(const char *dir, const char *name)
{
	char *path = run_path(dir, name), *text = NULL;
	size_t size = 0;
	FILE *from = fopen(path, "re");

	if (from && getdelim(&text, &size, '\0', from) < 0) {
		free(text);
		text = NULL;
	}
	if (from)
		fclose(from);
	free(path);
	return text ? text : strdup("");
}

/* Joins the lines of a text, since outputs break lines at different places. */
static char *joined(const char *text)
{
	char *flat = malloc(strlen(text) + 1), *to = flat;

	for (; *text; text++) {
		if (isspace((unsigned char)*text) && to > flat && to[-1] == ' ')
			continue;
		*to++ = isspace((unsigned char)*text) ? ' ' : *text;
	}
	*to = '\0';
	return flat;
}

/*
 * The text as a terminal with only ASCII shows it, or as the markup of a page.
 */
static char *plain(const char *text, bool html)
{
	char *flat = malloc(6 * strlen(text) + 1), *to = flat;

	for (; *text; text++) {
		unsigned char c = (unsigned char)*text;

		if (!strncmp(text, "×", 2) && !html)
			to = stpcpy(to, "x"), text++;
		else if (html && c == '<')
			to = stpcpy(to, "&lt;");
		else if (html && c == '>')
			to = stpcpy(to, "&gt;");
		else if (html && c == '&')
			to = stpcpy(to, "&amp;");
		else if (html && c == '"')
			to = stpcpy(to, "&quot;");
		else if (html && c == '\'')
			to = stpcpy(to, "&#39;");
		else if (c < 0x80 || html)
			*to++ = (char)c;
		else if (c >= 0xc0)
			*to++ = '?';
	}
	*to = '\0';
	return flat;
}

/* --- sentences ------------------------------------------------------------ */

/*
 * Reads the number at the front of "all 4", "the one", "none", "18 of 25" or
 * "5".
 */
static double amount(const char *text)
{
	if (!strncmp(text, "the one", 7))
		return 1;
	if (!strncmp(text, "none", 4))
		return 0;
	if (!strncmp(text, "all ", 4))
		text += 4;
	return isdigit((unsigned char)*text) ? atof(text) : NAN;
}

double amount_after(const char *text, const char *anchor)
{
	const char *at = strstr(text, anchor);

	at = at ? strstr(at, " in ") : NULL;
	return at ? amount(at + 4) : 0;
}

double amount_undecided(const char *text)
{
	const char *at = strstr(text, " undecided"), *from = at;

	if (!at)
		return 0;
	while (from > text && *from != ';' && *from != ':')
		from--;
	from += *from == ';' || *from == ':';
	return amount(from + strspn(from, " "));
}

void check_amount(const char *text, const json_t *said, const char *fate,
		  double amount)
{
	if (amount != number_in(said, fate))
		disagree("\"%s\" has %g conditions, but the text is: %s", fate,
			 number_in(said, fate), text);
}

static const json_t *answer(const json_t *v, const char *question)
{
	size_t n;
	const json_t *list = list_in(v, "answers", &n);

	for (size_t i = 0; i < n; i++)
		if (!strcmp(text_in(json_array_get(list, i), "question"),
			    question))
			return json_array_get(list, i);
	return NULL;
}

static void check_answer(const json_t *v, const char *question)
{
	const json_t *said =
		json_object_get(json_object_get(v, question), "conditions");
	const char *text = text_in(answer(v, question), "text");

	if (strstr(text, "was not tried"))
		text = "";
	check_amount(text, said, "holds", amount_after(text, "is the fast"));
	check_amount(text, said, "fails", amount_after(text, " is beaten"));
	check_amount(text, said, "ties", amount_after(text, "best rival"));
	check_amount(text, said, "undecided", amount_undecided(text));
}

/*
 * True if `where` begins with the name of the condition `s`, and the ratio of
 * `s` is `ratio` or 1 divided by it.
 */
static bool is_spot(const json_t *s, const char *where, double ratio)
{
	const char *words = text_in(s, "words");
	size_t len = strlen(words);
	double r = number_in(s, "ratio");

	return !strncmp(where, words, len) && where[len] &&
	       strchr(";)", where[len]) &&
	       (close_to(ratio, r) || close_to(ratio, 1 / r));
}

/*
 * Checks by the map each "R× as fast … (WHERE" in the answer about the ring:
 * the condition WHERE must have the ratio R.
 */
static void check_effects(const json_t *v)
{
	const char *text = text_in(answer(v, "ring"), "text"), *at = text;
	size_t n;
	const json_t *map = list_in(v, "map", &n);

	while ((at = strstr(at, "× as fast"))) {
		const char *where = strchr(at, '('), *from = at++;
		bool found = false;

		while (from > text && from[-1] != ' ')
			from--;
		for (size_t i = 0; where && i < n; i++)
			found |= is_spot(json_array_get(map, i), where + 1,
					 atof(from));
		if (!found)
			disagree("no condition of the map agrees with: %s",
				 from);
	}
}

void check_sentences(const json_t *v)
{
	check_answer(v, "claim");
	check_answer(v, "ring");
	check_effects(v);
}

/* --- the terminal --------------------------------------------------------- */

static char sign_of(const json_t *s)
{
	int outcome = outcome_of(text_in(s, "outcome"));

	return "+-=?."[outcome];
}

/*
 * Finds the line of a condition in the table. Returns the text behind the
 * condition's name; NULL: there is no such line.
 */
static const char *line_of(const char *table, const char *words)
{
	size_t len = strlen(words);

	for (const char *at = table; at; at = strchr(at, '\n')) {
		at += *at == '\n';
		if (!strncmp(at, words, len) && !strncmp(at + len, "  ", 2))
			return at + len;
	}
	return NULL;
}

static void check_line(const json_t *s, const char *line, bool alone)
{
	size_t len = strcspn(line, "\n");
	char *copy = strndup(line, len), sign[4] = { ' ', sign_of(s), ' ', 0 };
	char *at = copy + strspn(copy, " ");
	const char *first = json_string_value(
		json_array_get(json_object_get(s, "best"), 0));
	bool plain_name = first && strlen(first) < 10;

	for (const char *c = first; c && *c; c++)
		plain_name &= (unsigned char)*c < 0x80;
	if (plain_name && strncmp(at, first, strlen(first)) != 0)
		disagree("%s: the terminal's fastest is not %s: %s",
			 text_in(s, "words"), first, copy);
	at = strrchr(copy, 'x');
	if (!alone && sign[1] != '.' && !strstr(copy, sign))
		disagree("%s: the sign%sis missing in the terminal's line: %s",
			 text_in(s, "words"), sign, copy);
	while (at && at > copy && at[-1] != ' ')
		at--;
	if (!alone && isfinite(number_in(s, "ratio")) &&
	    (!at || !close_to(atof(at), number_in(s, "ratio"))))
		disagree("%s: the ratio is %g, but the terminal shows: %s",
			 text_in(s, "words"), number_in(s, "ratio"), copy);
	free(copy);
}

static void check_signs(const json_t *v, const char *out)
{
	static const char signs[] = "+-=?";
	const char *from = strstr(out, "not compared\n");
	const char *to = strstr(out, "\nThe fastest in each condition");
	const json_t *said =
		json_object_get(json_object_get(v, "ring"), "conditions");
	size_t n[OUTCOMES] = { 0 };

	if (!from || !to)
		return;
	for (from = strchr(from, '\n'); from < to; from++)
		for (int i = 0; i < OUTCOMES; i++)
			n[i] += from[0] == ' ' && from[1] == signs[i] &&
				strchr(" \n", from[2]) != NULL;
	check_counts("signs of the map", said, n);
}

void check_terminal(const json_t *v, const char *dir)
{
	char *out = file_text(dir, "out"), *flat = joined(out);
	const char *table = strstr(out, "The fastest in each condition");
	bool alone = table && !strstr(table, "best ring divided");
	size_t n;
	const json_t *list = list_in(v, "map", &n);

	if (!table && n > 0 && strstr(out, "Speed, "))
		disagree("the terminal has no table of conditions");
	for (size_t i = 0; table && i < n; i++) {
		const json_t *s = json_array_get(list, i);
		const char *line = line_of(table, text_in(s, "words"));

		if (line)
			check_line(s, line, alone);
		else
			disagree(
				"%s: the terminal does not show this condition",
				text_in(s, "words"));
	}
	check_signs(v, out);
	list = list_in(v, "answers", &n);
	for (size_t i = 0; i < n; i++) {
		char *text =
			plain(text_in(json_array_get(list, i), "text"), false);

		if (!strstr(flat, text))
			disagree("the terminal does not say: %s", text);
		free(text);
	}
	free(flat);
	free(out);
}

/* --- the CSV -------------------------------------------------------------- */

/*
 * The n-th field of a line, counted from its end. These fields have no quotes.
 */
static const char *field_from_end(const char *line, size_t len, int n)
{
	while (len > 0 && n > 0)
		n -= line[--len] == ',';
	return line + len + 1;
}

void check_csv(const json_t *v, const char *dir)
{
	char *csv = file_text(dir, "csv");
	const char *line = strchr(csv, '\n');
	size_t n, i = 0;
	const json_t *list = list_in(v, "comparisons", &n);

	for (; line && line[1]; line = strchr(line + 1, '\n'), i++) {
		const json_t *c = json_array_get(list, i);
		size_t len = strcspn(line + 1, "\n");
		const char *end = field_from_end(line + 1, len, 1);
		const char *ratio = field_from_end(line + 1, len, 8);

		if (strncmp(end, text_in(c, "outcome"),
			    strlen(text_in(c, "outcome"))) != 0 ||
		    (*ratio == ','
			     ? !isnan(number_in(c, "ratio"))
			     : !close_to(atof(ratio), number_in(c, "ratio"))))
			disagree("comparison %zu is %s %g, but: %.*s", i,
				 text_in(c, "outcome"), number_in(c, "ratio"),
				 (int)len, line + 1);
	}
	if (i != n)
		disagree("%zu comparisons, %zu lines of CSV", n, i);
	free(csv);
}

/* --- the page ------------------------------------------------------------- */

void check_page(const json_t *v, const char *dir)
{
	char *page = file_text(dir, "report.html");
	size_t n;
	const json_t *list = list_in(v, "answers", &n);

	for (size_t i = 0; i <= n; i++) {
		char *text =
			plain(i < n ? text_in(json_array_get(list, i), "text")
				    : text_in(v, "sentence"),
			      true);

		if (!strstr(page, text))
			disagree("the page does not say: %s", text);
		free(text);
	}
	free(page);
}
