/*
 * TAP, as automake's driver reads it: one line for each thing that was tried.
 *
 *   ok(rc == 0, "opens %s", name);            passes or not
 *   ok_int(n, 3, "three messages");           and if not, shows both values
 *   ok_text(e.text, "no such file", "why");
 *
 * A condition made of several is a function that returns bool; in it expect(),
 * expect_int() and expect_text() print no line of their own, but say on failure
 * which expression it was, where, and what it came to:
 *
 *   return expect_int(rc, -EPIPE) && expect(!o.out.forced);
 */
#ifndef TESTS_TAP_H
#define TESTS_TAP_H

#include <stdbool.h>
#include <stdio.h>

/* Returns the condition, so that a failure can be explained by diag(). */
__attribute__((format(printf, 2, 3))) bool ok(bool cond, const char *fmt, ...);
__attribute__((format(printf, 1, 2))) void skip(const char *fmt, ...);
__attribute__((format(printf, 1, 2))) void diag(const char *fmt, ...);

/* The plan; what main() returns. */
int done_testing(void);

/* Tests that have failed so far; and one whose line a child has printed. */
int tap_failures(void);
void tap_count_child(bool good);

#define ok_int(is, should, ...)  ok(expect_int(is, should), __VA_ARGS__)
#define ok_text(is, should, ...) ok(expect_text(is, should), __VA_ARGS__)

#define TAP_HERE     __FILE__, __LINE__
#define expect(cond) tap_expect(cond, #cond, TAP_HERE)
#define expect_int(is, should)                               \
	tap_expect_int((long long)(is), (long long)(should), \
		       #is " is " #should, TAP_HERE)
#define expect_text(is, should) \
	tap_expect_text(is, should, #is " is " #should, TAP_HERE)
/* Whether `words` are somewhere in the text. */
#define expect_has(is, words) \
	tap_expect_has(is, words, #is " has " #words, TAP_HERE)

bool tap_expect(bool cond, const char *expr, const char *file, int line);
bool tap_expect_int(long long is, long long should, const char *expr,
		    const char *file, int line);
bool tap_expect_text(const char *is, const char *should, const char *expr,
		     const char *file, int line);
bool tap_expect_has(const char *is, const char *words, const char *expr,
		    const char *file, int line);

#endif
