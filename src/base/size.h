/* Sizes, counts and times as people type and read them. */
#ifndef BASE_SIZE_H
#define BASE_SIZE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/*
 * Reads a size: "64K" is 65536. K, M, G and T (or small letters) are powers of
 * 1024; "KiB" and "B" are accepted, too. False: not a size (a sign, a fraction,
 * another letter, an overflow).
 */
bool size_parse(const char *text, uint64_t *bytes);

/* Reads a count. It must have digits only. */
bool count_parse(const char *text, uint64_t *count);

/* Reads a time: "10s", "250ms", "2m", "1h". A number alone means seconds. */
bool duration_parse(const char *text, int64_t *ms);

/* Writes "64K" if that is exact, else all digits. size_parse reads both. */
const char *size_word(uint64_t bytes, char *buf, size_t len);

/* Writes "64 KiB" if that is exact and short, else as size_human does. */
const char *size_words(double bytes, char *buf, size_t len);

/* Writes a size for people: "1.9 MiB". size_parse cannot read it. */
const char *size_human(double bytes, char *buf, size_t len);

/*
 * The number of decimals with which a value shows `digits` significant digits
 * or more; at most nine.
 */
int size_decimals(double value, int digits);

#endif
