/*
 * mark 0: tells the plugin to set all counts to zero. mark N: tells it to write
 * the counts to the file with number N.
 */
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>

#include "mark.h"

int main(int argc, char **argv)
{
	unsigned long n = argc > 1 ? strtoul(argv[1], NULL, 10) : 0;
	volatile uint64_t *page;

	if (n >= MARK_PAGE_SIZE / MARK_WORD)
		return 2;
	page = mmap((void *)MARK_PAGE, MARK_PAGE_SIZE, PROT_READ | PROT_WRITE,
		    MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED_NOREPLACE, -1, 0);
	if (page == MAP_FAILED) {
		perror("mark");
		return 1;
	}
	page[n] = 1;
	return 0;
}
