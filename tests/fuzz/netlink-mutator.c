/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "tests/fuzz/netlink-mutator.h"

#include <glib.h>
#include <linux/netfilter.h>
#include <linux/netlink.h>
#include <string.h>

/* Where the attributes of nfnetlink's messages begin. */
#define HEADER_BYTES (NLMSG_HDRLEN + 4u)

#define MAX_MESSAGES 1024

/* libFuzzer's; not there where inputs are replayed. */
size_t LLVMFuzzerMutate(uint8_t *data, size_t size, size_t max_size) __attribute__((weak));

typedef struct Span {
    uint8_t *start;
    size_t size; /* with padding */
} Span;

static size_t find_messages(uint8_t *data, size_t size, Span *messages)
{
    size_t n = 0;

    for (size_t at = 0; n < MAX_MESSAGES && size - at >= HEADER_BYTES; n++) {
        struct nlmsghdr header;
        memcpy(&header, data + at, sizeof(header));
        const size_t length = NLMSG_ALIGN((size_t)header.nlmsg_len);
        if (length < HEADER_BYTES || length > size - at)
            break;
        messages[n] = (Span){data + at, length};
        at += length;
    }
    return n;
}

/* The attribute at the start of @bytes, without length where there is none. */
static Span attribute_at(uint8_t *bytes, size_t size)
{
    struct nlattr header;

    if (size < NLA_HDRLEN)
        return (Span){0};
    memcpy(&header, bytes, sizeof(header));
    const size_t length = NLA_ALIGN((size_t)header.nla_len);
    return header.nla_len < NLA_HDRLEN || length > size ? (Span){0} : (Span){bytes, length};
}

/* Not every nest is marked as one, but hardly anything else looks like it. */
static gboolean is_nest(uint8_t *bytes, size_t size)
{
    size_t at = 0;

    for (Span one; at < size && (one = attribute_at(bytes + at, size - at)).size > 0;)
        at += one.size;
    return size > 0 && at == size;
}

/* Any of the attributes, or of those in nests where @inside. */
static Span pick_attribute(GRand *random, Span all, gboolean inside)
{
    Span picked = {0};
    guint n = 0;

    for (size_t at = 0; at < all.size;) {
        const Span one = attribute_at(all.start + at, all.size - at);
        if (one.size == 0)
            break;
        if (g_rand_int_range(random, 0, (gint32)++n) == 0)
            picked = one;
        at += one.size;
    }
    if (!inside || picked.size == 0)
        return picked;
    const Span payload = {picked.start + NLA_HDRLEN, picked.size - NLA_HDRLEN};
    return is_nest(payload.start, payload.size) ? pick_attribute(random, payload, TRUE) : picked;
}

static Span attributes_of(Span message)
{
    return (Span){message.start + HEADER_BYTES, message.size - HEADER_BYTES};
}

static size_t change_value(GRand *random, Span message, size_t size)
{
    const Span picked = pick_attribute(random, attributes_of(message), TRUE);

    if (picked.size > NLA_HDRLEN)
        LLVMFuzzerMutate(picked.start + NLA_HDRLEN, picked.size - NLA_HDRLEN,
                         picked.size - NLA_HDRLEN);
    return size;
}

static size_t take_out(Span what, const uint8_t *data, size_t size)
{
    const uint8_t *end = what.start + what.size;

    memmove(what.start, end, size - (size_t)(end - data));
    return size - what.size;
}

static size_t drop_attribute(GRand *random, Span message, const uint8_t *data, size_t size)
{
    const Span picked = pick_attribute(random, attributes_of(message), FALSE);
    struct nlmsghdr header;

    if (picked.size == 0)
        return size;
    memcpy(&header, message.start, sizeof(header));
    header.nlmsg_len = (guint32)(message.size - picked.size);
    memcpy(message.start, &header, sizeof(header));
    return take_out(picked, data, size);
}

static size_t repeat(Span message, const uint8_t *data, size_t size, size_t max_size)
{
    if (message.size > max_size - size)
        return size;
    memmove(message.start + message.size, message.start, size - (size_t)(message.start - data));
    return size + message.size;
}

/* Of another family, of a listing that was disturbed, or to another question. */
static size_t change_header(GRand *random, Span message, size_t size)
{
    struct nlmsghdr header;

    memcpy(&header, message.start, sizeof(header));
    switch (g_rand_int_range(random, 0, 3)) {
    case 0:
        message.start[NLMSG_HDRLEN] = (guint8)g_rand_int_range(random, 0, NFPROTO_NUMPROTO);
        break;
    case 1:
        header.nlmsg_flags ^= NLM_F_DUMP_INTR;
        break;
    default:
        header.nlmsg_seq = header.nlmsg_seq ? 0 : 7;
    }
    memcpy(message.start, &header, sizeof(header));
    return size;
}

static size_t change_message(GRand *random, Span message, uint8_t *data, size_t size,
                             size_t max_size)
{
    switch (g_rand_int_range(random, 0, 8)) {
    case 0:
        return take_out(message, data, size);
    case 1:
        return repeat(message, data, size, max_size);
    case 2:
        return drop_attribute(random, message, data, size);
    case 3:
        return change_header(random, message, size);
    default:
        return change_value(random, message, size);
    }
}

size_t netlink_mutate(uint8_t *data, size_t size, size_t max_size, unsigned int seed)
{
    Span messages[MAX_MESSAGES];
    const size_t n = find_messages(data, size, messages);
    g_autoptr(GRand) random = g_rand_new_with_seed(seed);

    if (n == 0)
        return LLVMFuzzerMutate(data, size, max_size);
    const Span last = messages[n - 1];
    return change_message(random, messages[g_rand_int_range(random, 0, (gint32)n)], data,
                          (size_t)(last.start + last.size - data), max_size);
}
