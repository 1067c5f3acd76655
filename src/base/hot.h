/* Where the code that runs for every message lies. */
#ifndef BASE_HOT_H
#define BASE_HOT_H

/*
 * All that is HOT lies side by side in the program. Where kernel and user have
 * page tables of their own (pti) and the TLB has no tags, none of our pages is
 * known any more after a system call: functions in five pages instead of one
 * were some 2 % of a 4 KiB message through a pipe.
 */
#define HOT __attribute__((hot))

#endif
