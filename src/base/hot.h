/* Marks the code that runs for every message. */
#ifndef BASE_HOT_H
#define BASE_HOT_H

/*
 * All HOT functions lie side by side in the program. If kernel and user have
 * separate page tables (pti) and the TLB has no tags, the TLB knows none of our
 * pages after a system call. Functions in five pages instead of one cost about
 * two per cent of the time of a 4 KiB message through a pipe.
 */
#define HOT __attribute__((hot))

#endif
