/* A file that is whole or, if anything fails, as it was before. */
#ifndef CLI_PUT_FILE_H
#define CLI_PUT_FILE_H

#include <stddef.h>

#include "base/err.h"

/* 0 or -errno. */
int put_file(const char *path, const char *bytes, size_t size, struct err *e);

#endif
