/* Drawings of paths that no mechanism has: long, odd, unknown, branched. */
#include <stdlib.h>
#include <string.h>

#include "base/utf8.h"
#include "count/chain.h"
#include "tap.h"
#include "text/way.h"

static bool fits(const char *text)
{
	while (*text) {
		size_t len = strcspn(text, "\n");
		char *line = strndup(text, len);
		bool narrow = line && utf8_width(line) <= 79;

		free(line);
		if (!narrow)
			return false;
		text += len + (text[len] == '\n');
	}
	return true;
}

static bool is_ascii(const char *text)
{
	for (; *text; text++)
		if ((unsigned char)*text >= 0x7f ||
		    ((unsigned char)*text < ' ' && *text != '\n'))
			return false;
	return true;
}

static int times(const char *text, const char *word)
{
	int n = 0;

	for (; (text = strstr(text, word)); text += strlen(word))
		n++;
	return n;
}

/* --- boxes and arrows ----------------------------------------------------- */

#define LONG 16

static void long_ways(void)
{
	struct way_box box[LONG];
	struct way_arrow arrow[LONG];
	bool all_fit = true, each_once = true;
	char word[32];

	for (int i = 0; i < LONG; i++) {
		box[i] = (struct way_box){ "a name that is far too long for it",
					   "so is this", "its owner", i % 2 };
		arrow[i] = (struct way_arrow){ .call = "mq_timedreceive",
					       .copies = 1 };
	}
	for (int n = 1; n <= LONG; n++) {
		char *ascii = way_picture(box, (size_t)n, arrow, true);
		char *lines = way_picture(box, (size_t)n, arrow, false);

		all_fit = all_fit && ascii && lines && fits(ascii) &&
			  fits(lines) && is_ascii(ascii);
		for (int i = 1; i < n; i++) {
			snprintf(word, sizeof(word), "%s%d COPY",
				 i < 10 ? " " : "", i);
			each_once = each_once && times(ascii, word) == 1;
		}
		free(ascii);
		free(lines);
	}
	ok(all_fit, "paths of 1 to %d boxes fit a terminal in both charsets",
	   LONG);
	ok(each_once, "each copy has its number once");
}

/* Tries every combination of user and kernel, with copies and without. */
static void any_order(void)
{
	bool all_fit = true;

	for (unsigned int bits = 0; bits < 1 << 11; bits++) {
		struct way_box box[5];
		struct way_arrow arrow[4];
		char *text;

		for (int i = 0; i < 5; i++)
			box[i] = (struct way_box){ "name", "detail", "owner",
						   bits >> i & 1 };
		for (int i = 0; i < 4; i++)
			arrow[i] = (struct way_arrow){
				.call = i % 2 ? "process_vm_readv" : "write",
				.copies = (int)(bits >> (5 + i) & 1),
				.by_user = bits >> (9 + i % 2) & 1,
			};
		text = way_picture(box, 5, arrow, bits & 1);
		all_fit = all_fit && text && fits(text) && strchr(text, '\n');
		free(text);
	}
	ok(all_fit, "boxes of any kinds fit in any order");
}

static void odd_names(void)
{
	struct way_box box[] = {
		{ "\033[31mred\r\n", "\xff\xfe", "\xe6\x96\x87\xe4\xbb\xb6",
		  false },
		{ "", "", "", true },
	};
	struct way_arrow arrow[] = { { .call = "re\tad", .copies = -1 } };
	char *text = way_picture(box, 2, arrow, false);

	ok(text && !strchr(text, '\033') && !strchr(text, '\r') &&
		   !strchr(text, '\t') && fits(text),
	   "control characters are replaced");
	ok(text && strstr(text, "\xe6\x96\x87\xe4\xbb\xb6"),
	   "letters beyond ASCII stay as they are");
	ok(text && strstr(text, " ? \n") == NULL && strchr(text, '?') &&
		   !strstr(text, "COPY"),
	   "an unknown number of copies is a question mark");
	free(text);
	text = way_picture(box, 2, arrow, true);
	ok(text && is_ascii(text), "in the ASCII charset there is only ASCII");
	free(text);
}

