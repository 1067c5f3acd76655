/* `ipcopy help`: all commands, a manual page, or one of the other texts. */
#include "cli/help.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "args/say.h"
#include "base/place.h"
#include "base/stop.h"
#include "base/words.h"
#include "cli/commands.h"

struct page {
	const char *name; /* after "ipcopy-" */
	int section;
};

/* Manual pages that are not about a command. */
static const struct page topics[] = {
	{ "plan", 5 },
	{ "run", 5 },
	{ "mechanisms", 7 },
	{ NULL, 0 },
};

/* Texts that are not manual pages. */
static const struct text {
	const char *name, *in_tree, *installed;
} texts[] = {
	{ "lesson", "doc/LESSON", DOCDIR "/LESSON" },
	{ "method", "doc/METHOD", DOCDIR "/METHOD" },
	{ "promise", "doc/PROMISE", DOCDIR "/PROMISE" },
};

enum { TEXTS = sizeof(texts) / sizeof(*texts) };

/* --- which page ----------------------------------------------------------- */

const char *help_topic_at(size_t i)
{
	return i < TEXTS ? texts[i].name : topics[i - TEXTS].name;
}

static const char *name_at(size_t i, const void *unused)
{
	size_t n = 0;

	(void)unused;
	while (commands[n])
		n++;
	return i < n ? commands[i]->name : help_topic_at(i - n);
}

static const struct text *find_text(const char *name)
{
	for (size_t i = 0; i < TEXTS; i++)
		if (!strcmp(texts[i].name, name))
			return &texts[i];
	return NULL;
}

static const struct page *find_topic(const char *name)
{
	for (const struct page *p = topics; p->name; p++)
		if (!strcmp(p->name, name))
			return p;
	return NULL;
}

/* Finds a page in the build folder or where it is installed, packed or not. */
static bool find_file(const struct page *p, char *path, size_t size)
{
	static const char *const endings[] = { "", ".gz" };
	char in_tree[80], installed[1024];

	for (size_t i = 0; i < 2; i++) {
		snprintf(in_tree, sizeof(in_tree), "doc/man/ipcopy-%s.%d%s",
			 p->name, p->section, endings[i]);
		snprintf(installed, sizeof(installed),
			 MANDIR "/man%d/ipcopy-%s.%d%s", p->section, p->name,
			 p->section, endings[i]);
		if (place_find(in_tree, installed, R_OK, path, size))
			return true;
	}
	return false;
}

/* --- man ------------------------------------------------------------------ */

/* True if man finds the page by its name. */
static bool man_finds(const char *section, const char *name)
{
	int status = -1;
	pid_t pid = fork();

	if (pid == 0) {
		int nowhere = open("/dev/null", O_RDWR | O_CLOEXEC);

		stop_hand_on();
		dup2(nowhere, STDOUT_FILENO);
		dup2(nowhere, STDERR_FILENO);
		execlp("man", "man", "-w", section, name, (char *)NULL);
		_exit(127);
	}
	while (pid > 0 && waitpid(pid, &status, 0) < 0 && errno == EINTR)
		;
	return pid > 0 && status == 0;
}

/* Replaces this process by man; returns if that is not possible. */
static void show_page(const struct page *p)
{
	char path[2048], name[80], section[4];

	snprintf(name, sizeof(name), "ipcopy-%s", p->name);
	snprintf(section, sizeof(section), "%d", p->section);
	fflush(stdout);
	if (find_file(p, path, sizeof(path))) {
		stop_hand_on();
		execlp("man", "man", "-l", path, (char *)NULL);
	} else if (man_finds(section, name)) {
		stop_hand_on();
		execlp("man", "man", section, name, (char *)NULL);
	}
}

/* --- a text --------------------------------------------------------------- */

/* Some distributions pack the texts. */
static bool find_packed(const struct text *t, char *path, size_t size)
{
	char installed[1024];

	snprintf(installed, sizeof(installed), "%s.gz", t->installed);
	return place_find(t->in_tree, installed, R_OK, path, size);
}

/* Replaces this process by a pager; returns if there is none. */
static void page_text(const char *path, bool packed)
{
	const char *pager = getenv("PAGER");

	stop_hand_on();
	if (packed) {
		execlp("zless", "zless", path, (char *)NULL);
		return;
	}
	if (pager && *pager)
		execlp(pager, pager, path, (char *)NULL);
	execlp("less", "less", path, (char *)NULL);
	execlp("more", "more", path, (char *)NULL);
}

static enum exit_code print_text(const char *path)
{
	FILE *from = fopen(path, "re");
	char block[4096];
	size_t n;

	if (!from) {
		say("cannot open %s: %s", path, strerror(errno));
		return EXIT_CANNOT;
	}
	while ((n = fread(block, 1, sizeof(block), from)) > 0)
		fwrite(block, 1, n, stdout);
	fclose(from);
	return EXIT_WELL;
}

static enum exit_code show_text(const struct text *t)
{
	char path[2048];
	bool plain =
		place_find(t->in_tree, t->installed, R_OK, path, sizeof(path));
	bool packed = !plain && find_packed(t, path, sizeof(path));

	if (!plain && !packed) {
		say("cannot show the text: the file %s is missing; install "
		    "ipcopy's documents",
		    t->installed);
		return EXIT_CANNOT;
	}
	fflush(stdout);
	if (isatty(STDOUT_FILENO))
		page_text(path, packed);
	else if (packed)
		execlp("zcat", "zcat", path, (char *)NULL);
	if (plain)
		return print_text(path);
	printf("%s\n", path);
	return EXIT_WELL;
}

/* --- the command ---------------------------------------------------------- */

static enum exit_code show_topic(const struct page *p)
{
	show_page(p);
	say("cannot show the manual page ipcopy-%s(%d): man or the page is not "
	    "installed; install man-db and ipcopy's manual pages",
	    p->name, p->section);
	return EXIT_CANNOT;
}

static enum exit_code refuse(const char *word)
{
	struct err e = { 0 };

	words_refuse(&e, "command", word, name_at, NULL);
	return say_error(&e, EXIT_USAGE);
}

enum exit_code help_run(char **words)
{
	const struct command *c;
	const struct page *topic;
	const struct text *text;

	if (!words[0]) {
		command_overview(commands);
		return EXIT_WELL;
	}
	if (words[1])
		return say_usage(
			"'%s' is one argument too many; see: ipcopy --help",
			words[1]);
	c = commands_find(words[0]);
	topic = find_topic(words[0]);
	text = find_text(words[0]);
	if (!c && text)
		return show_text(text);
	if (!c)
		return topic ? show_topic(topic) : refuse(words[0]);
	if (isatty(STDOUT_FILENO))
		show_page(&(struct page){ c->name, 1 });
	command_help(c);
	return EXIT_WELL;
}
