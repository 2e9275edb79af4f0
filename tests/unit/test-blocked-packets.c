/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "ctl/blocked-packets.h"

/* Two items, and packets from the newest to the oldest. */
static const char items_text[] =
    "[{\"Key\":\"Lpd\",\"Ports\":[{\"Protocol\":\"tcp\",\"First\":515,\"Last\":515}]},"
    " {\"Key\":\"Ssdp\",\"Ports\":[{\"Protocol\":\"udp\",\"First\":1900,\"Last\":1900}]}]";

#define PACKET(usec, item, protocol, source, sport, target, dport, link)                           \
    "{\"USec\":" usec ",\"Item\":\"" item "\",\"Protocol\":\"" protocol "\",\"Source\":\"" source  \
    "\",\"SourcePort\":" sport ",\"Destination\":\"" target "\",\"DestinationPort\":" dport        \
    ",\"Interface\":\"" link "\"}"

static const char packets_text[] =
    "[" PACKET("9", "Lpd", "tcp", "10.0.0.2", "4000", "10.0.0.1", "515", "lan0") "," PACKET(
        "8", "Lpd", "sctp", "10.0.0.1", "515", "10.0.0.2", "99",
        "") "," PACKET("7", "Ssdp", "udp", "10.0.0.1", "5000", "239.255.255.250", "1900",
                       "") "," PACKET("6", "Lpd", "tcp", "10.0.0.2", "4001", "10.0.0.9", "515",
                                      "lan0") "," PACKET("5", "Lpd", "tcp", "10.0.0.2", "4002",
                                                         "10.0.0.1", "515",
                                                         "lan1") "," PACKET("4", "Lpd", "tcp",
                                                                            "10.0.0.2", "4003",
                                                                            "10.0.0.1", "515",
                                                                            "lan0") "]";

static JsonArray *parse(const char *text)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(JsonNode) node = json_from_string(text, &error);
    g_assert_no_error(error);
    return json_array_ref(json_node_get_array(node));
}

static JsonArray *count(const char *key)
{
    g_autoptr(JsonArray) packets = parse(packets_text);
    g_autoptr(JsonArray) items = parse(items_text);
    return blocked_packets_count(packets, items, key);
}

static void check_group(JsonArray *groups, guint index, const char *item, gint64 packets,
                        gint64 port, const char *direction)
{
    JsonObject *group = json_object_at(groups, index);
    g_assert_cmpstr(json_get_string(group, "Item"), ==, item);
    g_assert_cmpint(json_get_integer(group, "Packets"), ==, packets);
    g_assert_cmpint(json_get_integer(group, "Port"), ==, port);
    g_assert_cmpstr(json_get_string(group, "Direction"), ==, direction);
}

static void test_counts(void)
{
    g_autoptr(JsonArray) groups = count(NULL);
    g_assert_cmpuint(json_array_get_length(groups), ==, 4);
    check_group(groups, 0, "Lpd", 3, 515, "in");
    check_group(groups, 1, "Lpd", 1, 515, "out");
    check_group(groups, 2, "Ssdp", 1, 1900, "out");
    check_group(groups, 3, "Lpd", 1, 515, "in");
    JsonObject *first = json_object_at(groups, 0);
    g_assert_cmpint(json_get_integer(first, "LastUSec"), ==, 9);
    g_assert_cmpint(json_get_integer(first, "FirstUSec"), ==, 4);
    g_assert_cmpstr(json_get_string(first, "Destination"), ==, "");
    g_assert_cmpstr(json_get_string(json_object_at(groups, 2), "Destination"), ==,
                    "239.255.255.250");
}

static void test_one_item(void)
{
    g_autoptr(JsonArray) groups = count("Ssdp");
    g_assert_cmpuint(json_array_get_length(groups), ==, 1);
    check_group(groups, 0, "Ssdp", 1, 1900, "out");
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/blocked-packets/counts", test_counts);
    g_test_add_func("/blocked-packets/one-item", test_one_item);
    return g_test_run();
}
