/* Names of system calls, from the headers of this machine. */
#include "cli/call_names.h"

#include <stdio.h>
#include <sys/syscall.h>

static const struct {
	int nr;
	const char *name;
} names[] = {
#include "cli/call_list.h"
};

const char *call_name(int nr, char *buf, size_t size)
{
	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++)
		if (names[i].nr == nr)
			return names[i].name;
	snprintf(buf, size, "syscall %d", nr);
	return buf;
}
