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

/*
 * Calls `hook`, directly where it is the usual one. After a switch to another
 * process the target of an indirect call is guessed wrong, which is 10 ns: four
 * of them are 1 % of a 4 KiB message through a ring of one slot.
 */
#define CALL(hook, usual, ...) \
	((hook) == (usual) ? (usual)(__VA_ARGS__) : (hook)(__VA_ARGS__))

#endif
