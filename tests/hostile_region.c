/* Truncated regions. Either side may be the hostile one. */
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "base/fd.h"
#include "child_of.h"
#include "hostile.h"
#include "tap.h"
#include "transport/ring.h"

static const char *const regions[] = { "posix", "file" };

/*
 * Truncates the region. An attacker who has the descriptor can do so at any
 * moment.
 */
static bool cut(struct polite *us)
{
	return ftruncate(hostile_ring_of(us)->region.fd, 0) == 0;
}

/*
 * The reasons that the honest side may give. A side that only waits may not
 * notice the truncation.
 */
static const char *const server_words[] = { "cut short", "no progress",
					    "gave no answer", NULL };
static const char *const client_words[] = { "cut short", "no progress",
					    "gave no answer", "instead of",
					    NULL };

static bool said_any(const struct verdict *v, const char *const *words)
{
	for (; words[1]; words++)
		if (strstr(v->err.text, *words))
			return true;
	return hostile_said(v, *words);
}

static void cut_server(const char *region, enum polite_step step)
{
	const char *name = hostile_name();
	struct honest server;
	struct verdict v;
	struct polite us;
	char spec[80];
	int sock;

	snprintf(spec, sizeof(spec), "shm:size=4K,depth=4,region=%s", region);
	honest_serve(&server, name, spec);
	sock = hostile_connect(name);
	polite_begin(&us, sock);
	polite_client(&us, step);
	cut(&us);
	v = honest_end(&server, 3 * HONEST_PATIENCE_MS + 1000);
	ok(honest_is_sound(&v, "server") && v.rc < 0 &&
		   said_any(&v, server_words),
	   "the client truncates the server's %s region after %s", region,
	   polite_step_names[step]);
	polite_end(&us);
	fd_close(&sock);
}

static void cut_client(const char *region, enum polite_step step)
{
	struct honest client;
	struct verdict v;
	struct polite us;
	struct meet meet;
	char spec[80];

	snprintf(spec, sizeof(spec), "shm:size=4K,depth=4,region=%s", region);
	polite_begin(&us, hostile_accept(&client, &meet));
	us.data = hostile_data;
	us.len = sizeof(hostile_data);
	polite_server(&us, spec, step);
	cut(&us);
	v = honest_end(&client, 3 * HONEST_PATIENCE_MS + 1000);
	ok(honest_is_sound(&v, "client") && v.rc < 0 &&
		   honest_dst_is_sound(&v, &hostile_sent) &&
		   said_any(&v, client_words),
	   "the server truncates the client's %s region after %s", region,
	   polite_step_names[step]);
	fd_close(&us.ctl.fd);
	polite_end(&us);
	meet_close(&meet);
}

/*
 * After SIGSTOP and SIGCONT the worker asks the kernel again to wait for the
 * semaphore. The memory of the semaphore is gone, so the kernel returns an
 * error, and glibc ends a process that gets this error.
 */
static void cut_under_a_waiter(void)
{
	struct honest server;
	struct verdict v;
	struct polite us;
	pid_t worker;

	hostile_meet_server(&server, &us, "shm:size=4K,depth=4,region=posix",
			    POLITE_READY);
	/* wait until the ring is full and the honest side waits */
	usleep(HONEST_PATIENCE_MS * 1000 / 4);
	cut(&us);
	worker = child_of(server.pid, 0);
	if (worker > 0 && kill(worker, SIGSTOP) == 0)
		kill(worker, SIGCONT);
	v = honest_end(&server, 3 * HONEST_PATIENCE_MS + 1000);
	ok(honest_is_sound(&v, "server") && v.rc < 0 &&
		   hostile_said(&v, "cut short"),
	   "a region is truncated while a side waits for a semaphore in it");
	fd_close(&us.ctl.fd);
	polite_end(&us);
}

static void memfd_cannot_be_cut(void)
{
	const char *name = hostile_name();
	struct honest server;
	struct verdict v;
	struct polite us;
	int sock;
	bool could;

	honest_serve(&server, name, "shm:size=4K,depth=4,region=memfd");
	sock = hostile_connect(name);
	polite_begin(&us, sock);
	polite_client(&us, POLITE_FIRST);
	could = cut(&us);
	v = honest_end(&server, 3 * HONEST_PATIENCE_MS + 1000);
	ok(!could && honest_is_sound(&v, "server"),
	   "a memfd region cannot be truncated");
	polite_end(&us);
	fd_close(&sock);
}

void hostile_regions(void)
{
	for (int i = 0; i < 2; i++) {
		cut_server(regions[i], POLITE_JOINED);
		cut_server(regions[i], POLITE_FIRST);
		cut_client(regions[i], POLITE_OFFER);
		cut_client(regions[i], POLITE_JOINED);
		cut_client(regions[i], POLITE_READY);
		cut_client(regions[i], POLITE_FIRST);
	}
	cut_under_a_waiter();
	memfd_cannot_be_cut();
}
