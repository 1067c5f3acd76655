/*
 * Recognises files that a program reads or writes by the way, and that are no
 * ends of a count unless the user names them.
 */
#include "count/guess.h"

#include <stddef.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "count/trace.h"

static bool begins_with_any(const char *name, const char *const *start)
{
	for (; *start; start++)
		if (strncmp(name, *start, strlen(*start)) == 0)
			return true;
	return false;
}

bool guess_is_settings(const char *name)
{
	static const char *const starts[] = {
		"/etc/ld.so.",
		"/etc/locale.alias",
		"/etc/nsswitch.conf",
		"/etc/terminfo/",
		"/lib/terminfo/",
		"/usr/lib/locale/",
		"/usr/lib/terminfo/",
		"/usr/share/locale/",
		"/usr/share/terminfo/",
		"/usr/share/zoneinfo/",
		NULL,
	};

	return begins_with_any(name, starts) || strstr(name, "/gconv-modules");
}

static bool is_stderr(const struct ledger_object *o)
{
	struct stat err, out;
	char key[80];

	if (fstat(STDERR_FILENO, &err) < 0 || !S_ISREG(err.st_mode))
		return false;
	if (fstat(STDOUT_FILENO, &out) == 0 && out.st_dev == err.st_dev &&
	    out.st_ino == err.st_ino)
		return false;
	trace_file_key(key, sizeof(key), err.st_dev, err.st_ino);
	return strcmp(key, o->key) == 0;
}

bool guess_is_poor(const struct count_result *r)
{
	static const char *const system[] = { "/etc/", "/lib/", "/usr/lib/",
					      NULL };
	const struct ledger *l = r->ledger;

	if (!r->in_found || !r->out_found || r->in < 0 || r->out < 0 ||
	    !r->sum.transformed)
		return false;
	return begins_with_any(ledger_object_at(l, (size_t)r->in)->name,
			       system) ||
	       is_stderr(ledger_object_at(l, (size_t)r->out));
}
