/*
 * Reads, writes and checks doses (dose.h). Others do the extra work: dosed.c
 * and dosed_work.c.
 */
#include "copy/dose.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/append.h"
#include "transport/transport.h"

const char *const dose_names[DOSE_KINDS + 1] = {
	[DOSE_COPIES] = "copies",       [DOSE_KERNEL_COPIES] = "kernel_copies",
	[DOSE_CALLS] = "calls",         [DOSE_WAKES] = "wakes",
	[DOSE_PAGES] = "pages",         [DOSE_FAR_COPIES] = "far_copies",
	[DOSE_PASSES] = "passes",       [DOSE_CONTENTS] = "contents",
	[DOSE_CROSSINGS] = "crossings",
};

static const char *const phrases[DOSE_KINDS] = {
	[DOSE_COPIES] = "one more copy by memcpy",
	[DOSE_KERNEL_COPIES] = "one more copy by the kernel",
	[DOSE_CALLS] = "one more system call",
	[DOSE_WAKES] = "one more wake-up",
	[DOSE_PAGES] = "one more page touched for the first time",
	[DOSE_FAR_COPIES] = "one more kernel copy of bytes outside the cache",
	[DOSE_PASSES] = "one more passage to the other side",
	[DOSE_CONTENTS] = "making or checking the contents once more",
	[DOSE_CROSSINGS] = "one more copy by memcpy to the other side",
};

const char *dose_phrase(enum dose_kind kind)
{
	return phrases[kind];
}

bool dose_is_by_byte(enum dose_kind kind)
{
	return kind == DOSE_COPIES || kind == DOSE_KERNEL_COPIES ||
	       kind == DOSE_FAR_COPIES || kind == DOSE_CONTENTS ||
	       kind == DOSE_CROSSINGS;
}

/*
 * Reads a number of at most DOSE_MOST. Returns its end; NULL: the text does not
 * begin with such a number.
 */
static const char *number(const char *text, int *n)
{
	char *end;
	long value;

	if (*text < '0' || *text > '9')
		return NULL;
	value = strtol(text, &end, 10);
	if (value > DOSE_MOST || end - text > 4)
		return NULL;
	*n = (int)value;
	return end;
}

static const char *two_numbers(const char *text, const char *between,
			       int times[COPY_ROLES])
{
	const char *at = number(text, &times[COPY_SERVER]);

	if (!at || !*at || !strchr(between, *at))
		return NULL;
	return number(at + 1, &times[COPY_CLIENT]);
}

bool dose_sides_parse(const char *text, int times[COPY_ROLES])
{
	const char *end = number(text, &times[COPY_SERVER]);

	if (end && *end)
		end = two_numbers(text, ",+", times);
	else
		times[COPY_CLIENT] = times[COPY_SERVER];
	return end && !*end;
}

static bool is_given(const struct dose *d, int kind)
{
	return d->times[kind][COPY_SERVER] || d->times[kind][COPY_CLIENT];
}

bool dose_is_none(const struct dose *d)
{
	for (int k = 0; k < DOSE_KINDS; k++)
		if (is_given(d, k))
			return false;
	return true;
}

const char *dose_text(const struct dose *d, char *buf, size_t size)
{
	buf[0] = '\0';
	for (int k = 0; k < DOSE_KINDS; k++)
		if (is_given(d, k))
			text_append(buf, size, "%s%s=%d+%d", *buf ? "," : "",
				    dose_names[k], d->times[k][COPY_SERVER],
				    d->times[k][COPY_CLIENT]);
	return buf;
}

/*
 * Moves *text past the name of a kind and its "=". Returns the kind;
 * DOSE_KINDS: the text does not begin with such a name.
 */
static int kind_at(const char **text)
{
	int k = 0;

	for (; k < DOSE_KINDS; k++) {
		size_t len = strlen(dose_names[k]);

		if (strncmp(*text, dose_names[k], len) || (*text)[len] != '=')
			continue;
		*text += len + 1;
		break;
	}
	return k;
}

bool dose_parse(const char *text, struct dose *d)
{
	*d = (struct dose){ 0 };
	while (*text) {
		int k = kind_at(&text);

		if (k == DOSE_KINDS)
			return false;
		text = two_numbers(text, "+", d->times[k]);
		if (!text || (*text && *text != ','))
			return false;
		text += *text == ',';
	}
	return true;
}

/* Writes the option of a kind: --extra-copies for "copies". */
static void put_option(int kind, char *buf, size_t size)
{
	snprintf(buf, size, "--extra-%s", dose_names[kind]);
	for (char *c = buf; *c; c++)
		if (*c == '_')
			*c = '-';
}

static bool moves_files(const struct transport *ops, enum copy_role role)
{
	return role == COPY_SERVER ? !ops->lend || ops->send_file
				   : !ops->receive;
}

bool dose_needs_channel(const struct dose *d)
{
	return is_given(d, DOSE_PASSES);
}

int dose_check(const struct dose *d, const struct transport *ops, struct err *e)
{
	const int *passes = d->times[DOSE_PASSES];
	char option[40];

	if (passes[COPY_SERVER] != passes[COPY_CLIENT])
		return err_say(e, EINVAL,
			       "--extra-passes needs the same number for the "
			       "server and the client: the client receives "
			       "each extra message that the server sends");
	for (int k = 0; k < DOSE_KINDS; k++)
		for (int role = 0; role < COPY_ROLES; role++) {
			if (!d->times[k][role] ||
			    !moves_files(ops, (enum copy_role)role))
				continue;
			put_option(k, option, sizeof(option));
			return err_say(
				e, EINVAL,
				"the mechanism %s moves whole files: its %s "
				"has no messages in memory, but %s needs them",
				ops->name, copy_role_names[role], option);
		}
	return 0;
}
