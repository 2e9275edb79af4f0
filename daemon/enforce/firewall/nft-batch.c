/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "daemon/enforce/firewall/nft-batch.h"

#include <libnftnl/common.h>
#include <linux/netfilter.h>
#include <string.h>

/* The frame, message number 0, stands before the messages proper. */
struct NftBatch {
    GByteArray *bytes;
    guint8 *message;   /* the one being filled; zero beyond its end, since libmnl leaves gaps */
    gsize last;        /* offset of the last message proper */
    GPtrArray *labels; /* element type char: of each message proper */
};

static void append_frame(NftBatch *batch, struct nlmsghdr *(*build)(char *buffer, guint32 sequence),
                         guint32 sequence)
{
    guint32 frame[32] = {0}; /* header and struct nfgenmsg, aligned */
    const struct nlmsghdr *header = build((char *)frame, sequence);
    g_byte_array_append(batch->bytes, (const guint8 *)header, header->nlmsg_len);
}

NftBatch *nft_batch_new(void)
{
    NftBatch *batch = g_new0(NftBatch, 1);
    batch->bytes = g_byte_array_new();
    batch->message = g_malloc0(NFT_BATCH_MESSAGE_MAX);
    batch->labels = g_ptr_array_new_with_free_func(g_free);
    append_frame(batch, nftnl_batch_begin, 0);
    return batch;
}

void nft_batch_free(NftBatch *batch)
{
    if (!batch)
        return;
    g_byte_array_unref(batch->bytes);
    g_free(batch->message);
    g_ptr_array_unref(batch->labels);
    g_free(batch);
}

struct nlmsghdr *nft_batch_begin_message(NftBatch *batch, guint16 type, guint16 flags)
{
    return nftnl_nlmsg_build_hdr((char *)batch->message, type, NFPROTO_INET, NLM_F_REQUEST | flags,
                                 0);
}

void nft_batch_end_message(NftBatch *batch, const char *format, ...)
{
    const guint32 length = ((const struct nlmsghdr *)(gpointer)batch->message)->nlmsg_len;
    g_assert(length <= NFT_BATCH_MESSAGE_MAX);
    batch->last = batch->bytes->len;
    g_byte_array_append(batch->bytes, batch->message, length);
    memset(batch->message, 0, length);

    va_list arguments;
    va_start(arguments, format);
    g_ptr_array_add(batch->labels, g_strdup_vprintf(format, arguments));
    va_end(arguments);
}

gboolean nft_batch_is_empty(const NftBatch *batch)
{
    return batch->labels->len == 0;
}

const guint8 *nft_batch_finish(NftBatch *batch, guint32 sequence, gsize *ret_length)
{
    struct nlmsghdr *last = (struct nlmsghdr *)(gpointer)(batch->bytes->data + batch->last);
    last->nlmsg_flags |= NLM_F_ACK;
    append_frame(batch, nftnl_batch_end, 0);

    for (gsize offset = 0; offset < batch->bytes->len;) {
        struct nlmsghdr *header = (struct nlmsghdr *)(gpointer)(batch->bytes->data + offset);
        header->nlmsg_seq = sequence++;
        offset += header->nlmsg_len;
    }
    *ret_length = batch->bytes->len;
    return batch->bytes->data;
}

guint32 nft_batch_n_sequences(const NftBatch *batch)
{
    return batch->labels->len + 2;
}

gboolean nft_batch_is_last(const NftBatch *batch, guint32 number)
{
    return number == 0 || number == batch->labels->len;
}

const char *nft_batch_describe(const NftBatch *batch, guint32 number)
{
    if (number == 0 || number > batch->labels->len)
        return "commit the changes";
    return g_ptr_array_index(batch->labels, number - 1);
}
