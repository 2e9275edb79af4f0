/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Who sent a packet to whom, read from its first bytes. Pure; for bytes nobody has checked. */
#pragma once

#include <arpa/inet.h>
#include <glib.h>

typedef struct PacketSummary {
    guint8 family;          /* AF_INET or AF_INET6 */
    guint8 protocol;        /* IPPROTO_TCP, _UDP, _UDPLITE, _SCTP or _DCCP */
    guint8 source[16];      /* network order; IPv4: the first four bytes */
    guint8 destination[16]; /* the same */
    guint16 source_port;    /* host order */
    guint16 destination_port;
} PacketSummary;

/* Reads the IPv4 or IPv6 packet that starts at @data, of which only the first @length bytes are at
 * hand. FALSE, leaving @ret, where that is no packet of a protocol with ports, a fragment other
 * than the first, or not enough of it. */
gboolean packet_summary_parse(const guint8 *data, gsize length, PacketSummary *ret);

/* "tcp", "udp", "udplite", "sctp" or "dccp"; NULL for any other number. */
const char *packet_summary_protocol_name(guint8 protocol);

/* As inet_ntop() writes it. */
void packet_summary_source(const PacketSummary *packet, char ret[INET6_ADDRSTRLEN]);
void packet_summary_destination(const PacketSummary *packet, char ret[INET6_ADDRSTRLEN]);
