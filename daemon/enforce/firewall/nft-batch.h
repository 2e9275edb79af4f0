/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Netlink messages to nftables that take effect together or not at all. */
#pragma once

#include <glib.h>
#include <libmnl/libmnl.h>

/* The most bytes that one message may have, header included: an attribute has 64 KiB at most. */
#define NFT_BATCH_MESSAGE_MAX (96u * 1024u)

typedef struct NftBatch NftBatch;

NftBatch *nft_batch_new(void);
void nft_batch_free(NftBatch *batch);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(NftBatch, nft_batch_free)

/* Begins a message of @type (NFT_MSG_*) about the inet family and returns its header, to be filled
 * with libnftnl. The header is there until the message is ended. */
struct nlmsghdr *nft_batch_begin_message(NftBatch *batch, guint16 type, guint16 flags);

/* Ends it. The text names in errors what the message does: "add chain input in table secpold". */
void nft_batch_end_message(NftBatch *batch, const char *format, ...) G_GNUC_PRINTF(2, 3);

gboolean nft_batch_is_empty(const NftBatch *batch);

/* Numbers the messages from @sequence on and closes the batch: the last one that is not part of
 * the frame asks for an acknowledgement. Returns all bytes. Call once. */
const guint8 *nft_batch_finish(NftBatch *batch, guint32 sequence, gsize *ret_length);

/* How many sequence numbers the finished batch has. */
guint32 nft_batch_n_sequences(const NftBatch *batch);

/* Whether the kernel's answer to the message with this number (from 0, in a finished batch) is the
 * last one. */
gboolean nft_batch_is_last(const NftBatch *batch, guint32 number);

/* What the message with this number does. */
const char *nft_batch_describe(const NftBatch *batch, guint32 number);
