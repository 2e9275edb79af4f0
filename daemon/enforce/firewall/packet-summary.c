/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "daemon/enforce/firewall/packet-summary.h"

#include <string.h>

#define IPV4_HEADER_BYTES 20
#define IPV6_HEADER_BYTES 40

/* What is left of the packet. */
typedef struct Cursor {
    const guint8 *data;
    gsize length;
} Cursor;

static guint16 read_u16(const guint8 *at)
{
    return (guint16)(at[0] << 8 | at[1]);
}

static gboolean skip(Cursor *cursor, gsize bytes)
{
    if (cursor->length < bytes)
        return FALSE;
    cursor->data += bytes;
    cursor->length -= bytes;
    return TRUE;
}

const char *packet_summary_protocol_name(guint8 protocol)
{
    switch (protocol) {
    case IPPROTO_TCP:
        return "tcp";
    case IPPROTO_UDP:
        return "udp";
    case IPPROTO_UDPLITE:
        return "udplite";
    case IPPROTO_SCTP:
        return "sctp";
    case IPPROTO_DCCP:
        return "dccp";
    default:
        return NULL;
    }
}

static gboolean parse_ipv4(Cursor *cursor, PacketSummary *packet)
{
    const guint8 *header = cursor->data;

    if (cursor->length < IPV4_HEADER_BYTES)
        return FALSE;
    const gsize header_bytes = (gsize)(header[0] & 0x0f) * 4;
    const guint16 fragment_offset = read_u16(header + 6) & 0x1fff;
    if (header_bytes < IPV4_HEADER_BYTES || fragment_offset != 0)
        return FALSE;

    packet->family = AF_INET;
    packet->protocol = header[9];
    memcpy(packet->source, header + 12, 4);
    memcpy(packet->destination, header + 16, 4);
    return skip(cursor, header_bytes);
}

/* Steps over one extension header of IPv6, changing @next to what follows it. FALSE where that is
 * impossible; any @next that is no extension header is left alone. */
static gboolean skip_extension(Cursor *cursor, guint8 *next)
{
    const guint8 *header = cursor->data;
    gsize bytes;

    if (cursor->length < 8)
        return FALSE;
    switch (*next) {
    case IPPROTO_HOPOPTS:
    case IPPROTO_ROUTING:
    case IPPROTO_DSTOPTS:
        bytes = ((gsize)header[1] + 1) * 8;
        break;
    case IPPROTO_AH:
        bytes = ((gsize)header[1] + 2) * 4; /* RFC 4302: in units of four bytes, less two */
        break;
    case IPPROTO_FRAGMENT:
        if ((read_u16(header + 2) & 0xfff8) != 0)
            return FALSE;
        bytes = 8;
        break;
    default:
        return FALSE;
    }
    *next = header[0];
    return skip(cursor, bytes);
}

static gboolean parse_ipv6(Cursor *cursor, PacketSummary *packet)
{
    const guint8 *header = cursor->data;

    if (!skip(cursor, IPV6_HEADER_BYTES))
        return FALSE;
    packet->family = AF_INET6;
    packet->protocol = header[6];
    memcpy(packet->source, header + 8, 16);
    memcpy(packet->destination, header + 24, 16);

    while (!packet_summary_protocol_name(packet->protocol))
        if (!skip_extension(cursor, &packet->protocol))
            return FALSE;
    return TRUE;
}

static gboolean parse_ip(Cursor *cursor, PacketSummary *packet)
{
    if (cursor->length < 1)
        return FALSE;
    switch (cursor->data[0] >> 4) {
    case 4:
        return parse_ipv4(cursor, packet);
    case 6:
        return parse_ipv6(cursor, packet);
    default:
        return FALSE;
    }
}

gboolean packet_summary_parse(const guint8 *data, gsize length, PacketSummary *ret)
{
    Cursor cursor = {data, length};
    PacketSummary packet = {0};

    /* All five protocols begin with the two ports. */
    if (!parse_ip(&cursor, &packet) || !packet_summary_protocol_name(packet.protocol) ||
        cursor.length < 4)
        return FALSE;
    packet.source_port = read_u16(cursor.data);
    packet.destination_port = read_u16(cursor.data + 2);
    *ret = packet;
    return TRUE;
}

void packet_summary_source(const PacketSummary *packet, char ret[INET6_ADDRSTRLEN])
{
    inet_ntop(packet->family, packet->source, ret, INET6_ADDRSTRLEN);
}

void packet_summary_destination(const PacketSummary *packet, char ret[INET6_ADDRSTRLEN])
{
    inet_ntop(packet->family, packet->destination, ret, INET6_ADDRSTRLEN);
}
