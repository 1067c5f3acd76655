/* The client passes its output file to the server, for mapout and mapboth. */
#ifndef TRANSPORT_PASSED_OUTPUT_H
#define TRANSPORT_PASSED_OUTPUT_H

#include "transport/transport.h"

/*
 * Client: gives the file its length and space, passes it, and waits for the
 * end.
 */
int tr_passed_output_recv_file(struct tr *tr, int out_fd, uint64_t len_bytes);

/*
 * Server: takes the file and maps it as map[0], unless there is nothing to map.
 */
int tr_passed_output_map(struct tr *tr, int in_fd, uint64_t len_bytes);

#endif
