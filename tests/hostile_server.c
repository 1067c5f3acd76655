/* Hostile servers against copy_fetch(): wrong messages, silence and lies. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/fd.h"
#include "copy/messages.h"
#include "hostile.h"
#include "peer.h"
#include "tap.h"

/* The data of a server that tells the truth until its last message. */
static unsigned char data[100000];
static const struct sample sent = { .len = sizeof(data),
				    .seed = 3,
				    .mode = 0600 };

static void begin(struct honest *client, struct meet *meet, struct polite *us)
{
	polite_begin(us, hostile_accept(client, meet));
	us->data = data;
	us->len = sizeof(data);
}

static void end(struct polite *us, struct meet *meet)
{
	fd_close(&us->ctl.fd);
	polite_end(us);
	meet_close(meet);
}

static bool fails_soundly(struct honest *client, int within_ms,
			  const char *words)
{
	struct verdict v = honest_end(client, within_ms);

	return honest_is_sound(&v, "client") && v.rc < 0 &&
	       honest_dst_is_sound(&v, &sent) && hostile_said(&v, words);
}

/* --- nonsense instead of an offer ---------------------------------------- */

static void spoil_magic(struct peer_message *m)
{
	m->magic++;
}

static void spoil_version(struct peer_message *m)
{
	m->version = 0;
}

static void spoil_length(struct peer_message *m)
{
	m->len = 1 << 30;
}

static void spoil_end(struct peer_message *m)
{
	m->sent_bytes -= 7;
}

static void spoil_size(struct peer_message *m)
{
	m->sent_bytes = PEER_HEAD + 2000;
}

static void spoil_type(struct peer_message *m)
{
	m->type = SESSION_START;
}

static void spoil_all(struct peer_message *m)
{
	m->sent_bytes = 3;
}

static const struct {
	const char *what;
	void (*spoil)(struct peer_message *m);
	const char *words;
} nonsense[] = {
	{ "a wrong magic", spoil_magic, "does not speak ipcopy's protocol" },
	{ "version 0", spoil_version,
	  "speaks version 0 of the protocol, and this program speaks version "
	  "2" },
	{ "a length of 1 GiB", spoil_length, "claims to have" },
	{ "an offer that is cut short", spoil_end, "claims to have" },
	{ "an offer that is too long", spoil_size, "does not speak" },
	{ "START", spoil_type, "sent a message of type 5 with" },
	{ "3 bytes", spoil_all, "does not speak" },
};

static void say_nonsense(size_t i)
{
	struct offer o = peer_offer("pipe", 1000);
	struct peer_message m = { .magic = 0 };
	struct honest client;
	struct polite us;
	struct meet meet;

	begin(&client, &meet, &us);
	peer_message(&m, SESSION_OFFER, &o, sizeof(o));
	nonsense[i].spoil(&m);
	peer_send(us.ctl.fd, &m);
	ok(fails_soundly(&client, 2000, nonsense[i].words),
	   "a server says %s instead of an offer", nonsense[i].what);
	end(&us, &meet);
}

/* --- silence ------------------------------------------------------------- */

static void fall_silent(enum polite_step step)
{
	bool moving = step == POLITE_READY || step == POLITE_FIRST;
	struct honest client;
	struct polite us;
	struct meet meet;

	begin(&client, &meet, &us);
	polite_server(&us, "shm:size=4K", step);
	ok(fails_soundly(&client, 3 * HONEST_PATIENCE_MS + 1000,
			 moving ? "no progress" : "gave no answer"),
	   "a server's silence after %s ends by the deadline",
	   polite_step_names[step]);
	end(&us, &meet);
}

static void vanish(enum polite_step step)
{
	struct honest client;
	struct polite us;
	struct meet meet;

	begin(&client, &meet, &us);
	polite_server(&us, "shm:size=4K,region=memfd", step);
	fd_close(&us.ctl.fd);
	ok(fails_soundly(&client, HONEST_PATIENCE_MS + 1000,
			 "the server is gone"),
	   "a server that vanishes after %s is noticed",
	   polite_step_names[step]);
	end(&us, &meet);
}

/* --- lies at the end ----------------------------------------------------- */

