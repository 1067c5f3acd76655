/* The one way payload is copied in user space: ptrace cannot see a memcpy. */
#include "base/bytes.h"

uint64_t bytes_copied;
uint64_t bytes_copies;
