/* Reads answers to exercises. */
#include "teach/answer.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "base/size.h"
#include "base/words.h"
#include "teach/question.h"

/*
 * The beginning of a call's name, and the word for the call in answers; the
 * first beginning that fits counts.
 */
static const struct {
	const char *start, *word;
} words[] = {
	{ "sendfile", "sendfile" },
	{ "send", "write" },
	{ "recv", "read" },
	{ "read", "read" },
	{ "pread", "read" },
	{ "write", "write" },
	{ "pwrite", "write" },
	{ "memcpy", "memcpy" },
	{ "bytes_copy", "memcpy" },
	{ "memmove", "memcpy" },
	{ "copy_file_range", "copy_file_range" },
	{ "splice", "splice" },
	{ "vmsplice", "vmsplice" },
	{ "tee", "tee" },
	{ "process_vm_readv", "process_vm_readv" },
	{ "process_vm_writev", "process_vm_writev" },
	{ "mq_send", "mq_send" },
	{ "mq_receive", "mq_receive" },
	{ "msgsnd", "msgsnd" },
	{ "msgrcv", "msgrcv" },
	{ "copy on write", "fault" },
	{ "fault", "fault" },
	{ "fork", "fork" },
	{ "mmap", "mmap" },
	{ "ioctl", "ioctl" },
};

enum { WORDS = sizeof(words) / sizeof(*words) };

const char *answer_word(const char *call)
{
	for (int i = 0; i < WORDS; i++)
		if (!strncasecmp(call, words[i].start, strlen(words[i].start)))
			return words[i].word;
	return NULL;
}

static const char *word_at(size_t i, const void *unused)
{
	(void)unused;
	return i < WORDS ? words[i].start : NULL;
}

/* --- parts ---------------------------------------------------------------- */

static int take_number(const char *part, const char *text, int *number,
		       struct err *e)
{
	uint64_t n;

	if (!strcasecmp(text, "none")) {
		*number = ANSWER_NONE;
		return 0;
	}
	if (!count_parse(text, &n) || n > 1000)
		return err_say(e, EINVAL,
			       "%s='%.40s' is not allowed; it must be a number "
			       "up to 1000 or the word none",
			       part, text);
	*number = (int)n;
	return 0;
}

static int take_calls(char *text, struct answer *a, struct err *e)
{
	char *at, *call;

	a->calls = 0;
	if (!strcasecmp(text, "none"))
		return 0;
	for (call = strtok_r(text, ",", &at); call;
	     call = strtok_r(NULL, ",", &at)) {
		const char *word = answer_word(call);

		if (!word)
			return words_refuse(e, "call", call, word_at, NULL);
		if (a->calls == ANSWER_CALLS)
			return err_say(e, EINVAL,
				       "calls= names more than %d calls",
				       ANSWER_CALLS);
		a->call[a->calls++] = word;
	}
	return 0;
}

static int take_why(const char *text, struct answer *a, struct err *e)
{
	if (text[0] && !text[1] && (text[0] | 32) >= 'a' &&
	    (text[0] | 32) < 'a' + WHYS) {
		a->why = (text[0] | 32) - 'a';
		return 0;
	}
	return err_say(e, EINVAL,
		       "why='%.40s' is not allowed; it must be a letter from a "
		       "to %c",
		       text, 'a' + WHYS - 1);
}

static const char *const parts[] = { "copies", "kernel", "calls", "why", NULL };

/*
 * Returns the part that a word such as "copies=4" names, and moves *word to the
 * value. A word without a name is part number `turn`.
 */
static int part_of(char **word, int turn, struct err *e)
{
	size_t len = strcspn(*word, "=");
	char *value = *word + len + 1;

	if (!(*word)[len])
		return parts[turn]
			       ? turn
			       : err_say(e, EINVAL,
					 "'%.40s' is one word too many; the "
					 "last part of an answer is why",
					 *word);
	(*word)[len] = '\0';
	for (int i = 0; parts[i]; i++)
		if (!strcasecmp(*word, parts[i])) {
			*word = value;
			return i;
		}
	return words_refuse(e, "part", *word, words_in_array, parts);
}

static int take_part(int part, char *value, struct answer *a, struct err *e)
{
	if (!*value)
		return 0; /* not filled in */
	switch (part) {
	case 0:
		return take_number("copies", value, &a->copies, e);
	case 1:
		return take_number("kernel", value, &a->kernel, e);
	case 2:
		return take_calls(value, a, e);
	default:
		return take_why(value, a, e);
	}
}

int answer_read(const char *line, struct answer *a, struct err *e)
{
	char text[400], *at, *word;
	int turn = 0, rc = 0;

	*a = (struct answer)ANSWER_INIT;
	if (strlen(line) >= sizeof(text))
		return err_say(e, EINVAL, "the line is longer than %zu bytes",
			       sizeof(text) - 1);
	snprintf(text, sizeof(text), "%s", line);
	for (word = strtok_r(text, " \t\r\n", &at); word && rc >= 0;
	     word = strtok_r(NULL, " \t\r\n", &at)) {
		int part = part_of(&word, turn, e);

		turn = part + 1;
		rc = part < 0 ? part : take_part(part, word, a, e);
	}
	return rc < 0 ? rc : 0;
}

/* --- a file of answers ---------------------------------------------------- */

static int take_sheet(struct answers *all, const char *text, struct err *e)
{
	char level[8], left;

	if (all->found)
		return err_say(e, EINVAL, "a second line begins with 'sheet:'");
	if (sscanf(text, " seed=%lu level=%7s questions=%d of=%lx %c",
		   &all->seed, level, &all->questions, &all->of, &left) != 4 ||
	    all->questions < 1 || all->questions > ANSWERS_MOST)
		return err_say(
			e, EINVAL,
			"'sheet:%.60s' is not a line that --sheet prints",
			text);
	all->level = level[0] - '0';
	if (!strcmp(level, "all"))
		all->level = 0;
	else if (level[1] || all->level < 1 || all->level > FORM_LEVELS)
		return err_say(e, EINVAL,
			       "level=%s is not allowed; it must be 1, 2, 3 or "
			       "all",
			       level);
	all->found = true;
	return 0;
}

static int take_answer(struct answers *all, const char *line, struct err *e)
{
	char *end;
	unsigned long n = strtoul(line, &end, 10);

	if (end == line || *end != ':')
		return err_say(e, EINVAL,
			       "'%.60s' is not an answer; an answer begins "
			       "with the number of its question and a colon",
			       line);
	if (!all->found)
		return err_say(e, EINVAL,
			       "the line 'sheet: …', which --sheet prints, "
			       "must come before the answers");
	if (n < 1 || n > (unsigned long)all->questions)
		return err_say(e, EINVAL,
			       "there is no question %lu; the sheet has the "
			       "questions 1 to %d",
			       n, all->questions);
	if (all->said[n])
		return err_say(e, EINVAL, "question %lu has two answers", n);
	all->said[n] = true;
	return answer_read(end + 1, &all->answer[n], e);
}

int answers_take(struct answers *all, char *line, struct err *e)
{
	line[strcspn(line, "\r\n")] = '\0';
	line += strspn(line, " \t");
	if (!*line || *line == '#')
		return 0;
	if (!strncmp(line, "sheet:", 6))
		return take_sheet(all, line + 6, e);
	return take_answer(all, line, e);
}