static void lie_at_end(uint64_t bytes, uint64_t hash_off, const char *words)
{
	struct offer_done done;
	struct honest client;
	struct polite us;
	struct meet meet;

	begin(&client, &meet, &us);
	polite_server(&us, "pipe", POLITE_LAST);
	done = (struct offer_done){ .bytes = bytes, .hash = 1 + hash_off };
	peer_say(us.ctl.fd, SESSION_DONE, &done, sizeof(done), -1);
	ok(fails_soundly(&client, 2000, words),
	   "DONE of %llu bytes with a wrong hash is refused",
	   (unsigned long long)bytes);
	end(&us, &meet);
}

static void odd_time(int64_t t0_ns)
{
	struct offer_done done;
	struct honest client;
	struct verdict v;
	struct polite us;
	struct meet meet;
	struct err unused = { 0 };
	int sock;

	begin(&client, &meet, &us);
	polite_server(&us, "pipe", POLITE_LAST);
	/* get the correct DONE without sending it */
	sock = us.ctl.fd;
	us.ctl.fd = -1;
	us.ctl.err = &unused;
	polite_server(&us, "pipe", POLITE_DONE);
	us.ctl.fd = sock;
	done = us.done;
	done.t0_ns = t0_ns;
	peer_say(sock, SESSION_DONE, &done, sizeof(done), -1);
	v = honest_end(&client, 2000);
	ok(honest_is_sound(&v, "client") && v.rc == 0 &&
		   honest_dst_is_sound(&v, &sent) &&
		   v.out.transfer_ns <= v.took_ns,
	   "DONE with a start at %lld ns is not believed", (long long)t0_ns);
	end(&us, &meet);
}

/* --- messages without end ------------------------------------------------- */

/* Sends messages for ever, from a process of its own. */
static pid_t pour(struct polite *us)
{
	pid_t pid = honest_fork();

	if (pid)
		return pid;
	for (;;) {
		us->at = 0;
		if (us->tr.ops->lend ? polite_send(us) < 0
				     : write(us->tr.fd[TR_WRITE_END], data,
					     sizeof(data)) < 0)
			_exit(0);
	}
}

static void data_without_end(const char *spec)
{
	struct honest client;
	struct polite us;
	struct meet meet;
	pid_t pid;

	begin(&client, &meet, &us);
	polite_server(&us, spec, POLITE_READY);
	pid = pour(&us);
	ok(fails_soundly(&client, 2000,
			 "sends more than the 100000 bytes it offered"),
	   "%s: data beyond the offer is refused", spec);
	honest_reap(pid);
	end(&us, &meet);
}

static void alive_without_end(void)
{
	struct honest client;
	struct polite us;
	struct meet meet;
	pid_t pid;

	begin(&client, &meet, &us);
	polite_server(&us, "pipe", POLITE_LAST);
	pid = hostile_flood(us.ctl.fd, 1 << 20);
	ok(fails_soundly(&client, 2 * HONEST_PATIENCE_MS + 500,
			 "gave no answer"),
	   "endless ALIVE, beyond the offered length, is given up");
	honest_reap(pid);
	end(&us, &meet);
}

/* A fetch is for one file, so it must not read an offer that follows. */
static void once_more(void)
{
	struct honest client;
	struct polite us;
	struct meet meet;
	struct verdict v;
	struct offer o = peer_offer("pipe", sizeof(data));

	begin(&client, &meet, &us);
	polite_server(&us, "pipe", POLITE_DONE);
	peer_say(us.ctl.fd, SESSION_OFFER, &o, sizeof(o), -1);
	peer_say(us.ctl.fd, SESSION_START, NULL, 0, -1);
	v = honest_end(&client, 2000);
	ok(honest_is_sound(&v, "client") && v.rc == 0 &&
		   honest_dst_is_sound(&v, &sent),
	   "the offer of a second transfer is not read");
	end(&us, &meet);
}

void hostile_servers(void)
{
	sample_fill(data, sizeof(data), sent.seed, 0);
	for (size_t i = 0; i < sizeof(nonsense) / sizeof(nonsense[0]); i++)
		say_nonsense(i);
	for (enum polite_step s = POLITE_NOTHING; s < POLITE_DONE; s++) {
		fall_silent(s);
		vanish(s);
	}
	lie_at_end(sizeof(data) - 1, 0, "bytes, and");
	lie_at_end(UINT64_MAX, 0, "bytes, and");
	lie_at_end(sizeof(data), 0, "not those that were sent");
	odd_time(INT64_MIN);
	odd_time(INT64_MAX);
	odd_time(-1);
	once_more();
	data_without_end("pipe");
	data_without_end("shm:sync=futex");
	data_without_end("mq:size=4K,depth=4");
	data_without_end("splice");
	alive_without_end();
}
