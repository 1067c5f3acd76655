/* Sizes, counts and times as people type and read them. */
#include "base/size.h"

#include <ctype.h>
#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/*
 * Reads the digits at the start of the text and returns their end; NULL: there
 * are none, or the number is too large. strtoull alone would also take "-1" and
 * " 7".
 */
static const char *digits(const char *text, uint64_t *value)
{
	char *end;

	if (!isdigit((unsigned char)*text))
		return NULL;
	errno = 0;
	*value = strtoull(text, &end, 10);
	return errno ? NULL : end;
}

static int power_of(char letter)
{
	static const char letters[] = "KMGT";
	const char *at = strchr(letters, toupper((unsigned char)letter));

	return letter && at ? (int)(at - letters) + 1 : 0;
}

bool size_parse(const char *text, uint64_t *bytes)
{
	const char *p = digits(text, bytes);
	int power;

	if (!p)
		return false;
	power = power_of(*p);
	if (power) {
		if (*bytes > UINT64_MAX >> (10 * power))
			return false;
		*bytes <<= 10 * power;
		p++;
		if (!strcmp(p, "iB"))
			p += 2;
	} else if (*p == 'B') {
		p++;
	}
	return *p == '\0';
}

bool count_parse(const char *text, uint64_t *count)
{
	const char *p = digits(text, count);

	return p && *p == '\0';
}

bool duration_parse(const char *text, int64_t *ms)
{
	static const struct {
		const char *unit;
		uint64_t ms;
	} units[] = { { "ms", 1 },
		      { "s", 1000 },
		      { "", 1000 },
		      { "m", 60000 },
		      { "h", 3600000 } };
	uint64_t value;
	const char *p = digits(text, &value);

	for (size_t i = 0; p && i < sizeof(units) / sizeof(units[0]); i++) {
		if (strcmp(p, units[i].unit))
			continue;
		/* nothing here waits for longer than a year */
		if (value > 31536000000 / units[i].ms)
			return false;
		*ms = (int64_t)(value * units[i].ms);
		return true;
	}
	return false;
}

const char *size_word(uint64_t bytes, char *buf, size_t len)
{
	static const char letters[] = "KMGT";
	int power = 0;

	while (power < 4 && bytes && bytes % 1024 == 0) {
		bytes /= 1024;
		power++;
	}
	if (power)
		snprintf(buf, len, "%" PRIu64 "%c", bytes, letters[power - 1]);
	else
		snprintf(buf, len, "%" PRIu64, bytes);
	return buf;
}

const char *size_words(double bytes, char *buf, size_t len)
{
	char word[40];
	size_t n;

	size_word((uint64_t)bytes, word, sizeof(word));
	n = strlen(word);
	if (n > 4 || bytes != (double)(uint64_t)bytes)
		return size_human(bytes, buf, len);
	if (word[n - 1] <= '9')
		snprintf(buf, len, "%s B", word);
	else
		snprintf(buf, len, "%.*s %ciB", (int)n - 1, word, word[n - 1]);
	return buf;
}

const char *size_human(double bytes, char *buf, size_t len)
{
	static const char *const units[] = { "B",   "KiB", "MiB",
					     "GiB", "TiB", "PiB" };
	size_t i = 0;

	while (bytes >= 1024 && i + 1 < sizeof(units) / sizeof(units[0])) {
		bytes /= 1024;
		i++;
	}
	snprintf(buf, len, i ? "%.1f %s" : "%.0f %s", bytes, units[i]);
	return buf;
}

int size_decimals(double value, int digits)
{
	value = value < 0 ? -value : value;
	for (digits--; digits > 0 && value >= 10; digits--)
		value /= 10;
	/* decimals after the ninth say nothing in a measurement */
	for (; value > 0 && value < 1 && digits < 9; digits++)
		value *= 10;
	return digits;
}
