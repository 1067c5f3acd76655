/* The kernel's routines for each way that a byte can go. */
#include "count/routines.h"

static const char into_page_cache[] =
	"Pages that the output's page cache lacks are allocated. If the file "
	"is on a disk, they are usually written to it later by DMA, without a "
	"copy by a CPU.";
static const char into_memory[] =
	"Pages that the shared memory lacks are allocated. There is no disk "
	"behind them.";
static const char out_of_page_cache[] =
	"Bytes that are not yet in the page cache are brought there from the "
	"disk first, usually by DMA.";
static const char pipe_filled[] =
	"The pipe allocates pages for the bytes, without zeroing them, and "
	"wakes a reader that sleeps.";
static const char pipe_emptied[] =
	"The pipe frees or reuses the pages it has emptied, and wakes a writer "
	"that sleeps.";
static const char socket_filled[] =
	"Socket buffers are allocated and queued at the receiver, which is "
	"woken if it sleeps.";
static const char socket_emptied[] =
	"Socket buffers are freed, and a sender that waits for room is woken.";
static const char queue_filled[] =
	"Memory for the message is allocated and linked into the queue, or "
	"handed to a receiver that sleeps, which is woken.";
static const char queue_emptied[] =
	"The message's memory is freed, and a sender that waits for room is "
	"woken.";
static const char references[] = "The kernel counts the references to each "
				 "page; the bytes stay where they are.";

static const struct routine routines[PROBE_WAYS] = {
	[PROBE_WRITE_FILE] = { "write_iter: "
			       "copy_folio_from_iter_atomic",
			       into_page_cache },
	[PROBE_WRITE_PIPE] = { "pipe_write: copy_page_from_iter", pipe_filled },
	[PROBE_VMSPLICE] = { "iter_to_pipe: pages are taken by reference",
			     references },
	[PROBE_SEND_UNIX] = { "unix_*_sendmsg: skb_copy_datagram_from_iter",
			      socket_filled },
	[PROBE_SEND_TCP] = { "tcp_sendmsg: skb_copy_to_page_nocache",
			     socket_filled },
	[PROBE_SEND_TCP_ZEROCOPY] = { "skb_orphan_frags_rx: skb_copy_ubufs",
				      "The call only takes the pages by "
				      "reference. A device would fetch them by "
				      "DMA; over loopback the network stack "
				      "copies them before the receiver gets "
				      "them." },
	[PROBE_SEND_UDP] = { "ip_append_data: ip_generic_getfrag",
			     socket_filled },
	[PROBE_MQ_SEND] = { "do_mq_timedsend: load_msg", queue_filled },
	[PROBE_MSGSND] = { "do_msgsnd: load_msg", queue_filled },
	[PROBE_VM_WRITEV] = { "process_vm_rw_pages: copy_page_from_iter",
			      "The other process's pages are looked up and "
			      "pinned during the copy; that process is neither "
			      "stopped nor woken." },
	[PROBE_STORE] = { "no routine: the page is mapped", NULL },
	[PROBE_READ_FILE] = { "filemap_read: copy_folio_to_iter",
			      out_of_page_cache },
	[PROBE_READ_PIPE] = { "pipe_read: copy_page_to_iter", pipe_emptied },
	[PROBE_RECV_UNIX] = { "unix_*_recvmsg: skb_copy_datagram_iter",
			      socket_emptied },
	[PROBE_RECV_TCP] = { "tcp_recvmsg: skb_copy_datagram_iter",
			     socket_emptied },
	[PROBE_RECV_UDP] = { "udp_recvmsg: skb_copy_datagram_iter",
			     socket_emptied },
	[PROBE_MQ_RECEIVE] = { "do_mq_timedreceive: store_msg", queue_emptied },
	[PROBE_MSGRCV] = { "do_msgrcv: store_msg", queue_emptied },
	[PROBE_VM_READV] = { "process_vm_rw_pages: copy_page_to_iter",
			     "The other process's pages are looked up and "
			     "pinned during the copy; that process is neither "
			     "stopped nor woken." },
	[PROBE_SPLICE_FILE_PIPE] = { "filemap_splice_read: pages by "
				     "reference",
				     references },
	[PROBE_SPLICE_PIPE_FILE] = { "splice_write: "
				     "copy_folio_from_iter_atomic",
				     into_page_cache },
	[PROBE_SPLICE_PIPE_PIPE] = { "splice_pipe_to_pipe: by reference",
				     references },
	[PROBE_TEE] = { "link_pipe: by reference", references },
	[PROBE_SPLICE_PIPE_UNIX] = { "splice_to_socket: by reference",
				     references },
	[PROBE_SPLICE_PIPE_TCP] = { "splice_to_socket: by reference",
				    references },
	[PROBE_SPLICE_UNIX_PIPE] = { "skb_splice_bits: by reference",
				     references },
	[PROBE_SPLICE_TCP_PIPE] = { "tcp_splice_read: by reference",
				    references },
	[PROBE_SENDFILE_FILE] = { "splice_write: "
				  "copy_folio_from_iter_atomic",
				  into_page_cache },
	[PROBE_SENDFILE_PIPE] = { "filemap_splice_read: pages by "
				  "reference",
				  references },
	[PROBE_SENDFILE_UNIX] = { "splice_to_socket: by reference",
				  references },
	[PROBE_SENDFILE_TCP] = { "splice_to_socket: by reference", references },
	[PROBE_COPY_RANGE] = { "splice_copy_file_range",
			       "If the file system lets files share extents, "
			       "it may only note that both files have them." },
};

const struct routine *routine_of(enum probe_way way)
{
	return way < 0 || way >= PROBE_WAYS ? NULL : &routines[way];
}

const char *routine_beside(enum probe_way way, enum ledger_kind to)
{
	const struct routine *r = routine_of(way);

	if (r && r->beside == into_page_cache && to == LEDGER_SHARED)
		return into_memory;
	return r ? r->beside : NULL;
}