static void unsaid(void)
{
	struct way_box box[] = { { "IN", "", "", false },
				 { "buffer", "", "server", true },
				 { "OUT", "", "", false } };
	struct way_arrow arrow[] = {
		{ .call = "read", .copies = 1, .unsaid = true },
		{ .call = "write", .copies = 0, .unsaid = true },
	};
	char *text = way_picture(box, 3, arrow, false);

	ok(text && !strstr(text, "COPY") && !strstr(text, "no copy") &&
		   !strstr(text, "\xe2\x94\x86") && strstr(text, "write"),
	   "a picture for a quiz does not show the copies");
	free(text);
}

/* --- from a ledger to a chain --------------------------------------------- */

static struct ledger *made_up;

static int object(enum ledger_kind kind, const char *name)
{
	return ledger_object(made_up, kind, name, name, "", 0);
}

static void hop(int from, int to, const char *process, const char *call,
		uint64_t bytes)
{
	const struct ledger_hop h = { .from = from,
				      .to = to,
				      .by = strcmp(call, "memcpy")
						    ? LEDGER_BY_KERNEL
						    : LEDGER_BY_USER,
				      .process = process,
				      .call = call,
				      .calls = 1,
				      .bytes = bytes,
				      .copies = 1 };

	ledger_add(made_up, &h);
}

static struct chain chain_between(int in, int out)
{
	static const bool all[16] = { true, true, true, true, true, true,
				      true, true, true, true, true, true,
				      true, true, true, true };
	struct chain c;

	chain_of(made_up, in, out, all, &c);
	return c;
}

static void shared_way(void)
{
	struct chain c;
	int in, region, out;

	made_up = ledger_new();
	in = object(LEDGER_FILE, "in");
	region = object(LEDGER_FILE, "/dev/shm/ring");
	out = object(LEDGER_FILE, "out");
	hop(in, region, "ipcopy-server", "read", 4096);
	hop(region, out, "ipcopy-client", "write", 2048);
	hop(region, out, "ipcopy-client", "pwrite64", 2048);
	c = chain_between(in, out);
	ok(c.n == 3 && c.link[1].region && c.link[1].user &&
		   !strcmp(c.link[1].owners, "server and client"),
	   "memory that two processes read into and write from is a region of "
	   "both");
	ok(c.n == 3 && c.link[1].hop.bytes == 4096 &&
		   c.link[1].hop.calls == 2 && !c.branches,
	   "hops between the same two objects are joined");
	ok(chain_copies(&c, LEDGER_BY_KERNEL) == 2 &&
		   chain_copies(&c, LEDGER_BY_USER) == 0,
	   "the copies of joined hops count once");
	ledger_free(made_up);
}

static void mapped_way(void)
{
	struct chain c;
	int in, out;

	made_up = ledger_new();
	in = object(LEDGER_FILE, "in");
	out = object(LEDGER_FILE, "out");
	hop(in, out, "ipcopy-server", "memcpy", 4096);
	c = chain_between(in, out);
	ok(c.n == 2 && c.link[0].mapped && c.link[1].mapped &&
		   !strcmp(c.link[0].owners, "server"),
	   "files without a call between them are drawn as mapped");
	c = chain_between(out, in);
	ok(c.n == 0, "there is no path from the output to the input");
	c = chain_between(-1, out);
	ok(c.n == 0, "there is no path without an input");
	ledger_free(made_up);
}

static void branched_way(void)
{
	struct chain c;
	int in, one, two, out;

	made_up = ledger_new();
	in = object(LEDGER_FILE, "in");
	one = object(LEDGER_PRIVATE, "one[1]");
	two = object(LEDGER_PRIVATE, "two[2]");
	out = object(LEDGER_FILE, "out");
	hop(in, one, "one", "read", 1000);
	hop(in, two, "two", "read", 3000);
	hop(one, out, "one", "write", 1000);
	hop(two, two, "two", "memcpy", 3000);
	hop(two, out, "two", "write", 3000);
	c = chain_between(in, out);
	ok(c.branches && c.n == 4 && c.link[1].object == two,
	   "the larger of two branches is followed, and the chain says so");
	ok(c.n == 4 && c.link[2].object == two &&
		   c.link[1].hop.by == LEDGER_BY_USER,
	   "a copy within a process has two boxes");
	ledger_free(made_up);
}

int main(void)
{
	long_ways();
	any_order();
	odd_names();
	unsaid();
	shared_way();
	mapped_way();
	branched_way();
	return done_testing();
}
