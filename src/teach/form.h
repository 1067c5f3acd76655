/*
 * The forms of exercises. A form is a command or a small program that brings
 * the file IN to the file OUT. A form, with sizes that are drawn at random,
 * makes an exercise. The number of copies is stored nowhere: the copies are
 * counted.
 */
#ifndef TEACH_FORM_H
#define TEACH_FORM_H

#include <stddef.h>
#include <sys/types.h>

/* The files and sizes that a program of a form works with. */
struct ends {
	int in, out;   /* IN, for reading; OUT, new, for reading and writing */
	ssize_t len;   /* the length of IN */
	ssize_t block; /* the size of a buffer */
	ssize_t other; /* the size of another buffer */
};

enum { FORM_LEVELS = 3 };

struct form {
	const char *name; /* "fifo"; NULL ends a table */
	int level;        /* from 1 on */
	const char *like; /* a form that asks nearly the same; or NULL */
	const char *know; /* facts that cannot be guessed; or NULL */
	/* A command for sh. {{a}}, {{b}}: sizes; {{cats}}: more " | cat". */
	const char *command;
	/* the programs that the command needs, with spaces between */
	const char *tools;
	const char *from; /* the bytes of this file are followed; NULL: IN */
	const char *none; /* the question "why" of a form that changes bytes */
	/* Or a program, whose source is shown. Returns its exit status. */
	int (*run)(const struct ends *e);
};

/* The i-th form; NULL past the last. */
const struct form *form_at(size_t i);

/* The source of a program, without the comments that mark its ends. */
const char *form_source(const char *name);

/* The first tool of a form that is not installed; NULL: all are installed. */
const char *form_lacks(const struct form *f, char *buf, size_t size);

extern const struct form forms_commands[], forms_memory[], forms_channels[],
	forms_pages[];

#endif
