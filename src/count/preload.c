/*
 * A library that count --user preloads into the counted program. It replaces
 * memcpy and similar functions, copies as they do, and tells the counter of
 * each copy of LEAST bytes or more. It links to no other code of ours. It
 * copies byte by byte, since a memcpy in it would call itself.
 */
#undef _FORTIFY_SOURCE /* its memcpy would conflict with ours */
#include <errno.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "base/bytes.h"

/*
 * Shorter copies are mostly bookkeeping of the program. To report them would
 * make the program very slow.
 */
#define LEAST 64

#define LOUD __attribute__((visibility("default")))

LOUD void *memcpy(void *restrict to, const void *restrict from, size_t len);
LOUD void *memmove(void *to, const void *from, size_t len);
LOUD void *mempcpy(void *restrict to, const void *restrict from, size_t len);
LOUD void *__memcpy_chk(void *to, const void *from, size_t len, size_t room);
LOUD void *__memmove_chk(void *to, const void *from, size_t len, size_t room);
LOUD void *__mempcpy_chk(void *to, const void *from, size_t len, size_t room);

static void tell(const void *to, const void *from, size_t len)
{
	int saved;

	if (len < LEAST)
		return;
	saved = errno;
	syscall(SYS_prctl, BYTES_TELL, to, from, len, BYTES_PRELOADED);
	errno = saved;
}

/* The compiler must not recognise these loops and replace them by memcpy. */
static void copy_up(unsigned char *to, const unsigned char *from, size_t len)
{
	for (size_t i = 0; i < len; i++) {
		to[i] = from[i];
		__asm__ volatile("" : : : "memory");
	}
}

static void copy_down(unsigned char *to, const unsigned char *from, size_t len)
{
	while (len-- > 0) {
		to[len] = from[len];
		__asm__ volatile("" : : : "memory");
	}
}

static void *copy(void *to, const void *from, size_t len)
{
	/* copying upwards is right unless `to` lies within the source */
	if ((uintptr_t)to - (uintptr_t)from >= len)
		copy_up(to, from, len);
	else
		copy_down(to, from, len);
	tell(to, from, len);
	return to;
}

void *memcpy(void *restrict to, const void *restrict from, size_t len)
{
	return copy(to, from, len);
}

void *memmove(void *to, const void *from, size_t len)
{
	return copy(to, from, len);
}

void *mempcpy(void *restrict to, const void *restrict from, size_t len)
{
	return (char *)copy(to, from, len) + len;
}

/*
 * For the checked functions of _FORTIFY_SOURCE, which must abort if the
 * destination is too small.
 */
static void check(size_t len, size_t room)
{
	if (len > room)
		__builtin_trap();
}

void *__memcpy_chk(void *to, const void *from, size_t len, size_t room)
{
	check(len, room);
	return copy(to, from, len);
}

void *__memmove_chk(void *to, const void *from, size_t len, size_t room)
{
	check(len, room);
	return copy(to, from, len);
}

void *__mempcpy_chk(void *to, const void *from, size_t len, size_t room)
{
	check(len, room);
	return (char *)copy(to, from, len) + len;
}
