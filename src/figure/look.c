/* One colour, marker and dash for each mechanism, in every figure. */
#include "figure/look.h"

#include <stddef.h>
#include <string.h>

enum hue { BLACK, ORANGE, SKY, GREEN, YELLOW, BLUE, VERMILION, PURPLE, HUES };

/* Kin share a hue: rings are blue, pages that move are orange … */
static const struct {
	unsigned colour, text, tint;
} hues[HUES] = {
	[BLACK] = { 0x000000, 0x222222, 0xd6d6d6 },
	[ORANGE] = { 0xe69f00, 0x8f6200, 0xfae3b0 },
	[SKY] = { 0x56b4e9, 0x22749f, 0xd2eafa },
	[GREEN] = { 0x009e73, 0x00775a, 0xb5e3d5 },
	[YELLOW] = { 0xc9bb1c, 0x756b00, 0xf6f1ac },
	[BLUE] = { 0x0072b2, 0x005a8e, 0xa9d0ea },
	[VERMILION] = { 0xd55e00, 0xb04d00, 0xf8ccae },
	[PURPLE] = { 0xcc79a7, 0x9c4474, 0xf2d7e5 },
};

/* gnuplot's filled and hollow markers */
enum {
	PLUS = 1,
	CROSS,
	BOX = 4,
	SQUARE,
	RING,
	DOT,
	HOLLOW_UP,
	UP,
	HOLLOW_DOWN,
	DOWN,
	HOLLOW_DIAMOND,
	DIAMOND,
	HOLLOW_FIVE,
	FIVE
};

static const struct known {
	const char *name; /* a mechanism's, or a label's */
	enum hue hue;
	int point, dash;
} known[] = {
	{ "null", BLACK, CROSS, 3 },
	{ "memcpy", BLACK, RING, 3 },
	{ "cp", BLACK, HOLLOW_UP, 3 },
	{ "copy-file-range", BLACK, HOLLOW_DOWN, 3 },
	{ "pipe", BLACK, SQUARE, 1 },
	{ "fifo", BLACK, BOX, 2 },
	{ "mq", PURPLE, DIAMOND, 1 },
	{ "sysvmq", PURPLE, HOLLOW_DIAMOND, 2 },
	{ "unix", GREEN, UP, 1 },
	{ "unix-seqpacket", GREEN, HOLLOW_UP, 2 },
	{ "unix-dgram", GREEN, HOLLOW_DOWN, 3 },
	{ "tcp", VERMILION, DOWN, 1 },
	{ "tcp-zerocopy", VERMILION, HOLLOW_DOWN, 2 },
	{ "sendfile-tcp", VERMILION, HOLLOW_UP, 3 },
	{ "cma", SKY, FIVE, 1 },
	{ "uring", SKY, HOLLOW_FIVE, 2 },
	{ "io-uring", SKY, HOLLOW_FIVE, 2 },
	{ "vmsplice", ORANGE, DOT, 1 },
	{ "vmsplice-splice", ORANGE, RING, 2 },
	{ "splice", ORANGE, SQUARE, 3 },
	{ "fdpass", YELLOW, SQUARE, 1 },
	{ "mapout", YELLOW, UP, 2 },
	{ "mapboth", YELLOW, DOT, 3 },
	{ "memfd-seal", YELLOW, DIAMOND, 4 },
	{ "shm", BLUE, DOT, 1 },
	{ "shm sem", BLUE, DOT, 1 },
	{ "shm spin", BLUE, RING, 2 },
	{ "shm futex", BLUE, UP, 3 },
	{ "shm mutex", BLUE, SQUARE, 4 },
	{ "shm eventfd", BLUE, DIAMOND, 5 },
	{ "shm named-sem", BLUE, BOX, 2 },
	{ "shm sysv-sem", BLUE, HOLLOW_UP, 3 },
};

static const struct known *find(const char *name)
{
	for (size_t i = 0; i < sizeof(known) / sizeof(*known); i++)
		if (!strcmp(known[i].name, name))
			return &known[i];
	return NULL;
}

/* FNV-1a: any function would do that is the same everywhere. */
static unsigned hash(const char *text)
{
	unsigned h = 2166136261U;

	for (; *text; text++)
		h = (h ^ (unsigned char)*text) * 16777619U;
	return h ^ h >> 15;
}

struct look look_of(const char *mechanism, const char *label)
{
	const struct known *k = find(label);
	const struct known *kin = k ? k : find(mechanism);
	unsigned h = hash(label);
	enum hue hue = kin ? kin->hue : (enum hue)(hash(mechanism) % HUES);

	return (struct look){
		.colour = hues[hue].colour,
		.text = hues[hue].text,
		.tint = hues[hue].tint,
		.point = k ? k->point : (int)(BOX + h % (FIVE - BOX + 1)),
		.dash = k ? k->dash : (int)(1 + h / 16 % 5),
	};
}
