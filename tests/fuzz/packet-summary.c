/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Any bytes as a packet, which is what the netlink log hands on: they are read or refused, and what
 * was read can be shown. */
#include "daemon/enforce/firewall/packet-summary.h"

#include <string.h>

#include "tests/fuzz/fuzz.h"

/* Both ports stand next to each other somewhere in the packet, and so does each address. */
static void check_comes_from(const PacketSummary *packet, const uint8_t *data, size_t size)
{
    const size_t bytes = packet->family == AF_INET ? 4 : 16;
    const uint8_t ports[] = {(uint8_t)(packet->source_port >> 8), (uint8_t)packet->source_port,
                             (uint8_t)(packet->destination_port >> 8),
                             (uint8_t)packet->destination_port};

    g_assert_nonnull(memmem(data, size, packet->source, bytes));
    g_assert_nonnull(memmem(data, size, packet->destination, bytes));
    g_assert_nonnull(memmem(data, size, ports, sizeof(ports)));
}

static void check_is_shown(const PacketSummary *packet)
{
    char source[INET6_ADDRSTRLEN] = "", destination[INET6_ADDRSTRLEN] = "";

    packet_summary_source(packet, source);
    packet_summary_destination(packet, destination);
    g_assert_true(g_hostname_is_ip_address(source));
    g_assert_true(g_hostname_is_ip_address(destination));
    g_assert_nonnull(packet_summary_protocol_name(packet->protocol));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    PacketSummary packet;

    if (!packet_summary_parse(data, size, &packet))
        return 0;
    check_comes_from(&packet, data, size);
    check_is_shown(&packet);
    return 0;
}
