/* The functions that hostile.c calls, one for each kind of hostility. */
#ifndef TESTS_HOSTILE_H
#define TESTS_HOSTILE_H

#include "honest.h"
#include "polite.h"

/* Hostile clients against copy_serve(). */
void hostile_clients(void);

/* Hostile servers against copy_fetch(): words, offers, items, final words. */
void hostile_servers(void);
void hostile_offers(void);

/* Regions cut short and rings scribbled on, whichever side is hostile. */
void hostile_regions(void);
void hostile_rings(void);

/* Mechanisms that pass a file, whichever side is hostile. */
void hostile_couriers(void);

/* The data of a hostile server: many times more than a ring holds. */
#define HOSTILE_BYTES (4 << 20)
extern unsigned char hostile_data[HOSTILE_BYTES];
extern const struct sample hostile_sent;

/* The ring of a channel that is one. */
struct ring *hostile_ring_of(struct polite *us);

/* An honest server, and us as its client up to this step. */
void hostile_meet_server(struct honest *server, struct polite *us,
			 const char *spec, enum polite_step step);

/* A name that no case has used before. */
const char *hostile_name(void);

/* Connects to the honest server as a client would; -1 and a diag(). */
int hostile_connect(const char *name);

/*
 * An honest client, and us as the server it found: the connected socket, and
 * `meet` to close.
 */
int hostile_accept(struct honest *h, struct meet *meet);

/*
 * Sends endless ALIVE messages from another process, each with `growth` more
 * bytes.
 */
pid_t hostile_flood(int sock, uint64_t growth);

/* The descriptor that comes with the next message; -1 if none does in time. */
int hostile_take_fd(int sock);

/* Whether what it said, or said of a stranger, has these words in it. */
bool hostile_said(const struct verdict *v, const char *words);

/* How it ended, where more than one end is well. */
void hostile_note(const struct verdict *v);

#endif
