/* Notes how a program that a tracee has just begun affects the count. */
#include <elf.h>
#include <link.h>
#include <stdio.h>
#include <sys/stat.h>
#include <sys/xattr.h>
#include <unistd.h>

#include "count/trace.h"

static bool has_privileges(const char *path, const struct stat *st)
{
	if (st->st_mode & S_ISUID && st->st_uid != geteuid())
		return true;
	if (st->st_mode & S_ISGID && st->st_mode & S_IXGRP &&
	    st->st_gid != getegid())
		return true;
	return getxattr(path, "security.capability", NULL, 0) > 0;
}

static bool is_shut(pid_t tid)
{
	char path[40];
	FILE *f;

	snprintf(path, sizeof(path), "/proc/%d/maps", (int)tid);
	f = fopen(path, "re");
	if (f)
		fclose(f);
	return !f;
}

static void note_powerless(struct tracer *t, const char *name)
{
	char text[240];

	snprintf(text, sizeof(text),
		 "the program of %s is set-user-ID or set-group-ID, or has "
		 "capabilities: while it is counted, it runs without these "
		 "privileges, unless ipcopy has CAP_SYS_ADMIN",
		 name);
	ledger_note(t->ledger, text);
}

/*
 * True if a program has no dynamic loader, so that no library can be preloaded
 * into it.
 */
static bool is_static(const char *path)
{
	ElfW(Ehdr) head;
	ElfW(Phdr) part;
	bool loads = false;
	FILE *f = fopen(path, "re");

	if (!f || fread(&head, sizeof(head), 1, f) != 1 ||
	    fseek(f, (long)head.e_phoff, SEEK_SET) < 0)
		head.e_phnum = 0;
	for (int i = 0; f && i < head.e_phnum && !loads; i++)
		loads = fread(&part, sizeof(part), 1, f) != 1 ||
			part.p_type == PT_INTERP;
	if (f)
		fclose(f);
	return head.e_phnum > 0 && !loads;
}

static void note_static(struct tracer *t, const char *name)
{
	char text[200];

	snprintf(text, sizeof(text),
		 "the process %s runs a static program, into which nothing can "
		 "be preloaded: copies that it makes itself are not seen, only "
		 "concluded",
		 name);
	ledger_note(t->ledger, text);
}

void trace_on_exec(struct tracer *t, struct task *p)
{
	char path[40];
	struct stat st;

	snprintf(path, sizeof(path), "/proc/%d/exe", (int)p->tracee.tid);
	mm_object(t, p->mm);
	if (is_shut(p->tracee.tid))
		trace_doubt(t, p->mm,
			    "the memory of %s cannot be read, because you have "
			    "permission to run its program file but not to "
			    "read it",
			    p->mm->name);
	else if (t->no_new_privs && stat(path, &st) == 0 &&
		 has_privileges(path, &st))
		note_powerless(t, p->mm->name);
	if (t->job->preload && is_static(path))
		note_static(t, p->mm->name);
}
