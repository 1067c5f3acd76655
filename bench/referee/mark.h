/* The page by which a program in the guest gives orders to the plugin. */
#ifndef REFEREE_MARK_H
#define REFEREE_MARK_H

#define MARK_PAGE      0x133700000ul
#define MARK_PAGE_SIZE 65536ul /* whole pages of any kernel */
#define MARK_WORD      8

#endif
