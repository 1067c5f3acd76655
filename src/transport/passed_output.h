/* For mapout and mapboth: the client passes its output file to the server. */
#ifndef TRANSPORT_PASSED_OUTPUT_H
#define TRANSPORT_PASSED_OUTPUT_H

#include "transport/transport.h"

/*
 * Client: gives the output file its length and space, passes it, and waits
 * until the server has filled it.
 */
int tr_passed_output_recv_file(struct tr *tr, int out_fd, uint64_t len_bytes);

/*
 * Server: receives the output file, checks it, and maps it as map[0] unless it
 * is empty.
 */
int tr_passed_output_map(struct tr *tr, int in_fd, uint64_t len_bytes);

#endif
