/* The words of a page that follows a byte, each with its meaning. */
#include <ctype.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "base/markup.h"
#include "base/memstream.h"
#include "teach/teach.h"

/* A word is explained on pages whose text has one of its forms. */
static const struct word {
	const char *word, *forms[4], *means;
} words[] = {
	{ "server, client",
	  { "server" },
	  "The server is the process that has the input file, and the client "
	  "is the process that has the output file." },
	{ "hop",
	  { "hop" },
	  "A call, or a copy by a program, that brings bytes from one box to "
	  "the next." },
	{ "page cache",
	  { "page cache" },
	  "Memory of the kernel that holds contents of files. read copies out "
	  "of it, and write copies into it; a disk is written later." },
	{ "mapping",
	  { "mapping", "mapped", "mmap" },
	  "Pages of a file or of a region that have addresses in a process, so "
	  "that the process can touch them without a call." },
	{ "ring",
	  { "ring" },
	  "A row of places that are used in turn: after the last one comes the "
	  "first one again." },
	{ "slot", { "slot" }, "Room for one message in shared memory." },
	{ "semaphore",
	  { "semaphore", "sem_wait", "sem_post" },
	  "A number by which processes wait for each other. sem_wait subtracts "
	  "1, and sleeps while the number is 0. sem_post adds 1. These two "
	  "call the kernel only to sleep, or to wake a process that sleeps." },
	{ "semop",
	  { "semop" },
	  "The system call that changes a semaphore of the kernel: -1 "
	  "subtracts 1, and sleeps while the number is 0; +1 adds 1." },
	{ "futex",
	  { "futex", "futex_wait", "futex_wake" },
	  "A number in shared memory on which processes sleep. futex_wait "
	  "sleeps, unless the number has changed already. futex_wake wakes a "
	  "process that sleeps on it." },
	{ "eventfd",
	  { "eventfd" },
	  "A number in the kernel with a descriptor: write adds to it, and "
	  "read sleeps while it is 0." },
	{ "mq_timedsend",
	  { "mq_timedsend" },
	  "The system call of the library function mq_send(3), which passes no "
	  "time limit." },
	{ "mq_timedreceive",
	  { "mq_timedreceive" },
	  "The system call of the library function mq_receive(3), which passes "
	  "no time limit." },
	{ "reference",
	  { "reference", "refer", "by reference" },
	  "A note of the kernel that one more place uses a page. Only the note "
	  "is made; the bytes stay where they are." },
	{ "DMA",
	  { "DMA" },
	  "A device reads or writes memory by itself. No CPU copies." },
	{ "switch", { "switch" }, "The CPU goes from one process to another." },
	{ "wake-up",
	  { "wake-up" },
	  "A call of one process ends the sleep of another." },
	{ "ready",
	  { "ready" },
	  "A process that could run now, but another process has the CPU." },
	{ "trace",
	  { "trace" },
	  "The list of the calls that the processes made in a run." },
};

static const char *const evidence[] = {
	[LEDGER_CALIBRATED] = "the counter tried this kind of call on this "
			      "kernel",
	[LEDGER_COUNTED] = "the program counts its own copies",
	[LEDGER_PRELOADED] = "the program's memcpy was replaced by one that "
			     "counts",
	[LEDGER_IMPLIED] = "no call explains the bytes, so the program copied "
			   "them",
	[LEDGER_FRAMES] = "after a store, the page lies in another place of "
			  "the memory",
	[LEDGER_EXTENTS] = "the file system says which blocks are shared",
	[LEDGER_UNKNOWN] = "not at all",
};

/* --- the text of the page ------------------------------------------------- */

static void put_steps(FILE *to, const struct story *s)
{
	char text[600];

	for (int i = 0; i < s->steps; i++) {
		story_say(s, &s->step[i], text, sizeof(text));
		fprintf(to, "%s\n", text);
		story_step_why(s, &s->step[i], text, sizeof(text));
		fprintf(to, "%s\n", text);
		fprintf(to, "%s\n%s\n", s->step[i].wait ? s->step[i].wait : "",
			s->step[i].tell ? s->step[i].tell : "");
	}
	for (int i = 0; i < s->hops; i++)
		fprintf(to, "%s\n", story_why(s, &s->hop[i]));
	for (int i = 0; i < s->shown; i++)
		fprintf(to, "%s, %s\n", s->box[i].name, s->box[i].place);
}

/*
 * All sentences of the page, and the words that the template has on every page.
 * The caller frees the text; NULL: no memory.
 */
static char *text_of(const struct story *const *story, int n)
{
	char *text = NULL;
	size_t size;
	FILE *to = open_memstream(&text, &size);

	if (to) {
		fputs("switch, wake-up, ready, trace\n", to);
		teach_tables(to, story, n);
		for (int i = 0; i < n; i++) {
			fprintf(to, "%s\n%s\n", story[i]->title,
				story[i]->summary);
			put_steps(to, story[i]);
		}
	}
	return memstream_end(to, &text, true);
}

static bool is_letter(char c)
{
	return isalnum((unsigned char)c) || c == '_';
}

/* True if the text has this word, or its plural. */
static bool has_word(const char *text, const char *word)
{
	size_t len = strlen(word);

	for (const char *at = text; (at = strcasestr(at, word)); at++) {
		const char *end = at + len;

		end += strspn(end, "s");
		end += !strncmp(end, "es", 2) ? 2 : 0;
		if ((at == text || !is_letter(at[-1])) && !is_letter(*end))
			return true;
	}
	return false;
}

/* --- what is put ---------------------------------------------------------- */

static void put_meaning(FILE *to, const char *word, const char *means)
{
	html_put_in(to, "<dt>", word, "</dt><dd>");
	html_put(to, means);
	fputs("</dd>\n", to);
}

static bool is_known_by(const struct story *const *story, int n, int how)
{
	for (int i = 0; i < n; i++)
		for (int k = 0; k < story[i]->hops; k++)
			if ((int)story[i]->hop[k].hop->evidence == how)
				return true;
	return false;
}

static void put_evidence(FILE *to, const struct story *const *story, int n)
{
	fputs("<dt>known by</dt><dd>How the counter knows whether a call "
	      "copies.",
	      to);
	for (int i = 0; i < (int)(sizeof(evidence) / sizeof(*evidence)); i++)
		if (is_known_by(story, n, i))
			fprintf(to, " %s: %s.", ledger_evidence_names[i],
				evidence[i]);
	fputs("</dd>\n", to);
}

int teach_words(FILE *to, const struct story *const *story, int n)
{
	char *text = text_of(story, n);

	if (!text)
		return -ENOMEM;
	fputs("<dl>\n", to);
	for (size_t i = 0; i < sizeof(words) / sizeof(*words); i++)
		for (int k = 0; k < 4 && words[i].forms[k]; k++) {
			if (!has_word(text, words[i].forms[k]))
				continue;
			put_meaning(to, words[i].word, words[i].means);
			break;
		}
	put_evidence(to, story, n);
	fputs("</dl>", to);
	free(text);
	return 0;
}
