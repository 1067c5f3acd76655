/* Shared by the fuzz targets: scripts made of bytes, and stops by a timer. */
#ifndef TESTS_FUZZ_H
#define TESTS_FUZZ_H

#include <stddef.h>
#include <stdint.h>

/* The target, by either driver: libFuzzer's own or fuzz_main.c. */
int LLVMFuzzerInitialize(int *argc, char ***argv);
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* Its seeds lie in tests/corpus/NAME. */
extern const char fuzz_name[];
/* Number of inputs to make if libFuzzer does not drive the target. */
extern const unsigned fuzz_inputs;

/* An input, taken from the front; past its end there are only zeros. */
struct script {
	const uint8_t *p;
	size_t left;
};

uint8_t script_u8(struct script *s);
uint64_t script_u(struct script *s, int bytes);
/* Up to `len` bytes into `to`; how many there were. */
size_t script_take(struct script *s, void *to, size_t len);
/* A number that is likely to matter: 0, 1, all ones, around `near`, or any. */
uint64_t script_odd(struct script *s, uint64_t near);

/*
 * Isolates the names of this process, as scratch_begin does, but stays in the
 * directory.
 */
void fuzz_begin(void);

/* A promise was broken: says which, and ends as a crash for the driver. */
void fuzz_broken(const char *fmt, ...)
	__attribute__((format(printf, 1, 2), noreturn));

/*
 * Asks this thread to stop after `ms`, and again each further one, as a
 * supervisor does: whatever waits must come back by it.
 */
void fuzz_stop_after(int ms);
void fuzz_stop_never(void);

#endif
