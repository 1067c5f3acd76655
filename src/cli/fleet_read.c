/* Reads the runs of a fleet (of several hosts), one after the other. */
#include <stdio.h>

#include "args/progress.h"
#include "args/say.h"
#include "base/stop.h"
#include "cli/fleet_show.h"

static void tell_left_out(const struct fleet *f)
{
	for (size_t i = 0; i < f->aparts; i++)
		say("the run %s is left out: %s", f->apart[i].dir,
		    f->apart[i].why);
}

static enum exit_code add_all(struct fleet *f, const char *const *runs)
{
	size_t n = 0;
	char line[79];

	while (runs[n])
		n++;
	progress_begin("fleet", false);
	for (size_t i = 0; i < n && !f->broken && !stop_requested(); i++) {
		snprintf(line, sizeof(line), "reading run %zu of %zu", i + 1,
			 n);
		progress_text(line, i == 0);
		fleet_add(f, runs[i]);
	}
	progress_end();
	if (stop_requested())
		return EXIT_INTERRUPTED;
	return f->broken ? say_no_memory() : EXIT_WELL;
}

enum exit_code fleet_of(struct fleet *f, const char *const *runs, bool told)
{
	enum exit_code code = add_all(f, runs);

	if (code != EXIT_WELL)
		return code;
	if (!told || f->hosts < 2)
		tell_left_out(f);
	if (f->hosts < 2)
		return say_usage(
			"%s; a comparison of hosts needs at least two runs",
			f->hosts ? "only one of these runs can be used"
				 : "none of these runs can be used");
	fleet_compare(f);
	return f->broken ? say_no_memory() : EXIT_WELL;
}
