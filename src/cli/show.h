/* The results of copies, in a sentence or a table. */
#ifndef CLI_SHOW_H
#define CLI_SHOW_H

#include "args/command.h"
#include "copy/session.h"
#include "text/table.h"

enum show_status { SHOW_OK, SHOW_SKIPPED, SHOW_FAILED };

struct show_row {
	char mechanism[TR_SPEC_MAX]; /* with the settings that the user named */
	char spec[TR_SPEC_MAX];      /* the mechanism with every setting */
	bool carries_nothing;
	enum show_status status;
	struct copy_outcome out; /* valid if the copy succeeded */
	bool counted;            /* a second copy has counted calls */
	struct calls calls[COPY_ROLES];
	struct err why; /* valid if the copy failed or was skipped */
};

/* Put the mechanism into a row: from our options, or as the peer sent it. */
void show_name_spec(struct show_row *row, const struct tr_spec *spec);
void show_name_peer(struct show_row *row, const char *spec);

/* Prints rows as a table. For people, remarks and reasons follow below it. */
enum exit_code show_table(const struct show_row *rows, size_t n,
			  enum table_format format, bool to_stderr);

/* Prints one row: as a line for people, else as a table. */
enum exit_code show_one(const struct show_row *row, const char *verb,
			enum table_format format, bool to_stderr);

#endif
