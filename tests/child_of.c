/* Finds the children of a process. */
#include "child_of.h"

#include <stdio.h>
#include <stdlib.h>

#include "base/fd.h"

pid_t child_of(pid_t pid, int n)
{
	char path[64], text[256], *p = text;
	long child = 0;

	snprintf(path, sizeof(path), "/proc/%d/task/%d/children", (int)pid,
		 (int)pid);
	if (pid <= 0 || !fd_read_text(path, text, sizeof(text)))
		return 0;
	for (; n >= 0; n--)
		child = strtol(p, &p, 10);
	return (pid_t)child;
}
