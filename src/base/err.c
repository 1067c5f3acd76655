/* Keeps the first failure of an operation until the command prints it. */
#include "base/err.h"

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static int __attribute__((format(printf, 4, 0)))
record(struct err *e, int code, bool explain, const char *fmt, va_list ap)
{
	size_t used;

	code = abs(code);
	if (e->code)
		return -code;
	vsnprintf(e->text, sizeof(e->text), fmt, ap);
	used = strlen(e->text);
	if (explain)
		snprintf(e->text + used, sizeof(e->text) - used, ": %s",
			 strerrordesc_np(code) ? strerrordesc_np(code)
					       : "unknown error");
	/*
	 * last, because another process may read the code as a sign that the
	 * text is complete
	 */
	__atomic_store_n(&e->code, code, __ATOMIC_RELEASE);
	return -code;
}

int err_sys(struct err *e, const char *fmt, ...)
{
	int code = errno;
	va_list ap;

	va_start(ap, fmt);
	code = record(e, code, true, fmt, ap);
	va_end(ap);
	return code;
}

int err_code(struct err *e, int code, const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	code = record(e, code, true, fmt, ap);
	va_end(ap);
	return code;
}

static bool leads_nowhere(int code)
{
	return code == ENOENT || code == ENOTDIR || code == EISDIR ||
	       code == ELOOP || code == ENAMETOOLONG;
}

int err_file(struct err *e, int code, const char *fmt, ...)
{
	bool first = !e->code;
	va_list ap;
	int rc;

	va_start(ap, fmt);
	rc = record(e, code, true, fmt, ap);
	va_end(ap);
	if (!leads_nowhere(-rc))
		return rc;
	if (first)
		__atomic_store_n(&e->code, EINVAL, __ATOMIC_RELEASE);
	return -EINVAL;
}

int err_say(struct err *e, int code, const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	code = record(e, code, false, fmt, ap);
	va_end(ap);
	return code;
}

int err_interrupted(struct err *e)
{
	*e = (struct err){ .code = 0 };
	return err_say(e, EINTR, "interrupted");
}
