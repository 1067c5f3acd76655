/* TAP as automake's driver reads it: one line for each test. */
#include "tap.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

/* Written by ok() and skip(). */
static int count, failures;

__attribute__((format(printf, 2, 0))) static void
print_line(const char *start, const char *fmt, va_list ap)
{
	fputs(start, stdout);
	vprintf(fmt, ap);
	putchar('\n');
	fflush(stdout); /* so that children do not inherit and repeat it */
}

bool ok(bool cond, const char *fmt, ...)
{
	char start[32];
	va_list ap;

	snprintf(start, sizeof(start), "%sok %d - ", cond ? "" : "not ",
		 ++count);
	failures += !cond;
	va_start(ap, fmt);
	print_line(start, fmt, ap);
	va_end(ap);
	return cond;
}

void skip(const char *fmt, ...)
{
	char start[32];
	va_list ap;

	snprintf(start, sizeof(start), "ok %d # SKIP ", ++count);
	va_start(ap, fmt);
	print_line(start, fmt, ap);
	va_end(ap);
}

void diag(const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	print_line("# ", fmt, ap);
	va_end(ap);
}

int done_testing(void)
{
	printf("1..%d\n", count);
	return failures > 0;
}

int tap_failures(void)
{
	return failures;
}

void tap_count_child(bool good)
{
	count++;
	failures += !good;
}

/* --- conditions that explain a failure ------------------------------------ */

bool tap_expect(bool cond, const char *expr, const char *file, int line)
{
	if (!cond)
		diag("%s:%d: not so: %s", file, line, expr);
	return cond;
}

bool tap_expect_int(long long is, long long should, const char *expr,
		    const char *file, int line)
{
	if (is != should)
		diag("%s:%d: not so: %s: %lld and %lld", file, line, expr, is,
		     should);
	return is == should;
}

bool tap_expect_text(const char *is, const char *should, const char *expr,
		     const char *file, int line)
{
	bool same = is && should ? !strcmp(is, should) : is == should;

	if (!same)
		diag("%s:%d: not so: %s: \"%s\" and \"%s\"", file, line, expr,
		     is ? is : "(null)", should ? should : "(null)");
	return same;
}

bool tap_expect_has(const char *is, const char *words, const char *expr,
		    const char *file, int line)
{
	bool has = is && strstr(is, words);

	if (!has)
		diag("%s:%d: not so: %s: \"%s\" and \"%s\"", file, line, expr,
		     is ? is : "(null)", words);
	return has;
}
