/*
 * TAP as automake's driver reads it: one line for each test.
 *
 *   ok(rc == 0, "opens %s", name);            passes or fails
 *   ok_int(n, 3, "three messages");           on failure, shows both values
 *   ok_text(e.text, "no such file", "why");   the same for texts
 *
 * If a test needs several conditions, write a function that returns bool and
 * uses expect(), expect_int() and expect_text(). They print no line of their
 * own. On failure they print the expression, its place and its value:
 *
 *   return expect_int(rc, -EPIPE) && expect(!o.out.forced);
 */
#ifndef TESTS_TAP_H
#define TESTS_TAP_H

#include <stdbool.h>
#include <stdio.h>

/* Returns the condition, so that diag() can explain a failure. */
__attribute__((format(printf, 2, 3))) bool ok(bool cond, const char *fmt, ...);
__attribute__((format(printf, 1, 2))) void skip(const char *fmt, ...);
__attribute__((format(printf, 1, 2))) void diag(const char *fmt, ...);

/* Prints the plan. Returns the status for main(). */
int done_testing(void);

/*
 * tap_failures: tests that have failed so far. tap_count_child: counts a test
 * whose line a child has printed.
 */
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
/* True if the text contains `words`. */
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
