/* TAP, as automake's driver reads it: one line for each thing that was tried. */
#ifndef TESTS_TAP_H
#define TESTS_TAP_H

#include <stdarg.h>
#include <stdbool.h>
#include <stdio.h>

static int tap_count, tap_failures;

__attribute__((format(printf, 2, 0), unused)) static void
tap_line(const char *start, const char *fmt, va_list ap)
{
	fputs(start, stdout);
	vprintf(fmt, ap);
	putchar('\n');
	fflush(stdout); /* children must not inherit and repeat it */
}

/* Returns the condition, so that a failure can be explained by diag(). */
__attribute__((format(printf, 2, 3), unused)) static bool
ok(bool cond, const char *fmt, ...)
{
	char start[32];
	va_list ap;

	snprintf(start, sizeof(start), "%sok %d - ", cond ? "" : "not ",
		 ++tap_count);
	tap_failures += !cond;
	va_start(ap, fmt);
	tap_line(start, fmt, ap);
	va_end(ap);
	return cond;
}

__attribute__((format(printf, 1, 2), unused)) static void
skip(const char *fmt, ...)
{
	char start[32];
	va_list ap;

	snprintf(start, sizeof(start), "ok %d # SKIP ", ++tap_count);
	va_start(ap, fmt);
	tap_line(start, fmt, ap);
	va_end(ap);
}

__attribute__((format(printf, 1, 2), unused)) static void
diag(const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	tap_line("# ", fmt, ap);
	va_end(ap);
}

/* The plan; what main() returns. */
__attribute__((unused)) static int done_testing(void)
{
	printf("1..%d\n", tap_count);
	return tap_failures > 0;
}

#endif
