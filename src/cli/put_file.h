/* Replaces a whole file. If anything fails, the old file stays. */
#ifndef CLI_PUT_FILE_H
#define CLI_PUT_FILE_H

#include <stddef.h>

#include "base/err.h"

/* 0 or -errno. "-" is standard output. */
int put_file(const char *path, const char *bytes, size_t size, struct err *e);

#endif
