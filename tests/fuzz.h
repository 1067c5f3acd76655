/*
 * Shared by all fuzz targets: functions that read an input as a script, and a
 * timer that ends every wait.
 */
#ifndef TESTS_FUZZ_H
#define TESTS_FUZZ_H

#include <stddef.h>
#include <stdint.h>

/* The functions of the target, which libFuzzer or fuzz_main.c calls. */
int LLVMFuzzerInitialize(int *argc, char ***argv);
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* The seeds of the target lie in tests/corpus/NAME. */
extern const char fuzz_name[];
/* The number of inputs to make if libFuzzer does not drive the target. */
extern const unsigned fuzz_inputs;

/* An input, read as a script from front to end. Zeros follow its end. */
struct script {
	const uint8_t *p;
	size_t left;
};

uint8_t script_u8(struct script *s);
uint64_t script_u(struct script *s, int bytes);
/* Takes up to `len` bytes. Returns how many there were. */
size_t script_take(struct script *s, void *to, size_t len);
/* An unusual number: 0, 1, all ones, near `near`, or any number. */
uint64_t script_odd(struct script *s, uint64_t near);

/*
 * Isolates the names of this process as scratch_begin does, but stays in the
 * current directory.
 */
void fuzz_begin(void);

/* Reports a broken promise and crashes, so that the driver notices. */
void fuzz_broken(const char *fmt, ...)
	__attribute__((format(printf, 1, 2), noreturn));

/*
 * Asks this thread to stop after `ms`, and again after each further `ms`, as a
 * supervisor does. So every wait must end.
 */
void fuzz_stop_after(int ms);
void fuzz_stop_never(void);

#endif
