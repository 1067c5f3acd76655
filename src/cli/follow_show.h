/* Pages that follow a byte, for `explain` and `count`. */
#ifndef CLI_FOLLOW_SHOW_H
#define CLI_FOLLOW_SHOW_H

#include <stdbool.h>

#include "args/command.h"
#include "cli/count_show.h"
#include "transport/transport.h"

/*
 * Writes the page of one mechanism, or of two; `second` may be NULL. With
 * `predicted` nothing is run. Prints the name of the page.
 */
enum exit_code follow_mechanisms(const char *path, const char *first,
				 const char *second, bool predicted);

/*
 * Writes the page of a count with the title `title`. Prints only errors.
 */
enum exit_code follow_counted(const char *path, const char *title,
			      const char *summary, const struct tr_spec *spec,
			      const struct count_shown *c);

/*
 * The address of a mechanism's page, relative to the folder of a report. The
 * caller frees it. NULL: this program cannot make such a page.
 */
char *follow_beside(const char *spec);

/*
 * Writes the page that follow_beside names. The address is relative to the
 * folder of the file `report`. The page shows predicted copies, not counted
 * ones.
 */
int follow_write_beside(const char *report, const char *spec, struct err *e);

/* The words of a command as one line. */
void follow_title(const char *const *words, char *buf, size_t size);

#endif
