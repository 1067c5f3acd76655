/*
 * How servers and clients meet: names, their holders, and the runtime
 * directory.
 */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/lease.h"
#include "base/run_dir.h"
#include "leftovers.h"
#include "party.h"
#include "sample.h"
#include "scratch.h"
#include "tap.h"

static const struct sample in = { .len = 30001, .seed = 5, .mode = 0640 };
static const struct sample old = { .len = 777, .seed = 99, .mode = 0604 };

static struct party *server, *client;

static void begin(void)
{
	party_init(server, COPY_SERVER, "meet", "in");
	party_init(client, COPY_CLIENT, "meet", "out");
	sample_write("in", &in);
	sample_write("out", &old);
}

static void end(void)
{
	unlink("in");
	unlink("out");
}

/* True if the client copied from that server and both processes ended well. */
static bool they_meet(void)
{
	const struct sample copy = sample_over(&in, &old);
	bool good;

	party_start(client);
	good = party_finish(client);
	good &= party_finish(server);
	if (client->rc < 0)
		diag("the client's: %s", client->err.text);
	return good && server->rc == 0 && client->rc == 0 &&
	       !sample_differs("out", &copy);
}

/* --- names -------------------------------------------------------------- */

static void refuses_both(const char *name, const char *words)
{
	struct err ours = { 0 }, theirs = { 0 };
	struct copy_job job = COPY_JOB_INIT;
	struct copy_outcome out = { 0 };
	struct copy_server *s = NULL;

	job.dst = "out";
	ok(copy_server_open(&s, name, &ours) == -EINVAL && !s &&
		   copy_fetch(&job, name, 0, &out, &theirs) == -EINVAL &&
		   !strcmp(ours.text, theirs.text) &&
		   strstr(ours.text, "is not allowed"),
	   "%s is refused as a name", words);
}

static void test_names(void)
{
	char longest[66];
	struct copy_server *s = NULL;
	struct err e = { 0 };

	refuses_both("../x", "a path upwards");
	refuses_both("a/b", "a path");
	refuses_both("/x", "an absolute path");
	refuses_both(".x", "a word that begins with a dot");
	refuses_both("", "an empty word");
	refuses_both("a b", "a word with a blank");
	refuses_both("a\n", "a word with a newline");
	refuses_both("\xc3\xa4", "a word with a letter outside ASCII");
	memset(longest, 'x', sizeof(longest));
	longest[65] = '\0';
	refuses_both(longest, "a word of 65 letters");
	longest[64] = '\0';
	ok(copy_server_open(&s, longest, &e) == 0,
	   "a name may have 64 letters %s", e.text);
	copy_server_close(s);
	memset(&e, 0, sizeof(e));
	ok(copy_server_open(&s, "-Az._09", &e) == 0, "a name may be -Az._09 %s",
	   e.text);
	copy_server_close(s);
}

/* --- holders of names ----------------------------------------------------- */

static void test_no_server(void)
{
	begin();
	client->wait_ms = 150;
	party_start(client);
	ok(party_finish(client) && client->rc == -ETIMEDOUT && client->clean &&
		   strstr(client->err.text, "'meet'") &&
		   strstr(client->err.text, "0.15 s"),
	   "a fetch without a server ends after its wait: %s",
	   client->err.text);
	ok(!sample_differs("out", &old),
	   "a fetch without a server leaves the destination as it was");
	end();
}

static void test_no_client(void)
{
	begin();
	server->wait_ms = 150;
	party_start(server);
	ok(party_finish(server) && server->rc == -ETIMEDOUT && server->clean,
	   "a server without a client ends after its wait: %s",
	   server->err.text);
	end();
}

static void test_taken(void)
{
	struct copy_server *s = NULL;
	struct err e = { 0 };
	char pid[24];

	begin();
	party_start(server);
	party_opened(server);
	snprintf(pid, sizeof(pid), "process %d", (int)server->pid);
	ok(copy_server_open(&s, "meet", &e) == -EADDRINUSE && !s &&
		   strstr(e.text, pid),
	   "a live server's name is refused: %s", e.text);
	ok(they_meet(),
	   "a server whose name was refused to another still serves");
	end();
}

static void test_stale(void)
{
	begin();
	party_start(server);
	party_opened(server);
	party_wipe_out(server);
	begin();
	party_start(server);
	ok(party_opened(server), "a killed server's name is taken over");
	ok(they_meet(), "a name that was taken over is served again");
	end();
}

/* Sweeping a dead server must spare a living one of the same name. */
static void test_sweep_spares_the_living(void)
{
	begin();
	party_start(server);
	party_opened(server);
	party_wipe_out(server);
	begin();
	party_start(server);
	party_opened(server);
	lease_sweep();
	ok(they_meet(),
	   "sweeping a dead server's name spares a living server of that name");
	end();
}

/* --- the runtime directory ---------------------------------------------- */

static int run_dir_says(char text[300])
{
	struct err e = { 0 };
	char dir[120];
	int rc = run_dir(dir, sizeof(dir), &e);

	snprintf(text, 300, "%s", e.text);
	return rc;
}

/* Uses `tmp`, so that the runtime directory of other tests is not changed. */
static void test_run_dir(void)
{
	char dir[100], text[300];

	snprintf(dir, sizeof(dir), "%s/tmp", scratch_dir());
	setenv("XDG_RUNTIME_DIR", dir, 1);
	snprintf(dir, sizeof(dir), "%s/tmp/ipcopy", scratch_dir());
	ok(run_dir_says(text) == 0 && access(dir, X_OK) == 0,
	   "a runtime directory is made %s", text);
	chmod(dir, 0750);
	ok(run_dir_says(text) == -EACCES && strstr(text, "chmod 700"),
	   "a runtime directory that is open to others is refused: %s", text);
	chmod(dir, 0700);
	if (chown(dir, 65534, 65534) < 0)
		skip("another user's directory: only root can make it");
	else
		ok(run_dir_says(text) == -EACCES &&
			   strstr(text, "belongs to this user"),
		   "another user's runtime directory is refused: %s", text);
	rmdir(dir);
	ok(symlink("../run", dir) == 0 && run_dir_says(text) == -EACCES,
	   "a link to a runtime directory is refused: %s", text);
	unlink(dir);
	ok(mkfifo(dir, 0700) == 0 && run_dir_says(text) == -EACCES,
	   "a file that is not a directory is refused: %s", text);
	unlink(dir);
	snprintf(dir, sizeof(dir), "%s/run", scratch_dir());
	setenv("XDG_RUNTIME_DIR", dir, 1);
}

int main(void)
{
	char text[300], *before;

	scratch_begin();
	server = parties_new(2);
	client = server + 1;
	test_run_dir();
	run_dir_says(text);
	before = leftovers_names();
	test_names();
	test_no_server();
	test_no_client();
	test_taken();
	test_stale();
	test_sweep_spares_the_living();
	lease_sweep();
	ok(leftovers_none_since(before), "nothing is left behind");
	free(before);
	return done_testing();
}
