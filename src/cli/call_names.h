/* Names of system calls, from the headers of this machine. */
#ifndef CLI_CALL_NAMES_H
#define CLI_CALL_NAMES_H

#include <stddef.h>

/* "futex"; or "syscall 437" for a call without a name here. */
const char *call_name(int nr, char *buf, size_t size);

#endif
