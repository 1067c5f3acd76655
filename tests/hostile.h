/* The functions that hostile.c calls, one for each kind of attack. */
#ifndef TESTS_HOSTILE_H
#define TESTS_HOSTILE_H

#include "honest.h"
#include "polite.h"

/* Hostile clients against copy_serve(). */
void hostile_clients(void);

/*
 * Hostile servers against copy_fetch(): messages, offers, items, last messages.
 */
void hostile_servers(void);
void hostile_offers(void);

/* Truncated regions and scribbled rings. Either side may be the hostile one. */
void hostile_regions(void);
void hostile_rings(void);

/*
 * Mechanisms that pass a file by a courier, which is a socket beside the
 * channel. Either side may be the hostile one.
 */
void hostile_couriers(void);

/* The data of a hostile server, many times as much as a ring holds. */
#define HOSTILE_BYTES (4 << 20)
extern unsigned char hostile_data[HOSTILE_BYTES];
extern const struct sample hostile_sent;

/* The ring of a mechanism that has one. */
struct ring *hostile_ring_of(struct polite *us);

/* Starts an honest server, and connects as its client up to this step. */
void hostile_meet_server(struct honest *server, struct polite *us,
			 const char *spec, enum polite_step step);

/* A name that no case has used before. */
const char *hostile_name(void);

/*
 * Connects to the honest server as a client does. -1 on failure, with a diag().
 */
int hostile_connect(const char *name);

/*
 * Starts an honest client and accepts it as its server. Returns the connected
 * socket; close `meet` later.
 */
int hostile_accept(struct honest *h, struct meet *meet);

/*
 * Forks a process that sends ALIVE messages for ever, each with `growth` bytes
 * more than the one before.
 */
pid_t hostile_flood(int sock, uint64_t growth);

/* The descriptor that comes with the next message; -1: none came in time. */
int hostile_take_fd(int sock);

/*
 * True if the honest side's error, or its report of a stranger, has these
 * words.
 */
bool hostile_said(const struct verdict *v, const char *words);

/* Prints how the honest side ended, for cases that may end in several ways. */
void hostile_note(const struct verdict *v);

#endif
