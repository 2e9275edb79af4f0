/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "daemon/enforce/firewall/packet-summary.h"

/* Packets as hexadecimal digits; blanks are for the reader. */
#define IPV4(protocol) "45000028 1c464000 40" protocol "b1e6 c0a80168 c0a801c7"
#define IPV6(next)                                                                                 \
    "60000000 0028" next "40 20010db8000000000000000000000001 "                                    \
    "20010db8000000000000000000000002"
#define PORTS "d431 0203" /* 54321 to 515 */

static GByteArray *bytes_of(const char *hex)
{
    GByteArray *bytes = g_byte_array_new();

    for (const char *at = hex; *at != '\0'; at++) {
        if (*at == ' ')
            continue;
        const guint8 byte =
            (guint8)(g_ascii_xdigit_value(at[0]) << 4 | g_ascii_xdigit_value(at[1]));
        g_byte_array_append(bytes, &byte, 1);
        at++;
    }
    return bytes;
}

typedef struct Case {
    const char *name;
    const char *packet;
    const char *expected; /* NULL: refused */
} Case;

#define FROM_TO_V4 "192.168.1.104 54321 192.168.1.199 515"
#define FROM_TO_V6 "2001:db8::1 54321 2001:db8::2 515"

static const Case cases[] = {
    {"tcp", IPV4("06") PORTS, "tcp " FROM_TO_V4},
    {"udp", IPV4("11") PORTS, "udp " FROM_TO_V4},
    {"udplite", IPV4("88") PORTS, "udplite " FROM_TO_V4},
    {"sctp", IPV4("84") PORTS, "sctp " FROM_TO_V4},
    {"dccp", IPV4("21") PORTS, "dccp " FROM_TO_V4},
    {"icmp", IPV4("01") PORTS, NULL},
    {"options", "4600002c 1c464000 4006b1e6 c0a80168 c0a801c7 94040000" PORTS, "tcp " FROM_TO_V4},
    {"options-beyond-the-end", "4f00002c 1c464000 4006b1e6 c0a80168 c0a801c7" PORTS, NULL},
    {"header-too-short", "44000028 1c464000 4006b1e6 c0a80168 c0a801c7" PORTS, NULL},
    {"first-fragment", "45000028 1c462000 4006b1e6 c0a80168 c0a801c7" PORTS, "tcp " FROM_TO_V4},
    {"later-fragment", "45000028 1c460001 4006b1e6 c0a80168 c0a801c7" PORTS, NULL},
    {"far-fragment", "45000028 1c461000 4006b1e6 c0a80168 c0a801c7" PORTS, NULL},
    {"tcp6", IPV6("06") PORTS, "tcp " FROM_TO_V6},
    {"udp6", IPV6("11") PORTS, "udp " FROM_TO_V6},
    {"no-next-header", IPV6("3b") PORTS, NULL},
    {"esp6", IPV6("32") PORTS "00000000 00000000", NULL},
    {"hop-by-hop", IPV6("00") "06000502 00000100" PORTS, "tcp " FROM_TO_V6},
    {"long-destination-options", IPV6("3c") "06010000 00000000 00000000 00000000" PORTS,
     "tcp " FROM_TO_V6},
    {"three-extensions", IPV6("00") "2b000502 00000100 2c000000 00000000 06000000 12345678" PORTS,
     "tcp " FROM_TO_V6},
    {"authentication-header",
     IPV6("33") "06040000 00000001 00000001 0000000000000000 00000000" PORTS, "tcp " FROM_TO_V6},
    {"first-fragment6", IPV6("2c") "06000001 12345678" PORTS, "tcp " FROM_TO_V6},
    {"later-fragment6", IPV6("2c") "06000008 12345678" PORTS, NULL},
    {"extension-beyond-the-end", IPV6("00") "06ff0000 00000000" PORTS, NULL},
    {"version-5", "55000028 1c464000 4006b1e6 c0a80168 c0a801c7" PORTS, NULL},
};

static char *describe(const PacketSummary *packet)
{
    char source[INET6_ADDRSTRLEN], destination[INET6_ADDRSTRLEN];

    packet_summary_source(packet, source);
    packet_summary_destination(packet, destination);
    return g_strdup_printf("%s %s %u %s %u", packet_summary_protocol_name(packet->protocol), source,
                           packet->source_port, destination, packet->destination_port);
}

static void test_parse(gconstpointer data)
{
    const Case *test = data;
    g_autoptr(GByteArray) bytes = bytes_of(test->packet);
    PacketSummary packet = {.protocol = 255};

    if (!packet_summary_parse(bytes->data, bytes->len, &packet)) {
        g_assert_null(test->expected);
        g_assert_cmpuint(packet.protocol, ==, 255);
        return;
    }
    g_autofree char *description = describe(&packet);
    g_assert_cmpstr(description, ==, test->expected);
}

/* Every shorter beginning of a good packet is refused and nothing behind it is read: it stands in
 * memory of just its length, so that AddressSanitizer sees a byte too many. */
static void test_cut_short(gconstpointer data)
{
    const Case *test = data;
    g_autoptr(GByteArray) bytes = bytes_of(test->packet);

    for (gsize length = 0; length < bytes->len; length++) {
        g_autofree guint8 *beginning = g_memdup2(bytes->data, length);
        PacketSummary packet;
        g_assert_false(packet_summary_parse(beginning, length, &packet));
    }
}

static void test_protocol_names(void)
{
    g_assert_cmpstr(packet_summary_protocol_name(IPPROTO_SCTP), ==, "sctp");
    g_assert_null(packet_summary_protocol_name(IPPROTO_ICMP));
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    for (guint i = 0; i < G_N_ELEMENTS(cases); i++) {
        g_autofree char *parse = g_strconcat("/packet-summary/parse/", cases[i].name, NULL);
        g_autofree char *cut = g_strconcat("/packet-summary/cut-short/", cases[i].name, NULL);
        g_test_add_data_func(parse, &cases[i], test_parse);
        g_test_add_data_func(cut, &cases[i], test_cut_short);
    }
    g_test_add_func("/packet-summary/protocol-names", test_protocol_names);
    return g_test_run();
}
