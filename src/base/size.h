/* Sizes, counts and times as people type and read them. */
#ifndef BASE_SIZE_H
#define BASE_SIZE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* "64K" is 65536; K, M, G, T are powers of 1024, "KiB" and "B" are taken too.
 * False: not a size (signs, fractions, other letters, overflow). */
bool size_parse(const char *text, uint64_t *bytes);

/* Digits only. */
bool count_parse(const char *text, uint64_t *count);

/* "10s", "250ms", "2m"; a bare number is seconds. */
bool duration_parse(const char *text, int64_t *ms);

/* "64K" where exact, else the digits: what size_parse takes back. */
const char *size_word(uint64_t bytes, char *buf, size_t len);

/* "64 KiB" where exact, else as size_human. */
const char *size_words(double bytes, char *buf, size_t len);

/* "1.9 MiB": for people only. */
const char *size_human(double bytes, char *buf, size_t len);

/* Decimals that show `digits` significant digits of a value. */
int size_decimals(double value, int digits);

#endif
