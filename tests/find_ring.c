/* Finds the ring that a side of a copy has mapped. */
#include "find_ring.h"

#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct ring_shared *find_ring(void)
{
	char line[400];
	FILE *maps = fopen("/proc/self/maps", "re");
	uintptr_t from = 0;

	while (maps && !from && fgets(line, sizeof(line), maps))
		if (strstr(line, "ipcopy-") && strstr(line, "-ring"))
			from = strtoull(line, NULL, 16);
	if (maps)
		fclose(maps);
	return (struct ring_shared *)from;
}
